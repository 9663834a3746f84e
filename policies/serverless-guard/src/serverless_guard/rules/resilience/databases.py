"""Databases and caches that are patched."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_holds, is_not
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule

CLUSTER, INSTANCE, MEMBER = (
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
)


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
    props = resource.props
    if not any_holds(
        lambda: "postgres" not in (props.text("engine") or ""),
        lambda: not f"{props.text('engineVersion') or ''}.".startswith(OUT_OF_SUPPORT),
    ):
        yield f"engineVersion {props.text('engineVersion')} is out of support or has a known flaw"


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
