"""Policy documents that mean what they say: known at preview, well formed, of actions and keys that exist."""

from collections.abc import Iterator

from serverless_guard.iam import actions, policy_locations
from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.iam.grants import granted, repeats, summarize
from serverless_guard.iam.validation import kinds, validate
from serverless_guard.iam.validation.problem import Element
from serverless_guard.record import UNKNOWN, Resource, UndecidedError
from serverless_guard.rules.rule import Example, resource_rule

LIMITS = {
    "aws:iam/policy:Policy": 6144,
    "aws:iam/rolePolicy:RolePolicy": 10240,
    "aws:iam/userPolicy:UserPolicy": 2048,
    "aws:iam/groupPolicy:GroupPolicy": 5120,
    policy_locations.ROLE: 10240,
}
"""Most characters of a type's documents without whitespace. IAM User Guide, "IAM and AWS STS quotas"."""
MANAGED = 20
"""Most managed policies of a role. IAM User Guide, "IAM policy validation check reference"."""


REFUSED_LATER = "AWS refuses at the update what it does not accept, so an unknown part changes nothing."

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
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            {"assumeRolePolicy": UNKNOWN},
            finds=("cannot decide: assumeRolePolicy is not known at preview",),
            type=policy_locations.ROLE,
        ),
        Example(
            {"inlinePolicies": UNKNOWN},
            finds=("cannot decide: inlinePolicies is not known at preview",),
            type=policy_locations.ROLE,
        ),
        Example(
            {"inlinePolicies": [{"policy": UNKNOWN}]},
            finds=("cannot decide: inlinePolicies[0].policy is not known at preview",),
            type=policy_locations.ROLE,
        ),
        Example(
            _policy(Action=UNKNOWN), finds=("cannot decide: policy is not known at preview in Statement[0].Action",)
        ),
        Example(
            _policy(Effect=UNKNOWN), finds=("cannot decide: policy is not known at preview in Statement[0].Effect",)
        ),
        Example(
            _policy(Condition=UNKNOWN),
            finds=("cannot decide: policy is not known at preview in Statement[0].Condition",),
        ),
        Example(
            trust({"AWS": UNKNOWN}),
            finds=("cannot decide: assumeRolePolicy is not known at preview in Statement[0].Principal.AWS",),
            type=policy_locations.ROLE,
        ),
        *(
            Example({"policy": UNKNOWN}, type=kind, finds=("cannot decide: policy is not known at preview",))
            for kind in (
                "aws:iam/policy:Policy",
                "aws:sqs/queuePolicy:QueuePolicy",
                "aws:sns/topicPolicy:TopicPolicy",
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:kms/key:Key",
            )
        ),
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
    types=kinds.TYPES,
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
    good=(
        Example(_policy(Sid="ReadItems")),
        *(
            Example(_policy(Sid="a" * (limit - 155)), type=kind)
            for kind, limit in (
                ("aws:iam/policy:Policy", 6144),
                ("aws:iam/userPolicy:UserPolicy", 2048),
                ("aws:iam/groupPolicy:GroupPolicy", 5120),
                ("aws:iam/rolePolicy:RolePolicy", 10240),
            )
        ),
        Example({"policy": ""}),
        Example(_policy("dynamodb:GetItems")),
        Example(
            {"managedPolicyArns": [f"arn:aws:iam::123456789012:policy/p{i}" for i in range(20)]},
            type=policy_locations.ROLE,
        ),
    ),
    bad=(
        Example(
            {"policy": "{not json"},
            finds=("policy: is no JSON at line 1 column 2: Expecting property name enclosed in double quotes",),
        ),
        Example(
            {"policy": {"Statement": []}},
            finds=(
                'policy: has no Version "2012-10-17": an older language ignores policy variables',
                "policy: has no Statement",
            ),
        ),
        Example(
            _policy(Sid="no spaces"),
            finds=("policy.Statement[0] (no spaces).Sid: a Sid takes letters and digits only",),
        ),
        Example(
            _policy(Resource="table/t"),
            finds=("policy.Statement[0].Resource: table/t: a Resource is * or starts with arn:",),
        ),
        Example(_policy(Action=[]), finds=("policy.Statement[0]: has no Action",)),
        Example(_policy(Sid="a" * 10240), finds=("policy has 10395 characters, more than the 10240 that IAM takes",)),
        Example(
            trust({"Service": "lambda.amazonaws.com"}, Sid="a" * kinds.TRUST.limit),
            finds=("assumeRolePolicy: has 2187 characters, more than the 2048 that AWS takes",),
            type=policy_locations.ROLE,
        ),
        Example(
            {"inlinePolicies": [_policy(Sid="a" * 6000), _policy(Sid="b" * 6000)]},
            finds=("inlinePolicies[0].policy has 12310 characters, more than the 10240 that IAM takes",),
            type=policy_locations.ROLE,
        ),
        *(
            Example(
                _policy(Sid="a" * (limit - 154)),
                type=kind,
                finds=(f"policy has {limit + 1} characters, more than the {limit} that IAM takes",),
            )
            for kind, limit in (
                ("aws:iam/policy:Policy", 6144),
                ("aws:iam/userPolicy:UserPolicy", 2048),
                ("aws:iam/groupPolicy:GroupPolicy", 5120),
            )
        ),
        Example(
            {"managedPolicyArns": [f"arn:aws:iam::123456789012:policy/p{i}" for i in range(21)]},
            finds=("managedPolicyArns names more than the 20 policies that IAM attaches to a role",),
            type=policy_locations.ROLE,
        ),
        Example(
            {"inlinePolicies": [{"policy": UNKNOWN}, {"policy": "{not json"}, {"policy": UNKNOWN}]},
            finds=(
                (
                    "inlinePolicies[1].policy: is no JSON at line 1 column 2: Expecting property "
                    "name enclosed in double quotes"
                ),
                "cannot decide: inlinePolicies[0].policy is not known at preview",
            ),
            type=policy_locations.ROLE,
        ),
    ),
    unknown_passes_because=REFUSED_LATER,
)
def iam_document_wellformed(resource: Resource) -> Iterator[str]:
    """AWS accepts policy documents: their JSON, elements, principals, ARNs, policy variables and size."""
    yield from _problems(resource, "document")
    if resource.type in LIMITS:
        found = list(policy_locations.identity(resource))
        size = sum(document.size for document in found)
        if size > LIMITS[resource.type]:
            yield f"{found[0].where} has {size} characters, more than the {LIMITS[resource.type]} that IAM takes"
    if resource.type == policy_locations.ROLE and len(resource.props.known_texts("managedPolicyArns")) > MANAGED:
        yield f"managedPolicyArns names more than the {MANAGED} policies that IAM attaches to a role"


