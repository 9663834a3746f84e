"""Data at rest in tables, logs and functions, and the keys that encrypt it."""

from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import any_holds, is_not, is_true, own_key, unless
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
TABLE, REPLICA = "aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"

dynamodb_encryption_not_disabled = Rule(
    id="dynamodb-encryption-not-disabled",
    types=("aws:dynamodb/table:Table",),
    category="encryption",
    severity="medium",
    env="same",
    sources=(
        "awsguard:dynamodb-table-encryption-enabled",
        "trivy:AWS-0121",
    ),
    title="DynamoDB tables do not explicitly disable server-side encryption with AWS KMS",
    rationale="A table is encrypted with a key that the account sees used.",
    fix="Leave serverSideEncryption out, or set its enabled to true.",
    check=is_not("serverSideEncryption.enabled", unwanted=False),
    good=(Example({}), Example({"serverSideEncryption": {"enabled": True}})),
    bad=(Example({"serverSideEncryption": {"enabled": False}}, finds=("serverSideEncryption.enabled is false",)),),
)


@resource_rule(
    "dynamodb-cmk",
    title="DynamoDB tables are encrypted with a customer managed KMS key",
    types=(TABLE, REPLICA),
    category="encryption",
    severity="medium",
    env="prod-only",
    sources=(
        "checkov:CKV_AWS_119",
        "checkov:CKV_AWS_271",
        "trivy:AWS-0025",
    ),
    fix="Set serverSideEncryption to {enabled: true, kmsKeyArn: <key>}, for a TableReplica kmsKeyArn.",
    good=(
        Example({"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}}),
        Example({"serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN}}),
        Example({"kmsKeyArn": KEY}, type=REPLICA),
    ),
    bad=(
        Example({}, finds=("serverSideEncryption.enabled is not true",)),
        Example(
            {"serverSideEncryption": {"enabled": False, "kmsKeyArn": KEY}},
            finds=("serverSideEncryption.enabled is not true",),
        ),
        Example({"serverSideEncryption": {"enabled": True}}, finds=("serverSideEncryption.kmsKeyArn is not set",)),
        Example(
            {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "alias/aws/dynamodb"}},
            finds=("serverSideEncryption.kmsKeyArn is the AWS managed key alias/aws/dynamodb",),
        ),
        Example({}, type=REPLICA, finds=("kmsKeyArn is not set",)),
    ),
    unknown_passes_because="A kmsKeyArn that is unknown is the ARN of a key that does not exist yet.",
)
def dynamodb_cmk(resource: Resource) -> Iterator[str]:
    """A table, and each replica of it, is encrypted with a key of the account's own."""
    if resource.type == REPLICA:
        yield from own_key(resource.props, "kmsKeyArn")
    elif resource.props.flag("serverSideEncryption.enabled") is not True:
        yield "serverSideEncryption.enabled is not true"
    else:
        yield from own_key(resource.props, "serverSideEncryption.kmsKeyArn")


@resource_rule(
    "kms-rotation",
    title="KMS symmetric encryption keys have automatic rotation enabled",
    types=("aws:kms/key:Key",),
    category="encryption",
    severity="medium",
    env="same",
    sources=(
        "awsguard:cmk-backing-key-rotation-enabled",
        "compliance:aws-kms-key-enable-key-rotation",
        "cdk-nag:AwsSolutions-KMS5",
        "checkov:CKV_AWS_7",
        "trivy:AWS-0065",
        "fsbp:KMS.4",
    ),
    fix="Set enableKeyRotation to true.",
    remedy=sets("enableKeyRotation", to=True),
    good=(
        Example({"enableKeyRotation": True}),
        Example({"customerMasterKeySpec": "RSA_2048"}),
        Example({"keyUsage": "GENERATE_VERIFY_MAC"}),
    ),
    bad=(
        Example({}, finds=("enableKeyRotation is not true",)),
        Example(
            {"enableKeyRotation": False, "customerMasterKeySpec": "SYMMETRIC_DEFAULT"},
            finds=("enableKeyRotation is not true",),
        ),
    ),
)
def kms_rotation(resource: Resource) -> Iterator[str]:
    """A symmetric key gets new material each year; AWS rotates no other kind."""
    yield from unless(_rotates_never, is_true("enableKeyRotation"))(resource)


def _rotates_never(key: Resource) -> bool:
    return any_holds(
        lambda: (key.props.text("customerMasterKeySpec") or "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT",
        lambda: (key.props.text("keyUsage") or "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT",
    )
