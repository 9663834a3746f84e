"""Databases, caches and networks that survive a failure or a release."""

from collections.abc import Iterator, Mapping
from typing import cast

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import is_not
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

CLUSTER, INSTANCE, MEMBER = (
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
)
BOTH = {"automaticFailoverEnabled": True, "multiAzEnabled": True, "numCacheClusters": 2}


@stack_rule(
    "rds-multi-az",
    title="RDS instances are deployed in multiple Availability Zones",
    types=(
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:rds/clusterInstance:ClusterInstance",
    ),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=(
        "awsguard:rds-instance-multi-az-enabled",
        "compliance:aws-rds-cluster-disallow-single-availability-zone",
        "cdk-nag:AwsSolutions-RDS3",
        "checkov:CKV_AWS_157",
        "fsbp:RDS.5",
        "fsbp:RDS.15",
    ),
    fix="Set multiAz to true; for a cluster, add a second aws.rds.ClusterInstance.",
    good=(
        Example({"multiAz": True}),
        Example({"replicateSourceDb": "main"}),
        Example(
            {},
            type=CLUSTER,
            others=tuple(
                Example({}, type=MEMBER, name=name, depends={"clusterIdentifier": ("subject",)}) for name in "ab"
            ),
        ),
        Example({"dbClusterInstanceClass": "db.m6gd.large"}, type=CLUSTER),
    ),
    bad=(
        Example({}, finds=("multiAz is not true",)),
        Example({}, finds=("the cluster has fewer than two instances",), type=CLUSTER),
        Example(
            {},
            finds=("the cluster has fewer than two instances",),
            type=CLUSTER,
            others=(Example({}, type=MEMBER, name="a", depends={"clusterIdentifier": ("subject",)}),),
        ),
    ),
    unknown_passes_because="A replica, known or not, is itself the second copy.",
)
def rds_multi_az(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A database outlives its availability zone."""
    for instance in stack.of(INSTANCE):
        if not instance.props.has("replicateSourceDb") and instance.props.flag("multiAz") is not True:
            yield instance, "multiAz is not true"
    for cluster in stack.of(CLUSTER):
        members = stack.referring(cluster, "clusterIdentifier", MEMBER)
        if len(members) < 2 and not cluster.props.has("dbClusterInstanceClass"):  # noqa: PLR2004  one can fail
            yield cluster, "the cluster has fewer than two instances"


rds_auto_minor_upgrade = Rule(
    id="rds-auto-minor-upgrade",
    types=(
        "aws:rds/instance:Instance",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:rds/cluster:Cluster",
    ),
    category="resilience",
    severity="low",
    env="same",
    sources=(
        "cdk-nag:Nag-RDSAutomaticMinorVersionUpgradeEnabled",
        "checkov:CKV_AWS_226",
        "fsbp:RDS.13",
        "fsbp:RDS.35",
    ),
    title="RDS DB instances and clusters have automatic minor version upgrades enabled",
    rationale="A database gets its security patches.",
    fix="Leave autoMinorVersionUpgrade out, which is true.",
    remedy=sets("autoMinorVersionUpgrade", to=True),
    check=is_not("autoMinorVersionUpgrade", unwanted=False),
    good=(Example({}),),
    bad=(
        Example({"autoMinorVersionUpgrade": False}, finds=("autoMinorVersionUpgrade is false",)),
        Example({"autoMinorVersionUpgrade": False}, finds=("autoMinorVersionUpgrade is false",), type=MEMBER),
        Example({"autoMinorVersionUpgrade": False}, finds=("autoMinorVersionUpgrade is false",), type=CLUSTER),
    ),
)

OUT_OF_SUPPORT = ("9.", "10.", "11.", "12.", "13.")
"""Beginnings of PostgreSQL versions past their standard support, which those with the log_fdw flaw (AWS-2022-004) are.
Source: Amazon RDS User Guide, "Release calendars for Amazon RDS for PostgreSQL"."""


@resource_rule(
    "rds-engine-patched",
    title="RDS and Aurora PostgreSQL databases do not use an engine version past standard support",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="resilience",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_250",
        "checkov:CKV_AWS_388",
    ),
    fix="Set engineVersion to a supported one, for example 16.4.",
    good=(
        Example({"engine": "aurora-postgresql", "engineVersion": "16.4"}),
        Example({"engine": "aurora-postgresql"}),
        Example({"engine": "mysql", "engineVersion": "9.4.0"}),
        Example({"engineVersion": "13.2"}),
    ),
    bad=(
        Example(
            {"engine": "aurora-postgresql", "engineVersion": "11.9"},
            finds=("engineVersion 11.9 is out of support or has a known flaw",),
        ),
        Example(
            {"engine": "postgres", "engineVersion": "13.2"},
            finds=("engineVersion 13.2 is out of support or has a known flaw",),
        ),
        Example(
            {"engine": "postgres", "engineVersion": "13"},
            finds=("engineVersion 13 is out of support or has a known flaw",),
            type=INSTANCE,
        ),
        Example(
            {"engine": "postgres", "engineVersion": "12.22"},
            finds=("engineVersion 12.22 is out of support or has a known flaw",),
            type=INSTANCE,
        ),
        Example(
            {"engine": "postgres", "engineVersion": "10.23"},
            finds=("engineVersion 10.23 is out of support or has a known flaw",),
            type=INSTANCE,
        ),
        Example(
            {"engine": "postgres", "engineVersion": "9.6.24"},
            finds=("engineVersion 9.6.24 is out of support or has a known flaw",),
            type=INSTANCE,
        ),
    ),
)
def rds_engine_patched(resource: Resource) -> Iterator[str]:
    """A database runs a version that is still patched."""
    engine, version = resource.props.text("engine") or "", resource.props.text("engineVersion") or ""
    if "postgres" in engine and (version + ".").startswith(OUT_OF_SUPPORT):
        yield f"engineVersion {version} is out of support or has a known flaw"


@resource_rule(
    "elasticache-multi-az",
    title="ElastiCache replication groups have Multi-AZ and automatic failover enabled",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=(
        "cdk-nag:AwsSolutions-AEC4",
        "checkov:CKV2_AWS_50",
        "fsbp:ElastiCache.3",
    ),
    fix="Set automaticFailoverEnabled and multiAzEnabled to true and numCacheClusters to 2.",
    good=(Example(BOTH), Example(BOTH | {"numCacheClusters": None, "replicasPerNodeGroup": 1, "numNodeGroups": 1})),
    bad=(
        Example(
            {},
            finds=(
                "automaticFailoverEnabled is not true",
                "multiAzEnabled is not true",
                "numCacheClusters is below 2",
            ),
        ),
        Example(BOTH | {"numCacheClusters": 1}, finds=("numCacheClusters is below 2",)),
        Example(BOTH | {"multiAzEnabled": False}, finds=("multiAzEnabled is not true",)),
    ),
)
def elasticache_multi_az(resource: Resource) -> Iterator[str]:
    """A cache outlives its availability zone."""
    for name in ("automaticFailoverEnabled", "multiAzEnabled"):
        if resource.props.flag(name) is not True:
            yield f"{name} is not true"
    nodes = resource.props.number("numCacheClusters") or 1 + (resource.props.number("replicasPerNodeGroup") or 0)
    if nodes < 2:  # noqa: PLR2004  one can fail
        yield "numCacheClusters is below 2"


elasticache_auto_minor_upgrade = Rule(
    id="elasticache-auto-minor-upgrade",
    types=(
        "aws:elasticache/cluster:Cluster",
        "aws:elasticache/replicationGroup:ReplicationGroup",
    ),
    category="resilience",
    severity="low",
    env="same",
    sources=(
        "checkov:CKV_AWS_322",
        "fsbp:ElastiCache.2",
    ),
    title="ElastiCache clusters have automatic minor version upgrades enabled",
    rationale="A cache gets its security patches.",
    fix="Leave autoMinorVersionUpgrade out, which is true.",
    remedy=sets("autoMinorVersionUpgrade", to=True),
    check=is_not("autoMinorVersionUpgrade", unwanted=False),
    good=(Example({}),),
    bad=(
        Example({"autoMinorVersionUpgrade": False}, finds=("autoMinorVersionUpgrade is false",)),
        Example(
            {"autoMinorVersionUpgrade": False},
            finds=("autoMinorVersionUpgrade is false",),
            type="aws:elasticache/replicationGroup:ReplicationGroup",
        ),
    ),
)


@resource_rule(
    "dax-multi-node",
    title="DAX clusters have at least the minimum number of nodes",
    types=("aws:dax/cluster:Cluster",),
    category="resilience",
    severity="medium",
    env="prod-only",
    fix="Set replicationFactor to 3.",
    options={"minimumNodes": Option(3, "Nodes of a DAX cluster, at least.")},
    good=(
        Example({"replicationFactor": 3}),
        Example({"replicationFactor": 1}, settings={"minimumNodes": 1}),
    ),
    bad=(
        Example({"replicationFactor": 1}, finds=("replicationFactor is below 3",)),
        Example({}, finds=("replicationFactor is below 3",)),
        Example({}, finds=("replicationFactor is below 1",), settings={"minimumNodes": 1}),
    ),
)
def dax_multi_node(resource: Resource) -> Iterator[str]:
    """A DAX cluster outlives its availability zone."""
    least = resource.settings["minimumNodes"]
    if (resource.props.number("replicationFactor") or 0) < least:
        yield f"replicationFactor is below {least}"


SUBNET = "aws:ec2/subnet:Subnet"


@stack_rule(
    "lambda-vpc-multi-az",
    title="Lambda functions in a VPC use subnets in multiple Availability Zones",
    types=(
        "aws:lambda/function:Function",
        "aws:ec2/subnet:Subnet",
    ),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=("fsbp:Lambda.5",),
    fix="Give vpcConfig.subnetIds subnets in two availability zones.",
    good=(
        Example({}),
        Example({"vpcConfig": {"subnetIds": ["a", "b"]}}),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            depends={"vpcConfig": ("a", "b")},
            others=tuple(Example({"availabilityZone": f"eu-west-1{name}"}, type=SUBNET, name=name) for name in "ab"),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["subnet-1", "b"]}},
            depends={"vpcConfig": ("b",)},
            others=(Example({"availabilityZone": "eu-west-1b"}, type=SUBNET, name="b"),),
        ),
        Example(
            {},
            depends={"vpcConfig": ("a",)},
            others=(Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),),
        ),
        Example(
            {"vpcConfig": {"subnetIds": UNKNOWN}},
            depends={"vpcConfig": ("a", "b")},
            others=(
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),
                Example({"availabilityZone": "eu-west-1b"}, type=SUBNET, name="b"),
            ),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}},
            others=(
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="b"),
            ),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            depends={"vpcConfig": ("a", "b")},
            others=(Example({}, type=SUBNET, name="a"), Example({}, type=SUBNET, name="b")),
        ),
    ),
    bad=(
        Example(
            {"vpcConfig": {"subnetIds": ["a"]}}, finds=("all subnets of the function stand in one availability zone",)
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            finds=("all subnets of the function stand in one availability zone",),
            depends={"vpcConfig": ("a", "b")},
            others=tuple(Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name=name) for name in "ab"),
        ),
        Example(
            {"vpcConfig": {"subnetIds": UNKNOWN}}, finds=("cannot decide: vpcConfig.subnetIds is not known at preview",)
        ),
    ),
    unknown_passes_because="Subnets that are unknown are counted by the resources that they come from.",
)
def lambda_vpc_multi_az(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function in a network outlives its availability zone."""
    for function in stack.of("aws:lambda/function:Function"):
        if not function.props.has("vpcConfig"):
            continue
        sources = function.depends.get("vpcConfig", frozenset())
        subnets = [one for one in stack.of(SUBNET) if one.urn in sources]
        count = _subnets(function) or len(subnets) or len(function.props.texts("vpcConfig.subnetIds"))
        zones = {str(one.props.values.get("availabilityZone")) for one in subnets}
        if count == 1 or (count == len(subnets) and len(zones) == 1 and "None" not in zones):
            yield function, "all subnets of the function stand in one availability zone"


def _subnets(function: Resource) -> int:
    """Count the subnets that a function lists, known or not; 0 where the list itself is unknown."""
    given = function.props.values.get("vpcConfig")
    listed = cast("Mapping[str, object]", given).get("subnetIds") if isinstance(given, Mapping) else None
    return len(cast("list[object]", listed)) if isinstance(listed, list) else 0


ADMIN = "arn:aws:iam::123456789012:role/admin"


@resource_rule(
    "s3-policy-no-lockout",
    title="S3 bucket policies do not deny all actions to all principals without a condition",
    types=(
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucket:Bucket",
    ),
    category="resilience",
    severity="high",
    env="same",
    sources=("checkov:CKV_AWS_93",),
    fix="Add a condition that exempts who administers the bucket, for example ArnNotEquals on aws:PrincipalArn.",
    good=(
        Example(
            policy(
                allow("s3:*", "*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
                | {"Effect": "Deny"}
            )
        ),
        Example(
            policy(
                allow("s3:*", "*", Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": ADMIN}})
                | {"Effect": "Deny"}
            )
        ),
        Example(policy(allow("s3:*", "*", Principal="*"))),
        Example(policy(allow("s3:DeleteBucket", "*", Principal="*") | {"Effect": "Deny"})),
        Example(policy(allow("s3:*", "*", Principal={"AWS": ADMIN}) | {"Effect": "Deny"})),
    ),
    bad=(
        Example(
            policy(allow("s3:*", "*", Principal="*") | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
        ),
        Example(
            policy(allow("*", "*", Principal="*") | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
            type="aws:s3/bucket:Bucket",
        ),
        Example(
            policy(allow(["s3:*", "s3:GetObject"], "*", Principal={"AWS": [ADMIN, "*"]}) | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
        ),
    ),
)
def s3_policy_no_lockout(resource: Resource) -> Iterator[str]:
    """No policy shuts everybody out of a bucket, its administrators included."""
    document = policy_locations.access(resource)
    for statement in document.statements if document else ():
        everything = any(pattern.lower() in {"s3:*", "*"} for pattern in statement.actions)
        everybody = any(one.anyone for one in statement.principals)
        if not statement.allows and everything and everybody and not statement.conditions:
            yield f"{statement.where} denies everything to everybody"
