"""Queues, topics, buses and secrets that only those use who should."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.document import read
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.grants import narrows
from serverless_guard.record import Resource
from serverless_guard.rules.exposure.documents import public
from serverless_guard.rules.rule import Example, resource_rule

OWN = {"AWS": "arn:aws:iam::123456789012:role/blog"}
OTHER = {"AWS": "arn:aws:iam::210987654321:root"}
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
BUCKET_ARN = {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::blog-uploads"}}


@resource_rule(
    "sqs-policy-not-public",
    title="SQS queue access policies do not allow public access",
    types=(
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/queue:Queue",
    ),
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
    bad=(Example(policy(allow("sqs:SendMessage", "*", Principal="*"))),),
)
def sqs_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a queue."""
    return (f"{statement.where} opens the queue to everybody" for statement in public(resource))


@resource_rule(
    "sqs-policy-no-action-star",
    title="SQS queue access policies do not allow all SQS actions",
    types=(
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/queue:Queue",
    ),
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
        Example(policy(allow("sqs:*", "*", Principal=OWN))),
        Example(policy(allow("*", "*", Principal=OWN))),
    ),
)
def sqs_policy_no_action_star(resource: Resource) -> Iterator[str]:
    """Nobody may do everything with a queue."""
    document = policy_locations.access(resource)
    for statement in document.allows() if document else ():
        if any(not pattern.lower().removeprefix("sqs").strip(":*") for pattern in statement.actions):
            yield f"{statement.where} allows every action"


@resource_rule(
    "sns-policy-not-public",
    title="SNS topic access policies do not allow public access",
    types=(
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topic:Topic",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_169",
        "fsbp:SNS.4",
    ),
    fix="Name the principal, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
    good=(Example(policy(allow("sns:Publish", "*", Principal=OWN))),),
    bad=(Example(policy(allow("sns:Publish", "*", Principal={"AWS": "*"}))),),
)
def sns_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a topic."""
    return (f"{statement.where} opens the topic to everybody" for statement in public(resource))


@resource_rule(
    "sns-policy-cross-account",
    title="SNS topic access policies grant access to entire AWS accounts only with a condition",
    types=(
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topic:Topic",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    sources=("checkov:CKV_AWS_385",),
    fix="Add a condition on aws:PrincipalOrgID or aws:SourceAccount, or name a role of the account.",
    good=(
        Example(policy(allow("sns:Publish", "*", Principal=OWN))),
        Example(policy(allow("sns:Publish", "*", Principal=OTHER, Condition=ORGANISATION))),
    ),
    bad=(Example(policy(allow("sns:Publish", "*", Principal=OTHER))),),
)
def sns_policy_cross_account(resource: Resource) -> Iterator[str]:
    """Another account as a whole may use a topic only within the organisation."""
    document = policy_locations.access(resource)
    for statement in document.allows() if document else ():
        keys = statement.condition("aws:PrincipalOrgID", "aws:SourceAccount", "aws:SourceOwner", "aws:PrincipalArn")
        if any(one.whole_account for one in statement.principals) and not any(narrows(one) for one in keys):
            yield f"{statement.where} opens the topic to a whole account"


@resource_rule(
    "eventbridge-bus-policy-not-open",
    title="EventBridge event bus policies do not allow public access",
    types=(
        "aws:cloudwatch/eventPermission:EventPermission",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    ),
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
    ),
    bad=(
        Example({"principal": "*"}),
        Example(
            policy(allow("events:PutEvents", "*", Principal="*")), type="aws:cloudwatch/eventBusPolicy:EventBusPolicy"
        ),
    ),
    unknown_passes_because="A condition that is unknown is there all the same.",
)
def eventbridge_bus_policy_not_open(resource: Resource) -> Iterator[str]:
    """Not everybody may send events to a bus."""
    if resource.type == "aws:cloudwatch/eventPermission:EventPermission":
        if not resource.props.has("condition") and resource.props.text("principal") == "*":
            yield "everybody may send events"
        return
    yield from (f"{statement.where} lets everybody send events" for statement in public(resource))


@resource_rule(
    "secret-policy-not-public",
    title="Secrets Manager secrets block public policies and do not allow public access",
    types=(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secret:Secret",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    fix="Set blockPublicPolicy to true, and name the principals of the policy.",
    good=(
        Example({"blockPublicPolicy": True} | policy(allow("secretsmanager:GetSecretValue", "*", Principal=OWN))),
        Example({}, type="aws:secretsmanager/secret:Secret"),
    ),
    bad=(
        Example(policy(allow("secretsmanager:GetSecretValue", "*", Principal=OWN))),
        Example({"blockPublicPolicy": True} | policy(allow("secretsmanager:GetSecretValue", "*", Principal="*"))),
        Example(
            policy(allow("secretsmanager:GetSecretValue", "*", Principal="*")), type="aws:secretsmanager/secret:Secret"
        ),
    ),
)
def secret_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may read a secret, and AWS refuses a policy that would let them."""
    separate = resource.type == "aws:secretsmanager/secretPolicy:SecretPolicy"
    if separate and resource.props.flag("blockPublicPolicy") is not True:
        yield "blockPublicPolicy is not true"
    yield from (f"{statement.where} opens the secret to everybody" for statement in public(resource))


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
        Example({"endpointConfiguration": {"types": "PRIVATE"}}),
        Example(
            {"endpointConfiguration": {"types": "PRIVATE"}} | policy(allow("execute-api:Invoke", "*", Principal="*"))
        ),
    ),
)
def apigateway_rest_resource_policy(resource: Resource) -> Iterator[str]:
    """A private API says which network it is for."""
    if "PRIVATE" not in resource.props.texts("endpointConfiguration.types"):
        return
    if read(resource.props, "policy") is None:
        yield "the API is private and has no policy"
    yield from (f"{statement.where} opens the private API to everybody" for statement in public(resource))
