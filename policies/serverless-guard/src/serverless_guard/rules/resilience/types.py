"""Resource types that other rules know."""

import re
from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.rule import ANY_TYPE, Example, resource_rule

LEGACY = re.compile(r"aws:s3/bucket\w*V2:Bucket\w*V2|aws:s3/bucketObject:BucketObject")
CLASSIC_BUCKET = (
    "acl", "corsRules", "grants", "lifecycleRules", "loggings", "objectLockConfiguration", "policy",
    "replicationConfiguration", "serverSideEncryptionConfiguration", "versioning", "website",
)  # fmt: skip
"""Properties that version 7 of the provider moved from the bucket into resources of their own."""


@resource_rule(
    "no-legacy-resource-types",
    title="S3 resources do not use deprecated Pulumi types or bucket properties",
    types=(ANY_TYPE,),
    category="resilience",
    severity="low",
    env="same",
    fix="Use the type without V2; give a bucket's settings resources of their own, such as aws.s3.BucketVersioning.",
    good=(Example({"bucket": "b"}, type="aws:s3/bucket:Bucket"), Example({})),
    bad=(
        Example({}, finds=("the type aws:s3/bucketV2:BucketV2 is deprecated",), type="aws:s3/bucketV2:BucketV2"),
        Example(
            {"versioning": {"enabled": True}},
            finds=("versioning is deprecated on a bucket",),
            type="aws:s3/bucket:Bucket",
        ),
        Example(
            {name: [{"id": "all"}] for name in CLASSIC_BUCKET},
            finds=(
                "acl is deprecated on a bucket",
                "corsRules is deprecated on a bucket",
                "grants is deprecated on a bucket",
                "lifecycleRules is deprecated on a bucket",
                "loggings is deprecated on a bucket",
                "objectLockConfiguration is deprecated on a bucket",
                "policy is deprecated on a bucket",
                "replicationConfiguration is deprecated on a bucket",
                "serverSideEncryptionConfiguration is deprecated on a bucket",
                "versioning is deprecated on a bucket",
                "website is deprecated on a bucket",
            ),
            type="aws:s3/bucket:Bucket",
        ),
        Example(
            {},
            finds=("the type aws:s3/bucketObject:BucketObject is deprecated",),
            type="aws:s3/bucketObject:BucketObject",
        ),
    ),
    unknown_passes_because="A property that is unknown is there all the same.",
)
def no_legacy_resource_types(resource: Resource) -> Iterator[str]:
    """No deprecated type or property hides a resource from the other rules."""
    if LEGACY.fullmatch(resource.type):
        yield f"the type {resource.type} is deprecated"
    if resource.type == "aws:s3/bucket:Bucket":
        yield from (f"{name} is deprecated on a bucket" for name in CLASSIC_BUCKET if resource.props.has(name))
