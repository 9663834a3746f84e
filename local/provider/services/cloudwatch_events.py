"""EventBridge's rules and their targets.

Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/.
"""

from typing import Any

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.shapes import request
from local.provider.wire import Props, items

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
