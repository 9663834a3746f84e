"""Policy documents that mean what they say: known at preview, well formed, of actions and keys that exist."""

import re
from collections.abc import Iterator

from serverless_guard.iam import actions, policy_locations
from serverless_guard.iam.document import Document, Statement, read
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.iam.grants import granted, repeats, summarize
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, resource_rule

OPERATORS = frozenset(
    {
        "stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase", "stringlike",
        "stringnotlike", "numericequals", "numericnotequals", "numericlessthan", "numericlessthanequals",
        "numericgreaterthan", "numericgreaterthanequals", "dateequals", "datenotequals", "datelessthan",
        "datelessthanequals", "dategreaterthan", "dategreaterthanequals", "bool", "binaryequals", "ipaddress",
        "notipaddress", "arnequals", "arnlike", "arnnotequals", "arnnotlike", "null",
    }
)  # fmt: skip
"""Condition operators in lower case. IAM User Guide, "IAM JSON policy elements: Condition operators"."""

LIMITS = {
    "aws:iam/policy:Policy": 6144,
    "aws:iam/rolePolicy:RolePolicy": 10240,
    "aws:iam/userPolicy:UserPolicy": 2048,
    "aws:iam/groupPolicy:GroupPolicy": 5120,
    policy_locations.ROLE: 10240,
}
"""Most characters of a type's documents without whitespace. IAM User Guide, "IAM and AWS STS quotas"."""
TRUST_LIMIT = 2048
"""Most characters of the document that says who assumes a role: the quota of an account that asked for no other."""


LEADING = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}}


def _policy(action: str = "dynamodb:GetItem", **more: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/t"}
    return {"policy": {"Version": "2012-10-17", "Statement": [statement | more]}}


@resource_rule(
    "iam-policy-document-known",
    title="IAM and resource policy documents are fully known at preview",
    types=(
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/policy:Policy",
        "aws:iam/role:Role",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:kms/key:Key",
    ),
    category="least-privilege",
    severity="high",
    env="prod-mandatory-dev-advisory",
    fix="Build the document from names, account, region and partition, which are all known at preview.",
    good=(
        Example(_policy()),
        Example(_policy(Resource=UNKNOWN)),
        Example(_policy(Condition={"ArnEquals": {"aws:SourceArn": UNKNOWN}})),
    ),
    bad=(
        Example({"policy": UNKNOWN}),
        Example({"assumeRolePolicy": UNKNOWN}, type=policy_locations.ROLE),
        Example({"inlinePolicies": UNKNOWN}, type=policy_locations.ROLE),
        Example({"inlinePolicies": [{"policy": UNKNOWN}]}, type=policy_locations.ROLE),
        Example(_policy(Action=UNKNOWN)),
        Example(_policy(Effect=UNKNOWN)),
        Example(_policy(Condition=UNKNOWN)),
        Example(trust({"AWS": UNKNOWN}), type=policy_locations.ROLE),
    ),
)
def iam_policy_document_known(resource: Resource) -> Iterator[str]:
    """Policy documents are known at preview, so that the rules about them can decide.

    A Resource, or the value of a condition, may be the output of a resource: it is a name, which is not a wildcard.
    """
    documents = list(policy_locations.identity(resource)) if resource.type in policy_locations.IDENTITY else []
    others = (policy_locations.trust, policy_locations.access)
    for document in (*documents, *(found for one in others if (found := one(resource)))):
        document.require_known()
    return iter(())


@resource_rule(
    "iam-document-wellformed",
    title="IAM policy documents are valid and within the IAM size quotas",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "parliament:MALFORMED_JSON",
        "parliament:MALFORMED",
        "parliament:NO_VERSION",
        "parliament:INVALID_VERSION",
        "parliament:OLD_VERSION",
        "parliament:DUPLICATE_SID",
        "parliament:INVALID_SID",
        "parliament:INVALID_ARN",
        "access-analyzer:JSON_PARSE_ERROR",
        "access-analyzer:MISSING_VERSION",
        "access-analyzer:MISSING_ARN_FIELD",
    ),
    fix='Write Version "2012-10-17" and give every statement an Effect, an Action and a Resource.',
    good=(Example(_policy(Sid="ReadItems")),),
    bad=(
        Example({"policy": "{not json"}),
        Example({"policy": {"Statement": []}}),
        Example(_policy(Sid="no spaces")),
        Example(_policy(Resource="table/t")),
        Example(_policy(Action=[])),
        Example(_policy(Sid="a" * 10240)),
        Example(trust({"Service": "lambda.amazonaws.com"}, Sid="a" * TRUST_LIMIT), type=policy_locations.ROLE),
        Example({"inlinePolicies": [_policy(Sid="a" * 6000), _policy(Sid="b" * 6000)]}, type=policy_locations.ROLE),
    ),
    unknown_passes_because="AWS refuses at the update what it does not accept, so an unknown part changes nothing.",
)
def iam_document_wellformed(resource: Resource) -> Iterator[str]:
    """Policy documents are valid JSON in the current policy language."""
    found = [one for block, path in policy_locations.places(resource) if (one := read(block, path))]
    trusted = read(resource.props, "assumeRolePolicy") if resource.type == policy_locations.ROLE else None
    for document in (*found, trusted) if trusted else found:
        yield from _malformed(document)
    for documents, limit in ((found, LIMITS[resource.type]), ([trusted] if trusted else [], TRUST_LIMIT)):
        size = sum(document.size for document in documents)
        if size > limit:
            yield f"{documents[0].where} has {size} characters, more than the {limit} that IAM takes"


