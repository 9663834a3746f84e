"""Tables and databases that AWS Backup copies."""

from collections.abc import Iterator, Sequence
from typing import cast

from policies.record import UNKNOWN, Resource
from policies.rules.rule import Example, stack_rule
from policies.stack import Stack

SELECTION = "aws:backup/selection:Selection"
TABLE = "aws:dynamodb/table:Table"
NAMES = ("name", "clusterIdentifier", "identifier")
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
BY_TAG = {"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]}


def _selected(stack: Stack, resource: Resource) -> bool:
    """Tell whether a selection names a resource, by its ARN or by one of its tags."""
    name = next(
        (one for key in ("name", "clusterIdentifier", "identifier") if (one := resource.props.values.get(key))), ""
    )
    for selection in stack.of(SELECTION):
        if stack.refers(selection, "resources", resource):
            return True
        named = selection.props.values.get("resources")
        listed = cast("Sequence[object]", named) if isinstance(named, (list, tuple)) else ()
        arns = [one for one in listed if isinstance(one, str)]
        if any(one == "*" or (name and one.endswith((f"/{name}", f":{name}"))) for one in arns):
            return True
        tags = resource.props.mapping("tags")
        for tag in selection.props.blocks("selectionTags"):
            if tags.get(tag.text("key") or "") in (tag.text("value"), UNKNOWN):
                return True
    return False


@stack_rule(
    "dynamodb-in-backup-plan",
    types=("aws:dynamodb/table:Table", "aws:backup/selection:Selection"),
    promise="deletion-protection",
    severity="medium",
    env="prod-only",
    sources=("cdk-nag:Nag-DynamoDBInBackupPlan", "fsbp:DynamoDB.4"),
    fix="Add the table's ARN to the resources of an aws.backup.Selection, or a tag that one selects.",
    good=(
        Example({}, type=TABLE, others=(Example({}, type=SELECTION, name="s", depends={"resources": ("subject",)}),)),
        Example({"tags": {"backup": "daily"}}, type=TABLE, others=(Example(BY_TAG, type=SELECTION, name="s"),)),
    ),
    bad=(
        Example({}, type=TABLE),
        Example({"tags": {"a": "b"}}, type=TABLE, others=(Example(BY_TAG, type=SELECTION, name="s"),)),
    ),
    unknown_is_fine="A tag whose value is unknown is decided in the update.",
)
def dynamodb_in_backup_plan(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """A table is copied to a vault that it cannot reach."""
    for table in stack.of(TABLE):
        if not _selected(stack, table):
            yield table, "no backup selection names the table"


@stack_rule(
    "rds-in-backup-plan",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "aws:backup/selection:Selection"),
    promise="deletion-protection",
    severity="medium",
    env="prod-only",
    sources=("cdk-nag:Nag-RDSInBackupPlan", "checkov:CKV2_AWS_8", "fsbp:RDS.26"),
    fix="Add the database's ARN to the resources of an aws.backup.Selection, or a tag that one selects.",
    good=(
        Example({}, others=(Example({}, type=SELECTION, name="s", depends={"resources": ("subject",)}),)),
        Example({"replicateSourceDb": "main"}, type=DATABASES[1]),
    ),
    bad=(Example({}),),
    unknown_is_fine="A replica, known or not, is restored from its source.",
)
def rds_in_backup_plan(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """A database is copied to a vault that it cannot reach."""
    for database in stack.of(*DATABASES):
        if not database.props.has("replicateSourceDb") and not _selected(stack, database):
            yield database, "no backup selection names the database"
