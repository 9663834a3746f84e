"""Functions and layers that only those reach who should, and regions."""

from collections.abc import Iterator

from serverless_guard.iam.conditions import limits_caller
from serverless_guard.iam.document import Condition
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.conditions import is_one_of
from serverless_guard.rules.exposure.origins import any_origin
from serverless_guard.rules.rule import Example, Rule, resource_rule

CONDITIONS = {
    "principalOrgId": "aws:PrincipalOrgID",
    "sourceArn": "aws:SourceArn",
    "sourceAccount": "aws:SourceAccount",
}
"""Properties of a permission, with the condition keys that they become in the function's policy."""

lambda_url_auth_iam = Rule(
    id="lambda-url-auth-iam",
    types=("aws:lambda/functionUrl:FunctionUrl",),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:Nag-LambdaFunctionUrlAuth",
        "checkov:CKV_AWS_258",
    ),
    title="Lambda function URLs require IAM authentication",
    rationale="A function URL answers to signed requests only.",
    fix="Set authorizationType to AWS_IAM.",
    check=is_one_of("authorizationType", "AWS_IAM"),
    good=(Example({"authorizationType": "AWS_IAM"}),),
    bad=(
        Example({"authorizationType": "NONE"}, finds=("authorizationType is NONE, not AWS_IAM",)),
        Example({}, finds=("authorizationType is not AWS_IAM",)),
    ),
)


@resource_rule(
    "lambda-url-cors-restricted",
    title="Lambda function URLs do not allow all CORS origins",
    types=("aws:lambda/functionUrl:FunctionUrl",),
    category="network-exposure",
    severity="high",
    env="same",
    sources=("checkov:CKV2_AWS_75",),
    fix="Set cors.allowOrigins to the origins of the pages that call the URL.",
    good=(Example({}), Example({"cors": {"allowOrigins": ["https://blog.example.com"]}})),
    bad=(
        Example({"cors": {"allowOrigins": ["*"]}}, finds=("cors.allowOrigins has *",)),
        Example({"cors": {"allowOrigins": ["https://*"]}}, finds=("cors.allowOrigins has https://*",)),
        Example(
            {"cors": {"allowOrigins": ["*"], "allowCredentials": True}},
            finds=("cors.allowOrigins has *, together with allowCredentials",),
        ),
    ),
)
def lambda_url_cors_restricted(resource: Resource) -> Iterator[str]:
    """Pages of any origin may not call a function URL."""
    return any_origin(resource, "cors")


@resource_rule(
    "lambda-permission-not-public",
    title="Lambda function policies do not allow public access",
    types=("aws:lambda/permission:Permission",),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:Nag-LambdaFunctionPublicAccessProhibited",
        "checkov:CKV_AWS_301",
        "fsbp:Lambda.1",
    ),
    fix="Name the service, account or organisation that invokes the function.",
    good=(
        Example({"principal": "apigateway.amazonaws.com"}),
        Example({"principal": "*", "principalOrgId": "o-a1b2c3d4e5"}),
        Example({"principal": "*", "functionUrlAuthType": "AWS_IAM", "principalOrgId": "o-a1b2c3d4e5"}),
        Example({"principal": "*", "sourceAccount": "123456789012"}),
        Example({"principal": "*", "sourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}),
        Example({"principal": "*", "sourceArn": UNKNOWN}),
    ),
    bad=(
        Example({"principal": "*"}, finds=("everybody may invoke the function",)),
        Example({"principal": "*", "functionUrlAuthType": "NONE"}, finds=("everybody may invoke the function",)),
        Example({"principal": "*", "functionUrlAuthType": UNKNOWN}, finds=("everybody may invoke the function",)),
        Example(
            {"principal": "*", "functionUrlAuthType": "AWS_IAM"},
            finds=("every AWS account may invoke the function by its URL",),
        ),
        Example({"principal": "*", "sourceArn": "arn:aws:sns:*:*:t"}, finds=("everybody may invoke the function",)),
        Example({"principal": "*", "sourceAccount": "*"}, finds=("everybody may invoke the function",)),
    ),
    unknown_passes_because="A sourceArn that is unknown is the ARN of a resource that does not exist yet.",
)
def lambda_permission_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may invoke a function.

    A URL that wants signed requests is open to every AWS account then. Source: AWS Lambda Developer Guide, "Control
    access to Lambda function URLs".
    """
    if any(_fixes_caller(resource.props, name) for name in CONDITIONS) or resource.props.text("principal") != "*":
        return
    if resource.props.known_text("functionUrlAuthType") == "AWS_IAM":
        yield "every AWS account may invoke the function by its URL"
    else:
        yield "everybody may invoke the function"


def _fixes_caller(permission: Block, name: str) -> bool:
    """Tell whether a property fixes who invokes; an unknown one is the ARN or id of a resource."""
    if permission.has(name) and permission.known_text(name) is None:
        return True
    return limits_caller(Condition("ArnLike", CONDITIONS[name], (permission.known_text(name) or "",)))


@resource_rule(
    "lambda-layer-permission-not-public",
    title="Lambda layer versions are not shared publicly",
    types=("aws:lambda/layerVersionPermission:LayerVersionPermission",),
    category="network-exposure",
    severity="high",
    env="same",
    fix="Name the account, or set organizationId.",
    good=(Example({"principal": "123456789012"}), Example({"principal": "*", "organizationId": "o-a1b2c3d4e5"})),
    bad=(Example({"principal": "*"}, finds=("everybody may use the layer",)),),
    unknown_passes_because="An organizationId that is unknown is the id of an organisation.",
)
def lambda_layer_permission_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a layer."""
    if not resource.props.has("organizationId") and resource.props.text("principal") == "*":
        yield "everybody may use the layer"