def _problems(resource: Resource, element: Element) -> Iterator[str]:
    """Yield what AWS would refuse of a resource's documents, as far as it is about one of their elements."""
    undecided: UndecidedError | None = None
    for block, path, kind in kinds.documents(resource):
        try:
            value = block.value(path)
        except UndecidedError as error:
            undecided = undecided or error
            continue
        if value is not None and value != "":
            found = validate(value, block.path + path, kind)
            yield from (str(problem) for problem in found if problem.element == element)
    if undecided:
        raise undecided


@resource_rule(
    "iam-action-exists",
    title="IAM policies use only actions that exist",
    types=kinds.TYPES,
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
    bad=(
        Example(
            _policy("dynamodb:GetItems"),
            finds=(
                (
                    "policy.Statement[0].Action: no AWS action is called dynamodb:GetItems; did "
                    "you mean dynamodb:GetItem?"
                ),
            ),
        ),
        Example(
            _policy("dynamo:GetItem"),
            finds=(
                (
                    "policy.Statement[0].Action: no AWS action is called dynamo:GetItem: there is"
                    " no service dynamo; did you mean dynamodb?"
                ),
            ),
        ),
        Example(
            _policy("GetItem"), finds=("policy.Statement[0].Action: GetItem is no action: write it as service:Name",)
        ),
    ),
    unknown_passes_because=REFUSED_LATER,
)
def iam_action_exists(resource: Resource) -> Iterator[str]:
    """Policies name actions that AWS has, and that their kind of policy can allow."""
    return _problems(resource, "action")


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
        Example(_policy()),
        Example(_policy("s3:GetObject", Resource="arn:aws:s3:::bucket/*")),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:PutItem"))),
        Example(policy(allow("dynamodb:GetItem"), allow("dynamodb:GetItem", Condition=LEADING))),
        Example(policy(allow("s3:ListAllMyBuckets", "*"), allow("s3:Get*", "arn:aws:s3:::bucket/*"))),
        Example(policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::bucket"})),
        Example(policy(allow("s3:GetObject", ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]))),
    ),
    bad=(
        Example(
            _policy("s3:GetObject"),
            finds=("policy.Statement[0]: no Resource of the statement is of a kind that s3:GetObject works on",),
        ),
        Example(
            _policy("s3:GetObject", Resource="arn:aws:s3:::bucket"),
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
            _policy("s3:GetObject", Resource="table/t"),
            finds=("policy.Statement[0]: no Resource of the statement is of a kind that s3:GetObject works on",),
        ),
    ),
)
def iam_resource_matches_action(resource: Resource) -> Iterator[str]:
    """Each action is granted once, on a resource that it works on, so that no grant is dead."""
    wrong = list(_problems(resource, "resource"))
    yield from wrong
    if wrong or resource.type not in policy_locations.IDENTITY:
        return
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
    good=(Example(_policy(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}})),),
    bad=(
        Example(
            _policy(Condition={"StringIs": {"aws:SourceAccount": "123456789012"}}),
            finds=("policy.Statement[0]: condition StringIs: IAM has no such operator; did you mean StringLike?",),
        ),
        Example(
            _policy(Condition={"StringEquals": {"dynamodb:LeadingKey": "x"}}),
            finds=(
                (
                    "policy.Statement[0]: condition StringEquals dynamodb:LeadingKey: dynamodb "
                    "has no such condition key; did you mean dynamodb:LeadingKeys?"
                ),
            ),
        ),
        Example(
            _policy(Condition={"ForAllValues:StringEquals": {"aws:SourceAccount": "123456789012"}}),
            finds=(
                (
                    "policy.Statement[0]: condition ForAllValues:StringEquals aws:SourceAccount: "
                    "ForAllValues on a key with one value holds when the key is absent"
                ),
            ),
        ),
        Example(
            _policy(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
            finds=(
                (
                    "policy.Statement[0]: condition BoolIfExists aws:MultiFactorAuthPresent: "
                    "holds for long-lived credentials, which carry no such key; use Bool"
                ),
            ),
        ),
        Example(
            _policy(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}),
            finds=("policy.Statement[0]: condition NumericLessThan aws:MultiFactorAuthAge: soon is no number",),
        ),
    ),
    unknown_passes_because=REFUSED_LATER,
)
def iam_condition_valid(resource: Resource) -> Iterator[str]:
    """Conditions use operators and keys that AWS evaluates for the actions, with values of the right type."""
    return _problems(resource, "condition")
