"""Messages and events that are not lost."""

import json
from collections import defaultdict
from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import is_set
from serverless_guard.rules.rule import Example, Rule, stack_rule

QUEUE = "aws:sqs/queue:Queue"
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
DLQ_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead"
REDRIVE = json.dumps({"deadLetterTargetArn": DLQ_ARN, "maxReceiveCount": 3})
DEAD_LETTER_PROPERTIES = ("redrivePolicy", "deadLetterConfig", "destinationConfig", "target")
DEAD = Example({"messageRetentionSeconds": 1209600, "redriveAllowPolicy": "{}"}, name="dead")
FORTNIGHT = 1209600
"""Seconds; the longest time that SQS keeps a message."""


def _redrives(resource: Resource) -> bool:
    """Tell whether a redrive policy names a queue; an unknown one does, and a malformed one is refused by SQS."""
    given = resource.props.values.get("redrivePolicy")
    try:
        empty = not given or (isinstance(given, str) and _target(resource) is None and json.loads(given) is not None)
    except ValueError:
        return True
    return not empty


def _target(resource: Resource) -> str | None:
    """Give the ARN of the queue that a queue's redrive policy names, None while it is unknown."""
    try:
        body = json.loads(resource.props.values.get("redrivePolicy"))  # pyright: ignore[reportArgumentType]
        return str(body["deadLetterTargetArn"])
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def dead_letters(stack: Program) -> dict[str, list[Resource]]:
    """Find the queues that take what others could not deliver: by URN, with the resources that send there."""
    by_mark: defaultdict[str, list[Resource]] = defaultdict(list)
    for queue in stack.of(QUEUE):
        name = queue.props.values.get("name")
        for mark in (queue.urn, f":{name}") if isinstance(name, str) else (queue.urn,):
            by_mark[mark].append(queue)
    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for source in stack.resources:
        marks = {urn for name in DEAD_LETTER_PROPERTIES for urn in source.depends.get(name, ())}
        arn = _target(source)
        marks |= {f":{arn.rpartition(':')[2]}"} if arn else set()
        queues = {queue.urn: queue for mark in marks for queue in by_mark.get(mark, ())}
        for urn, queue in queues.items():
            if queue is not source:
                found[urn].append(source)
    return found


