"""Logs and events of databases."""

from collections.abc import Iterator, Mapping
from typing import Any

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.remedies import adds
from serverless_guard.rules.rule import Example, resource_rule, stack_rule


def _exports_log(resource: Resource) -> Mapping[str, Any]:
    """Export the log of an engine's errors, nothing where the engine is not known."""
    known = not resource.props.has("engine") or resource.props.known_text("engine")
    return adds("enabledCloudwatchLogsExports", _log(resource))(resource) if known else {}


def _log(resource: Resource) -> str:
    """Name the log of an engine's errors. Amazon RDS User Guide, "Publishing database logs to CloudWatch Logs"."""
    engine = resource.props.known_text("engine") or "postgres"
    logs = {"postgres": "postgresql", "oracle": "alert", "db2": "diag.log"}
    return next((log for kind, log in logs.items() if kind in engine), "error")


def _export_fix(resource: Resource) -> str:
    return f"Set enabledCloudwatchLogsExports to [{_log(resource)}]."


DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
PARAMETERS = ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup")
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
STATEMENTS = {"parameters": [{"name": "log_statement", "value": "ddl"}, {"name": "log_min_duration_statement"}]}


@resource_rule(
    "rds-log-exports",
    title="RDS DB instances and clusters publish logs to CloudWatch Logs",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-RDS16",
        "cdk-nag:Nag-RDSLoggingEnabled",
        "checkov:CKV_AWS_129",
        "checkov:CKV_AWS_324",
        "checkov:CKV_AWS_325",
        "fsbp:RDS.9",
        "fsbp:RDS.34",
        "fsbp:RDS.36",
        "fsbp:RDS.37",
    ),
    fix="Set enabledCloudwatchLogsExports to the log of the engine's errors, for PostgreSQL [postgresql].",
    fix_for=_export_fix,
    remedy=_exports_log,
    good=(
        Example({"engine": "aurora-postgresql", "enabledCloudwatchLogsExports": ["postgresql"]}),
        Example({"engine": "mysql", "enabledCloudwatchLogsExports": ["error"]}),
        Example({"enabledCloudwatchLogsExports": ["error"]}),
    ),
    bad=(
        Example({}, finds=("enabledCloudwatchLogsExports lacks the database's log",)),
        Example(
            {"engine": "postgres", "enabledCloudwatchLogsExports": ["upgrade"]},
            finds=("enabledCloudwatchLogsExports lacks the database's log",),
        ),
        Example({"engine": "mysql"}, finds=("enabledCloudwatchLogsExports lacks the database's log",)),
        Example({}, finds=("enabledCloudwatchLogsExports lacks the database's log",), type="aws:rds/instance:Instance"),
    ),
)
def rds_log_exports(resource: Resource) -> Iterator[str]:
    """A database's log ends in CloudWatch. Of engines other than PostgreSQL, and of one not named, some log does."""
    exports = resource.props.texts("enabledCloudwatchLogsExports")
    if not exports or ("postgresql" not in exports and "postgres" in (resource.props.text("engine") or "")):
        yield "enabledCloudwatchLogsExports lacks the database's log"


@stack_rule(
    "rds-query-logging",
    title="RDS and Aurora PostgreSQL databases set log_statement and log_min_duration_statement",
    types=(*PARAMETERS, *DATABASES),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV2_AWS_27", "checkov:CKV2_AWS_30"),
    fix="Give the database a parameter group that sets log_statement and log_min_duration_statement.",
    good=(
        Example(
            {},
            type=DATABASES[0],
            depends={"dbClusterParameterGroupName": ("g",)},
            others=(Example(STATEMENTS, type=PARAMETERS[0], name="g"),),
        ),
        Example({"engine": "mysql"}, type=DATABASES[1]),
        Example(
            {"engine": "postgres"},
            type=DATABASES[1],
            depends={"parameterGroupName": ("g",)},
            others=(Example(STATEMENTS, type=PARAMETERS[1], name="g"),),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[0],
        ),
        Example(
            {"engine": "postgres"},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[1],
            depends={"parameterGroupName": ("g",)},
            others=(Example({"parameters": [{"name": "log_statement"}]}, type=PARAMETERS[1], name="g"),),
        ),
        Example(
            {},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[0],
            depends={"dbClusterParameterGroupName": ("g",)},
            others=(Example({"parameters": [{"name": "log_min_duration_statement"}]}, type=PARAMETERS[0], name="g"),),
        ),
    ),
)
def rds_query_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A PostgreSQL database logs what changes it and what is slow."""
    for database in stack.of(*DATABASES):
        path = "dbClusterParameterGroupName" if database.type == DATABASES[0] else "parameterGroupName"
        groups = stack.referred(database, path, *PARAMETERS)
        names = {each.text("name") for one in groups for each in one.props.blocks("parameters")}
        logged = names >= {"log_statement", "log_min_duration_statement"}
        if not logged and "postgres" in (database.props.text("engine") or "postgres"):
            yield database, "no parameter group of the database sets log_statement and log_min_duration_statement"


@stack_rule(
    "rds-event-subscription",
    title="RDS DB instances and clusters have an RDS event notification subscription",
    types=(SUBSCRIPTION, *DATABASES),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("fsbp:RDS.19", "fsbp:RDS.20", "fsbp:RDS.21", "fsbp:RDS.22"),
    fix="Add an aws.rds.EventSubscription with a topic, sourceType db-cluster or db-instance.",
    good=(
        Example({}, type=DATABASES[0], others=(Example({"sourceType": "db-cluster"}, type=SUBSCRIPTION, name="s"),)),
        Example({}, type=DATABASES[1], others=(Example({}, type=SUBSCRIPTION, name="s"),)),
    ),
    bad=(
        Example({}, finds=("no EventSubscription is for events of db-cluster",), type=DATABASES[0]),
        Example(
            {},
            finds=("no EventSubscription is for events of db-cluster",),
            type=DATABASES[0],
            others=(Example({"sourceType": "db-snapshot"}, type=SUBSCRIPTION, name="s"),),
        ),
        Example(
            {},
            finds=("no EventSubscription is for events of db-cluster",),
            type=DATABASES[0],
            others=(Example({"enabled": False}, type=SUBSCRIPTION, name="s"),),
        ),
        Example({}, finds=("no EventSubscription is for events of db-instance",), type=DATABASES[1]),
    ),
)
def rds_event_subscription(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a database fails or is maintained. A subscription without a sourceType is for all."""
    heard = {
        one.props.text("sourceType") or "all"
        for one in stack.of(SUBSCRIPTION)
        if one.props.flag("enabled") is not False
    }
    for database in stack.of(*DATABASES):
        kind = "db-cluster" if database.type == DATABASES[0] else "db-instance"
        if not heard & {"all", kind}:
            yield database, f"no EventSubscription is for events of {kind}"
