"""DynamoDB tables, user pools, keys and log groups that survive a mistake."""

from collections.abc import Iterator, Mapping
from typing import Any

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import at_least, is_not, is_one_of, is_true
from serverless_guard.rules.remedies import raises, sets, sets_to_option, several
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

REPLICA = "aws:dynamodb/tableReplica:TableReplica"
RECOVERY = {"pointInTimeRecovery": {"enabled": True}}

dynamodb_deletion_protection = Rule(
    id="dynamodb-deletion-protection",
    types=("aws:dynamodb/table:Table",),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=("fsbp:DynamoDB.6",),
    title="DynamoDB tables have deletion protection enabled",
    rationale="AWS refuses to delete a table.",
    fix="Set deletionProtectionEnabled to true.",
    remedy=sets("deletionProtectionEnabled", to=True),
    check=is_true("deletionProtectionEnabled"),
    good=(Example({"deletionProtectionEnabled": True}),),
    bad=(
        Example({"deletionProtectionEnabled": False}, finds=("deletionProtectionEnabled is not true",)),
        Example({}, finds=("deletionProtectionEnabled is not true",)),
    ),
)


def _recover(resource: Resource) -> Mapping[str, Any]:
    if resource.type == REPLICA:
        return {"pointInTimeRecovery": True}
    return several(
        sets("pointInTimeRecovery.enabled", to=True),
        raises("pointInTimeRecovery.recoveryPeriodInDays", option="minimumDays"),
    )(resource)


