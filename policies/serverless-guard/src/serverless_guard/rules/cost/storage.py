"""Storage and delivery that are not paid for twice."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BUCKET, LIFECYCLE = "aws:s3/bucket:Bucket", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ABORT = {"rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]}
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
OF_SUBJECT = {"bucket": ("subject",)}
VERSIONED = Example(
    {"versioningConfiguration": {"status": "Enabled"}}, type=VERSIONING, name="versioning", depends=OF_SUBJECT
)
OLD_VERSIONS = {"rules": [{"status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}]}
KMS_RULE = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}


@stack_rule(
    "s3-lifecycle",
    title="S3 buckets have lifecycle rules, with noncurrent version expiration if versioned",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    ),
    category="cost",
    severity="low",
    env="same",
    sources=(
        "checkov:CKV2_AWS_61",
        "fsbp:S3.13",
        "fsbp:S3.10",
    ),
    fix="Add an aws.s3.BucketLifecycleConfiguration, with noncurrentVersionExpiration where the bucket is versioned.",
    good=(
        Example({}, others=(Example(ABORT, type=LIFECYCLE, name="l", depends=OF_SUBJECT),)),
        Example({}, others=(Example(OLD_VERSIONS, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED)),
        Example({"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}]}),
        Example(
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}]},
            others=(Example(OLD_VERSIONS, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED),
        ),
    ),
    bad=(
        Example({}, finds=("the bucket has no lifecycle configuration",)),
        Example(
            {"lifecycleRules": [{"enabled": False, "expiration": {"days": 90}}]},
            finds=("the bucket has no lifecycle configuration",),
        ),
        Example(
            {},
            finds=("the bucket has no lifecycle configuration",),
            others=(Example({"rules": [{"status": "Disabled"}]}, type=LIFECYCLE, name="l", depends=OF_SUBJECT),),
        ),
        Example(
            {},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
            others=(Example(ABORT, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED),
        ),
        Example(
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}], "versioning": {"enabled": True}},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
        ),
        Example(
            {"lifecycleRules": [{"enabled": False, "expiration": {"days": 90}}]},
            finds=("the bucket has no lifecycle configuration",),
        ),
    ),
)
def s3_lifecycle(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Objects, and the versions that were overwritten, move to cheaper storage and go when nobody needs them."""
    for bucket in stack.of(BUCKET):
        rules = [rule for rule in bucket.props.blocks("lifecycleRules") if rule.flag("enabled") is not False]
        for one in stack.referring(bucket, "bucket", LIFECYCLE):
            rules += [rule for rule in one.props.blocks("rules") if rule.text("status") != "Disabled"]
        if not rules:
            yield bucket, "the bucket has no lifecycle configuration"
        elif not any(rule.has("noncurrentVersionExpiration") for rule in rules) and _versioned(stack, bucket):
            yield bucket, "the bucket is versioned, and no rule has noncurrentVersionExpiration"


def _versioned(stack: Program, bucket: Resource) -> bool:
    separate = (
        partial(_enabled, one.props, "versioningConfiguration.status")
        for one in stack.referring(bucket, "bucket", VERSIONING)
    )
    return any_holds(*separate, lambda: bucket.props.flag("versioning.enabled") is True)


def _enabled(block: Block, path: str) -> bool:
    return block.text(path) == "Enabled"


def _is_whole(rule: Block) -> bool:
    """Tell whether an inline rule is enabled and for all objects."""
    return bool(rule.flag("enabled")) and not rule.has("prefix") and not rule.has("tags")


