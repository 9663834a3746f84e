"""Who may call Lambda's functions, how they are called, and what is kept warm for it.

Sources: https://docs.aws.amazon.com/lambda/latest/api/ and https://www.pulumi.com/registry/packages/aws/api-docs/lambda/.
"""

import json

from local.provider.aws import Aws, AwsError
from local.provider.interface import ProviderError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, nested


def _find_permission(aws: Aws, props: Props) -> Live | None:
    """The statement of a function's policy, or of its alias's or version's."""
    qualifier = {"Qualifier": props["qualifier"]} if props.get("qualifier") else {}
    try:
        policy = json.loads(aws.call("lambda", "GetPolicy", FunctionName=props["function"], **qualifier)["Policy"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    return next((s for s in policy["Statement"] if s["Sid"] == props["statementId"]), None)


def _permission_state(_aws: Aws, props: Props, live: Live) -> Props:
    principal = live["Principal"]
    conditions = {
        key.lower(): value for operands in nested(live, "Condition").values() for key, value in operands.items()
    }
    return {
        "statementId": live["Sid"],
        "action": live["Action"],
        "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
        "function": props["function"],
        "qualifier": props.get("qualifier", ""),
        "sourceArn": conditions.get("aws:sourcearn", ""),
        "sourceAccount": conditions.get("aws:sourceaccount", ""),
        "principalOrgId": conditions.get("aws:principalorgid", ""),
        "functionUrlAuthType": conditions.get("lambda:functionurlauthtype", ""),
        "eventSourceToken": conditions.get("lambda:eventsourcetoken", ""),
    }


PERMISSION = ResourceType(
    "aws:lambda/permission:Permission",
    service="lambda",
    create="AddPermission",
    read=_find_permission,
    delete="RemovePermission",
    keys={"FunctionName": "function", "StatementId": "statementId", "Qualifier": "qualifier"},
    id=("{statementId}",),
    import_id=("{function}:{qualifier}/{statementId}", "{function}/{statementId}"),
    names={"function": "FunctionName"},
    state=_permission_state,
    replaces=frozenset(
        {"action", "eventSourceToken", "function", "functionUrlAuthType", "invokedViaFunctionUrl", "principal",
         "principalOrgId", "qualifier", "sourceAccount", "sourceArn", "statementId", "statementIdPrefix"}
    ),
    unread=frozenset({"statementIdPrefix"}),
    named="statementId",
)  # fmt: skip

FUNCTION_EVENT_INVOKE_CONFIG = ResourceType(
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    service="lambda",
    create="PutFunctionEventInvokeConfig",
    read="GetFunctionEventInvokeConfig",
    update="PutFunctionEventInvokeConfig",
    delete="DeleteFunctionEventInvokeConfig",
    keys={"FunctionName": "functionName", "Qualifier": "qualifier"},
    id=("{functionName}:{qualifier}", "{functionName}"),
    state=lambda _aws, props, _live: {"functionName": props["functionName"], "qualifier": props.get("qualifier", "")},
    replaces=frozenset({"functionName", "qualifier"}),
    defaults={"maximumRetryAttempts": 2},
    absent={"destinationConfig": {}, "maximumEventAgeInSeconds": 21600},
    named="",
)

PROVISIONED_CONCURRENCY_CONFIG = ResourceType(
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
    service="lambda",
    create="PutProvisionedConcurrencyConfig",
    read="GetProvisionedConcurrencyConfig",
    update="PutProvisionedConcurrencyConfig",
    delete="DeleteProvisionedConcurrencyConfig",
    keys={"FunctionName": "functionName", "Qualifier": "qualifier"},
    id=("{functionName},{qualifier}",),
    names={"provisionedConcurrentExecutions": "ProvisionedConcurrentExecutions"},
    state=lambda _aws, props, live: {
        "functionName": props["functionName"],
        "qualifier": props["qualifier"],
        "provisionedConcurrentExecutions": live["RequestedProvisionedConcurrentExecutions"],
    },
    replaces=frozenset({"functionName", "qualifier"}),
    defaults={"skipDestroy": False},
    unread=frozenset({"skipDestroy"}),
    named="",
    ready=lambda live: live.get("Status") == "READY",
)


def _mapping_of_same_source(aws: Aws, props: Props) -> str | None:
    """A function has one mapping a source; it may be given by its name or its ARN."""
    listed = aws.call(
        "lambda",
        "ListEventSourceMappings",
        FunctionName=props["functionName"],
        EventSourceArn=props["eventSourceArn"],
    )["EventSourceMappings"]
    return next((mapping["UUID"] for mapping in listed), None)


EVENT_SOURCE_MAPPING = ResourceType(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    service="lambda",
    create="CreateEventSourceMapping",
    read="GetEventSourceMapping",
    update="UpdateEventSourceMapping",
    delete="DeleteEventSourceMapping",
    keys={"UUID": "id"},
    id=("{UUID}",),
    import_id=("{id}",),
    names={
        "arn": "EventSourceMappingArn",
        "destinationConfig.onFailure.destinationArn": "Destination",
    },
    state=lambda aws, props, live: {
        "arn": live.get("EventSourceMappingArn") or aws.arn("lambda", f"event-source-mapping:{live['UUID']}"),
        "functionName": props.get("functionName") or live["FunctionArn"].split(":function:")[1],
        "enabled": live["State"] in ("Enabled", "Enabling", "Creating", "Updating"),
    },
    replaces=frozenset(
        {"eventSourceArn", "kmsKeyArn", "queues", "selfManagedEventSource", "startingPosition",
         "startingPositionTimestamp", "topics"}
    ),
    defaults={"enabled": True},
    absent={"destinationConfig": {}, "filterCriteria": {"filters": []}, "functionResponseTypes": []},
    computed=frozenset(
        {"batchSize", "maximumBatchingWindowInSeconds", "maximumRecordAgeInSeconds", "maximumRetryAttempts",
         "parallelizationFactor"}
    ),
    unordered=frozenset({"filterCriteria.filters", "functionResponseTypes"}),
    unread=frozenset({"startingPosition", "startingPositionTimestamp", "useResourceTimeoutForPropagation"}),
    changing=frozenset({"lastModified", "lastProcessingResult", "state", "stateTransitionReason"}),
    named="",
    tags=Tags(on={"Resource": "arn"}, write="TagResource", remove="UntagResource", read="ListTags"),
    twin=_mapping_of_same_source,
)  # fmt: skip


def _invoke(aws: Aws, props: Props) -> Live:
    """Call a function and wait for its answer.

    Raises:
        ProviderError: The function fails. What it answers may hold anything, so only the kind of the error is repeated.
    """
    qualifier = {"Qualifier": props["qualifier"]} if props.get("qualifier") else {}
    answer = aws.call(
        "lambda", "Invoke", FunctionName=props["functionName"], Payload=props["input"].encode(), **qualifier
    )
    if answer.get("FunctionError"):
        kind = json.loads(answer["Payload"].read()).get("errorType", "an error")
        raise ProviderError(f"lambda Invoke: {props['functionName']} fails with {kind}; its log says why")
    return {}


INVOCATION = ResourceType(
    "aws:lambda/invocation:Invocation",
    service="lambda",
    create=_invoke,
    read=lambda _aws, _props: {},  # An invocation is over when it was made: nothing is left to look at.
    keys={"FunctionName": "functionName"},
    id=("{functionName}/{qualifier}", "{functionName}"),
    replaces=frozenset({"functionName", "input", "qualifier", "tenantId", "triggers"}),
    defaults={"lifecycleScope": "CREATE_ONLY", "terraformKey": "tf"},
    unread=frozenset({"functionName", "input", "lifecycleScope", "qualifier", "tenantId", "terraformKey", "triggers"}),
    named="",
)
