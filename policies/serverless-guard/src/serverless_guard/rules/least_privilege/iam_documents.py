"""Policy documents that mean what they say: known at preview, well formed, of actions and keys that exist."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import trust
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


def item_policy(action: str = "dynamodb:GetItem", **more: object) -> dict[str, object]:
    """Write the properties of a policy with one statement about a table; `more` are further elements."""
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
        Example(item_policy()),
        Example(item_policy(Resource=UNKNOWN)),
        Example(item_policy(Condition={"ArnEquals": {"aws:SourceArn": UNKNOWN}})),
        Example(
            trust({"AWS": UNKNOWN}),
            type=policy_locations.ROLE,
            depends={"assumeRolePolicy": ("urn:pulumi:prod::blog::aws:iam/user:User::press",)},
        ),
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
            item_policy(Action=UNKNOWN), finds=("cannot decide: policy is not known at preview in Statement[0].Action",)
        ),
        Example(
            item_policy(Effect=UNKNOWN), finds=("cannot decide: policy is not known at preview in Statement[0].Effect",)
        ),
        Example(
            item_policy(Condition=UNKNOWN),
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
    fix="Correct what the finding names: AWS refuses the document, or reads it otherwise than it looks.",
    good=(
        Example(item_policy(Sid="ReadItems")),
        *(
            Example(item_policy(Sid="a" * (limit - 155)), type=kind)
            for kind, limit in (
                ("aws:iam/policy:Policy", 6144),
                ("aws:iam/userPolicy:UserPolicy", 2048),
                ("aws:iam/groupPolicy:GroupPolicy", 5120),
                ("aws:iam/rolePolicy:RolePolicy", 10240),
            )
        ),
        Example({"policy": ""}),
        Example(item_policy("dynamodb:GetItems")),
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
            item_policy(Sid="no spaces"),
            finds=("policy.Statement[0] (no spaces).Sid: a Sid takes letters and digits only",),
        ),
        Example(
            item_policy(Resource="table/t"),
            finds=("policy.Statement[0].Resource: table/t: a Resource is * or starts with arn:",),
        ),
        Example(item_policy(Action=[]), finds=("policy.Statement[0]: has no Action",)),
        Example(
            item_policy(Sid="a" * 10240), finds=("policy has 10395 characters, more than the 10240 that IAM takes",)
        ),
        Example(
            trust({"Service": "lambda.amazonaws.com"}, Sid="a" * kinds.TRUST.limit),
            finds=("assumeRolePolicy: has 2187 characters, more than the 2048 that AWS takes",),
            type=policy_locations.ROLE,
        ),
        Example(
            {"inlinePolicies": [item_policy(Sid="a" * 6000), item_policy(Sid="b" * 6000)]},
            finds=("inlinePolicies[0].policy has 12310 characters, more than the 10240 that IAM takes",),
            type=policy_locations.ROLE,
        ),
        *(
            Example(
                item_policy(Sid="a" * (limit - 154)),
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
    yield from problems(resource, "document")
    if resource.type in LIMITS:
        found = list(policy_locations.identity(resource))
        size = sum(document.size for document in found)
        if size > LIMITS[resource.type]:
            yield f"{found[0].where} has {size} characters, more than the {LIMITS[resource.type]} that IAM takes"
    if resource.type == policy_locations.ROLE and len(resource.props.known_texts("managedPolicyArns")) > MANAGED:
        yield f"managedPolicyArns names more than the {MANAGED} policies that IAM attaches to a role"


def problems(resource: Resource, element: Element) -> Iterator[str]:
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
    good=(Example(item_policy()), Example(item_policy("dynamodb:getitem"))),
    bad=(
        Example(
            item_policy("dynamodb:GetItems"),
            finds=(
                (
                    "policy.Statement[0].Action: no AWS action is called dynamodb:GetItems; did "
                    "you mean dynamodb:GetItem?"
                ),
            ),
        ),
        Example(
            item_policy("dynamo:GetItem"),
            finds=(
                (
                    "policy.Statement[0].Action: no AWS action is called dynamo:GetItem: there is"
                    " no service dynamo; did you mean dynamodb?"
                ),
            ),
        ),
        Example(
            item_policy("GetItem"),
            finds=("policy.Statement[0].Action: GetItem is no action: write it as service:Name",),
        ),
    ),
    unknown_passes_because=REFUSED_LATER,
)
def iam_action_exists(resource: Resource) -> Iterator[str]:
    """Policies name actions that AWS has, and that their kind of policy can allow."""
    return problems(resource, "action")
