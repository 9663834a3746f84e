"""CloudWatch, its logs and EventBridge, as `pulumi_aws` groups them.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/.
"""

from typing import Any

from local.provider.aws import Aws, AwsError
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.shapes import request
from local.provider.wire import Props, items, nested


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


EVENT_RULE = ResourceType(
    "aws:cloudwatch/eventRule:EventRule",
    service="events",
    create="PutRule",
    read="DescribeRule",
    update="PutRule",
    delete="DeleteRule",
    keys={"Name": "name", "EventBusName": "eventBusName"},
    import_id=("{eventBusName}/{name}", "{name}"),
    replaces=frozenset({"eventBusName", "name", "namePrefix"}),
    defaults={"eventBusName": "default", "forceDestroy": False, "state": "ENABLED"},
    absent={"description": ""},
    unread=frozenset({"forceDestroy", "isEnabled", "namePrefix"}),
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)


def _find_target(aws: Aws, props: Props) -> Live | None:
    try:
        targets = aws.call("events", "ListTargetsByRule", Rule=props["rule"], EventBusName=props["eventBusName"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    return next((target for target in items(targets, "Targets") if target["Id"] == props["targetId"]), None)


def _write_target(aws: Aws, props: Props) -> Live:
    shape: Any = aws.operation("events", "PutTargets").input_shape
    target = {
        "Id": props["targetId"],
        **request(shape.members["Targets"].member, {**props, "id": None}, EVENT_TARGET.names),
    }
    answer = aws.call("events", "PutTargets", Rule=props["rule"], EventBusName=props["eventBusName"], Targets=[target])
    for failed in items(answer, "FailedEntries"):
        raise AwsError("events", "PutTargets", failed["ErrorCode"], failed["ErrorMessage"])
    return {}


def _remove_target(aws: Aws, props: Props) -> None:
    bus, ids = props["eventBusName"], [props["targetId"]]
    aws.call("events", "RemoveTargets", Rule=props["rule"], EventBusName=bus, Ids=ids)


EVENT_TARGET = ResourceType(
    "aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    create=_write_target,
    read=_find_target,
    update=_write_target,
    delete=_remove_target,
    keys={"Rule": "rule", "EventBusName": "eventBusName", "Id": "targetId"},
    id=("{rule}-{targetId}",),
    import_id=("{eventBusName}/{rule}/{targetId}",),
    names={
        "targetId": "Id",
        "inputTransformer.inputPaths": "InputPathsMap",
        "ecsTarget": "EcsParameters",
        "kinesisTarget": "KinesisParameters",
        "sqsTarget": "SqsParameters",
    },
    state=lambda _aws, props, _live: {"rule": props["rule"], "eventBusName": props["eventBusName"]},
    replaces=frozenset({"eventBusName", "rule", "targetId"}),
    defaults={"eventBusName": "default", "forceDestroy": False},
    unread=frozenset({"forceDestroy"}),
    named="targetId",
)


def _find_alarm(aws: Aws, props: Props) -> Live | None:
    answer = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=[props["name"]], AlarmTypes=["MetricAlarm"])
    return next(iter(items(answer, "MetricAlarms")), None)


METRIC_ALARM = ResourceType(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create="PutMetricAlarm",
    read=_find_alarm,
    update="PutMetricAlarm",
    delete=lambda aws, props: aws.call("cloudwatch", "DeleteAlarms", AlarmNames=[props["name"]]),
    keys={"AlarmName": "name"},
    names={
        "name": "AlarmName",
        "arn": "AlarmArn",
        "okActions": "OKActions",
        "metricQueries": "Metrics",
        "metricQueries.metric": "MetricStat",
        "dimensions": "",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    },
    state=lambda _aws, _props, live: {
        "dimensions": {each["Name"]: each["Value"] for each in items(live, "Dimensions")},
    },
    request=lambda props: {
        "Dimensions": [{"Name": name, "Value": value} for name, value in nested(props, "dimensions").items()],
    },
    replaces=frozenset({"name"}),
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    absent={"alarmDescription": ""},
    computed=frozenset({"evaluateLowSampleCountPercentiles", "evaluationInterval"}),
    unordered=frozenset({"alarmActions", "insufficientDataActions", "okActions"}),
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)
