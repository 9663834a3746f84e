"""Databases and caches that are encrypted, at rest and on the way."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import any_holds, is_one_of, is_true, unless
from serverless_guard.rules.encryption.own_keys import copied
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule
from serverless_guard.rules.versions import major

CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/instance:Instance"
GLOBAL = "aws:rds/globalCluster:GlobalCluster"
PARAMETERS = ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup")
FORCED = {"family": "aurora-postgresql14", "parameters": [{"name": "rds.force_ssl", "value": "1"}]}
REPLICATION = "aws:elasticache/replicationGroup:ReplicationGroup"

dax_encryption_at_rest = Rule(
    id="dax-encryption-at-rest",
    types=("aws:dax/cluster:Cluster",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-DDB4",
        "checkov:CKV_AWS_47",
        "trivy:AWS-0023",
        "fsbp:DynamoDB.3",
    ),
    title="DAX clusters are encrypted at rest",
    rationale="A DAX cluster is encrypted at rest.",
    fix="Set serverSideEncryption to {enabled: true}; it replaces the cluster.",
    check=is_true("serverSideEncryption.enabled"),
    good=(Example({"serverSideEncryption": {"enabled": True}}),),
    bad=(Example({}, finds=("serverSideEncryption.enabled is not true",)),),
)

dax_encryption_in_transit = Rule(
    id="dax-encryption-in-transit",
    types=("aws:dax/cluster:Cluster",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_239",
        "fsbp:DynamoDB.7",
    ),
    title="DAX clusters are encrypted in transit",
    rationale="A DAX cluster is reached over TLS.",
    fix="Set clusterEndpointEncryptionType to TLS.",
    check=is_one_of("clusterEndpointEncryptionType", "TLS"),
    good=(Example({"clusterEndpointEncryptionType": "TLS"}),),
    bad=(
        Example({}, finds=("clusterEndpointEncryptionType is not TLS",)),
        Example({"clusterEndpointEncryptionType": "NONE"}, finds=("clusterEndpointEncryptionType is NONE, not TLS",)),
    ),
)

elasticache_encryption_at_rest = Rule(
    id="elasticache-encryption-at-rest",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-AEC3",
        "checkov:CKV_AWS_29",
        "trivy:AWS-0045",
        "fsbp:ElastiCache.4",
    ),
    title="ElastiCache replication groups are encrypted at rest",
    rationale="A cache is encrypted at rest.",
    fix="Set atRestEncryptionEnabled to true.",
    check=is_true("atRestEncryptionEnabled"),
    good=(Example({"atRestEncryptionEnabled": True}),),
    bad=(Example({}, finds=("atRestEncryptionEnabled is not true",)),),
)


@resource_rule(
    "elasticache-encryption-in-transit",
    title="ElastiCache clusters and replication groups are encrypted in transit",
    types=(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/cluster:Cluster",
    ),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-AEC3",
        "checkov:CKV_AWS_30",
        "trivy:AWS-0051",
        "fsbp:ElastiCache.5",
    ),
    fix="Set transitEncryptionEnabled to true, and transitEncryptionMode to required.",
    good=(
        Example({"transitEncryptionEnabled": True}),
        Example({"engine": "memcached", "transitEncryptionEnabled": True}, type="aws:elasticache/cluster:Cluster"),
        Example({"replicationGroupId": "main"}, type="aws:elasticache/cluster:Cluster"),
        Example({"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"}, production=False),
    ),
    bad=(
        Example({}, finds=("transitEncryptionEnabled is not true",)),
        Example(
            {"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"},
            finds=("transitEncryptionMode is preferred: clients without TLS are taken",),
        ),
        Example({}, finds=("transitEncryptionEnabled is not true",), type="aws:elasticache/cluster:Cluster"),
        Example({"replicationGroupId": "sessions"}, finds=("transitEncryptionEnabled is not true",)),
    ),
    unknown_passes_because="A member of a replication group, known or not, has the group's encryption.",
)
def elasticache_encryption_in_transit(resource: Resource) -> Iterator[str]:
    """A cache is reached over TLS. A member of a replication group has the group's encryption."""
    if resource.type != REPLICATION and resource.props.has("replicationGroupId"):
        return
    if resource.props.flag("transitEncryptionEnabled") is not True:
        yield "transitEncryptionEnabled is not true"
    elif resource.production and resource.props.text("transitEncryptionMode") == "preferred":
        yield "transitEncryptionMode is preferred: clients without TLS are taken"


