"""Event source mappings and the queues and streams that they poll."""

import json
from collections.abc import Iterator
from itertools import product

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, MalformedError, Resource
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

QUEUE, MAPPING = "aws:sqs/queue:Queue", "aws:lambda/eventSourceMapping:EventSourceMapping"
DLQ_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead"
RECEIVES = 5
"""Deliveries that a queue before a function should allow. Lambda Developer Guide, "Using Lambda with Amazon SQS"."""


def _receives(queue: Resource) -> float:
    """Read how often a queue delivers a message; without a redrive policy without end."""
    text = queue.props.text("redrivePolicy")
    if not text:
        return float("inf")
    try:
        count = float(json.loads(text)["maxReceiveCount"])
    except (ArithmeticError, KeyError, RecursionError, TypeError, ValueError):
        count = 0.0
    if not 0 < count < float("inf"):
        raise MalformedError("redrivePolicy", "JSON with a maxReceiveCount", queue.urn)
    return count


@resource_rule(
    "lambda-esm-failure-destination",
    title="Lambda event source mappings for streams have an on-failure destination",
    types=("aws:lambda/eventSourceMapping:EventSourceMapping",),
    category="resilience",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:Serverless-LambdaEventSourceMappingDestination",
        "serverless-rules:ES1001",
        "serverless-rules:aws_lambda_event_source_mapping_failure_destination",
    ),
    fix="Set destinationConfig.onFailure to {destinationArn: <queue or topic>}.",
    good=(
        Example({"eventSourceArn": DLQ_ARN}),
        Example(
            {
                "eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1",
                "destinationConfig": {"onFailure": {"destinationArn": DLQ_ARN}},
            }
        ),
        Example({"eventSourceArn": UNKNOWN}),
    ),
    bad=(
        Example(
            {"eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1"},
            finds=("destinationConfig.onFailure.destinationArn is not set",),
        ),
        Example(
            {"selfManagedEventSource": {"endpoints": {}}},
            finds=("destinationConfig.onFailure.destinationArn is not set",),
        ),
        Example(
            {"eventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"},
            finds=("destinationConfig.onFailure.destinationArn is not set",),
        ),
        Example(
            {"eventSourceArn": "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/1"},
            finds=("destinationConfig.onFailure.destinationArn is not set",),
        ),
        Example(
            {"eventSourceArn": UNKNOWN, "startingPosition": "LATEST"},
            finds=("destinationConfig.onFailure.destinationArn is not set",),
        ),
    ),
    unknown_passes_because="An eventSourceArn that is unknown counts as a stream when startingPosition is set, "
    "which only "
    "streams take.",
)
def lambda_esm_failure_destination(resource: Resource) -> Iterator[str]:
    """Records of a stream that a function cannot process are kept. For SQS its own dead-letter queue does that."""
    arn = resource.props.values.get("eventSourceArn")
    kinds = (":kinesis:", ":dynamodb:", ":kafka:")
    stream = any(kind in arn for kind in kinds) if isinstance(arn, str) else resource.props.has("startingPosition")
    stream = stream or resource.props.has("selfManagedEventSource")
    if stream and not resource.props.has("destinationConfig.onFailure.destinationArn"):
        yield "destinationConfig.onFailure.destinationArn is not set"


