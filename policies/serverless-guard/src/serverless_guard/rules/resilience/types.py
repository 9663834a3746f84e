"""Resource types and properties that the provider has replaced."""

from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import ANY_TYPE, Example, resource_rule
from serverless_guard.rules.versions import major

BUCKET, OBJECT = "aws:s3/bucket:Bucket", "aws:s3/bucketObject:BucketObject"
INLINE = {
    "accelerationStatus": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "corsRules": "BucketCorsConfiguration",
    "grants": "BucketAcl",
    "lifecycleRules": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "objectLockConfiguration": "BucketObjectLockConfiguration",
    "policy": "BucketPolicy",
    "replicationConfiguration": "BucketReplicationConfig",
    "requestPayer": "BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "BucketServerSideEncryptionConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsiteConfiguration",
}
"""Properties of a bucket that pulumi-aws 7 deprecates, with the type in `aws.s3` that replaces each."""


def _before_version_7(resource: Resource) -> bool:
    """Tell whether the provider is known to be pulumi-aws 6 or older, where the types with V2 are the current ones."""
    version = major(resource.provider.known_text("version") or "")
    return version is not None and version < 7  # noqa: PLR2004  see the docstring


def _replacement(resource: Resource) -> str:
    if resource.declared_type:
        return (
            f"With pulumi-aws 7, use {resource.type}: its alias keeps the resource as it is. Below version 7 there is "
            "nothing to do."
        )
    if resource.type == OBJECT:
        return "Use aws.s3.BucketObjectv2."
    types = sorted({f"aws.s3.{kind}" for name, kind in INLINE.items() if resource.props.has(name)})
    return f"Replace the properties by {', '.join(types)}."


@resource_rule(
    "no-legacy-resource-types",
    title="S3 resources do not use deprecated Pulumi types or bucket properties",
    types=(ANY_TYPE,),
    category="resilience",
    severity="low",
    env="same",
    fix="Use the type without V2; give a bucket's settings resources of their own, such as aws.s3.BucketVersioning.",
    fix_for=_replacement,
    good=(
        Example({"bucket": "b"}, type=BUCKET),
        Example({}),
        Example({"bucket": "b"}, type="aws:s3/bucketV2:BucketV2", provider={"version": "6.83.0"}),
        Example({"versioning": {"enabled": True}}, type=BUCKET, provider={"version": "5.43.0"}),
    ),
    bad=(
        Example({}, finds=("the type aws:s3/bucketV2:BucketV2 is deprecated",), type="aws:s3/bucketV2:BucketV2"),
        Example({}, finds=(f"the type {OBJECT} is deprecated",), type=OBJECT, provider={"version": "7.51.1"}),
        Example(
            {"versioning": {"enabled": True}, "logging": {"targetBucket": "logs"}},
            finds=("logging, versioning: deprecated on a bucket",),
            type=BUCKET,
        ),
        Example(
            {"loggings": [{"targetBucket": "logs"}]},
            finds=("the type aws:s3/bucketV2:BucketV2 is deprecated", "logging: deprecated on a bucket"),
            type="aws:s3/bucketV2:BucketV2",
        ),
        Example(
            dict.fromkeys(INLINE, UNKNOWN),
            type=BUCKET,
            finds=(f"{', '.join(INLINE)}: deprecated on a bucket",),
        ),
    ),
    unknown_passes_because="A property that is unknown is there all the same.",
)
def no_legacy_resource_types(resource: Resource) -> Iterator[str]:
    """No resource uses a type or property that the provider has replaced and will remove.

    Source: the classes of pulumi_aws 7, which declare the properties deprecated and the types replaced.
    """
    if _before_version_7(resource):
        return
    if resource.declared_type or resource.type == OBJECT:
        yield f"the type {resource.token} is deprecated"
    inline = [name for name in INLINE if resource.props.has(name)] if resource.type == BUCKET else []
    if inline:
        yield f"{', '.join(inline)}: deprecated on a bucket"
