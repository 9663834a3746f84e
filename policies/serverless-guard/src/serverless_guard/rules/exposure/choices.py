"""Further barriers, for those who want them."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_set, is_true
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
YEAR = 31536000
"""Seconds for which a browser is to remember that a site speaks TLS only: what browsers ask for to preload it."""

elasticache_non_default_port = Rule(
    id="elasticache-non-default-port",
    types=("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-AEC5",),
    title="ElastiCache clusters and replication groups do not use the default ports 6379 and 11211",
    rationale="A cache listens on a port that nobody guesses first.",
    fix="Set port.",
    check=lambda resource: ["port is the default"] if resource.props.number("port") in {None, 6379, 11211} else [],
    good=(Example({"port": 6380}),),
    bad=(
        Example({}, finds=("port is the default",)),
        Example({"port": 6379}, finds=("port is the default",)),
        Example({"port": 11211}, finds=("port is the default",), type="aws:elasticache/cluster:Cluster"),
    ),
)

rds_non_default_port = Rule(
    id="rds-non-default-port",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-RDS11", "fsbp:RDS.23"),
    title="RDS DB instances and clusters do not use the default PostgreSQL port 5432",
    rationale="A database listens on a port that nobody guesses first.",
    fix="Set port.",
    check=lambda resource: ["port is the default"] if resource.props.number("port") in {None, 5432} else [],
    good=(Example({"port": 5433}),),
    bad=(
        Example({}, finds=("port is the default",)),
        Example({"port": 5432}, finds=("port is the default",)),
        Example({}, finds=("port is the default",), type="aws:rds/instance:Instance"),
    ),
)

cognito_self_signup_closed = Rule(
    id="cognito-self-signup-closed",
    types=("aws:cognito/userPool:UserPool",),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    title="Cognito user pools do not allow self-registration",
    rationale="Only an administrator adds users.",
    fix="Set adminCreateUserConfig.allowAdminCreateUserOnly to true.",
    check=is_true("adminCreateUserConfig.allowAdminCreateUserOnly"),
    good=(Example({"adminCreateUserConfig": {"allowAdminCreateUserOnly": True}}),),
    bad=(Example({}, finds=("adminCreateUserConfig.allowAdminCreateUserOnly is not true",)),),
)

vpc_endpoint_service_acceptance = Rule(
    id="vpc-endpoint-service-acceptance",
    types=("aws:ec2/vpcEndpointService:VpcEndpointService",),
    category="network-exposure",
    severity="medium",
    env="same",
    tier="extended",
    sources=("checkov:CKV_AWS_123",),
    title="VPC endpoint services require acceptance of connection requests",
    rationale="Who connects to an endpoint service is accepted by hand.",
    fix="Set acceptanceRequired to true.",
    check=is_true("acceptanceRequired"),
    good=(Example({"acceptanceRequired": True}),),
    bad=(Example({}, finds=("acceptanceRequired is not true",)),),
)

apigateway_mutual_tls = Rule(
    id="apigateway-mutual-tls",
    types=("aws:apigatewayv2/domainName:DomainName", "aws:apigateway/stage:Stage"),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:Nag-APIGWSSLEnabled", "checkov:CKV2_AWS_51", "fsbp:APIGateway.2"),
    title="API Gateway custom domains require mutual TLS",
    rationale="Callers show a certificate.",
    fix="Set mutualTlsAuthentication; for a stage clientCertificateId.",
    check=any_set("mutualTlsAuthentication", "clientCertificateId"),
    good=(Example({"mutualTlsAuthentication": {"truststoreUri": "s3://b/k"}}),),
    bad=(
        Example({}, finds=("mutualTlsAuthentication or clientCertificateId is not set",)),
        Example(
            {}, finds=("mutualTlsAuthentication or clientCertificateId is not set",), type="aws:apigateway/stage:Stage"
        ),
    ),
    unknown_passes_because="A value that is unknown is there all the same.",
)

apigateway_rest_request_validation = Rule(
    id="apigateway-rest-request-validation",
    types=("aws:apigateway/method:Method",),
    category="network-exposure",
    severity="low",
    env="same",
    tier="extended",
    sources=("cdk-nag:AwsSolutions-APIG2", "checkov:CKV2_AWS_53"),
    title="API Gateway REST API methods that accept a request body have a request validator",
    rationale="A REST API refuses a malformed body before a function runs.",
    fix="Set requestValidatorId to an aws.apigateway.RequestValidator.",
    check=lambda resource: (
        ["requestValidatorId is not set"]
        if not resource.props.has("requestValidatorId")
        and resource.props.text("httpMethod") in {"POST", "PUT", "PATCH", "ANY"}
        else []
    ),
    good=(Example({"httpMethod": "POST", "requestValidatorId": "v"}), Example({"httpMethod": "GET"})),
    bad=(
        Example({"httpMethod": "POST"}, finds=("requestValidatorId is not set",)),
        Example({"httpMethod": "ANY"}, finds=("requestValidatorId is not set",)),
        Example({"httpMethod": "PUT"}, finds=("requestValidatorId is not set",)),
        Example({"httpMethod": "PATCH"}, finds=("requestValidatorId is not set",)),
    ),
    unknown_passes_because="An id that is unknown is that of a validator that does not exist yet.",
)


@resource_rule(
    "apigateway-rest-endpoint-type",
    title="API Gateway REST APIs use an allowed endpoint type",
    types=("aws:apigateway/restApi:RestApi",),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("awsguard:apigateway-endpoint-type",),
    fix="Set endpointConfiguration.types to one that the stack allows, for example REGIONAL.",
    options={"allowed": Option(["REGIONAL", "PRIVATE"], "Endpoint types that an API may have.")},
    good=(
        Example({"endpointConfiguration": {"types": "REGIONAL"}}),
        Example({"endpointConfiguration": {"types": "PRIVATE"}}),
    ),
    bad=(
        Example({}, finds=("endpointConfiguration.types is EDGE",)),
        Example({"endpointConfiguration": {"types": "EDGE"}}, finds=("endpointConfiguration.types is EDGE",)),
    ),
)
def apigateway_rest_endpoint_type(resource: Resource) -> Iterator[str]:
    """A REST API is reached the way that was decided; AWS's default is EDGE."""
    for kind in resource.props.texts("endpointConfiguration.types") or ("EDGE",):
        if kind not in resource.settings["allowed"]:
            yield f"endpointConfiguration.types is {kind}"


