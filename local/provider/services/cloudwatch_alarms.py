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
