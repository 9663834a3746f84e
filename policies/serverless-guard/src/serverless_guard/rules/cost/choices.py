"""Capacity, places and kinds of resources that somebody has to pay for."""

from collections.abc import Iterable, Iterator

from serverless_guard.iam.pattern import matches
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import is_true
from serverless_guard.rules.rule import ANY_TYPE, Example, Option, Rule, resource_rule

PRICE_CLASSES = ("PriceClass_100", "PriceClass_200", "PriceClass_All")
"""Price classes of CloudFront, the cheapest first."""
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
SERVERLESS = [
    "acm", "apigateway", "apigatewayv2", "appautoscaling", "athena", "backup", "budgets", "cloudfront", "cloudtrail",
    "cloudwatch", "cognito", "dax", "dynamodb", "elasticache", "glue", "iam", "kms", "lambda", "pipes", "rds",
    "route53", "s3", "scheduler", "secretsmanager", "sfn", "sns", "sqs", "ssm", "vpc", "wafv2", "xray",
]  # fmt: skip
"""Modules of the provider whose resources an application without servers is made of."""
NETWORK = [
    "defaultSecurityGroup", "flowLog", "networkAcl", "networkAclRule", "route", "routeTable", "routeTableAssociation",
    "securityGroup", "securityGroupRule", "subnet", "vpc", "vpcEndpoint",
]  # fmt: skip
"""What of the module ec2 makes a private network."""


def _cached(resource: Resource) -> Iterable[str]:
    path = "settings.cachingEnabled" if resource.type == SETTINGS else "cacheClusterEnabled"
    return is_true(path)(resource)


apigateway_cache_enabled = Rule(
    id="apigateway-cache-enabled",
    types=("aws:apigateway/stage:Stage", SETTINGS),
    category="cost",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=(
        "awsguard:apigateway-stage-cached",
        "awsguard:apigateway-method-cached-and-encrypted",
        "checkov:CKV_AWS_120",
        "checkov:CKV_AWS_225",
        "trivy:AWS-0002",
        "trivy:AWS-0190",
        "trivy:AWS-0110",
    ),
    title="API Gateway REST API stages and methods have caching enabled",
    rationale="A REST API answers again what it has answered before.",
    fix="Set cacheClusterEnabled of the stage, and settings.cachingEnabled of its methods, to true.",
    check=_cached,
    good=(Example({"cacheClusterEnabled": True}), Example({"settings": {"cachingEnabled": True}}, type=SETTINGS)),
    bad=(
        Example({}, finds=("cacheClusterEnabled is not true",)),
        Example({"settings": {}}, finds=("settings.cachingEnabled is not true",), type=SETTINGS),
    ),
)


@resource_rule(
    "cloudfront-price-class",
    title="CloudFront distributions do not exceed the maximum price class",
    types=("aws:cloudfront/distribution:Distribution",),
    category="cost",
    severity="low",
    env="threshold-per-stack",
    tier="extended",
    fix="Set priceClass to PriceClass_100, or to the places where the readers are.",
    options={"maximum": Option("PriceClass_200", "The dearest price class of a distribution.")},
    good=(Example({"priceClass": "PriceClass_100"}), Example({}, settings={"maximum": "PriceClass_All"})),
    bad=(
        Example({}, finds=("priceClass is PriceClass_All, above the maximum of PriceClass_200",)),
        Example(
            {"priceClass": "PriceClass_200"},
            finds=("priceClass is PriceClass_200, above the maximum of PriceClass_100",),
            settings={"maximum": "PriceClass_100"},
        ),
    ),
)
def cloudfront_price_class(resource: Resource) -> Iterator[str]:
    """A distribution serves from where its readers are; without a price class it does from everywhere."""
    chosen, most = resource.props.text("priceClass") or PRICE_CLASSES[-1], resource.settings["maximum"]
    if chosen not in PRICE_CLASSES[: PRICE_CLASSES.index(most) + 1]:
        yield f"priceClass is {chosen}, above the maximum of {most}"


@resource_rule(
    "resource-type-allowed",
    title="AWS resources are of an allowed resource type",
    types=(ANY_TYPE,),
    category="cost",
    severity="low",
    env="opt-in",
    tier="opt-in",
    fix="Use a service without servers, or add the type to the rule's option allowed.",
    options={
        "allowed": Option(
            [f"aws:{one}/*" for one in SERVERLESS] + [f"aws:ec2/{one}:*" for one in NETWORK],
            "Types of AWS resources that a stack may have, with * and ?.",
        )
    },
    good=(Example({}), Example({}, type="blog:table:Table"), Example({}, type="aws:ec2/subnet:Subnet")),
    bad=(
        Example(
            {},
            finds=("the type aws:ec2/instance:Instance is not among those that the stack may have",),
            type="aws:ec2/instance:Instance",
        ),
        Example(
            {},
            finds=("the type aws:ec2/natGateway:NatGateway is not among those that the stack may have",),
            type="aws:ec2/natGateway:NatGateway",
        ),
    ),
    unknown_passes_because="The type of a resource is always known.",
)
def resource_type_allowed(resource: Resource) -> Iterator[str]:
    """A stack is made of what the application is meant to be made of."""
    if resource.type.startswith("aws:") and not any(
        matches(one, resource.type) for one in resource.settings["allowed"]
    ):
        yield f"the type {resource.type} is not among those that the stack may have"