@stack_rule(
    "lambda-sqs-visibility-timeout",
    title="SQS queues polled by Lambda have a visibility timeout of at least six times the function timeout",
    types=(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "aws:sqs/queue:Queue",
        "aws:lambda/function:Function",
    ),
    category="resilience",
    severity="high",
    env="same",
    sources=("cdk-nag:Nag-LambdaEventSourceSQSVisibilityTimeout",),
    fix="Set visibilityTimeoutSeconds of the queue to six times the function's timeout.",
    good=(
        Example(
            {},
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({"visibilityTimeoutSeconds": 180}, type=QUEUE, name="q"),
                Example({"timeout": 30}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
        Example(
            {},
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({"visibilityTimeoutSeconds": 18}, type=QUEUE, name="q"),
                Example({}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
        Example(
            {},
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({}, type=QUEUE, name="q"),
                Example({"timeout": 5}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=(("q", "visibilityTimeoutSeconds is below 180, six times the timeout of f"),),
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({}, type=QUEUE, name="q"),
                Example({"timeout": 30}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
        Example(
            {},
            finds=(("q", "visibilityTimeoutSeconds is below 18, six times the timeout of f"),),
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({"visibilityTimeoutSeconds": 17}, type=QUEUE, name="q"),
                Example({}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
        Example(
            {},
            finds=(("q", "visibilityTimeoutSeconds is below 30.6, six times the timeout of f"),),
            depends={"eventSourceArn": ("q",), "functionName": ("f",)},
            others=(
                Example({}, type=QUEUE, name="q"),
                Example({"timeout": 5.1}, type="aws:lambda/function:Function", name="f"),
            ),
        ),
    ),
)
def lambda_sqs_visibility_timeout(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A message is not handed out again while a function still works on it.

    Source of the factor: Lambda Developer Guide, "Configuring a queue to use with Lambda". SQS hides a message for 30
    seconds, and Lambda stops after 3, unless told otherwise.
    """
    for mapping in stack.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        queues = stack.referred(mapping, "eventSourceArn", QUEUE)
        functions = stack.referred(mapping, "functionName", "aws:lambda/function:Function")
        for queue, function in product(queues, functions):
            hidden = queue.props.number("visibilityTimeoutSeconds")
            needed = 6 * (function.props.number("timeout") or 3)
            if (30 if hidden is None else hidden) < needed:
                yield queue, f"visibilityTimeoutSeconds is below {needed:g}, six times the timeout of {function.name}"


@resource_rule(
    "lambda-esm-bounded-retries",
    title="Lambda event source mappings for streams limit retries and record age and bisect failed batches",
    types=(MAPPING,),
    category="resilience",
    severity="medium",
    env="same",
    tier="extended",
    fix="Set maximumRetryAttempts and maximumRecordAgeInSeconds, and bisectBatchOnFunctionError to true.",
    good=(
        Example({"eventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:jobs"}),
        Example(
            {
                "startingPosition": "LATEST",
                "maximumRetryAttempts": 3,
                "maximumRecordAgeInSeconds": 3600,
                "bisectBatchOnFunctionError": True,
            }
        ),
    ),
    bad=(
        Example(
            {"startingPosition": "LATEST"},
            finds=(
                "maximumRetryAttempts is not set",
                "maximumRecordAgeInSeconds is not set",
                "bisectBatchOnFunctionError is not true",
            ),
        ),
        Example(
            {"startingPosition": "LATEST", "maximumRetryAttempts": 3, "bisectBatchOnFunctionError": True},
            finds=("maximumRecordAgeInSeconds is not set",),
        ),
        Example(
            {
                "startingPosition": "LATEST",
                "maximumRetryAttempts": -1,
                "maximumRecordAgeInSeconds": 3600,
                "bisectBatchOnFunctionError": True,
            },
            finds=("maximumRetryAttempts is not set",),
        ),
    ),
)
def lambda_esm_bounded_retries(resource: Resource) -> Iterator[str]:
    """A record that fails does not hold up its shard until it expires. Only streams have a startingPosition."""
    if not resource.props.has("startingPosition"):
        return
    for path in ("maximumRetryAttempts", "maximumRecordAgeInSeconds"):
        if resource.props.number(path) in {None, -1}:
            yield f"{path} is not set"
    if resource.props.flag("bisectBatchOnFunctionError") is not True:
        yield "bisectBatchOnFunctionError is not true"


@stack_rule(
    "lambda-sqs-max-receive-count",
    title="SQS queues polled by Lambda have a maxReceiveCount of at least the minimum",
    types=(MAPPING, QUEUE),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    fix="Set maxReceiveCount of the queue's redrivePolicy to 5 or more.",
    options={"minimum": Option(RECEIVES, "How often a message is handed out at least before it is a dead letter.")},
    good=(
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 5}'},
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
        Example({"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 1}'}, type=QUEUE),
        Example(
            {}, type=QUEUE, others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),)
        ),
    ),
    bad=(
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 2}'},
            finds=("maxReceiveCount is 2, below the minimum of 5: throttled deliveries count as well",),
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn"}'},
            finds=("redrivePolicy is not JSON with a maxReceiveCount",),
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
    ),
)
def lambda_sqs_max_receive_count(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A message that a throttled function did not get is not taken for a dead letter."""
    for queue in stack.of(QUEUE):
        feeds = bool(stack.referring(queue, "eventSourceArn", MAPPING))
        if feeds and (receives := _receives(queue)) < (least := stack.settings["minimum"]):
            yield (
                queue,
                f"maxReceiveCount is {receives:g}, below the minimum of {least}: throttled deliveries count as well",
            )
