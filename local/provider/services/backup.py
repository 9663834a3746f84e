"""AWS Backup.

Sources: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Reference.html and
https://www.pulumi.com/registry/packages/aws/api-docs/backup/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props

_TAGS = Tags(on={"ResourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTags")

VAULT = ResourceType(
    "aws:backup/vault:Vault",
    service="backup",
    create="CreateBackupVault",
    read="DescribeBackupVault",
    delete="DeleteBackupVault",
    keys={"BackupVaultName": "name"},
    names={
        "name": "BackupVaultName",
        "arn": "BackupVaultArn",
        "kmsKeyArn": "EncryptionKeyArn",
        "recoveryPoints": "NumberOfRecoveryPoints",
        "tags": "BackupVaultTags",
    },
    replaces=frozenset({"kmsKeyArn", "name"}),
    defaults={"forceDestroy": False},
    computed=frozenset({"kmsKeyArn"}),
    unread=frozenset({"forceDestroy"}),
    tags=_TAGS,
)


def _find_plan(aws: Aws, props: Props) -> Live:
    answer = aws.call("backup", "GetBackupPlan", BackupPlanId=props["id"])
    return {**answer, **answer["BackupPlan"]}


def _plan_of_same_name(aws: Aws, props: Props) -> str | None:
    listed = aws.call("backup", "ListBackupPlans")["BackupPlansList"]
    return next((each["BackupPlanId"] for each in listed if each["BackupPlanName"] == props["name"]), None)


PLAN = ResourceType(
    "aws:backup/plan:Plan",
    service="backup",
    create="CreateBackupPlan",
    read=_find_plan,
    update="UpdateBackupPlan",
    delete="DeleteBackupPlan",
    keys={"BackupPlanId": "id"},
    id=("{BackupPlanId}",),
    import_id=("{id}",),
    within="BackupPlan",
    names={
        "name": "BackupPlanName",
        "arn": "BackupPlanArn",
        "version": "VersionId",
        "rules.targetVaultName": "TargetBackupVaultName",
        "rules.schedule": "ScheduleExpression",
        "rules.startWindow": "StartWindowMinutes",
        "rules.completionWindow": "CompletionWindowMinutes",
        "rules.lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
        "rules.lifecycle.deleteAfter": "DeleteAfterDays",
        "rules.copyActions.lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
        "rules.copyActions.lifecycle.deleteAfter": "DeleteAfterDays",
    },
    replaces=frozenset({"name"}),
    computed=frozenset({"rules.completionWindow", "rules.scheduleExpressionTimezone", "rules.startWindow"}),
    unordered=frozenset({"rules"}),
    changing=frozenset({"version"}),
    tags=_TAGS,
    twin=_plan_of_same_name,
)

_CONDITIONS = ("stringEquals", "stringLikes", "stringNotEquals", "stringNotLikes")

SELECTION = ResourceType(
    "aws:backup/selection:Selection",
    service="backup",
    create="CreateBackupSelection",
    read="GetBackupSelection",
    delete="DeleteBackupSelection",
    keys={"BackupPlanId": "planId", "SelectionId": "id"},
    id=("{SelectionId}", "{id}"),
    import_id=("{planId}|{id}",),
    at="BackupSelection",
    within="BackupSelection",
    names={
        "name": "SelectionName",
        "selectionTags": "ListOfTags",
        "selectionTags.type": "ConditionType",
        "selectionTags.key": "ConditionKey",
        "selectionTags.value": "ConditionValue",
        **{f"conditions.{kind}.key": "ConditionKey" for kind in _CONDITIONS},
        **{f"conditions.{kind}.value": "ConditionValue" for kind in _CONDITIONS},
        "conditions.stringLikes": "StringLike",
        "conditions.stringNotLikes": "StringNotLike",
    },
    state=lambda _aws, props, _live: {"planId": props["planId"]},
    replaces=frozenset({"conditions", "iamRoleArn", "name", "notResources", "planId", "resources", "selectionTags"}),
    computed=frozenset({"conditions", "notResources"}),
    unordered=frozenset({"notResources", "resources", "selectionTags"}),
)