@resource_rule(
    "dynamodb-pitr",
    title="DynamoDB tables have point-in-time recovery enabled with the minimum recovery period",
    types=("aws:dynamodb/table:Table", REPLICA),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:AwsSolutions-DDB3",
        "checkov:CKV_AWS_28",
        "checkov:CKV_AWS_165",
        "trivy:AWS-0024",
        "fsbp:DynamoDB.2",
    ),
    fix="Set pointInTimeRecovery to {enabled: true, recoveryPeriodInDays: 35}.",
    remedy=_recover,
    options={"minimumDays": Option(7, "Days that a table can be restored from, at least.", development=1)},
    good=(
        Example(RECOVERY),
        Example({"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35}}),
        Example({"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 1}}, production=False),
        Example({"pointInTimeRecovery": True}, type=REPLICA),
    ),
    bad=(
        Example({}, finds=("pointInTimeRecovery.enabled is not true",)),
        Example({"pointInTimeRecovery": {"enabled": False}}, finds=("pointInTimeRecovery.enabled is not true",)),
        Example(
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 1}},
            finds=("pointInTimeRecovery.recoveryPeriodInDays is 1, below the minimum of 7 days",),
        ),
        Example(
            {"pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 1}},
            finds=("pointInTimeRecovery.enabled is not true",),
        ),
        Example({}, type=REPLICA, finds=("pointInTimeRecovery is not true",)),
    ),
)
def dynamodb_pitr(resource: Resource) -> Iterator[str]:
    """A table, and a replica of it, can be restored to any second of the last days."""
    if resource.type == REPLICA:
        yield from is_true("pointInTimeRecovery")(resource)
        return
    if resource.props.flag("pointInTimeRecovery.enabled") is not True:
        yield "pointInTimeRecovery.enabled is not true"
        return
    days = resource.props.number("pointInTimeRecovery.recoveryPeriodInDays")
    least = resource.settings["minimumDays"]
    if days is not None and days < least:
        yield f"pointInTimeRecovery.recoveryPeriodInDays is {days:g}, below the minimum of {least} days"


@resource_rule(
    "dynamodb-replica-protected",
    title="DynamoDB replicas match their table's point-in-time recovery, deletion protection and KMS use",
    types=("aws:dynamodb/table:Table", REPLICA),
    category="deletion-protection",
    severity="high",
    env="prod-only",
    sources=("checkov:CKV_AWS_271",),
    fix="Give the replica the point-in-time recovery, deletion protection and key that the table has.",
    good=(
        Example({}),
        Example(RECOVERY | {"replicas": [{"regionName": "eu-central-1", "pointInTimeRecovery": True}]}),
        Example({"kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k"}, type=REPLICA),
        Example({"deletionProtectionEnabled": True, "replicas": [{"deletionProtectionEnabled": True}]}),
        Example(
            {
                "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn"},
                "replicas": [{"kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k"}],
            }
        ),
    ),
    bad=(
        Example(
            RECOVERY | {"replicas": [{"regionName": "eu-central-1"}]},
            finds=("replicas[0].pointInTimeRecovery is not true",),
        ),
        Example(
            {"deletionProtectionEnabled": True, "replicas": [{"deletionProtectionEnabled": False}]},
            finds=("replicas[0].deletionProtectionEnabled is not true",),
        ),
        Example(
            {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn"}, "replicas": [{}]},
            finds=("replicas[0].kmsKeyArn is not set",),
        ),
        Example({}, finds=("kmsKeyArn is not set",), type=REPLICA),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)
def dynamodb_replica_protected(resource: Resource) -> Iterator[str]:
    """A replica is protected as its table is; one that is declared by itself has a key of its region."""
    props = resource.props
    if resource.type == REPLICA and not props.has("kmsKeyArn"):
        yield "kmsKeyArn is not set"
    for replica in props.blocks("replicas"):
        if replica.flag("pointInTimeRecovery") is not True and props.flag("pointInTimeRecovery.enabled"):
            yield f"{replica.path}pointInTimeRecovery is not true"
        if replica.flag("deletionProtectionEnabled") is not True and props.flag("deletionProtectionEnabled"):
            yield f"{replica.path}deletionProtectionEnabled is not true"
        if not replica.has("kmsKeyArn") and props.has("serverSideEncryption.kmsKeyArn"):
            yield f"{replica.path}kmsKeyArn is not set"


cognito_deletion_protection = Rule(
    id="cognito-deletion-protection",
    types=("aws:cognito/userPool:UserPool",),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=("fsbp:Cognito.6",),
    title="Cognito user pools have deletion protection enabled",
    rationale="AWS refuses to delete a user pool.",
    fix="Set deletionProtection to ACTIVE.",
    remedy=sets("deletionProtection", to="ACTIVE"),
    check=is_one_of("deletionProtection", "ACTIVE"),
    good=(Example({"deletionProtection": "ACTIVE"}),),
    bad=(
        Example({"deletionProtection": "INACTIVE"}, finds=("deletionProtection is INACTIVE, not ACTIVE",)),
        Example({}, finds=("deletionProtection is not ACTIVE",)),
    ),
)

logs_deletion_protection = Rule(
    id="logs-deletion-protection",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    title="CloudWatch log groups have deletion protection enabled",
    rationale="AWS refuses to delete a log group.",
    fix="Set deletionProtectionEnabled to true.",
    remedy=sets("deletionProtectionEnabled", to=True),
    check=is_true("deletionProtectionEnabled"),
    good=(Example({"deletionProtectionEnabled": True}),),
    bad=(Example({}, finds=("deletionProtectionEnabled is not true",)),),
)


@resource_rule(
    "kms-deletion-window",
    title="KMS keys have a deletion waiting period of at least the minimum",
    types=("aws:kms/key:Key",),
    category="deletion-protection",
    severity="high",
    env="threshold-per-stack",
    sources=("fsbp:KMS.3",),
    fix="Set deletionWindowInDays to 30.",
    remedy=sets_to_option("deletionWindowInDays", option="minimumDays"),
    options={"minimumDays": Option(30, "Days that AWS waits before it deletes a key, at least.", development=7)},
    good=(Example({}), Example({"deletionWindowInDays": 30}), Example({"deletionWindowInDays": 7}, production=False)),
    bad=(Example({"deletionWindowInDays": 7}, finds=("deletionWindowInDays is 7, below the minimum of 30 days",)),),
)
def kms_deletion_window(resource: Resource) -> Iterator[str]:
    """A key that was scheduled for deletion by mistake can be saved; AWS waits 30 days unless told otherwise."""
    if resource.props.has("deletionWindowInDays"):
        yield from at_least("deletionWindowInDays", "minimumDays", unit="days")(resource)


kms_no_lockout_bypass = Rule(
    id="kms-no-lockout-bypass",
    types=("aws:kms/key:Key",),
    category="deletion-protection",
    severity="critical",
    env="same",
    sources=("compliance:aws-kms-key-disallow-bypass-policy-lockout-safety-check",),
    title="KMS keys do not bypass the key policy lockout safety check",
    rationale="A key's policy cannot lock everybody out.",
    fix="Leave bypassPolicyLockoutSafetyCheck out.",
    remedy=sets("bypassPolicyLockoutSafetyCheck", to=False),
    check=is_not("bypassPolicyLockoutSafetyCheck", unwanted=True),
    good=(Example({}), Example({"bypassPolicyLockoutSafetyCheck": False})),
    bad=(Example({"bypassPolicyLockoutSafetyCheck": True}, finds=("bypassPolicyLockoutSafetyCheck is true",)),),
)
