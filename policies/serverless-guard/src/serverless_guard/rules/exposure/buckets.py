"""Public access blocks, ACLs and websites of buckets."""

from collections.abc import Iterator
from typing import Any

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_companion, is_true
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
CLOSED: dict[str, Any] = dict.fromkeys(SWITCHES, True)
NOT_PUBLIC = ("private", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write")
"""Canned ACLs that open a bucket to no strangers. Amazon S3 User Guide, "Access control list (ACL) overview"."""

s3_public_access_block_attached = Rule(
    id="s3-public-access-block-attached",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    ),
    category="network-exposure",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-S2",
        "checkov:CKV2_AWS_6",
        "trivy:AWS-0094",
        "fsbp:S3.8",
    ),
    title="S3 buckets have a public access block that blocks public ACLs and policies",
    rationale="Each bucket blocks public access.",
    fix="Add an aws.s3.BucketPublicAccessBlock for the bucket.",
    stack=True,
    check=has_companion(
        BUCKET,
        BLOCK,
        "bucket",
        which=lambda one: all(one.props.flag(switch) for switch in SWITCHES[:2]),
        missing="the bucket has no BucketPublicAccessBlock that blocks public ACLs and policies",
    ),
    good=(
        Example({}, others=(Example(CLOSED, type=BLOCK, name="block", depends={"bucket": ("subject",)}),)),
        Example(
            {},
            others=(
                Example(
                    CLOSED | {"ignorePublicAcls": False}, type=BLOCK, name="block", depends={"bucket": ("subject",)}
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("the bucket has no BucketPublicAccessBlock that blocks public ACLs and policies",)),
        Example(
            {},
            finds=("the bucket has no BucketPublicAccessBlock that blocks public ACLs and policies",),
            others=(Example(CLOSED, type=BLOCK, name="block"),),
        ),
        Example(
            {},
            finds=("the bucket has no BucketPublicAccessBlock that blocks public ACLs and policies",),
            others=(
                Example(
                    CLOSED | {"blockPublicPolicy": False}, type=BLOCK, name="block", depends={"bucket": ("subject",)}
                ),
            ),
        ),
    ),
)

s3_public_access_block_complete = Rule(
    id="s3-public-access-block-complete",
    types=(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-S2",
        "checkov:CKV_AWS_53",
        "checkov:CKV_AWS_54",
        "checkov:CKV_AWS_55",
        "checkov:CKV_AWS_56",
        "trivy:AWS-0086",
        "trivy:AWS-0087",
        "trivy:AWS-0091",
        "trivy:AWS-0093",
        "fsbp:S3.1",
        "fsbp:S3.8",
    ),
    title="S3 public access blocks of buckets and accounts have all four settings enabled",
    rationale="Public access is blocked in all four ways.",
    fix="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
    remedy=sets("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets", to=True),
    check=is_true(*SWITCHES),
    good=(Example(CLOSED),),
    bad=(
        Example(
            {}, finds=("blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets are not true",)
        ),
        Example(CLOSED | {"ignorePublicAcls": False}, finds=("ignorePublicAcls is not true",)),
        Example(
            {},
            finds=("blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets are not true",),
            type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        ),
    ),
)

s3_access_point_public_access_block = Rule(
    id="s3-access-point-public-access-block",
    types=("aws:s3/accessPoint:AccessPoint",),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_392",
        "fsbp:S3.19",
    ),
    title="S3 access points have all block public access settings enabled",
    rationale="An access point blocks public access in all four ways.",
    fix="Leave publicAccessBlockConfiguration out, which blocks all, or set all four switches to true.",
    check=lambda resource: (
        f"publicAccessBlockConfiguration.{name} is false"
        for name in SWITCHES
        if resource.props.flag(f"publicAccessBlockConfiguration.{name}") is False
    ),
    good=(Example({}), Example({"publicAccessBlockConfiguration": CLOSED})),
    bad=(
        Example(
            {"publicAccessBlockConfiguration": CLOSED | {"blockPublicAcls": False}},
            finds=("publicAccessBlockConfiguration.blockPublicAcls is false",),
        ),
    ),
)


@resource_rule(
    "s3-no-public-acl",
    title="S3 bucket ACLs do not allow public access",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketAcl:BucketAcl",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "compliance:aws-s3-bucket-disallow-public-read",
        "cdk-nag:Nag-S3BucketPublicReadProhibited",
        "cdk-nag:Nag-S3BucketPublicWriteProhibited",
        "checkov:CKV_AWS_20",
        "checkov:CKV_AWS_57",
        "checkov:CKV_AWS_375",
        "checkov:CKV2_AWS_43",
        "trivy:AWS-0092",
        "fsbp:S3.2",
        "fsbp:S3.3",
    ),
    fix="Leave the ACL out: a new bucket is private, and BucketOwnerEnforced turns ACLs off.",
    good=(
        Example({}),
        Example({"acl": "private"}, type="aws:s3/bucketAcl:BucketAcl"),
        Example({"acl": "aws-exec-read"}, type="aws:s3/bucketAcl:BucketAcl"),
        Example({"acl": "bucket-owner-read"}, type="aws:s3/bucketAcl:BucketAcl"),
        Example({"acl": "bucket-owner-full-control"}, type="aws:s3/bucketAcl:BucketAcl"),
        Example({"acl": "log-delivery-write"}, type="aws:s3/bucketAcl:BucketAcl"),
        Example({"grants": [{"type": "CanonicalUser", "id": "1"}]}),
    ),
    bad=(
        Example({"acl": "public-read"}, finds=("acl is public-read",)),
        Example({"acl": "public-read-write"}, finds=("acl is public-read-write",), type="aws:s3/bucketAcl:BucketAcl"),
        Example(
            {
                "accessControlPolicy": {
                    "grants": [{"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}}]
                }
            },
            finds=("accessControlPolicy.grants[0] is for everybody",),
            type="aws:s3/bucketAcl:BucketAcl",
        ),
        Example(
            {"grants": [{"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}]},
            finds=("grants[0] is for everybody",),
        ),
    ),
)
def s3_no_public_acl(resource: Resource) -> Iterator[str]:
    """No ACL opens a bucket to everybody."""
    acl = resource.props.text("acl")
    if acl and acl not in NOT_PUBLIC:
        yield f"acl is {acl}"
    grants = (
        *((grant, "uri") for grant in resource.props.blocks("grants")),
        *((grant, "grantee.uri") for grant in resource.props.blocks("accessControlPolicy.grants")),
    )
    for grant, path in grants:
        if (grant.text(path) or "").endswith(("/global/AllUsers", "/global/AuthenticatedUsers")):
            yield f"{grant.path.rstrip('.')} is for everybody"


WEBSITE = "a website endpoint is plain HTTP and public"

s3_no_website_hosting = Rule(
    id="s3-no-website-hosting",
    types=("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", BUCKET),
    category="network-exposure",
    severity="high",
    env="same",
    sources=("cdk-nag:AwsSolutions-S5",),
    title="S3 buckets do not host static websites",
    rationale="No bucket serves a website by itself, which is plain HTTP and public.",
    fix="Serve the bucket by CloudFront with an origin access control.",
    check=lambda resource: (
        ["a website endpoint is plain HTTP and public"]
        if resource.type != BUCKET or resource.props.has("website")
        else []
    ),
    good=(Example({}, type=BUCKET),),
    bad=(
        Example({"indexDocument": {"suffix": "index.html"}}, finds=(WEBSITE,)),
        Example(
            {"website": {"indexDocument": "index.html"}},
            type=BUCKET,
            finds=(WEBSITE,),
        ),
    ),
)
