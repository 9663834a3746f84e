"""Queues, topics, buses and secrets that only those use who should."""

from collections.abc import Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.conditions import conditional, limits_caller
from serverless_guard.iam.document import Condition, read
from serverless_guard.iam.evaluator import Access, Grant
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.resource_policies import BUSES, QUEUES, SECRETS, TOPICS
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.conditions import unless
from serverless_guard.rules.exposure.public_access import public_access, words
from serverless_guard.rules.rule import Example, resource_rule

OWN = {"AWS": "arn:aws:iam::123456789012:role/blog"}
OTHER = {"AWS": "arn:aws:iam::210987654321:root"}
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
TAGGED = {"StringEquals": {"aws:PrincipalTag/team": "blog"}}
BUCKET_ARN = {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::blog-uploads"}}


@resource_rule(
    "sqs-policy-not-public",
    title="SQS queue access policies do not allow public access",
    types=QUEUES,
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_168",
        "checkov:CKV_AWS_387",
        "fsbp:SQS.3",
    ),
    fix="Name the principal, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
    good=(
        Example(policy(allow("sqs:SendMessage", "*", Principal=OWN))),
        Example(policy(allow("sqs:SendMessage", "*", Principal="*", Condition=BUCKET_ARN))),
    ),
    bad=(
        Example(
            policy(allow("sqs:SendMessage", "*", Principal="*")),
            finds=("policy.Statement[0] allows everybody sqs:SendMessage on *",),
        ),
        Example(
            policy(allow("sqs:SendMessage", "*", Principal="*", Condition=TAGGED)),
            finds=(
                "policy.Statement[0] allows everybody sqs:SendMessage on * if aws:PrincipalTag/team StringEquals blog",
            ),
        ),
    ),
)
def sqs_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a queue."""
    return public_access(resource)


@resource_rule(
    "sqs-policy-no-action-star",
    title="SQS queue access policies do not allow all SQS actions",
    types=QUEUES,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_72",
        "trivy:AWS-0097",
    ),
    fix="List the actions, for example sqs:SendMessage.",
    good=(Example(policy(allow("sqs:SendMessage", "*", Principal=OWN))),),
    bad=(
        Example(
            policy(allow("sqs:*", "*", Principal=OWN)),
            finds=("policy.Statement[0] allows arn:aws:iam::123456789012:role/blog sqs:* on *",),
        ),
        Example(
            policy(allow(["sqs:SendMessage", "SQS:?*"], "*", Principal="*")),
            finds=("policy.Statement[0] allows * SQS:?* on *",),
        ),
        Example(
            policy({"Effect": "Allow", "Principal": "*", "NotAction": "sqs:DeleteQueue", "Resource": "*"}),
            finds=("policy.Statement[0] allows * every action but sqs:DeleteQueue on *",),
        ),
        Example(
            policy(allow("sqs:*", "*", Principal={"AWS": ["123456789012", "210987654321"]})),
            finds=("policy.Statement[0] allows 123456789012, 210987654321 sqs:* on *",),
        ),
    ),
)
def sqs_policy_no_action_star(resource: Resource) -> Iterator[str]:
    """Nobody may do everything with a queue."""
    for document in resource_policies.documents(resource):
        everything = (
            grant
            for grant in Access.of_resource(document).all_grants()
            if not grant.action.lower().removeprefix("sqs").strip(":*?")
        )
        yield from words((grant, ", ".join(one.value for one in grant.principals)) for grant in everything)


@resource_rule(
    "sns-policy-not-public",
    title="SNS topic access policies do not allow public access",
    types=TOPICS,
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_169",
        "fsbp:SNS.4",
    ),
    fix="Name the principal, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
    good=(Example(policy(allow("sns:Publish", "*", Principal=OWN))),),
    bad=(
        Example(
            policy(allow("sns:Publish", "*", Principal={"AWS": "*"})),
            finds=("policy.Statement[0] allows everybody sns:Publish on *",),
        ),
    ),
)
def sns_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a topic."""
    return public_access(resource)


@resource_rule(
    "sns-policy-cross-account",
    title="SNS topic access policies grant access to entire AWS accounts only with a condition",
    types=TOPICS,
    category="least-privilege",
    severity="high",
    env="same",
    sources=("checkov:CKV_AWS_385",),
    fix="Add a condition on aws:PrincipalOrgID or aws:SourceAccount, or name a role of the account.",
    good=(
        Example(policy(allow("sns:Publish", "*", Principal=OWN))),
        Example(policy(allow("sns:Publish", "*", Principal=OTHER, Condition=ORGANISATION))),
    ),
    bad=(
        Example(
            policy(allow("sns:Publish", "*", Principal=OTHER)),
            finds=("policy.Statement[0] allows every identity of 210987654321 sns:Publish on *",),
        ),
        Example(
            policy(allow("sns:Publish", "*", Principal={"AWS": ["123456789012", "210987654321"]})),
            finds=(
                (
                    "policy.Statement[0] allows every identity of 123456789012, every identity of"
                    " 210987654321 sns:Publish on *"
                ),
            ),
        ),
    ),
)
def sns_policy_cross_account(resource: Resource) -> Iterator[str]:
    """Another account as a whole may use a topic only within the organisation."""
    for document in resource_policies.documents(resource):
        open_grants = (one for one in Access.of_resource(document).all_grants() if not one.limited(limits_caller))
        yield from words((grant, name) for grant in open_grants if (name := _whole_accounts(grant)))


