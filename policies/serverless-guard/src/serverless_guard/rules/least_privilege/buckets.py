"""Objects that belong to the bucket's account, and catalogues that keep to themselves."""

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Rule

BUCKET = "aws:s3/bucket:Bucket"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"


def _enforced(controls: Resource) -> bool:
    return controls.props.text("rule.objectOwnership") == "BucketOwnerEnforced"


s3_ownership_enforced = Rule(
    id="s3-ownership-enforced",
    types=("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws:s3/bucket:Bucket"),
    category="least-privilege",
    severity="medium",
    env="same",
    sources=("checkov:CKV2_AWS_65", "fsbp:S3.12"),
    title="S3 buckets have ACLs disabled (BucketOwnerEnforced)",
    rationale="A bucket's account owns every object in it, and ACLs are off.",
    fix="Add an aws.s3.BucketOwnershipControls with rule {objectOwnership: BucketOwnerEnforced}.",
    stack=True,
    check=has_companion(
        BUCKET, OWNERSHIP, "bucket", which=_enforced, missing="no BucketOwnershipControls enforce the bucket's owner"
    ),
    good=(
        Example(
            {},
            type=BUCKET,
            others=(
                Example(
                    {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
                    type=OWNERSHIP,
                    name="o",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("no BucketOwnershipControls enforce the bucket's owner",), type=BUCKET),
        Example(
            {},
            finds=("no BucketOwnershipControls enforce the bucket's owner",),
            type=BUCKET,
            others=(
                Example(
                    {"rule": {"objectOwnership": "ObjectWriter"}},
                    type=OWNERSHIP,
                    name="o",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
)
