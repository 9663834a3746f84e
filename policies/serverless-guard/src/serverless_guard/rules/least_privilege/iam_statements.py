"""Statements that grant each action once, on a resource of its kind, under valid conditions."""

from collections.abc import Iterator

from serverless_guard.iam import actions, policy_locations
from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.validation import kinds
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.iam_documents import REFUSED_LATER, item_policy, problems
from serverless_guard.rules.rule import Example, resource_rule
from serverless_guard.rules.summary import summarize

LEADING = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}}


def _repeated(document: Document) -> Iterator[str]:
    """Find the statements that another one makes superfluous; of two that say the same, the later one."""
    for i, statement in enumerate(document.statements):
        for j, other in enumerate(document.statements):
            if i != j and statement.repeats(other) and (i > j or not other.repeats(statement)):
                yield f"{statement.where}: {other.where} says all of it"
                break


def _applies(action: actions.Action, statement: Statement) -> bool:
    if statement.not_resources or not action.resource_types:
        return bool(statement.not_resources) or "*" in statement.resources
    return any(actions.works_on(action, resource) for resource in statement.resources)


@resource_rule(
    "iam-resource-matches-action",
    title="IAM policies grant each action once, on a resource that the action supports",
    types=kinds.TYPES,
    category="least-privilege",
    severity="medium",
    env="same",
    sources=("parliament:RESOURCE_MISMATCH",),
    fix="Name the kind of resource that the action works on, or drop the action or the statement.",
    good=(
        Example(item_policy()),
        Example(item_policy("s3:GetObject", Resource="arn:aws:s3:::bucket/*")),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:PutItem"))),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:GetItem", Condition=LEADING))),
        Example(policy(allow("s3:ListAllMyBuckets", "*"), allow("s3:Get*", "arn:aws:s3:::bucket/*"))),
        Example(policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::bucket"})),
        Example(policy(allow("s3:GetObject", ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]))),
    ),
    bad=(
        Example(
            item_policy("s3:GetObject"),
            finds=("policy.Statement[0]: no Resource of the statement is of a kind that s3:GetObject works on",),
        ),
        Example(
            item_policy("s3:GetObject", Resource="arn:aws:s3:::bucket"),
            finds=("policy.Statement[0]: no Resource of the statement is of a kind that s3:GetObject works on",),
        ),
        Example(
            policy(allow("dynamodb:GetItem"), allow("DynamoDB:getitem")),
            finds=("policy.Statement[1]: policy.Statement[0] says all of it",),
        ),
        Example(
            policy(allow(["dynamodb:Get*", "dynamodb:Query"], "*"), allow("dynamodb:GetItem")),
            finds=("policy.Statement[1]: policy.Statement[0] says all of it",),
        ),
        Example(
            policy(allow("s3:ListAllMyBuckets", "arn:aws:s3:::bucket")),
            finds=(
                ("policy.Statement[0]: no Resource of the statement is of a kind that s3:ListAllMyBuckets works on"),
            ),
        ),
        Example(
            policy(allow("dynamodb:GetItem"), allow("dynamodb:GetItem"), allow("dynamodb:GetItem")),
            finds=(
                "policy.Statement[1]: policy.Statement[0] says all of it",
                "policy.Statement[2]: policy.Statement[0] says all of it",
            ),
        ),
        Example(
            item_policy("s3:GetObject", Resource="table/t"),
            finds=("policy.Statement[0]: no Resource of the statement is of a kind that s3:GetObject works on",),
        ),
        Example(
            policy(allow("dynamodb:*", "*"), allow("dynamodb:GetItem")),
            finds=("policy.Statement[1]: policy.Statement[0] says all of it",),
        ),
    ),
)
def iam_resource_matches_action(resource: Resource) -> Iterator[str]:
    """Each action is granted once, on a resource that it works on, so that no grant is dead."""
    wrong = list(problems(resource, "resource"))
    yield from wrong
    if wrong or resource.type not in policy_locations.IDENTITY:
        return
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            named = (action for one in statement.actions if "*" not in one for action in actions.expand(one))
            dead = [action.full_name for action in named if not _applies(action, statement)]
            if dead:
                yield f"{statement.where}: no Resource of the statement is of a kind that {summarize(dead)} works on"
        yield from _repeated(document)


@resource_rule(
    "iam-condition-valid",
    title="IAM policy conditions use valid operators, keys and values",
    types=kinds.TYPES,
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "parliament:UNKNOWN_OPERATOR",
        "parliament:UNKNOWN_CONDITION_FOR_ACTION",
        "parliament:MISMATCHED_TYPE",
        "parliament:MISMATCHED_TYPE_BUT_USABLE",
        "parliament:MISMATCHED_TYPE_OPERATOR_TO_NULL",
        "parliament:BAD_PATTERN_FOR_MFA",
        "parliament:SINGLE_VALUE_CONDITION_TOO_PERMISSIVE",
    ),
    fix="Use an operator and a condition key that AWS evaluates for the action.",
    good=(Example(item_policy(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}})),),
    bad=(
        Example(
            item_policy(Condition={"StringIs": {"aws:SourceAccount": "123456789012"}}),
            finds=("policy.Statement[0]: condition StringIs: IAM has no such operator; did you mean StringLike?",),
        ),
        Example(
            item_policy(Condition={"StringEquals": {"dynamodb:LeadingKey": "x"}}),
            finds=(
                (
                    "policy.Statement[0]: condition StringEquals dynamodb:LeadingKey: dynamodb "
                    "has no such condition key; did you mean dynamodb:LeadingKeys?"
                ),
            ),
        ),
        Example(
            item_policy(Condition={"ForAllValues:StringEquals": {"aws:SourceAccount": "123456789012"}}),
            finds=(
                (
                    "policy.Statement[0]: condition ForAllValues:StringEquals aws:SourceAccount: "
                    "ForAllValues on a key with one value holds when the key is absent"
                ),
            ),
        ),
        Example(
            item_policy(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
            finds=(
                (
                    "policy.Statement[0]: condition BoolIfExists aws:MultiFactorAuthPresent: "
                    "holds for long-lived credentials, which carry no such key; use Bool"
                ),
            ),
        ),
        Example(
            item_policy(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}),
            finds=("policy.Statement[0]: condition NumericLessThan aws:MultiFactorAuthAge: soon is no number",),
        ),
    ),
    unknown_passes_because=REFUSED_LATER,
)
def iam_condition_valid(resource: Resource) -> Iterator[str]:
    """Conditions use operators and keys that AWS evaluates for the actions, with values of the right type."""
    return problems(resource, "condition")
