"""CloudWatch's log groups.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/.
"""

from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props


def _find_log_group(aws: Aws, props: Props) -> Live | None:
    groups = aws.call("logs", "DescribeLogGroups", logGroupNamePrefix=props["name"])["logGroups"]
    return next((group for group in groups if group["logGroupName"] == props["name"]), None)


def _write_retention(aws: Aws, props: Props) -> None:
    if props.get("retentionInDays"):
        days = props["retentionInDays"]
        aws.call("logs", "PutRetentionPolicy", logGroupName=props["name"], retentionInDays=days)
    else:
        aws.call("logs", "DeleteRetentionPolicy", logGroupName=props["name"])


def _write_key(aws: Aws, props: Props) -> None:
    if props.get("kmsKeyId"):
        aws.call("logs", "AssociateKmsKey", logGroupName=props["name"], kmsKeyId=props["kmsKeyId"])
    else:
        aws.call("logs", "DisassociateKmsKey", logGroupName=props["name"])


def _write_protection(aws: Aws, props: Props) -> None:
    aws.call(
        "logs",
        "PutLogGroupDeletionProtection",
        logGroupIdentifier=props["name"],
        deletionProtectionEnabled=bool(props.get("deletionProtectionEnabled")),
    )


LOG_GROUP = ResourceType(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create="CreateLogGroup",
    read=_find_log_group,
    delete="DeleteLogGroup",
    keys={"logGroupName": "name"},
    names={"name": "logGroupName"},
    state=lambda _aws, _props, live: {
        "arn": live["arn"].removesuffix(":*"),
        "retentionInDays": live.get("retentionInDays", 0),
        "kmsKeyId": live.get("kmsKeyId", ""),
        "deletionProtectionEnabled": bool(live.get("deletionProtectionEnabled")),
        "logGroupClass": live.get("logGroupClass", "STANDARD"),
    },
    replaces=frozenset({"name", "logGroupClass", "namePrefix"}),
    defaults={"retentionInDays": 0, "skipDestroy": False},
    computed=frozenset({"logGroupClass", "deletionProtectionEnabled"}),
    unread=frozenset({"deletionProtectionEnabled", "kmsKeyId", "namePrefix", "skipDestroy"}),
    facets=(
        Facet(inputs=frozenset({"retentionInDays"}), write=_write_retention),
        Facet(inputs=frozenset({"kmsKeyId"}), write=_write_key, created=True),
        Facet(inputs=frozenset({"deletionProtectionEnabled"}), write=_write_protection, created=True),
    ),
    tags=Tags(on={"resourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)