def _whole_accounts(grant: Grant) -> str:
    return ", ".join(f"every identity of {one.account}" for one in grant.principals if one.whole_account)


@resource_rule(
    "eventbridge-bus-policy-not-open",
    title="EventBridge event bus policies do not allow public access",
    types=("aws:cloudwatch/eventPermission:EventPermission", *BUSES),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=("cdk-nag:AwsSolutions-EVB1",),
    fix="Name the account, or add a condition on aws:PrincipalOrgID.",
    good=(
        Example({"principal": "123456789012"}),
        Example({"principal": "*", "condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"}}),
        Example(
            policy(allow("events:PutEvents", "*", Principal=OWN)), type="aws:cloudwatch/eventBusPolicy:EventBusPolicy"
        ),
        Example(
            {"principal": "*", "condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": UNKNOWN}}
        ),
        Example({"principal": "*", "condition": UNKNOWN}),
        Example({"principal": "*", "condition": {"key": UNKNOWN, "type": "StringEquals", "value": "o-1"}}),
    ),
    bad=(
        Example({"principal": "*"}, finds=("everybody may events:PutEvents",)),
        Example({"principal": "*", "action": "events:*"}, finds=("everybody may events:*",)),
        Example(
            {"principal": "*", "condition": {"key": "aws:PrincipalOrgID", "type": "StringLike", "value": "o-*"}},
            finds=("everybody may events:PutEvents if aws:PrincipalOrgID StringLike o-*",),
        ),
        Example(
            policy(allow("events:PutEvents", "*", Principal="*")),
            type=BUSES[0],
            finds=("policy.Statement[0] allows everybody events:PutEvents on *",),
        ),
    ),
    unknown_passes_because="A condition that is unknown is there all the same.",
)
def eventbridge_bus_policy_not_open(resource: Resource) -> Iterator[str]:
    """Not everybody may send events to a bus."""
    if resource.type == "aws:cloudwatch/eventPermission:EventPermission":
        yield from _open_permission(resource.props)
    else:
        yield from public_access(resource)


def _open_permission(permission: Block) -> Iterator[str]:
    """Word a permission for everybody; a condition that is unknown is there, and counts as one that fixes who sends."""
    conditions: list[Condition] = []
    if permission.has("condition"):
        parts = [permission.known_text(f"condition.{one}") for one in ("type", "key", "value")]
        operator, key, value = (part or "" for part in parts)
        conditions = [Condition(operator, key, (value,))]
        if None in parts or limits_caller(conditions[0]):
            return
    if permission.text("principal") == "*":
        yield f"everybody may {permission.known_text('action') or 'events:PutEvents'}{conditional(conditions)}"


@resource_rule(
    "secret-policy-not-public",
    title="Secrets Manager secrets block public policies and do not allow public access",
    types=SECRETS,
    category="network-exposure",
    severity="critical",
    env="same",
    fix="Set blockPublicPolicy to true, and name the principals of the policy.",
    good=(
        Example({"blockPublicPolicy": True} | policy(allow("secretsmanager:GetSecretValue", "*", Principal=OWN))),
        Example({}, type="aws:secretsmanager/secret:Secret"),
    ),
    bad=(
        Example(
            policy(allow("secretsmanager:GetSecretValue", "*", Principal=OWN)), finds=("blockPublicPolicy is not true",)
        ),
        Example(
            {"blockPublicPolicy": True} | policy(allow("secretsmanager:GetSecretValue", "*", Principal="*")),
            finds=("policy.Statement[0] allows everybody secretsmanager:GetSecretValue on *",),
        ),
        Example(
            policy(allow("secretsmanager:GetSecretValue", "*", Principal="*")),
            type="aws:secretsmanager/secret:Secret",
            finds=("policy.Statement[0] allows everybody secretsmanager:GetSecretValue on *",),
        ),
    ),
)
def secret_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may read a secret, and AWS refuses a policy that would let them."""
    separate = resource.type == "aws:secretsmanager/secretPolicy:SecretPolicy"
    if separate and resource.props.flag("blockPublicPolicy") is not True:
        yield "blockPublicPolicy is not true"
    yield from public_access(resource)


@resource_rule(
    "apigateway-rest-resource-policy",
    title="API Gateway private REST APIs have a resource policy that does not allow public access",
    types=("aws:apigateway/restApi:RestApi",),
    category="network-exposure",
    severity="high",
    env="same",
    fix="Give the API a policy with a condition on aws:SourceVpce or aws:SourceVpc.",
    good=(
        Example({}),
        Example(
            {"endpointConfiguration": {"types": "PRIVATE"}}
            | policy(
                allow(
                    "execute-api:Invoke", "*", Principal="*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}
                )
            )
        ),
    ),
    bad=(
        Example({"endpointConfiguration": {"types": "PRIVATE"}}, finds=("the API is private and has no policy",)),
        Example(
            {"endpointConfiguration": {"types": "PRIVATE"}} | policy(allow("execute-api:Invoke", "*", Principal="*")),
            finds=("policy.Statement[0] allows everybody execute-api:Invoke on *",),
        ),
    ),
)
def apigateway_rest_resource_policy(resource: Resource) -> Iterator[str]:
    """A private API says which network it is for."""
    yield from unless(_is_reachable, _for_network)(resource)


def _is_reachable(api: Resource) -> bool:
    return "PRIVATE" not in api.props.texts("endpointConfiguration.types")


def _for_network(api: Resource) -> Iterator[str]:
    if read(api.props, "policy") is None:
        yield "the API is private and has no policy"
    yield from public_access(api)
