"""Tables and databases that AWS Backup copies."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource, strings
from serverless_guard.rules.rule import Example, stack_rule

SELECTION = "aws:backup/selection:Selection"
TABLE = "aws:dynamodb/table:Table"
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
NAMES = {TABLE: "name", DATABASES[0]: "clusterIdentifier", DATABASES[1]: "identifier"}
"""Properties that an ARN ends in, by type."""
END = re.compile(r".+[/:]([^/:]+)")
"""An ARN with the name that it ends in."""
BY_TAG = {"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]}


def _unselected(stack: Program, resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield the resources that no selection names, by their ARN or by one of their tags."""
    selections = stack.of(SELECTION)
    arns = {text for one in selections for text in strings(one.props.values.get("resources"))}
    named = {found[1] for arn in arns if (found := END.fullmatch(arn))}
    left = [
        one
        for one in resources
        if "*" not in arns
        and one.props.known_text(NAMES[one.type]) not in named
        and not stack.referring(one, "resources", SELECTION)
    ]
    tags: defaultdict[str, set[str | None]] = defaultdict(set)
    for tag in (tag for one in selections if left for tag in one.props.blocks("selectionTags")):
        tags[tag.text("key") or ""].add(tag.text("value"))
    for one in left:
        own = one.props.mapping("tags")
        if not any(value == wanted or value is UNKNOWN for key, value in own.items() for wanted in tags[key]):
            yield one


@stack_rule(
    "dynamodb-in-backup-plan",
    title="DynamoDB tables are protected by an AWS Backup plan",
    types=("aws:dynamodb/table:Table", "aws:backup/selection:Selection"),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    sources=("cdk-nag:Nag-DynamoDBInBackupPlan", "fsbp:DynamoDB.4"),
    fix="Add the table's ARN to the resources of an aws.backup.Selection, or a tag that one selects.",
    good=(
        Example({}, type=TABLE, others=(Example({}, type=SELECTION, name="s", depends={"resources": ("subject",)}),)),
        Example({"tags": {"backup": "daily"}}, type=TABLE, others=(Example(BY_TAG, type=SELECTION, name="s"),)),
        Example(
            {"tags": UNKNOWN},
            type=TABLE,
            others=(Example(BY_TAG, type=SELECTION, name="s", depends={"resources": ("subject",)}),),
        ),
        Example(
            {"name": "orders"},
            type=TABLE,
            others=(
                Example(
                    {"resources": ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"]}, type=SELECTION, name="s"
                ),
            ),
        ),
        Example({}, type=TABLE, others=(Example({"resources": ["*"]}, type=SELECTION, name="s"),)),
        Example(
            {},
            type=TABLE,
            others=(
                Example({"selectionTags": UNKNOWN}, type=SELECTION, name="s", depends={"resources": ("subject",)}),
            ),
        ),
        Example({"tags": {"backup": UNKNOWN}}, type=TABLE, others=(Example(BY_TAG, type=SELECTION, name="s"),)),
    ),
    bad=(
        Example({}, finds=("no backup selection names the table",), type=TABLE),
        Example(
            {"tags": {"a": "b"}},
            finds=("no backup selection names the table",),
            type=TABLE,
            others=(Example(BY_TAG, type=SELECTION, name="s"),),
        ),
        Example(
            {},
            finds=("no backup selection names the table",),
            type=TABLE,
            others=(Example({"resources": ["arn:aws:s3:::*"]}, type=SELECTION, name="s"),),
        ),
        Example(
            {"tags": {"backup": "weekly"}},
            finds=("no backup selection names the table",),
            type=TABLE,
            others=(Example(BY_TAG, type=SELECTION, name="s"),),
        ),
    ),
    unknown_passes_because="A tag whose value is unknown is decided in the update.",
)
def dynamodb_in_backup_plan(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A table is copied to a vault that it cannot reach."""
    for table in _unselected(stack, stack.of(TABLE)):
        yield table, "no backup selection names the table"


@stack_rule(
    "rds-in-backup-plan",
    title="RDS DB instances and clusters are protected by an AWS Backup plan",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "aws:backup/selection:Selection"),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    sources=("cdk-nag:Nag-RDSInBackupPlan", "checkov:CKV2_AWS_8", "fsbp:RDS.26"),
    fix="Add the database's ARN to the resources of an aws.backup.Selection, or a tag that one selects.",
    good=(
        Example({}, others=(Example({}, type=SELECTION, name="s", depends={"resources": ("subject",)}),)),
        Example({"replicateSourceDb": "main"}, type=DATABASES[1]),
        Example(
            {"clusterIdentifier": "orders"},
            others=(
                Example({"resources": ["arn:aws:rds:eu-west-1:123456789012:cluster:orders"]}, type=SELECTION, name="s"),
            ),
        ),
        Example(
            {"identifier": "orders"},
            type=DATABASES[1],
            others=(
                Example({"resources": ["arn:aws:rds:eu-west-1:123456789012:db:orders"]}, type=SELECTION, name="s"),
            ),
        ),
    ),
    bad=(Example({}, finds=("no backup selection names the database",)),),
    unknown_passes_because="A replica, known or not, is restored from its source.",
)
def rds_in_backup_plan(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A database is copied to a vault that it cannot reach."""
    copied = (one for one in stack.of(*DATABASES) if not one.props.has("replicateSourceDb"))
    for database in _unselected(stack, copied):
        yield database, "no backup selection names the database"
