"""CloudWatch's alarms.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, items, nested


def _find_alarm(aws: Aws, props: Props) -> Live | None:
    answer = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=[props["name"]], AlarmTypes=["MetricAlarm"])
    return next(iter(items(answer, "MetricAlarms")), None)


def _alarm_state(_aws: Aws, _props: Props, live: Live) -> Props:
    """The local AWS names a plain statistic beside a percentile, where AWS names the percentile alone."""
    dimensions = {each["Name"]: each["Value"] for each in items(live, "Dimensions")}
    return {"dimensions": dimensions, **({"statistic": ""} if live.get("ExtendedStatistic") else {})}


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
    state=_alarm_state,
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


def _find_composite(aws: Aws, props: Props) -> Live | None:
    answer = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=[props["alarmName"]], AlarmTypes=["CompositeAlarm"])
    return next(iter(items(answer, "CompositeAlarms")), None)


COMPOSITE_ALARM = ResourceType(
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    service="cloudwatch",
    create="PutCompositeAlarm",
    read=_find_composite,
    update="PutCompositeAlarm",
    delete=lambda aws, props: aws.call("cloudwatch", "DeleteAlarms", AlarmNames=[props["alarmName"]]),
    keys={"AlarmName": "alarmName"},
    id=("{alarmName}",),
    names={"arn": "AlarmArn", "okActions": "OKActions", "actionsSuppressor": ""},
    replaces=frozenset({"actionsEnabled", "alarmName"}),
    defaults={"actionsEnabled": True},
    absent={"alarmDescription": ""},
    unordered=frozenset({"alarmActions", "insufficientDataActions", "okActions"}),
    named="alarmName",
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)
