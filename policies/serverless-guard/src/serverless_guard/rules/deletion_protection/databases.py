"""Databases and caches that can be restored."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import at_least, is_true, unless
from serverless_guard.rules.remedies import sets, sets_to_option
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

CACHE_CLUSTER = "aws:elasticache/cluster:Cluster"
INSTANCE = "aws:rds/instance:Instance"


def member(resource: Resource) -> bool:
    """Tell whether a database instance is a replica or a member of a cluster, which has no backups of its own."""
    return resource.props.has("replicateSourceDb")


rds_deletion_protection = Rule(
    id="rds-deletion-protection",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:AwsSolutions-RDS10",
        "checkov:CKV_AWS_139",
        "checkov:CKV_AWS_293",
        "trivy:AWS-0177",
        "trivy:AWS-0343",
        "fsbp:RDS.7",
        "fsbp:RDS.8",
    ),
    title="RDS DB instances and clusters have deletion protection enabled",
    rationale="AWS refuses to delete a database.",
    fix="Set deletionProtection to true.",
    remedy=sets("deletionProtection", to=True),
    check=is_true("deletionProtection"),
    good=(Example({"deletionProtection": True}),),
    bad=(
        Example({}, finds=("deletionProtection is not true",)),
        Example({"deletionProtection": False}, finds=("deletionProtection is not true",), type=INSTANCE),
    ),
)


@resource_rule(
    "rds-final-snapshot",
    title="RDS DB instances and clusters create a final snapshot on deletion",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    fix="Leave skipFinalSnapshot out and set finalSnapshotIdentifier.",
    good=(Example({"finalSnapshotIdentifier": "blog-final"}), Example({"replicateSourceDb": "main"}, type=INSTANCE)),
    bad=(
        Example({"skipFinalSnapshot": True}, finds=("skipFinalSnapshot is true",)),
        Example({}, finds=("finalSnapshotIdentifier is not set",)),
        Example({}, finds=("finalSnapshotIdentifier is not set",), type=INSTANCE),
        Example(
            {"replicationSourceIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:main"},
            finds=("finalSnapshotIdentifier is not set",),
        ),
    ),
    unknown_passes_because="A finalSnapshotIdentifier that is unknown is there all the same.",
)
def rds_final_snapshot(resource: Resource) -> Iterator[str]:
    """A database leaves a snapshot behind when it is deleted."""
    if member(resource):
        return
    if resource.props.flag("skipFinalSnapshot"):
        yield "skipFinalSnapshot is true"
    elif not resource.props.has("finalSnapshotIdentifier"):
        yield "finalSnapshotIdentifier is not set"


@resource_rule(
    "rds-keep-automated-backups",
    title="RDS DB instances and clusters retain automated backups after deletion",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    fix="Set deleteAutomatedBackups to false.",
    remedy=sets("deleteAutomatedBackups", to=False),
    good=(
        Example({"deleteAutomatedBackups": False}),
        Example({"replicateSourceDb": "main"}, type=INSTANCE),
    ),
    bad=(
        Example({}, finds=("deleteAutomatedBackups is not false",)),
        Example({"deleteAutomatedBackups": True}, finds=("deleteAutomatedBackups is not false",)),
        Example({}, finds=("deleteAutomatedBackups is not false",), type=INSTANCE),
    ),
    unknown_passes_because="A replica, known or not, has no backups of its own.",
)
def rds_keep_automated_backups(resource: Resource) -> Iterator[str]:
    """Backups outlive their database; by default they go with it."""
    if not member(resource) and resource.props.flag("deleteAutomatedBackups") is not False:
        yield "deleteAutomatedBackups is not false"


@resource_rule(
    "rds-backup-retention",
    title="RDS DB instances and clusters retain automated backups for at least the minimum period",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="deletion-protection",
    severity="high",
    env="threshold-per-stack",
    sources=(
        "awsguard:rds-instance-backup-enabled",
        "compliance:aws-rds-cluster-enable-backup-retention",
        "compliance:aws-rds-cluster-configure-backup-retention",
        "compliance:aws-rds-instance-enable-backup-retention",
        "compliance:aws-rds-instance-configure-backup-retention",
        "cdk-nag:AwsSolutions-RDS13",
        "checkov:CKV_AWS_133",
        "trivy:AWS-0077",
        "fsbp:RDS.11",
    ),
    fix="Set backupRetentionPeriod to 7 or more.",
    remedy=sets_to_option("backupRetentionPeriod", option="minimumDays"),
    options={"minimumDays": Option(7, "Days that a database can be restored from, at least.", development=1)},
    good=(
        Example({"backupRetentionPeriod": 7}),
        Example({"replicateSourceDb": "main"}, type=INSTANCE),
        Example({"backupRetentionPeriod": 1}, production=False),
    ),
    bad=(
        Example({}, finds=("backupRetentionPeriod is absent, below the minimum of 7 days",)),
        Example({"backupRetentionPeriod": 1}, finds=("backupRetentionPeriod is 1, below the minimum of 7 days",)),
        Example(
            {"backupRetentionPeriod": 0},
            finds=("backupRetentionPeriod is 0, below the minimum of 7 days",),
            type=INSTANCE,
        ),
    ),
    unknown_passes_because="A replica, known or not, has no backups of its own.",
)
def rds_backup_retention(resource: Resource) -> Iterator[str]:
    """A database can be restored to any second of the last week."""
    if not member(resource):
        yield from at_least("backupRetentionPeriod", "minimumDays", unit="days")(resource)


def takes_snapshots(cache: Resource) -> bool:
    """Tell whether a cache has snapshots of its own.

    Source: Amazon ElastiCache User Guide, "Snapshot and restore" (not for Memcached); the provider's cluster takes its
    settings from the replication group that it joins.
    """
    replica = cache.type == CACHE_CLUSTER and cache.props.has("replicationGroupId")
    return not replica and cache.props.text("engine") != "memcached"


@resource_rule(
    "elasticache-backup",
    title="ElastiCache caches other than Memcached retain snapshots for at least the minimum period",
    types=(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/cluster:Cluster",
        "aws:elasticache/serverlessCache:ServerlessCache",
    ),
    category="deletion-protection",
    severity="medium",
    env="threshold-per-stack",
    sources=(
        "cdk-nag:Nag-ElastiCacheRedisClusterAutomaticBackup",
        "checkov:CKV_AWS_134",
        "trivy:AWS-0050",
        "fsbp:ElastiCache.1",
    ),
    fix="Set snapshotRetentionLimit to 7 or more.",
    remedy=sets_to_option("snapshotRetentionLimit", option="minimumDays"),
    options={"minimumDays": Option(7, "Days that snapshots of a cache are kept, at least.", development=1)},
    good=(
        Example({"snapshotRetentionLimit": 7}),
        Example({"engine": "memcached"}, type="aws:elasticache/cluster:Cluster"),
        Example({"replicationGroupId": "sessions"}, type="aws:elasticache/cluster:Cluster"),
        Example({"snapshotRetentionLimit": 1}, production=False),
    ),
    bad=(
        Example(
            {"replicationGroupId": "sessions"}, finds=("snapshotRetentionLimit is absent, below the minimum of 7 days",)
        ),
        Example({}, finds=("snapshotRetentionLimit is absent, below the minimum of 7 days",)),
        Example(
            {"snapshotRetentionLimit": 0},
            finds=("snapshotRetentionLimit is 0, below the minimum of 7 days",),
            type="aws:elasticache/cluster:Cluster",
        ),
        Example(
            {},
            finds=("snapshotRetentionLimit is absent, below the minimum of 7 days",),
            type="aws:elasticache/serverlessCache:ServerlessCache",
        ),
    ),
    unknown_passes_because="A replication group that is unknown is there all the same, and has the snapshots.",
)
def elasticache_backup(resource: Resource) -> Iterator[str]:
    """A cache can be restored; Memcached has no snapshots, a replica's group has them."""
    days = at_least("snapshotRetentionLimit", "minimumDays", unit="days")
    yield from unless(lambda one: not takes_snapshots(one), days)(resource)


