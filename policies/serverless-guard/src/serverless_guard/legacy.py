"""Type tokens and property names of pulumi-aws 6, and what version 7 calls them.

A record is read under the names of version 7, so that a rule about a type covers the type's earlier tokens as well.
Source of the types: the `aliases` that the classes of pulumi_aws 7 declare. Source of the properties: the classes
`BucketV2` and `Bucket` of pulumi_aws 7; version 6 had `loggings` on both. A test compares both tables with the SDK.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_V2: Final = "aws:s3/bucketV2:BucketV2"

TYPE_ALIASES: Final[Mapping[str, str]] = {
    "aws:applicationloadbalancing/listener:Listener": "aws:alb/listener:Listener",
    "aws:applicationloadbalancing/listenerRule:ListenerRule": "aws:alb/listenerRule:ListenerRule",
    "aws:elasticloadbalancingv2/listener:Listener": "aws:lb/listener:Listener",
    "aws:elasticloadbalancingv2/listenerRule:ListenerRule": "aws:lb/listenerRule:ListenerRule",
    BUCKET_V2: BUCKET,
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2": (
        "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration"
    ),
    "aws:s3/bucketAclV2:BucketAclV2": "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2": (
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
    ),
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    ),
    "aws:s3/bucketLoggingV2:BucketLoggingV2": "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": (
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    ),
    "aws:s3/BucketObject:BucketObject": "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2": (
        "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration"
    ),
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ),
    "aws:s3/bucketVersioningV2:BucketVersioningV2": "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2": (
        "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
    ),
}
"""Type tokens by their earlier ones."""

_PROPERTIES: Final[Mapping[str, Mapping[str, str]]] = {
    BUCKET: {"loggings": "logging"},
    BUCKET_V2: {
        "loggings": "logging",
        "versionings": "versioning",
        "websites": "website",
        "lifecycleRules.expirations": "expiration",
        "lifecycleRules.noncurrentVersionExpirations": "noncurrentVersionExpiration",
        "objectLockConfiguration.rules": "rule",
        "objectLockConfiguration.rules.defaultRetentions": "defaultRetention",
        "replicationConfigurations": "replicationConfiguration",
        "replicationConfigurations.rules.destinations": "destination",
        "replicationConfigurations.rules.destinations.accessControlTranslations": "accessControlTranslation",
        "replicationConfigurations.rules.destinations.replicationTimes": "replicationTime",
        "replicationConfigurations.rules.filters": "filter",
        "replicationConfigurations.rules.sourceSelectionCriterias": "sourceSelectionCriteria",
        "serverSideEncryptionConfigurations": "serverSideEncryptionConfiguration",
        "serverSideEncryptionConfigurations.rules": "rule",
        "serverSideEncryptionConfigurations.rules.applyServerSideEncryptionByDefaults": (
            "applyServerSideEncryptionByDefault"
        ),
    },
}
"""Property names by type token and by the path of the earlier name."""
_TYPE: Final = re.compile(
    "|".join(
        rf"aws\.s3\.{kind.rpartition(':')[2].removesuffix('V2')}\b" for kind in TYPE_ALIASES if kind.endswith("V2")
    )
)


def has_names(kind: str) -> bool:
    """Tell whether a type, or one of its properties, had another name in pulumi-aws 6."""
    return kind in _PROPERTIES or kind in TYPE_ALIASES


def current_properties(kind: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the properties of a type under the names of pulumi-aws 7."""
    names = _PROPERTIES.get(kind)
    return _renamed(values, names, "") if names else values


def current_path(kind: str, path: str) -> str:
    """Give a property path of a type with its first step as pulumi-aws 7 names it."""
    for earlier, name in _PROPERTIES.get(kind, {}).items():
        if re.match(rf"{re.escape(earlier)}(?![\w])", path):
            return name + path[len(earlier) :]
    return path


def current_fix(kind: str, fix: str) -> str:
    """Name in a fix the types that a program on pulumi-aws 6 has, such as `aws.s3.BucketAclV2`."""
    return _TYPE.sub(lambda found: f"{found[0]}V2", fix) if kind in TYPE_ALIASES else fix


def _renamed(value: Any, names: Mapping[str, str], path: str) -> Any:
    if isinstance(value, (list, tuple)):
        return [_renamed(item, names, path) for item in cast("Sequence[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, Any]", value)
    return {names.get(f"{path}{key}", key): _renamed(item, names, f"{path}{key}.") for key, item in fields.items()}
