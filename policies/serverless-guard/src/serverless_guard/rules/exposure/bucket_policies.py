"""Bucket policies that open a bucket to everybody, or its management to accounts."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import matches
from serverless_guard.iam.resource_policies import BUCKETS
from serverless_guard.record import Resource
from serverless_guard.rules.exposure.public_access import public_access
from serverless_guard.rules.rule import Example, resource_rule
from serverless_guard.rules.summary import reach, summarize

BUCKET = "aws:s3/bucket:Bucket"
OBJECTS = "arn:aws:s3:::blog-uploads/*"


CONTROL = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutEncryptionConfiguration",
    "s3:DeleteBucket",
)


@resource_rule(
    "s3-policy-not-public",
    title="S3 bucket policies do not allow public access",
    types=BUCKETS,
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-S5",
        "checkov:CKV_AWS_70",
        "fsbp:S3.2",
    ),
    fix="Name the account, role or service, or add a condition on aws:SourceArn, aws:SourceVpce or aws:PrincipalOrgID.",
    good=(
        Example({}, type=BUCKET),
        Example(policy(allow("s3:GetObject", OBJECTS, Principal={"AWS": "arn:aws:iam::123456789012:role/r"}))),
        Example(
            policy(
                allow(
                    "s3:GetObject",
                    OBJECTS,
                    Principal="*",
                    Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                )
            )
        ),
    ),
    bad=(
        Example(
            policy(allow("s3:GetObject", OBJECTS, Principal="*")),
            finds=("policy.Statement[0] allows everybody s3:GetObject on arn:aws:s3:::blog-uploads/*",),
        ),
        Example(
            policy(allow("s3:*", OBJECTS, Principal={"AWS": "*"})),
            finds=("policy.Statement[0] allows everybody s3:* on arn:aws:s3:::blog-uploads/*",),
        ),
    ),
)
def s3_policy_not_public(resource: Resource) -> Iterator[str]:
    """No policy opens a bucket to everybody."""
    return public_access(resource)


@resource_rule(
    "s3-policy-cross-account-restricted",
    title="S3 bucket policies do not grant bucket management actions to accounts or IAM principals",
    types=("aws:s3/bucketPolicy:BucketPolicy",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=("fsbp:S3.6",),
    fix="Leave the management of the bucket to its own account.",
    good=(
        Example(policy(allow("s3:GetObject", OBJECTS, Principal={"AWS": "210987654321"}))),
        Example(policy(allow("s3:*", OBJECTS, Principal={"Service": "s3.amazonaws.com"}))),
    ),
    bad=(
        Example(
            policy(allow("s3:PutBucketPolicy", OBJECTS, Principal={"AWS": "arn:aws:iam::210987654321:root"})),
            finds=(f"policy.Statement[0] allows arn:aws:iam::210987654321:root s3:PutBucketPolicy on {OBJECTS}",),
        ),
        Example(
            policy(allow("s3:Delete*", OBJECTS, Principal={"AWS": "210987654321"})),
            finds=(f"policy.Statement[0] allows 210987654321 s3:DeleteBucketPolicy, s3:DeleteBucket on {OBJECTS}",),
        ),
        Example(
            policy(
                allow(
                    ["s3:GetObject", "s3:*Acl", "s3:PutEncryptionConfiguration"],
                    OBJECTS,
                    Principal={"AWS": "210987654321", "Service": "s3.amazonaws.com"},
                )
            ),
            finds=(
                (
                    "policy.Statement[0] allows 210987654321 s3:PutBucketAcl, s3:PutObjectAcl, "
                    "s3:PutEncryptionConfiguration on arn:aws:s3:::blog-uploads/*"
                ),
            ),
        ),
    ),
)
def s3_policy_cross_account_restricted(resource: Resource) -> Iterator[str]:
    """No other account manages a bucket. The policy cannot tell which account is the bucket's own, so all count."""
    document = policy_locations.access(resource)
    for statement in document.allows() if document else ():
        found = [action for action in CONTROL if any(matches(pattern, action) for pattern in statement.actions)]
        accounts = summarize(one.value for one in statement.principals if one.account)
        if found and accounts:
            yield f"{statement.where} allows {accounts} {', '.join(found)} {reach(statement)}"