cloudfront_geo_restriction = Rule(
    id="cloudfront-geo-restriction",
    types=(DISTRIBUTION,),
    category="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-CFR1", "checkov:CKV_AWS_374"),
    title="CloudFront distributions have a geographic restriction",
    rationale="A distribution answers in the countries that it is for.",
    fix="Set restrictions.geoRestriction to a whitelist or blacklist with locations.",
    check=lambda resource: (
        ["restrictions.geoRestriction.restrictionType is none"]
        if resource.props.text("restrictions.geoRestriction.restrictionType") in {None, "none"}
        else []
    ),
    good=(Example({"restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}}}),),
    bad=(
        Example({}, finds=("restrictions.geoRestriction.restrictionType is none",)),
        Example(
            {"restrictions": {"geoRestriction": {"restrictionType": "none"}}},
            finds=("restrictions.geoRestriction.restrictionType is none",),
        ),
    ),
)


@resource_rule(
    "cloudfront-response-headers",
    title="CloudFront cache behaviors use a response headers policy, and custom policies set one-year HSTS",
    types=(DISTRIBUTION, HEADERS),
    category="network-exposure",
    severity="low",
    env="same",
    tier="extended",
    sources=("checkov:CKV2_AWS_32", "checkov:CKV_AWS_259"),
    fix="Give each behaviour a responseHeadersPolicyId, and the policy a "
    "securityHeadersConfig.strictTransportSecurity of a year with includeSubdomains.",
    good=(
        Example({"defaultCacheBehavior": {"responseHeadersPolicyId": "p"}}),
        Example(
            {
                "securityHeadersConfig": {
                    "strictTransportSecurity": {"accessControlMaxAgeSec": YEAR, "includeSubdomains": True}
                }
            },
            type=HEADERS,
        ),
    ),
    bad=(
        Example({"defaultCacheBehavior": {}}, finds=("defaultCacheBehavior.responseHeadersPolicyId is not set",)),
        Example(
            {"defaultCacheBehavior": {"responseHeadersPolicyId": "p"}, "orderedCacheBehaviors": [{}]},
            finds=("orderedCacheBehaviors[0].responseHeadersPolicyId is not set",),
        ),
        Example(
            {},
            finds=("securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec is 0, below a year",),
            type=HEADERS,
        ),
        Example(
            {"securityHeadersConfig": {"strictTransportSecurity": {"accessControlMaxAgeSec": 1}}},
            finds=("securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec is 1, below a year",),
            type=HEADERS,
        ),
        Example(
            {"securityHeadersConfig": {"strictTransportSecurity": {"accessControlMaxAgeSec": YEAR}}},
            finds=("securityHeadersConfig.strictTransportSecurity.includeSubdomains is not true",),
            type=HEADERS,
        ),
    ),
    unknown_passes_because="An id that is unknown is that of a policy that does not exist yet.",
)
def cloudfront_response_headers(resource: Resource) -> Iterator[str]:
    """Browsers are told to speak TLS only, and what else a page may do. Policies that AWS manages count as fine."""
    if resource.type == DISTRIBUTION:
        behaviours = ("defaultCacheBehavior", "orderedCacheBehaviors")
        for behaviour in (one for path in behaviours for one in resource.props.blocks(path)):
            if not behaviour.has("responseHeadersPolicyId"):
                yield f"{behaviour.path}responseHeadersPolicyId is not set"
        return
    transport = "securityHeadersConfig.strictTransportSecurity"
    seconds = resource.props.number(f"{transport}.accessControlMaxAgeSec") or 0
    if seconds < YEAR:
        yield f"{transport}.accessControlMaxAgeSec is {seconds:g}, below a year"
    elif resource.props.flag(f"{transport}.includeSubdomains") is not True:
        yield f"{transport}.includeSubdomains is not true"