def _malformed(document: Document) -> Iterator[str]:
    if document.version != "2012-10-17":
        yield f'{document.where} has no Version "2012-10-17": an older language ignores policy variables'
    if not document.statements:
        yield f"{document.where} has no Statement"
    sids = [statement.sid for statement in document.statements if statement.sid]
    for sid in sorted({sid for sid in sids if sids.count(sid) > 1}):
        yield f"{document.where} has the Sid {sid} more than once"
    trust = document.where == "assumeRolePolicy"
    for statement in document.statements:
        yield from _incomplete(statement, trust=trust)


def _incomplete(statement: Statement, *, trust: bool) -> Iterator[str]:
    if statement.sid and not re.fullmatch(r"[A-Za-z0-9]+", statement.sid):
        yield f"{statement.where}: a Sid takes letters and digits only"
    if not statement.actions and not statement.not_actions:
        yield f"{statement.where} has no Action"
    if trust:
        return
    if not statement.resources and not statement.not_resources:
        yield f"{statement.where} has no Resource"
    for resource in statement.resources + statement.not_resources:
        if resource != "*" and not re.fullmatch(r"arn:[^:]*:[^:]+:[^:]*:[^:]*:.+|\*+", resource, re.DOTALL):
            yield f"{statement.where}: a Resource is neither * nor an ARN"


@resource_rule(
    "iam-action-exists",
    title="IAM policies use only actions that exist",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "parliament:UNKNOWN_ACTION",
        "parliament:UNKNOWN_PREFIX",
        "access-analyzer:INVALID_ACTION",
    ),
    fix="Take the action's name from the Service Authorization Reference.",
    good=(Example(_policy()), Example(_policy("dynamodb:getitem"))),
    bad=(Example(_policy("dynamodb:GetItems")), Example(_policy("dynamo:GetItem")), Example(_policy("GetItem"))),
)
def iam_action_exists(resource: Resource) -> Iterator[str]:
    """Policies name actions that AWS has."""
    for document in policy_locations.identity(resource):
        for statement in document.statements:
            for pattern in statement.actions + statement.not_actions:
                if pattern != "*" and not actions.expand(pattern):
                    yield f"{statement.where}: no AWS action is called {pattern}"