@resource_rule(
    "s3-abort-incomplete-uploads",
    title="S3 lifecycle configurations abort incomplete multipart uploads",
    types=(LIFECYCLE, BUCKET),
    category="cost",
    severity="low",
    env="same",
    sources=("checkov:CKV_AWS_300",),
    fix="Add a rule with abortIncompleteMultipartUpload {daysAfterInitiation: 7} and no filter.",
    good=(
        Example(ABORT),
        Example({"rules": [ABORT["rules"][0] | {"filter": {}}]}),
        Example({}, type=BUCKET),
        Example({"lifecycleRules": [{"enabled": True, "abortIncompleteMultipartUploadDays": 7}]}, type=BUCKET),
    ),
    bad=(
        Example(
            {"lifecycleRules": [{"enabled": True, "prefix": "imports/", "abortIncompleteMultipartUploadDays": 7}]},
            type=BUCKET,
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUploadDays",),
        ),
        Example(
            {"rules": [{"status": "Enabled"}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [{"status": "Disabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"prefix": "imports/"}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"prefix": "imports/"}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"tag": {"key": "import", "value": "yes"}}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"and": {"objectSizeGreaterThan": 1024}}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"lifecycleRules": [{"enabled": False, "abortIncompleteMultipartUploadDays": 7}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUploadDays",),
            type=BUCKET,
        ),
        Example(
            {"lifecycleRules": [{"enabled": True, "abortIncompleteMultipartUploadDays": 7, "tags": {"import": "yes"}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUploadDays",),
            type=BUCKET,
        ),
    ),
)
def s3_abort_incomplete_uploads(resource: Resource) -> Iterator[str]:
    """Parts of uploads that never finished are not paid for."""
    if resource.type == BUCKET:
        inline = resource.props.blocks("lifecycleRules")
        days = (one.number("abortIncompleteMultipartUploadDays") for one in inline if _is_whole(one))
        if inline and not any(days):
            yield "no enabled rule of the whole bucket sets abortIncompleteMultipartUploadDays"
        return
    for rule in resource.props.blocks("rules"):
        whole = not rule.has("filter.prefix") and not rule.has("prefix") and not rule.has("filter.tag")
        days = rule.number("abortIncompleteMultipartUpload.daysAfterInitiation")
        if rule.text("status") == "Enabled" and days and whole and not rule.has("filter.and"):
            return
    yield "no enabled rule of the whole bucket sets abortIncompleteMultipartUpload"


def _use_bucket_key(resource: Resource) -> Mapping[str, Any]:
    rules = "serverSideEncryptionConfiguration.rule?" if resource.type == BUCKET else "rules[*]"
    return {f"{rules}.bucketKeyEnabled": True}


@resource_rule(
    "s3-bucket-key",
    title="S3 buckets encrypted with AWS KMS use an S3 Bucket Key",
    types=(ENCRYPTION, BUCKET),
    category="cost",
    severity="low",
    env="same",
    sources=("compliance:aws-s3-bucket-enable-server-side-encryption-bucket-key",),
    fix="Set rules.bucketKeyEnabled to true.",
    remedy=_use_bucket_key,
    good=(
        Example({"rules": [KMS_RULE | {"bucketKeyEnabled": True}]}),
        Example({"rules": [{}]}),
        Example({}, type=BUCKET),
        Example({"serverSideEncryptionConfiguration": {"rule": KMS_RULE | {"bucketKeyEnabled": True}}}, type=BUCKET),
    ),
    bad=(
        Example({"rules": [KMS_RULE]}, finds=("rules[0].bucketKeyEnabled is not true",)),
        Example(
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms:dsse"}}]},
            finds=("rules[0].bucketKeyEnabled is not true",),
        ),
        Example(
            {"serverSideEncryptionConfiguration": {"rule": KMS_RULE}},
            type=BUCKET,
            finds=("serverSideEncryptionConfiguration.rule.bucketKeyEnabled is not true",),
        ),
    ),
)
def s3_bucket_key(resource: Resource) -> Iterator[str]:
    """A bucket asks KMS once for many objects."""
    path = "serverSideEncryptionConfiguration.rule" if resource.type == BUCKET else "rules"
    for rule in resource.props.blocks(path):
        if not any_holds(partial(_bucket_key, rule), partial(_without_kms, rule)):
            yield f"{rule.path}bucketKeyEnabled is not true"


def _bucket_key(rule: Block) -> bool:
    return rule.flag("bucketKeyEnabled") is True


def _without_kms(rule: Block) -> bool:
    return not (rule.text("applyServerSideEncryptionByDefault.sseAlgorithm") or "").startswith("aws:kms")


@resource_rule(
    "cloudfront-sni",
    title="CloudFront distributions with custom certificates use SNI to serve HTTPS requests",
    types=("aws:cloudfront/distribution:Distribution",),
    category="cost",
    severity="low",
    env="same",
    sources=("fsbp:CloudFront.8",),
    fix="Set viewerCertificate.sslSupportMethod to sni-only.",
    good=(Example({"viewerCertificate": {"acmCertificateArn": "a", "sslSupportMethod": "sni-only"}}), Example({})),
    bad=(
        Example(
            {"viewerCertificate": {"acmCertificateArn": "a", "sslSupportMethod": "vip"}},
            finds=("viewerCertificate.sslSupportMethod is not sni-only",),
        ),
    ),
)
def cloudfront_sni(resource: Resource) -> Iterator[str]:
    """A distribution takes no dedicated addresses, which cost 600 dollars a month."""
    custom = resource.props.has("viewerCertificate.acmCertificateArn")
    if custom and resource.props.text("viewerCertificate.sslSupportMethod") != "sni-only":
        yield "viewerCertificate.sslSupportMethod is not sni-only"
