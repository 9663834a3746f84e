"""Data in transit to and from APIs."""

from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.remedies import by_type, sets
from serverless_guard.rules.rule import Example, resource_rule

HTTP_DOMAIN = "aws:apigatewayv2/domainName:DomainName"


@resource_rule(
    "apigateway-domain-tls12",
    title="API Gateway custom domains require TLS 1.2 or later",
    types=(
        "aws:apigatewayv2/domainName:DomainName",
        "aws:apigateway/domainName:DomainName",
    ),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-apigateway-domainname-configure-security-policy",
        "compliance:aws-apigatewayv2-domainname-configure-domain-name-security-policy",
        "compliance:aws-apigatewayv2-domainname-enable-domain-name-configuration",
        "checkov:CKV_AWS_206",
        "trivy:AWS-0005",
        "trivy:AWS-0112",
    ),
    fix="Set securityPolicy to TLS_1_2.",
    remedy=by_type(
        apigatewayv2=sets("domainNameConfiguration.securityPolicy", to="TLS_1_2"),
        apigateway=sets("securityPolicy", to="TLS_1_2"),
    ),
    good=(
        Example({"domainNameConfiguration": {"securityPolicy": "TLS_1_2"}}),
        Example({"securityPolicy": "TLS_1_2"}, type="aws:apigateway/domainName:DomainName"),
        Example({"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}, type="aws:apigateway/domainName:DomainName"),
        Example({"securityPolicy": "SecurityPolicy_TLS12_PFS_2025_EDGE"}, type="aws:apigateway/domainName:DomainName"),
    ),
    bad=(
        Example(
            {"domainNameConfiguration": {"securityPolicy": "TLS_1_0"}},
            finds=("domainNameConfiguration.securityPolicy takes a protocol below TLS 1.2",),
        ),
        Example(
            {}, finds=("securityPolicy takes a protocol below TLS 1.2",), type="aws:apigateway/domainName:DomainName"
        ),
    ),
)
def apigateway_domain_tls12(resource: Resource) -> Iterator[str]:
    """A domain takes TLS 1.2 and newer only."""
    path = "domainNameConfiguration.securityPolicy" if resource.type == HTTP_DOMAIN else "securityPolicy"
    policy = resource.props.text(path) or ""
    if not policy.startswith(("TLS_1_2", "SecurityPolicy_TLS12", "SecurityPolicy_TLS13")):
        yield f"{path} takes a protocol below TLS 1.2"


@resource_rule(
    "apigateway-integration-https",
    title="API Gateway HTTP API integrations use HTTPS",
    types=("aws:apigatewayv2/integration:Integration",),
    category="encryption",
    severity="high",
    env="same",
    sources=("fsbp:APIGateway.10",),
    fix="Use an https:// integrationUri; for a VPC link, set tlsConfig.",
    good=(
        Example({"integrationUri": "https://example.com"}),
        Example({"connectionType": "VPC_LINK", "tlsConfig": {"serverNameToVerify": "example.com"}}),
        Example({"integrationUri": UNKNOWN, "integrationType": "AWS_PROXY"}),
        Example(
            {
                "integrationUri": UNKNOWN,
                "integrationType": "HTTP_PROXY",
                "connectionType": "VPC_LINK",
                "tlsConfig": {"serverNameToVerify": "example.com"},
            }
        ),
    ),
    bad=(
        Example({"integrationUri": "http://example.com"}, finds=("integrationUri is plain HTTP",)),
        Example({"connectionType": "VPC_LINK"}, finds=("connectionType is VPC_LINK and tlsConfig is not set",)),
        Example(
            {"integrationUri": UNKNOWN, "integrationType": "HTTP_PROXY"},
            finds=("cannot decide: integrationUri is not known at preview",),
        ),
        Example(
            {"integrationUri": UNKNOWN, "integrationType": "HTTP"},
            finds=("cannot decide: integrationUri is not known at preview",),
        ),
    ),
    unknown_passes_because="An integrationUri that is unknown is the ARN of a function or listener that does "
    "not exist yet, "
    "unless integrationType says that it is a URL.",
)
def apigateway_integration_https(resource: Resource) -> Iterator[str]:
    """An API calls what is behind it over TLS."""
    props = resource.props
    if not any_holds(
        lambda: not (props.text("integrationUri") or "").lower().startswith("http://"),
        # What is unknown and no URL is the ARN of a function, or of a listener behind a VPC link.
        lambda: props.known_text("integrationUri") is None and _calls_no_url(props),
    ):
        yield "integrationUri is plain HTTP"
    if not props.has("tlsConfig") and props.text("connectionType") == "VPC_LINK":
        yield "connectionType is VPC_LINK and tlsConfig is not set"


def _calls_no_url(integration: Block) -> bool:
    return any_holds(
        lambda: integration.text("connectionType") == "VPC_LINK",
        lambda: integration.text("integrationType") not in {"HTTP", "HTTP_PROXY"},
    )
