"""Buckets and objects that are encrypted with a key of the account's own."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import own_key
from serverless_guard.rules.rule import Example, Option, resource_rule

BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
OBJECTS = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
DEFAULT = "applyServerSideEncryptionByDefault"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
S3_KEY = {"rules": [{DEFAULT: {"sseAlgorithm": "AES256"}}]}


def _own_encryption(item: Resource) -> Iterator[str]:
    """Look at the encryption that an object has instead of its bucket's."""
    algorithm = item.props.text("serverSideEncryption")
    if algorithm == "AES256":
        yield "serverSideEncryption is AES256"
    elif algorithm or item.props.has("kmsKeyId"):
        yield from own_key(item.props, "kmsKeyId")


@resource_rule(
    "s3-encryption-kms",
    title="S3 buckets are encrypted with a customer managed KMS key",
    types=(ENCRYPTION, BUCKET, *OBJECTS),
    category="encryption",
    severity="medium",
    env="prod-only",
    sources=(
        "compliance:aws-s3-bucket-configure-server-side-encryption-kms",
        "compliance:aws-s3-bucket-configure-server-side-encryption-customer-managed-key",
        "cdk-nag:Nag-S3DefaultEncryptionKMS",
        "checkov:CKV_AWS_145",
        "checkov:CKV_AWS_181",
        "checkov:CKV_AWS_186",
        "trivy:AWS-0132",
        "fsbp:S3.17",
    ),
    fix="Set rules.applyServerSideEncryptionByDefault to {sseAlgorithm: aws:kms, kmsMasterKeyId: <key>}.",
    options={
        "logBuckets": Option(
            [], "Ends of the program's names of buckets that take access logs: S3 delivers none to a bucket under KMS."
        )
    },
    good=(
        Example(
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}]}
        ),
        Example({}, type=BUCKET),
        Example({}, type=OBJECTS[0]),
        Example({"serverSideEncryption": "aws:kms", "kmsKeyId": KEY}, type=OBJECTS[1]),
        Example(S3_KEY, name="blog-logs", settings={"logBuckets": ["-logs"]}),
        Example(
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms:dsse", "kmsMasterKeyId": KEY}}]}
        ),
    ),
    bad=(
        Example({}, finds=("rules is empty",)),
        Example(S3_KEY, finds=(f"rules[0].{DEFAULT}.sseAlgorithm is AES256",)),
        Example(S3_KEY, settings={"logBuckets": ["-logs"]}, finds=(f"rules[0].{DEFAULT}.sseAlgorithm is AES256",)),
        Example({}, name="blog-logs", settings={"logBuckets": ["-logs"]}, finds=("rules is empty",)),
        Example({"rules": [{}]}, finds=(f"rules[0].{DEFAULT}.sseAlgorithm is not set",)),
        Example(
            {"rules": [{DEFAULT: {"sseAlgorithm": "aws:kms"}}]},
            finds=(f"rules[0].{DEFAULT}.kmsMasterKeyId is not set",),
        ),
        Example(
            {"rules": [{DEFAULT: {"sseAlgorithm": "aws:kms:dsse", "kmsMasterKeyId": "alias/aws/s3"}}]},
            finds=(f"rules[0].{DEFAULT}.kmsMasterKeyId is the AWS managed key alias/aws/s3",),
        ),
        Example(
            {"serverSideEncryptionConfiguration": {"rule": {DEFAULT: {"sseAlgorithm": "AES256"}}}},
            type=BUCKET,
            finds=(f"serverSideEncryptionConfiguration.rule.{DEFAULT}.sseAlgorithm is AES256",),
        ),
        Example({"serverSideEncryption": "AES256"}, type=OBJECTS[0], finds=("serverSideEncryption is AES256",)),
        Example({"serverSideEncryption": "aws:kms"}, type=OBJECTS[1], finds=("kmsKeyId is not set",)),
        Example({"kmsKeyId": "alias/aws/s3"}, type=OBJECTS[2], finds=("kmsKeyId is the AWS managed key alias/aws/s3",)),
        Example(
            {"rules": [{"bucketKeyEnabled": True}]},
            name="blog-logs",
            settings={"logBuckets": ["-logs"]},
            finds=(f"rules[0].{DEFAULT}.sseAlgorithm is not set",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)
def s3_encryption_kms(resource: Resource) -> Iterator[str]:
    """A bucket is encrypted with a key of the account's own, and no object asks for another encryption."""
    if resource.type in OBJECTS:
        yield from _own_encryption(resource)
        return
    if resource.type == BUCKET and not resource.props.has("serverSideEncryptionConfiguration"):
        return
    rules = resource.props.blocks("serverSideEncryptionConfiguration.rule" if resource.type == BUCKET else "rules")
    if not rules:
        yield "rules is empty"
    log_buckets = tuple(resource.settings["logBuckets"])
    for rule in rules:
        algorithm = rule.text(f"{DEFAULT}.sseAlgorithm")
        if algorithm == "AES256" and resource.name.endswith(log_buckets):
            continue
        if not (algorithm or "").startswith("aws:kms"):
            yield f"{rule.path}{DEFAULT}.sseAlgorithm is {algorithm or 'not set'}"
        else:
            yield from own_key(rule, f"{DEFAULT}.kmsMasterKeyId")
