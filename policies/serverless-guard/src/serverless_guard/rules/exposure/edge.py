"""What faces the internet: REST APIs and distributions."""

import re
from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import any_holds, is_set
from serverless_guard.rules.exposure.openapi import open_operations
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

STAGE, ASSOCIATION = "aws:apigateway/stage:Stage", "aws:wafv2/webAclAssociation:WebAclAssociation"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
REST_API, PRIVATE = "aws:apigateway/restApi:RestApi", {"endpointConfiguration": {"types": "PRIVATE"}}
OPEN_BODY = '{"swagger": "2.0", "paths": {"/users/{id}": {"get": {"operationId": "getUser"}, "options": {}}}}'
BUCKET = "aws:s3/bucket:Bucket"
S3_DOMAIN = re.compile(r"(?P<bucket>.+?)\.s3[.-]([a-z0-9-]+\.)*amazonaws\.com(\.cn)?")


@resource_rule(
    "apigateway-rest-method-authorization",
    title="API Gateway REST API methods require authorization or an API key unless listed as public",
    types=("aws:apigateway/method:Method", REST_API),
    category="network-exposure",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-APIG4",
        "cdk-nag:AwsSolutions-COG4",
        "checkov:CKV_AWS_59",
        "checkov:CKV2_AWS_70",
        "trivy:AWS-0004",
    ),
    fix="Set authorization to COGNITO_USER_POOLS, AWS_IAM or CUSTOM; a method that is public on purpose gets an "
    "operationName, which goes to the rule's option publicOperations in enforcement.yaml.",
    options={"publicOperations": Option([], 'Names of operations that answer without a token, such as "getUser".')},
    good=(
        Example({"authorization": "AWS_IAM", "httpMethod": "POST"}),
        Example({"authorization": "NONE", "httpMethod": "OPTIONS"}),
        Example({"authorization": "NONE", "httpMethod": "GET", "apiKeyRequired": True}),
        Example({"httpMethod": "GET", "operationName": "getUser"}, settings={"publicOperations": ["getUser"]}),
        Example({}, type=REST_API),
        Example({"body": OPEN_BODY} | PRIVATE, type=REST_API, settings={"publicOperations": ["getUser"]}),
        Example(
            {"body": '{"paths": {"/x": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}}}'}, type=REST_API
        ),
    ),
    bad=(
        Example(
            {"authorization": "NONE", "httpMethod": "GET"},
            finds=("authorization is NONE and apiKeyRequired is not true",),
        ),
        Example({"httpMethod": "POST"}, finds=("authorization is NONE and apiKeyRequired is not true",)),
        Example(
            {"httpMethod": "GET", "operationName": "getUser"},
            finds=("authorization is NONE and apiKeyRequired is not true",),
        ),
        Example({"body": OPEN_BODY}, type=REST_API, finds=("body has GET /users/{id} without security",)),
        Example(
            {"body": "paths: {/x: {x-amazon-apigateway-any-method: {x-amazon-apigateway-auth: {type: NONE}}}}"},
            type=REST_API,
            finds=("body has ANY /x without security",),
        ),
    ),
)
def apigateway_rest_method_authorization(resource: Resource) -> Iterator[str]:
    """A method asks who calls, unless the repository lists it as public; an API's OpenAPI document has methods too."""
    if resource.type == REST_API:
        for route, operation in open_operations(resource.props) if resource.props.has("body") else ():
            if not route.startswith("OPTIONS ") and operation not in resource.settings["publicOperations"]:
                yield f"body has {route} without security"
        return
    props, public = resource.props, resource.settings["publicOperations"]
    if not any_holds(
        lambda: (props.text("authorization") or "NONE") != "NONE",
        lambda: props.flag("apiKeyRequired") is True,
        lambda: props.text("httpMethod") == "OPTIONS",
        lambda: bool(public) and props.text("operationName") in public,
    ):
        yield "authorization is NONE and apiKeyRequired is not true"


