"""TLS between viewers, distributions and origins, and caches of APIs that are encrypted."""

from collections.abc import Iterator

from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.remedies import replaces, sets
from serverless_guard.rules.rule import Example, resource_rule

OLD_TLS = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
NEW_TLS = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
HTTPS = {"viewerProtocolPolicy": "redirect-to-https"}
CERTIFICATE = {"acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}


@resource_rule(
    "cloudfront-viewer-https",
    title="CloudFront distributions require HTTPS from viewers",
    types=("aws:cloudfront/distribution:Distribution",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-cloudfront-distribution-disallow-unencrypted-traffic",
        "checkov:CKV_AWS_34",
        "trivy:AWS-0012",
        "fsbp:CloudFront.3",
    ),
    fix="Set viewerProtocolPolicy of each behaviour to redirect-to-https.",
    remedy=replaces(
        "defaultCacheBehavior?.viewerProtocolPolicy?",
        "orderedCacheBehaviors[*].viewerProtocolPolicy?",
        value="allow-all",
        by="redirect-to-https",
    ),
    good=(Example({"defaultCacheBehavior": HTTPS, "orderedCacheBehaviors": [HTTPS]}),),
    bad=(
        Example(
            {"defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}},
            finds=("defaultCacheBehavior.viewerProtocolPolicy is allow-all",),
        ),
        Example(
            {"defaultCacheBehavior": HTTPS, "orderedCacheBehaviors": [{"viewerProtocolPolicy": "allow-all"}]},
            finds=("orderedCacheBehaviors[0].viewerProtocolPolicy is allow-all",),
        ),
    ),
)
def cloudfront_viewer_https(resource: Resource) -> Iterator[str]:
    """Viewers reach a distribution over TLS only."""
    names = ("defaultCacheBehavior", "orderedCacheBehaviors")
    for behaviour in (one for name in names for one in resource.props.blocks(name)):
        if behaviour.text("viewerProtocolPolicy") == "allow-all":
            yield f"{behaviour.path}viewerProtocolPolicy is allow-all"


@resource_rule(
    "cloudfront-viewer-tls12",
    title="CloudFront distributions use the TLSv1.2_2021 security policy or a later one",
    types=("aws:cloudfront/distribution:Distribution",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-cloudfront-distribution-configure-secure-tls",
        "cdk-nag:AwsSolutions-CFR4",
        "checkov:CKV_AWS_174",
        "trivy:AWS-0013",
        "fsbp:CloudFront.15",
    ),
    fix="Set viewerCertificate.minimumProtocolVersion to TLSv1.2_2021, with a certificate of your own.",
    good=(
        Example({"viewerCertificate": CERTIFICATE | {"minimumProtocolVersion": "TLSv1.2_2021"}}),
        Example({"viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2025"}}),
        Example({"viewerCertificate": {"minimumProtocolVersion": "TLSv1.3_2025"}}),
    ),
    bad=(
        Example(
            {"viewerCertificate": {"cloudfrontDefaultCertificate": True}},
            finds=("viewerCertificate.cloudfrontDefaultCertificate is true, which takes TLS 1.0",),
        ),
        Example(
            {"viewerCertificate": CERTIFICATE | {"minimumProtocolVersion": "TLSv1.1_2016"}},
            finds=("viewerCertificate.minimumProtocolVersion is below TLSv1.2_2021",),
        ),
        Example({}, finds=("viewerCertificate.minimumProtocolVersion is below TLSv1.2_2021",)),
    ),
)
def cloudfront_viewer_tls12(resource: Resource) -> Iterator[str]:
    """Viewers need TLS 1.2 with today's ciphers; CloudFront's own certificate takes TLS 1.0."""
    if resource.props.flag("viewerCertificate.cloudfrontDefaultCertificate"):
        yield "viewerCertificate.cloudfrontDefaultCertificate is true, which takes TLS 1.0"
    elif resource.props.text("viewerCertificate.minimumProtocolVersion") not in NEW_TLS:
        yield "viewerCertificate.minimumProtocolVersion is below TLSv1.2_2021"


@resource_rule(
    "cloudfront-custom-certificate",
    title="CloudFront distributions use custom TLS certificates",
    types=("aws:cloudfront/distribution:Distribution",),
    category="encryption",
    severity="medium",
    env="prod-only",
    sources=(
        "checkov:CKV2_AWS_42",
        "fsbp:CloudFront.7",
    ),
    fix="Set viewerCertificate.acmCertificateArn to a certificate in us-east-1.",
    good=(Example({"viewerCertificate": CERTIFICATE}), Example({"viewerCertificate": {"iamCertificateId": "c"}})),
    bad=(
        Example({}, finds=("viewerCertificate.acmCertificateArn is not set",)),
        Example(
            {"viewerCertificate": {"cloudfrontDefaultCertificate": True}},
            finds=("viewerCertificate.cloudfrontDefaultCertificate is true",),
        ),
    ),
    unknown_passes_because="An ARN that is unknown is that of a certificate that does not exist yet.",
)
def cloudfront_custom_certificate(resource: Resource) -> Iterator[str]:
    """A distribution has a name and a certificate of its own."""
    if resource.props.flag("viewerCertificate.cloudfrontDefaultCertificate"):
        yield "viewerCertificate.cloudfrontDefaultCertificate is true"
    elif not any(resource.props.has(f"viewerCertificate.{name}") for name in ("acmCertificateArn", "iamCertificateId")):
        yield "viewerCertificate.acmCertificateArn is not set"


def _custom(resource: Resource) -> Iterator[Block]:
    for origin in resource.props.blocks("origins"):
        yield from origin.blocks("customOriginConfig")


@resource_rule(
    "cloudfront-origin-https",
    title="CloudFront distributions connect to custom origins over HTTPS only",
    types=("aws:cloudfront/distribution:Distribution",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-cloudfront-distribution-enable-tls-to-origin",
        "checkov:CKV2_AWS_72",
        "fsbp:CloudFront.9",
    ),
    fix="Set customOriginConfig.originProtocolPolicy to https-only; a bucket's website endpoint has no TLS, so name "
    "the bucket's bucketRegionalDomainName instead, with an origin access control.",
    remedy=sets("origins[*].customOriginConfig?.originProtocolPolicy", to="https-only"),
    good=(Example({"origins": [{"customOriginConfig": {"originProtocolPolicy": "https-only"}}, {}]}),),
    bad=(
        Example(
            {"origins": [{"customOriginConfig": {"originProtocolPolicy": "http-only"}}]},
            finds=("origins[0].customOriginConfig.originProtocolPolicy is not https-only",),
        ),
        Example(
            {"origins": [{"customOriginConfig": {"originProtocolPolicy": "match-viewer"}}]},
            finds=("origins[0].customOriginConfig.originProtocolPolicy is not https-only",),
        ),
    ),
)
def cloudfront_origin_https(resource: Resource) -> Iterator[str]:
    """A distribution reaches its origins over TLS only."""
    for origin in _custom(resource):
        if origin.text("originProtocolPolicy") != "https-only":
            yield f"{origin.path}originProtocolPolicy is not https-only"


@resource_rule(
    "cloudfront-origin-tls12",
    title="CloudFront distributions do not use SSLv3, TLS 1.0 or TLS 1.1 to custom origins",
    types=("aws:cloudfront/distribution:Distribution",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-cloudfront-distribution-configure-secure-tls-to-origin",
        "cdk-nag:AwsSolutions-CFR5",
        "checkov:CKV2_AWS_54",
        "fsbp:CloudFront.10",
    ),
    fix="Set customOriginConfig.originSslProtocols to [TLSv1.2].",
    remedy=sets("origins[*].customOriginConfig?.originSslProtocols", to=["TLSv1.2"]),
    good=(Example({"origins": [{"customOriginConfig": {"originSslProtocols": ["TLSv1.2"]}}]}),),
    bad=(
        Example(
            {"origins": [{"customOriginConfig": {"originSslProtocols": ["TLSv1", "TLSv1.2"]}}]},
            finds=("origins[0].customOriginConfig.originSslProtocols has TLSv1",),
        ),
        Example(
            {"origins": [{"customOriginConfig": {"originSslProtocols": ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]}}]},
            finds=("origins[0].customOriginConfig.originSslProtocols has SSLv3, TLSv1, TLSv1.1",),
        ),
    ),
)
def cloudfront_origin_tls12(resource: Resource) -> Iterator[str]:
    """A distribution offers its origins nothing below TLS 1.2."""
    for origin in _custom(resource):
        old = sorted(OLD_TLS & set(origin.texts("originSslProtocols")))
        if old:
            yield f"{origin.path}originSslProtocols has {', '.join(old)}"


@resource_rule(
    "apigateway-cache-encrypted",
    title="API Gateway REST API caches are encrypted at rest",
    types=("aws:apigateway/methodSettings:MethodSettings",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "awsguard:apigateway-method-cached-and-encrypted",
        "cdk-nag:Nag-APIGWCacheEnabledAndEncrypted",
        "checkov:CKV_AWS_308",
        "fsbp:APIGateway.5",
    ),
    fix="Set settings.cacheDataEncrypted to true.",
    remedy=sets("settings.cacheDataEncrypted", to=True),
    good=(Example({"settings": {}}), Example({"settings": {"cachingEnabled": True, "cacheDataEncrypted": True}})),
    bad=(
        Example(
            {"settings": {"cachingEnabled": True}},
            finds=("settings.cachingEnabled is true and settings.cacheDataEncrypted is not",),
        ),
    ),
)
def apigateway_cache_encrypted(resource: Resource) -> Iterator[str]:
    """What an API caches is encrypted."""
    props = resource.props
    if not any_holds(
        lambda: props.flag("settings.cacheDataEncrypted") is True, lambda: not props.flag("settings.cachingEnabled")
    ):
        yield "settings.cachingEnabled is true and settings.cacheDataEncrypted is not"
