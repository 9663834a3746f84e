"""Buckets that stay within reach."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Rule, resource_rule

ADMIN = "arn:aws:iam::123456789012:role/admin"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
COPIED = {"rules": [{"status": "Enabled"}]}


@resource_rule(
    "s3-policy-no-lockout",
    title="S3 bucket policies do not deny all actions to all principals without a condition",
    types=(
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucket:Bucket",
    ),
    category="resilience",
    severity="high",
    env="same",
    sources=("checkov:CKV_AWS_93",),
    fix="Add a condition that exempts who administers the bucket, for example ArnNotEquals on aws:PrincipalArn.",
    good=(
        Example(
            policy(
                allow("s3:*", "*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
                | {"Effect": "Deny"}
            )
        ),
        Example(
            policy(
                allow("s3:*", "*", Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": ADMIN}})
                | {"Effect": "Deny"}
            )
        ),
        Example(policy(allow("s3:*", "*", Principal="*"))),
        Example(policy(allow("s3:DeleteBucket", "*", Principal="*") | {"Effect": "Deny"})),
        Example(policy(allow("s3:*", "*", Principal={"AWS": ADMIN}) | {"Effect": "Deny"})),
    ),
    bad=(
        Example(
            policy(allow("s3:*", "*", Principal="*") | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
        ),
        Example(
            policy(allow("*", "*", Principal="*") | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
            type="aws:s3/bucket:Bucket",
        ),
        Example(
            policy(allow(["s3:*", "s3:GetObject"], "*", Principal={"AWS": [ADMIN, "*"]}) | {"Effect": "Deny"}),
            finds=("policy.Statement[0] denies everything to everybody",),
        ),
    ),
)
def s3_policy_no_lockout(resource: Resource) -> Iterator[str]:
    """No policy shuts everybody out of a bucket, its administrators included."""
    document = policy_locations.access(resource)
    for statement in document.statements if document else ():
        everything = any(pattern.lower() in {"s3:*", "*"} for pattern in statement.actions)
        everybody = any(one.anyone for one in statement.principals)
        if not statement.allows and everything and everybody and not statement.conditions:
            yield f"{statement.where} denies everything to everybody"


def _all_enabled(resource: Resource, path: str) -> bool:
    return {rule.text("status") for rule in resource.props.blocks(path)} == {"Enabled"}


s3_replication = Rule(
    id="s3-replication",
    types=("aws:s3/bucket:Bucket", REPLICATION),
    category="resilience",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=(
        "compliance:aws-s3-bucket-enable-replication-configuration",
        "compliance:aws-s3-bucket-configure-replication-configuration",
        "cdk-nag:Nag-S3BucketReplicationEnabled",
        "checkov:CKV_AWS_144",
        "fsbp:S3.7",
    ),
    title="S3 buckets have replication enabled",
    rationale="A bucket has a copy elsewhere.",
    fix="Add an aws.s3.BucketReplicationConfig for the bucket, with every rule Enabled.",
    stack=True,
    check=has_companion(
        "aws:s3/bucket:Bucket",
        REPLICATION,
        "bucket",
        which=lambda one: _all_enabled(one, "rules"),
        inline=lambda bucket: _all_enabled(bucket, "replicationConfiguration.rules"),
        missing="the bucket has no BucketReplicationConfig whose rules are all Enabled",
    ),
    good=(
        Example({}, others=(Example(COPIED, type=REPLICATION, name="r", depends={"bucket": ("subject",)}),)),
        Example({"replicationConfiguration": COPIED}),
    ),
    bad=(
        Example({}, finds=("the bucket has no BucketReplicationConfig whose rules are all Enabled",)),
        Example(
            {},
            finds=("the bucket has no BucketReplicationConfig whose rules are all Enabled",),
            others=(
                Example(
                    {"rules": [{"status": "Disabled"}]}, type=REPLICATION, name="r", depends={"bucket": ("subject",)}
                ),
            ),
        ),
    ),
)