@stack_rule(
    "apigateway-rest-waf",
    title="API Gateway REST API stages are associated with an AWS WAF web ACL unless the API is private",
    types=(
        "aws:apigateway/stage:Stage",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
    ),
    category="network-exposure",
    severity="medium",
    env="prod-only",
    sources=(
        "cdk-nag:AwsSolutions-APIG3",
        "checkov:CKV2_AWS_29",
        "fsbp:APIGateway.4",
    ),
    fix="Add an aws.wafv2.WebAclAssociation with the stage's ARN.",
    good=(
        Example({}, others=(Example({}, type=ASSOCIATION, name="a", depends={"resourceArn": ("subject",)}),)),
        Example({}, depends={"restApi": ("api",)}, others=(Example(PRIVATE, type=REST_API, name="api"),)),
    ),
    bad=(
        Example({}, finds=("the stage is associated with no WebAcl",)),
        Example(
            {},
            finds=("the stage is associated with no WebAcl",),
            depends={"restApi": ("api",)},
            others=(Example({}, type=REST_API, name="api"),),
        ),
    ),
)
def apigateway_rest_waf(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A REST API stands behind a web application firewall, unless only its own network reaches it."""
    for stage in stack.of(STAGE):
        apis = stack.referred(stage, "restApi", REST_API)
        inside = any("PRIVATE" in api.props.texts("endpointConfiguration.types") for api in apis)
        if not inside and not stack.referring(stage, "resourceArn", ASSOCIATION):
            yield stage, "the stage is associated with no WebAcl"


cloudfront_waf = Rule(
    id="cloudfront-waf",
    types=("aws:cloudfront/distribution:Distribution",),
    category="network-exposure",
    severity="medium",
    env="prod-only",
    sources=(
        "compliance:aws-cloudfront-distribution-configure-waf",
        "cdk-nag:AwsSolutions-CFR2",
        "checkov:CKV_AWS_68",
        "trivy:AWS-0011",
        "fsbp:CloudFront.6",
    ),
    title="CloudFront distributions are associated with an AWS WAF web ACL",
    rationale="A distribution stands behind a web application firewall.",
    fix="Set webAclId.",
    check=is_set("webAclId"),
    good=(Example({"webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/w/1"}),),
    bad=(Example({}, finds=("webAclId is not set",)),),
    unknown_passes_because="A webAclId that is unknown is that of an ACL that does not exist yet.",
)


@resource_rule(
    "cloudfront-default-root-object",
    title="CloudFront distributions have a default root object",
    types=("aws:cloudfront/distribution:Distribution",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "checkov:CKV_AWS_305",
        "fsbp:CloudFront.1",
    ),
    fix="Set defaultRootObject, for example to index.html.",
    good=(Example({"defaultRootObject": "index.html"}),),
    bad=(
        Example({}, finds=("defaultRootObject is not set",)),
        Example({"defaultRootObject": ""}, finds=("defaultRootObject is not set",)),
    ),
    unknown_passes_because="A name that is unknown is there all the same.",
)
def cloudfront_default_root_object(resource: Resource) -> Iterator[str]:
    """A request for the root does not list what is behind a distribution."""
    if not resource.props.has("defaultRootObject"):
        yield "defaultRootObject is not set"


@stack_rule(
    "cloudfront-s3-origin-exists",
    title="CloudFront distributions do not point to S3 buckets outside the stack unless listed",
    types=(
        "aws:cloudfront/distribution:Distribution",
        "aws:s3/bucket:Bucket",
    ),
    category="network-exposure",
    severity="high",
    env="same",
    sources=("fsbp:CloudFront.12",),
    fix="Take origins.domainName from a bucket of the stack, or list the bucket in the rule's option buckets.",
    options={"buckets": Option([], "Names of buckets outside of the stack that may be origins.")},
    good=(
        Example({}, depends={"origins": ("b",)}, others=(Example({}, type=BUCKET, name="b"),)),
        Example(
            {"origins": [{"domainName": "assets.s3.eu-west-1.amazonaws.com"}]},
            others=(Example({"bucket": "assets"}, type=BUCKET, name="b"),),
        ),
        Example(
            {"origins": [{"domainName": UNKNOWN}]},
            depends={"origins": ("b",)},
            others=(Example({"bucket": "assets"}, type=BUCKET, name="b"),),
        ),
        Example(
            {"origins": [{"domainName": "assets.s3.amazonaws.com"}]},
            depends={"origins": ("b",)},
            others=(Example({}, type=BUCKET, name="b"),),
        ),
        Example({"origins": [{"domainName": "api.example.com"}, {"originId": "api"}]}),
    ),
    bad=(
        Example(
            {"origins": [{"domainName": "assets.s3.eu-west-1.amazonaws.com"}]},
            finds=("origins[0].domainName names a bucket that is not in the stack",),
        ),
        Example(
            {"origins": [{"domainName": "assets.s3.dualstack.eu-west-1.amazonaws.com"}]},
            finds=("origins[0].domainName names a bucket that is not in the stack",),
        ),
        Example(
            {"origins": [{"domainName": "other.s3.amazonaws.com"}, {"domainName": "assets.s3.amazonaws.com"}]},
            finds=("origins[0].domainName names a bucket that is not in the stack",),
            depends={"origins": ("b",)},
            others=(Example({"bucket": "assets"}, type=BUCKET, name="b"),),
        ),
        Example(
            {"origins": [{"domainName": UNKNOWN}]},
            finds=("cannot decide: origins[0].domainName is not known at preview",),
        ),
    ),
    unknown_passes_because="A domain that is unknown is the output of a resource of the stack.",
)
def cloudfront_s3_origin_exists(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A distribution serves buckets that are ours: a name that nobody holds can be taken by anybody.

    A domain that is unknown is the output of a resource of the stack. Buckets without a name get one from the engine.
    """
    known = {str(one.props.values.get("bucket")) for one in stack.of(BUCKET)} | set(stack.settings["buckets"])
    for distribution in stack.of(DISTRIBUTION):
        own = stack.referred(distribution, "origins", BUCKET)
        if not all(bucket.props.has("bucket") for bucket in own):
            continue
        for origin in distribution.props.blocks("origins"):
            if origin.values.get("domainName") is UNKNOWN and distribution.depends.get("origins"):
                continue
            found = S3_DOMAIN.fullmatch(origin.text("domainName") or "")
            if found and found["bucket"] not in known:
                yield distribution, f"{origin.path}domainName names a bucket that is not in the stack"
