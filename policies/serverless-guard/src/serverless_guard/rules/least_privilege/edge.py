"""Origins that only their distribution reads."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import is_one_of
from serverless_guard.rules.remedies import sets, several
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"
BUCKET_DOMAIN = "assets.s3.eu-west-1.amazonaws.com"


@resource_rule(
    "cloudfront-s3-origin-access-control",
    title="CloudFront distributions use an origin access control or identity for S3 origins",
    types=("aws:cloudfront/distribution:Distribution",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-CFR6",
        "cdk-nag:AwsSolutions-CFR7",
        "cdk-nag:AwsSolutions-S5",
        "checkov:CKV2_AWS_46",
        "fsbp:CloudFront.13",
    ),
    fix="Create an aws.cloudfront.OriginAccessControl and set the origin's originAccessControlId.",
    good=(
        Example({"origins": [{"domainName": BUCKET_DOMAIN, "originAccessControlId": "E1"}]}),
        Example({"origins": [{"domainName": "api.example.com", "customOriginConfig": {}}]}),
        Example({"origins": [{"domainName": BUCKET_DOMAIN, "s3OriginConfig": {"originAccessIdentity": "oai"}}]}),
        Example(
            {
                "origins": [
                    {
                        "domainName": "blog.s3-website.eu-west-1.amazonaws.com",
                        "customOriginConfig": {"originProtocolPolicy": "http-only"},
                    }
                ]
            }
        ),
        Example({"origins": [{"domainName": "internal.example.com", "vpcOriginConfig": {"vpcOriginId": "vo_1"}}]}),
    ),
    bad=(
        Example({"origins": [{"domainName": BUCKET_DOMAIN}]}, finds=("origins[0].originAccessControlId is not set",)),
        Example(
            {"origins": [{"domainName": UNKNOWN, "s3OriginConfig": {"originAccessIdentity": ""}}]},
            finds=("origins[0].originAccessControlId is not set",),
        ),
    ),
    unknown_passes_because="An id that is unknown is that of an access control that does not exist yet; an "
    "origin that is "
    "neither known nor custom counts as a bucket.",
)
def cloudfront_s3_origin_access_control(resource: Resource) -> Iterator[str]:
    """A bucket behind a distribution is read by the distribution only."""
    for origin in resource.props.blocks("origins"):
        domain = origin.values.get("domainName")
        custom = origin.values.get("customOriginConfig") is not None
        bucket = ".s3" in domain if isinstance(domain, str) else True
        controlled = origin.has("originAccessControlId") or origin.has("s3OriginConfig.originAccessIdentity")
        if bucket and not custom and not controlled:
            yield f"{origin.path}originAccessControlId is not set"


@stack_rule(
    "cloudfront-lambda-url-origin-access-control",
    title="CloudFront distributions use origin access control for Lambda function URL origins",
    types=(
        "aws:cloudfront/distribution:Distribution",
        "aws:lambda/functionUrl:FunctionUrl",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    sources=("fsbp:CloudFront.16",),
    fix="Create an aws.cloudfront.OriginAccessControl of type lambda and set the origin's originAccessControlId.",
    good=(
        Example({"origins": [{"domainName": "abc.lambda-url.eu-west-1.on.aws", "originAccessControlId": "E1"}]}),
        Example({"origins": [{"domainName": "api.example.com"}]}),
        Example({"origins": [{"domainName": UNKNOWN}]}),
    ),
    bad=(
        Example(
            {"origins": [{"domainName": "abc.lambda-url.eu-west-1.on.aws"}]},
            finds=("origins[0].originAccessControlId is not set",),
        ),
        Example(
            {"origins": [{"domainName": UNKNOWN}]},
            finds=("cannot decide: origins[0].domainName is not known at preview",),
            depends={"origins": ("url",)},
            others=(Example({}, type=FUNCTION_URL, name="url"),),
        ),
    ),
    unknown_passes_because="A domain that is unknown is no function URL unless the origins come from one.",
)
def cloudfront_lambda_url_origin_access_control(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function URL behind a distribution is called by the distribution only."""
    for distribution in stack.of(DISTRIBUTION):
        from_url = bool(stack.referred(distribution, "origins", FUNCTION_URL))
        for origin in distribution.props.blocks("origins"):
            if origin.has("originAccessControlId"):
                continue
            domain = origin.value("domainName") if from_url else origin.values.get("domainName")
            if isinstance(domain, str) and ".lambda-url." in domain:
                yield distribution, f"{origin.path}originAccessControlId is not set"


@resource_rule(
    "cloudfront-oac-always-sign",
    title="CloudFront origin access controls always sign requests with SigV4",
    types=("aws:cloudfront/originAccessControl:OriginAccessControl",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Set signingBehavior to always and signingProtocol to sigv4.",
    remedy=several(sets("signingBehavior", to="always"), sets("signingProtocol", to="sigv4")),
    good=(Example({"signingBehavior": "always", "signingProtocol": "sigv4"}),),
    bad=(
        Example(
            {"signingBehavior": "never", "signingProtocol": "sigv4"}, finds=("signingBehavior is never, not always",)
        ),
        Example(
            {"signingBehavior": "no-override", "signingProtocol": "sigv4"},
            finds=("signingBehavior is no-override, not always",),
        ),
        Example({"signingBehavior": "always"}, finds=("signingProtocol is not sigv4",)),
    ),
)
def cloudfront_oac_always_sign(resource: Resource) -> Iterator[str]:
    """A distribution signs every request to its origin."""
    yield from is_one_of("signingBehavior", "always")(resource)
    yield from is_one_of("signingProtocol", "sigv4")(resource)
