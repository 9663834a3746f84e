"""Storage and delivery that are not paid for twice."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

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
            {},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
            others=(Example(ABORT, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED),
        ),
        Example(
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}], "versioning": {"enabled": True}},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
        ),
    ),
)
def s3_lifecycle(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Objects, and the versions that were overwritten, move to cheaper storage and go when nobody needs them."""
    for bucket in stack.of(BUCKET):
        rules = [*bucket.props.blocks("lifecycleRules")]
        for one in stack.referring(bucket, "bucket", LIFECYCLE):
            rules += one.props.blocks("rules")
        versioned = bucket.props.flag("versioning.enabled") or any(
            one.props.text("versioningConfiguration.status") == "Enabled"
            for one in stack.referring(bucket, "bucket", VERSIONING)
        )
        if not rules:
            yield bucket, "the bucket has no lifecycle configuration"
        elif versioned and not any(rule.has("noncurrentVersionExpiration") for rule in rules):
            yield bucket, "the bucket is versioned, and no rule has noncurrentVersionExpiration"


@resource_rule(
    "s3-abort-incomplete-uploads",
    title="S3 lifecycle configurations abort incomplete multipart uploads",
    types=("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",),
    category="cost",
    severity="low",
    env="same",
    sources=("checkov:CKV_AWS_300",),
    fix="Add a rule with abortIncompleteMultipartUpload {daysAfterInitiation: 7} and no filter.",
    good=(Example(ABORT),),
    bad=(
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
    ),
)
def s3_abort_incomplete_uploads(resource: Resource) -> Iterator[str]:
    """Parts of uploads that never finished are not paid for."""
    for rule in resource.props.blocks("rules"):
        whole = not rule.has("filter.prefix") and not rule.has("prefix") and not rule.has("filter.tag")
        days = rule.number("abortIncompleteMultipartUpload.daysAfterInitiation")
        if rule.text("status") == "Enabled" and days and whole and not rule.has("filter.and"):
            return
    yield "no enabled rule of the whole bucket sets abortIncompleteMultipartUpload"


@resource_rule(
    "s3-bucket-key",
    title="S3 buckets encrypted with AWS KMS use an S3 Bucket Key",
    types=("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",),
    category="cost",
    severity="low",
    env="same",
    sources=("compliance:aws-s3-bucket-enable-server-side-encryption-bucket-key",),
    fix="Set rules.bucketKeyEnabled to true.",
    remedy=sets("rules[*].bucketKeyEnabled", to=True),
    good=(Example({"rules": [KMS_RULE | {"bucketKeyEnabled": True}]}), Example({"rules": [{}]})),
    bad=(
        Example({"rules": [KMS_RULE]}, finds=("rules[0].bucketKeyEnabled is not true",)),
        Example(
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms:dsse"}}]},
            finds=("rules[0].bucketKeyEnabled is not true",),
        ),
    ),
)
def s3_bucket_key(resource: Resource) -> Iterator[str]:
    """A bucket asks KMS once for many objects."""
    for rule in resource.props.blocks("rules"):
        algorithm = rule.text("applyServerSideEncryptionByDefault.sseAlgorithm") or ""
        if algorithm.startswith("aws:kms") and rule.flag("bucketKeyEnabled") is not True:
            yield f"{rule.path}bucketKeyEnabled is not true"


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