@stack_rule(
    "sqs-dead-letter-queue",
    title="SQS queues have a dead-letter queue",
    types=("aws:sqs/queue:Queue",),
    category="resilience",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-SQS3",
        "cdk-nag:Serverless-SQSRedrivePolicy",
        "serverless-rules:ES6000",
        "serverless-rules:aws_sqs_queue_redrive_policy",
    ),
    fix="Set redrivePolicy to a dead-letter queue's ARN and a maxReceiveCount.",
    good=(
        Example({"redrivePolicy": REDRIVE}, others=(Example({"name": "dead"}, name="dead"),)),
        Example({"redrivePolicy": UNKNOWN}, depends={"redrivePolicy": ("dead",)}, others=(DEAD,)),
        Example(
            {},
            others=(
                Example(
                    {},
                    type="aws:sns/topicSubscription:TopicSubscription",
                    name="s",
                    depends={"redrivePolicy": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            others=(
                Example({}, type="aws:lambda/function:Function", name="f", depends={"deadLetterConfig": ("subject",)}),
            ),
        ),
        Example(
            {},
            others=(
                Example(
                    {},
                    type="aws:lambda/eventSourceMapping:EventSourceMapping",
                    name="m",
                    depends={"destinationConfig": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            others=(Example({}, type="aws:scheduler/schedule:Schedule", name="s", depends={"target": ("subject",)}),),
        ),
        Example(
            {"name": "jobs"},
            others=(
                Example({"redrivePolicy": REDRIVE}, type=REDRIVE_POLICY, name="r", depends={"queueUrl": ("subject",)}),
                Example({"name": "dead"}, name="dead"),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("redrivePolicy is not set, and no other queue's redrivePolicy names this one",)),
        Example(
            {"redrivePolicy": ""},
            finds=("redrivePolicy is not set, and no other queue's redrivePolicy names this one",),
        ),
        Example(
            {},
            finds=("redrivePolicy is not set, and no other queue's redrivePolicy names this one",),
            others=(Example({"redrivePolicy": "{"}, name="malformed"),),
        ),
    ),
    unknown_passes_because="A redrivePolicy that is unknown names a queue that does not exist yet.",
)
def sqs_dead_letter_queue(stack: Program) -> Iterator[tuple[Resource, str]]:
    """What cannot be processed rests in a dead-letter queue instead of going round or getting lost."""
    dead = dead_letters(stack)
    for queue in stack.of(QUEUE):
        separate = stack.referring(queue, "queueUrl", REDRIVE_POLICY)
        given = _redrives(queue) or any(_redrives(one) or one.depends.get("redrivePolicy") for one in separate)
        if not given and queue.urn not in dead:
            yield queue, "redrivePolicy is not set, and no other queue's redrivePolicy names this one"


@stack_rule(
    "sqs-dlq-retention",
    title="SQS dead-letter queues retain messages for 14 days",
    types=("aws:sqs/queue:Queue",),
    category="resilience",
    severity="medium",
    env="same",
    fix="Set messageRetentionSeconds of the dead-letter queue to 1209600 (14 days).",
    good=(Example({}, depends={"redrivePolicy": ("dead",)}, others=(DEAD,)),),
    bad=(
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(("dead", "messageRetentionSeconds is below 14 days"),),
            depends={"redrivePolicy": ("dead",)},
            others=(Example({}, name="dead"),),
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(("dead", "messageRetentionSeconds is below 14 days"),),
            depends={"redrivePolicy": ("dead",)},
            others=(Example({"messageRetentionSeconds": 1209599}, name="dead"),),
        ),
    ),
    unknown_passes_because="Which queue takes the dead letters is told by the dependency when the ARN is unknown.",
)
def sqs_dlq_retention(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Dead letters wait for two weeks, long enough to be noticed and redriven."""
    dead = dead_letters(stack)
    for queue in stack.of(QUEUE):
        if queue.urn in dead and (queue.props.number("messageRetentionSeconds") or 0) < FORTNIGHT:
            yield queue, "messageRetentionSeconds is below 14 days"


sns_subscription_dlq = Rule(
    id="sns-subscription-dlq",
    types=("aws:sns/topicSubscription:TopicSubscription",),
    category="resilience",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:Serverless-SNSRedrivePolicy",
        "serverless-rules:ES7000",
        "serverless-rules:aws_sns_topic_subscription_redrive_policy",
    ),
    title="SNS subscriptions have a dead-letter queue",
    rationale="What a subscriber does not take rests in a dead-letter queue.",
    fix="Set redrivePolicy to a dead-letter queue's ARN.",
    check=lambda resource: [] if _redrives(resource) else ["redrivePolicy is not set, or names no queue"],
    good=(Example({"redrivePolicy": REDRIVE}), Example({"redrivePolicy": UNKNOWN})),
    bad=(
        Example({}, finds=("redrivePolicy is not set, or names no queue",)),
        Example({"redrivePolicy": "{}"}, finds=("redrivePolicy is not set, or names no queue",)),
    ),
    unknown_passes_because="A redrivePolicy that is unknown names a queue that does not exist yet.",
)

eventbridge_target_dlq = Rule(
    id="eventbridge-target-dlq",
    types=("aws:cloudwatch/eventTarget:EventTarget",),
    category="resilience",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:Serverless-EventBusDLQ",
        "serverless-rules:ES4000",
        "serverless-rules:aws_cloudwatch_event_target_no_dlq",
    ),
    title="EventBridge rule targets have a dead-letter queue",
    rationale="An event that a target does not take rests in a dead-letter queue.",
    fix="Set deadLetterConfig to {arn: <queue>}.",
    check=is_set("deadLetterConfig.arn"),
    good=(Example({"deadLetterConfig": {"arn": DLQ_ARN}}),),
    bad=(Example({}, finds=("deadLetterConfig.arn is not set",)),),
    unknown_passes_because="An ARN that is unknown is that of a queue that does not exist yet.",
)

scheduler_dlq = Rule(
    id="scheduler-dlq",
    types=("aws:scheduler/schedule:Schedule",),
    category="resilience",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    title="EventBridge Scheduler schedules have a dead-letter queue",
    rationale="A scheduled call that fails rests in a dead-letter queue.",
    fix="Set target.deadLetterConfig to {arn: <queue>}.",
    check=is_set("target.deadLetterConfig.arn"),
    good=(Example({"target": {"deadLetterConfig": {"arn": DLQ_ARN}}}),),
    bad=(Example({"target": {}}, finds=("target.deadLetterConfig.arn is not set",)),),
    unknown_passes_because="An ARN that is unknown is that of a queue that does not exist yet.",
)
