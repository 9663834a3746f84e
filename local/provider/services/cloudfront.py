"""CloudFront's distributions.

Sources: https://docs.aws.amazon.com/cloudfront/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/.
"""

import uuid
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from local.provider.aws import Aws, endpoint
from local.provider.resource import Live, ResourceType, Tags
from local.provider.shapes import request
from local.provider.wire import Props, items, nested

if TYPE_CHECKING:
    from botocore.model import StructureShape

ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html."""

_NAMES = {
    "arn": "ARN",
    "loggingConfig": "Logging",
    "orderedCacheBehaviors": "CacheBehaviors",
    "origins.originId": "Id",
    "origins.customHeaders": "CustomHeaders",
    "origins.customHeaders.name": "HeaderName",
    "origins.customHeaders.value": "HeaderValue",
    "restrictions.geoRestriction.locations": "Items",
    "viewerCertificate.acmCertificateArn": "ACMCertificateArn",
    "viewerCertificate.sslSupportMethod": "SSLSupportMethod",
    "webAclId": "WebACLId",
}
_CHOSEN = (
    "grpcConfig", "smoothStreaming", "fieldLevelEncryptionId", "realtimeLogConfigArn", "functionAssociations",
    "lambdaFunctionAssociations", "trustedKeyGroups", "trustedSigners", "forwardedValues",
    "minTtl", "maxTtl", "defaultTtl",
)  # fmt: skip
_BEHAVIORS = ("defaultCacheBehavior", "orderedCacheBehaviors")


def _config(aws: Aws, props: Props, reference: str) -> Live:
    """The whole configuration, for an update replaces all of it."""
    shape = cast("StructureShape", aws.operation("cloudfront", "UpdateDistribution").input_shape)
    config = cast("Live", request(shape.members["DistributionConfig"], {"comment": "", **props}, _NAMES))
    behaviors = [props["defaultCacheBehavior"], *items(props, "orderedCacheBehaviors")]
    for behavior, sent in zip(behaviors, _behaviors(config), strict=True):
        cached = behavior.get("cachedMethods") or ["GET", "HEAD"]
        sent["AllowedMethods"]["CachedMethods"] = {"Quantity": len(cached), "Items": cached}
    for origin in config["Origins"]["Items"]:
        if "CustomOriginConfig" not in origin:  # A bucket, which a control signs for and no identity of old reads.
            origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
        elif _is_local(origin):  # The local AWS speaks no TLS.
            custom = origin["CustomOriginConfig"]
            origin["CustomOriginConfig"] = {
                **custom,
                "OriginProtocolPolicy": "http-only",
                "HTTPPort": custom["HTTPSPort"],
            }
    return {**config, "CallerReference": reference}


def _is_local(origin: Live) -> bool:
    """Whether the local AWS is to be an origin of itself: an API that it serves."""
    served = urlsplit(endpoint())
    return (origin["DomainName"], origin["CustomOriginConfig"]["HTTPSPort"]) == (served.hostname, served.port)


def _behaviors(config: Live) -> list[Live]:
    return [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", {}).get("Items", [])]


def _create(aws: Aws, props: Props) -> Live:
    config = _config(aws, props, str(uuid.uuid4()))
    tags = [{"Key": key, "Value": value} for key, value in nested(props, "tagsAll").items()]
    made = aws.call(
        "cloudfront",
        "CreateDistributionWithTags",
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": tags}},
    )
    return {"Id": made["Distribution"]["Id"]}


def _find(aws: Aws, props: Props) -> Live:
    answer = aws.call("cloudfront", "GetDistribution", Id=props["id"])
    distribution = answer["Distribution"]
    config: Live = distribution["DistributionConfig"]
    for behavior in _behaviors(config):
        behavior["CachedMethods"] = behavior["AllowedMethods"].pop("CachedMethods", None)
    for origin in config["Origins"]["Items"]:
        if not origin.get("S3OriginConfig", {}).get("OriginAccessIdentity"):
            origin.pop("S3OriginConfig", None)
        if "CustomOriginConfig" in origin and _is_local(origin):
            origin["CustomOriginConfig"] |= {"OriginProtocolPolicy": "https-only", "HTTPPort": 80}
    return {**distribution, **config, "ETag": answer["ETag"]}


def _update(aws: Aws, props: Props) -> Live:
    now = aws.call("cloudfront", "GetDistributionConfig", Id=props["id"])
    reference = now["DistributionConfig"]["CallerReference"]
    return aws.call(
        "cloudfront",
        "UpdateDistribution",
        Id=props["id"],
        IfMatch=now["ETag"],
        DistributionConfig=_config(aws, props, reference),
    )


def _delete(aws: Aws, props: Props) -> Live:
    """Only a distribution that is disabled can be deleted."""
    now = aws.call("cloudfront", "GetDistributionConfig", Id=props["id"])
    config: dict[str, Any] = {**now["DistributionConfig"], "Enabled": False}
    disabled = aws.call(
        "cloudfront", "UpdateDistribution", Id=props["id"], IfMatch=now["ETag"], DistributionConfig=config
    )
    return aws.call("cloudfront", "DeleteDistribution", Id=props["id"], IfMatch=disabled["ETag"])


DISTRIBUTION = ResourceType(
    "aws:cloudfront/distribution:Distribution",
    service="cloudfront",
    create=_create,
    read=_find,
    update=_update,
    delete=_delete,
    keys={"Id": "id"},
    id=("{Id}",),
    import_id=("{id}",),
    names=_NAMES,
    state=lambda _aws, _props, _live: {"hostedZoneId": ZONE},
    defaults={
        "httpVersion": "http2",
        "priceClass": "PriceClass_All",
        "retainOnDelete": False,
        "staging": False,
        "waitForDeployment": True,
    },
    absent={"comment": "", "defaultRootObject": "", "webAclId": "", "isIpv6Enabled": False, "aliases": []},
    computed=frozenset(
        {"anycastIpListId", "continuousDeploymentPolicyId", "customErrorResponses", "loggingConfig", "originGroups",
         "cacheTagConfig", "connectionFunctionAssociation", "viewerMtlsConfig",
         "origins.connectionAttempts", "origins.connectionTimeout", "origins.customHeaders", "origins.originPath",
         "origins.originShield", "origins.responseCompletionTimeout", "origins.originAccessControlId",
         "origins.customOriginConfig.originReadTimeout", "origins.customOriginConfig.originKeepaliveTimeout",
         "origins.customOriginConfig.ipAddressType", "viewerCertificate.iamCertificateId",
         "viewerCertificate.cloudfrontDefaultCertificate", "restrictions.geoRestriction.locations",
         *(f"{behavior}.{name}" for behavior in _BEHAVIORS for name in _CHOSEN)}
    ),
    unordered=frozenset(
        {"aliases", "origins", "origins.customHeaders", "origins.customOriginConfig.originSslProtocols",
         "restrictions.geoRestriction.locations", "customErrorResponses",
         *(f"{behavior}.{name}" for behavior in _BEHAVIORS for name in ("allowedMethods", "cachedMethods"))}
    ),
    unread=frozenset({"retainOnDelete", "waitForDeployment"}),
    changing=frozenset({"etag", "lastModifiedTime"}),
    named="",
    ready=lambda live: live.get("Status") == "Deployed",
    tags=Tags(on={"Resource": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)  # fmt: skip