@resource_rule(
    "rds-storage-encrypted",
    title="RDS DB instances, clusters and global clusters are encrypted at rest",
    types=(CLUSTER, INSTANCE, GLOBAL),
    category="encryption",
    severity="critical",
    env="same",
    sources=(
        "awsguard:rds-storage-encrypted",
        "compliance:aws-rds-cluster-disallow-unencrypted-storage",
        "compliance:aws-rds-instance-disallow-unencrypted-storage",
        "cdk-nag:AwsSolutions-RDS2",
        "checkov:CKV_AWS_16",
        "checkov:CKV_AWS_96",
        "checkov:CKV_AWS_140",
        "trivy:AWS-0079",
        "trivy:AWS-0080",
        "fsbp:RDS.3",
        "fsbp:RDS.27",
    ),
    fix="Set storageEncrypted to true; it replaces the database, so restore a snapshot into the new one.",
    good=(
        Example({"storageEncrypted": True}),
        Example({"engineMode": "serverless"}),
        Example({"replicateSourceDb": "main"}, type=INSTANCE),
        Example({"engine": "aurora-postgresql", "storageEncrypted": True}, type=GLOBAL),
        Example({"sourceDbClusterIdentifier": "main"}, type=GLOBAL),
    ),
    bad=(
        Example({}, finds=("storageEncrypted is not true",)),
        Example({"storageEncrypted": False}, type=INSTANCE, finds=("storageEncrypted is not true",)),
        Example(
            {"engine": "aurora-postgresql", "storageEncrypted": False},
            type=GLOBAL,
            finds=("storageEncrypted is not true",),
        ),
        Example({"engineMode": "serverless"}, finds=("storageEncrypted is not true",), type=INSTANCE),
    ),
    unknown_passes_because="A replica or a restored database, known or not, has its source's encryption.",
)
def rds_storage_encrypted(resource: Resource) -> Iterator[str]:
    """A database is encrypted at rest; a copy as its source is, Aurora Serverless v1 always."""
    yield from unless(_encrypted_elsewhere, is_true("storageEncrypted"))(resource)


def _encrypted_elsewhere(database: Resource) -> bool:
    return copied(database) or (database.type == CLUSTER and database.props.text("engineMode") == "serverless")


@stack_rule(
    "rds-force-tls",
    title="RDS and Aurora PostgreSQL databases require TLS connections",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "aws:rds/parameterGroup:ParameterGroup",
    ),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV2_AWS_69",
        "fsbp:RDS.38",
    ),
    fix='Use a parameter group with {name: "rds.force_ssl", value: "1"}, or PostgreSQL 15 and newer.',
    good=(
        Example({"engine": "aurora-postgresql", "engineVersion": "16.4"}),
        Example(
            {"engine": "postgres", "engineVersion": "14.9"},
            type=INSTANCE,
            depends={"parameterGroupName": ("g",)},
            others=(Example(FORCED, type=PARAMETERS[1], name="g"),),
        ),
        Example({"engine": "aurora-mysql"}),
        Example({}, type=INSTANCE),
        Example({"engine": "postgres", "engineVersion": "15"}, type=INSTANCE),
        Example(
            {"engine": "aurora-postgresql", "engineVersion": "14.9"},
            depends={"dbClusterParameterGroupName": ("g",)},
            others=(Example(FORCED, type=PARAMETERS[0], name="g"),),
        ),
        *(
            Example(
                {"family": "postgres16", "parameters": [{"name": "rds.force_ssl", "value": value}]}, type=PARAMETERS[1]
            )
            for value in ("on", "1.0", "true")
        ),
    ),
    bad=(
        Example(
            {"engine": "aurora-postgresql", "engineVersion": "14.9"},
            finds=("no parameter group sets rds.force_ssl to 1",),
        ),
        Example({"engine": "postgres"}, finds=("no parameter group sets rds.force_ssl to 1",), type=INSTANCE),
        Example(
            {"family": "postgres16", "parameters": [{"name": "rds.force_ssl", "value": "0"}]},
            finds=("rds.force_ssl is 0",),
            type=PARAMETERS[1],
        ),
        Example(
            {"engine": "postgres", "engineVersion": "14.9"},
            finds=("no parameter group sets rds.force_ssl to 1",),
            type=INSTANCE,
            depends={"parameterGroupName": ("g",)},
            others=(Example({"family": "postgres14"}, type=PARAMETERS[1], name="g"),),
        ),
    ),
)
def rds_force_tls(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A PostgreSQL database refuses connections without TLS. From version 15 on it does by default."""
    for group in stack.of(*PARAMETERS):
        if _forced(group) is False:
            yield group, "rds.force_ssl is 0"
    for database in stack.of(CLUSTER, INSTANCE):
        names = ("dbClusterParameterGroupName", "parameterGroupName")
        own = [group for name in names for group in stack.referred(database, name, *PARAMETERS)]
        if not any(_forced(group) for group in own) and not _forces_by_default(database.props):
            yield database, "no parameter group sets rds.force_ssl to 1"


def _forces_by_default(database: Block) -> bool:
    return any_holds(
        lambda: "postgres" not in (database.text("engine") or ""),
        lambda: (major(database.text("engineVersion") or "") or 0) >= 15,  # noqa: PLR2004  see `rds_force_tls`
    )


def _forced(group: Resource) -> bool | None:
    for parameter in group.props.blocks("parameters"):
        if parameter.text("name") == "rds.force_ssl":
            return str(parameter.value("value")) in {"1", "1.0", "true", "on"}
    return None


rds_proxy_tls = Rule(
    id="rds-proxy-tls",
    types=("aws:rds/proxy:Proxy",),
    category="encryption",
    severity="medium",
    env="same",
    sources=("fsbp:RDS.43",),
    title="RDS proxies require TLS connections",
    rationale="A database proxy refuses connections without TLS.",
    fix="Set requireTls to true.",
    remedy=sets("requireTls", to=True),
    check=is_true("requireTls"),
    good=(Example({"requireTls": True}),),
    bad=(Example({}, finds=("requireTls is not true",)),),
)
