"""Tables and databases that AWS Backup copies."""

import re
from collections import defaultdict
from collections.abc import Iterator

from policies.record import UNKNOWN, Resource, texts
from policies.rules.rule import Example, stack_rule
from policies.stack import Stack

SELECTION = "aws:backup/selection:Selection"
TABLE = "aws:dynamodb/table:Table"
NAMES = ("name", "clusterIdentifier", "identifier")
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
END = re.compile(r"^.+[/:](?=[^/:]*$)")
"""All of an ARN but the name that it ends in."""
BY_TAG = {"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]}


def _unselected(stack: Stack, *types: str) -> Iterator[Resource]:
    """Yield the resources of some types that no selection names, by their ARN or by one of their tags."""
    selections = stack.of(SELECTION)
    named = {END.sub("", text) for one in selections for text in texts(one.props.values.get("resources"))} - {""}
    tags: defaultdict[str, set[str]] = defaultdict(set)
    for tag in (tag for one in selections for tag in one.props.blocks("selectionTags")):
        tags[tag.text("key") or ""].add(tag.text("value") or "")
    for resource in stack.of(*types):
        if "*" in named or any(resource.props.known_text(name) in named for name in NAMES):
            continue
        own = resource.props.mapping("tags").items()
        if any(value == wanted or value is UNKNOWN for key, value in own for wanted in tags[key]):
            continue
        if not stack.referring(resource, "resources", SELECTION):
            yield resource


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
    for table in _unselected(stack, TABLE):
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
    for database in _unselected(stack, *DATABASES):
        if not database.props.has("replicateSourceDb"):
            yield database, "no backup selection names the database"