@resource_rule(
    "iam-resource-matches-action",
    title="IAM policies grant each action once, on a resource that the action supports",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="medium",
    env="same",
    sources=("parliament:RESOURCE_MISMATCH",),
    fix="Name the kind of resource that the action works on, or drop the action or the statement.",
    good=(
        Example(_policy()),
        Example(_policy("s3:GetObject", Resource="arn:aws:s3:::bucket/*")),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:PutItem"))),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:GetItem", Condition=LEADING))),
    ),
    bad=(
        Example(_policy("s3:GetObject")),
        Example(_policy("s3:GetObject", Resource="arn:aws:s3:::bucket")),
        Example(policy(allow("dynamodb:GetItem"), allow("DynamoDB:getitem"))),
        Example(policy(allow(["dynamodb:Get*", "dynamodb:Query"], "*"), allow("dynamodb:GetItem"))),
    ),
)
def iam_resource_matches_action(resource: Resource) -> Iterator[str]:
    """Each action is granted once, on a resource that it works on, so that no grant is dead."""
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            dead = [action.full_name for pattern, action in granted(statement) if "*" not in pattern
                    and not _applies(action, statement)]  # fmt: skip
            if dead:
                yield f"{statement.where}: no Resource of the statement is of a kind that {summarize(dead)} works on"
        yield from _repeated(document)


def _repeated(document: Document) -> Iterator[str]:
    """Find the statements that another one makes superfluous; of two that say the same, the later one."""
    for i, statement in enumerate(document.statements):
        for j, other in enumerate(document.statements):
            if i != j and repeats(statement, other) and (i > j or not repeats(other, statement)):
                yield f"{statement.where}: {other.where} says all of it"
                break


def _applies(action: actions.Action, statement: Statement) -> bool:
    if statement.not_resources or not action.resource_types:
        return bool(statement.not_resources) or "*" in statement.resources
    return any(actions.works_on(action, resource) for resource in statement.resources)


@resource_rule(
    "iam-condition-valid",
    title="IAM policy conditions use valid operators, keys and values",
    types=policy_locations.IDENTITY,
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
    good=(Example(_policy(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}})),),
    bad=(
        Example(_policy(Condition={"StringIs": {"aws:SourceAccount": "123456789012"}})),
        Example(_policy(Condition={"StringEquals": {"dynamodb:LeadingKey": "x"}})),
        Example(_policy(Condition={"ForAllValues:StringEquals": {"aws:SourceAccount": "123456789012"}})),
        Example(_policy(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})),
        Example(_policy(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}})),
    ),
)
def iam_condition_valid(resource: Resource) -> Iterator[str]:
    """Conditions use operators and keys that AWS evaluates, with values of the right kind."""
    for document in policy_locations.identity(resource):
        for statement in document.statements:
            yield from _invalid_conditions(statement)


def _invalid_conditions(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        service, _, _ = condition.key.partition(":")
        where = f"{statement.where}: condition {condition.operator} {condition.key}"
        if condition.comparison not in OPERATORS:
            yield f"{where}: IAM has no such operator"
        elif not actions.condition_key_known(condition.key):
            yield f"{where}: {service} has no such condition key"
        elif condition.operator.lower().startswith("forallvalues:") and actions.single_valued(condition.key):
            yield f"{where}: ForAllValues on a key with one value holds when the key is absent"
        elif statement.allows and condition.lets_absent_pass and condition.key.lower() == "aws:multifactorauthpresent":
            yield f"{where}: holds for long-lived credentials, which carry no such key; use Bool"
        elif condition.comparison.startswith("numeric") and not all(_is_number(value) for value in condition.values):
            yield f"{where}: takes numbers"
        elif condition.comparison in {"bool", "null"} and not {v.lower() for v in condition.values} <= {
            "true",
            "false",
        }:
            yield f"{where}: takes true or false"


def _is_number(value: str) -> bool:
    return value.startswith("${") or re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