@resource_rule(
    "elasticache-final-snapshot",
    title="ElastiCache clusters and replication groups create a final snapshot on deletion",
    types=(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/cluster:Cluster",
    ),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    fix="Set finalSnapshotIdentifier.",
    good=(
        Example({"finalSnapshotIdentifier": "blog-final"}),
        Example({"engine": "memcached"}, type="aws:elasticache/cluster:Cluster"),
        Example({"replicationGroupId": "sessions"}, type="aws:elasticache/cluster:Cluster"),
    ),
    bad=(
        Example({}, finds=("finalSnapshotIdentifier is not set",)),
        Example({}, finds=("finalSnapshotIdentifier is not set",), type="aws:elasticache/cluster:Cluster"),
        Example(
            {"engine": "redis"}, finds=("finalSnapshotIdentifier is not set",), type="aws:elasticache/cluster:Cluster"
        ),
        Example({"replicationGroupId": "sessions"}, finds=("finalSnapshotIdentifier is not set",)),
    ),
    unknown_passes_because="A finalSnapshotIdentifier or replication group that is unknown is there all the same.",
)
def elasticache_final_snapshot(resource: Resource) -> Iterator[str]:
    """A cache leaves a snapshot behind when it is deleted; Memcached has none, a replica's group has it."""
    if not resource.props.has("finalSnapshotIdentifier") and takes_snapshots(resource):
        yield "finalSnapshotIdentifier is not set"


@resource_rule(
    "backup-plan-retention",
    title="AWS Backup plan rules set a retention period that meets the minimum",
    types=("aws:backup/plan:Plan",),
    category="deletion-protection",
    severity="medium",
    env="threshold-per-stack",
    fix="Set lifecycle.deleteAfter of each rule to 35 or more.",
    options={"minimumDays": Option(35, "Days that a backup is kept, at least.")},
    good=(Example({"rules": [{"lifecycle": {"deleteAfter": 35}}]}),),
    bad=(
        Example({"rules": [{}]}, finds=("rules[0].lifecycle.deleteAfter is absent, below the minimum of 35 days",)),
        Example(
            {"rules": [{"lifecycle": {"deleteAfter": 7}}]},
            finds=("rules[0].lifecycle.deleteAfter is 7, below the minimum of 35 days",),
        ),
    ),
)
def backup_plan_retention(resource: Resource) -> Iterator[str]:
    """Backups are kept for five weeks at least, and not for ever."""
    least = resource.settings["minimumDays"]
    for rule in resource.props.blocks("rules"):
        days = rule.number("lifecycle.deleteAfter")
        if days is None or days < least:
            given = "absent" if days is None else f"{days:g}"
            yield f"{rule.path}lifecycle.deleteAfter is {given}, below the minimum of {least} days"
