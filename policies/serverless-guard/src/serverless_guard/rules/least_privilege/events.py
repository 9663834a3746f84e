"""Events, schedules and dead letters that only their senders reach."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from serverless_guard import json_text
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, MalformedError, Resource
from serverless_guard.rules.resilience.queues import QUEUE, dead_letters
from serverless_guard.rules.rule import Example, resource_rule, stack_rule


def _pattern(text: str, urn: str) -> Mapping[str, Any]:
    try:
        pattern: object = json_text.parse(text)
    except ValueError:
        pattern = None
    if not isinstance(pattern, Mapping):
        raise MalformedError("eventPattern", "a JSON object", urn)
    return cast("Mapping[str, Any]", pattern)


def _names_sender(pattern: object) -> bool:
    """Tell whether a pattern matches the events of some senders only, in each branch of an `$or`.

    Source: Amazon EventBridge User Guide, "Creating event patterns": fields are matched by their place, and a list of
    filters matches when one of them does.
    """
    if not isinstance(pattern, Mapping):
        return False
    fields = cast("Mapping[str, object]", pattern)
    for name in ("source", "account"):
        filters = fields.get(name)
        if isinstance(filters, list) and filters and all(map(_names_some, cast("list[object]", filters))):
            return True
    branches = fields.get("$or")
    each = cast("list[object]", branches) if isinstance(branches, list) else []
    return bool(each) and all(_names_sender(one) for one in each)


def _names_some(given: object) -> bool:
    """Tell whether a filter of a field stands for some values; `anything-but` and `exists` leave all but a few."""
    if isinstance(given, Mapping):
        fields = cast("Mapping[str, object]", given)
        texts = [fields[name] for name in ("prefix", "suffix", "equals-ignore-case", "wildcard") if name in fields]
        return bool(texts) and all(_names_some(one) for one in texts)
    return isinstance(given, str) and bool(given.strip("*"))


ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
BUS = "aws:cloudwatch/eventBus:EventBus"
BUS_POLICIES = ("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "aws:cloudwatch/eventPermission:EventPermission")
REDRIVE = '{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 5}'
ALLOWED = {"redriveAllowPolicy": '{"redrivePermission": "byQueue", "sourceQueueArns": ["arn"]}'}
BY_QUEUE = {"name": "dead", **ALLOWED}


def _limited(stack: Program, queue: Resource) -> bool:
    """Tell whether a dead-letter queue says which queues may use it; an unknown policy names such a queue."""
    separate = [one.props for one in stack.referring(queue, "queueUrl", ALLOW)]
    for props in (queue.props, *separate):
        policy = props.values.get("redriveAllowPolicy")
        if not isinstance(policy, str):
            if props.has("redriveAllowPolicy"):
                return True
            continue
        try:
            if json.loads(policy)["redrivePermission"] in {"byQueue", "denyAll"}:
                return True
        except (KeyError, RecursionError, TypeError, ValueError):
            raise MalformedError("redriveAllowPolicy", "JSON with a redrivePermission", queue.urn) from None
    return False


@resource_rule(
    "eventbridge-pattern-has-source",
    title="EventBridge rules with an event pattern match on the event source or account",
    types=("aws:cloudwatch/eventRule:EventRule",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix='Add "source" or "account" to the pattern.',
    good=(
        Example({"eventPattern": '{"source": ["aws.s3"]}'}),
        Example({"scheduleExpression": "rate(1 day)"}),
        Example({"eventPattern": '{"detail-type": ["Posted"], "account": ["123456789012"]}'}),
        Example({"eventPattern": '{"\\u0073ource": ["aws.s3"]}'}),
        Example({"eventPattern": '{"source": [{"prefix": "blog."}, {"equals-ignore-case": "Blog"}]}'}),
        Example({"eventPattern": '{"$or": [{"source": ["aws.s3"]}, {"account": ["123456789012"]}]}'}),
        Example({"eventPattern": '{"source": [{"suffix": ".blog"}, {"wildcard": "blog.*"}]}'}),
    ),
    bad=(
        Example(
            {"eventPattern": '{"detail-type": ["Posted"]}'}, finds=("eventPattern names neither source nor account",)
        ),
        Example({"eventPattern": "{}"}, finds=("eventPattern names neither source nor account",)),
        *(
            Example({"eventPattern": pattern}, finds=("eventPattern names neither source nor account",))
            for pattern in (
                '{"detail": {"source": ["x"]}}',
                '{"source": [{"prefix": ""}]}',
                '{"source": ["aws.s3", {"exists": true}]}',
                '{"source": [{"anything-but": "aws.s3"}]}',
                '{"source": [{"wildcard": "*"}], "account": []}',
                '{"$or": [{"source": ["aws.s3"]}, {"detail-type": ["Posted"]}]}',
            )
        ),
        Example({"eventPattern": "[]"}, finds=("eventPattern is not a JSON object",)),
        Example({"eventPattern": '{"$or": 1, "account": 1}'}, finds=("eventPattern names neither source nor account",)),
        Example(
            {"eventPattern": '{"source": "aws.s3", "$or": ["source"]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example(
            {"eventPattern": '{"source": [{"prefix": "blog.", "suffix": ""}]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example(
            {"eventPattern": '{"source": [{"prefix": {"equals-ignore-case": ""}}, 1]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example({"eventPattern": '{"source": [1]}'}, finds=("eventPattern names neither source nor account",)),
    ),
)
def eventbridge_pattern_has_source(resource: Resource) -> Iterator[str]:
    """A rule on a bus that others write to says whose events it means."""
    text = resource.props.text("eventPattern")
    if text and not _names_sender(_pattern(text, resource.urn)):
        yield "eventPattern names neither source nor account"


@stack_rule(
    "scheduler-role-dedicated",
    title="EventBridge Scheduler schedules do not share a role with a Lambda function",
    types=(
        "aws:scheduler/schedule:Schedule",
        "aws:iam/role:Role",
    ),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Create a role for the schedule that may invoke its target, nothing else.",
    good=(
        Example(
            {}, depends={"target": ("f", "r")}, others=(Example({}, type="aws:lambda/function:Function", name="f"),)
        ),
    ),
    bad=(
        Example(
            {},
            finds=("the schedule shares its role with the function f",),
            depends={"target": ("f", "r")},
            others=(Example({}, type="aws:lambda/function:Function", name="f", depends={"role": ("r",)}),),
        ),
    ),
    unknown_passes_because="Roles are told apart by the resource that they come from.",
)
def scheduler_role_dedicated(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A schedule has a role of its own, not that of a function."""
    users: defaultdict[str, list[Resource]] = defaultdict(list)
    for function in stack.of("aws:lambda/function:Function"):
        for role in function.depends.get("role", frozenset()):
            users[role].append(function)
    for schedule in stack.of("aws:scheduler/schedule:Schedule"):
        for function in (users[role][0] for role in sorted(schedule.depends.get("target", ())) if role in users):
            yield schedule, f"the schedule shares its role with the function {function.name}"


@stack_rule(
    "sqs-dlq-redrive-allow",
    title="SQS dead-letter queues restrict which source queues can use them",
    types=(QUEUE,),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    fix='Set redriveAllowPolicy to {"redrivePermission": "byQueue", "sourceQueueArns": [...]}.',
    good=(
        Example({"redrivePolicy": REDRIVE}, others=(Example(BY_QUEUE, name="dead"),)),
        Example(
            {"redrivePolicy": REDRIVE},
            others=(
                Example({"name": "dead"}, name="dead"),
                Example(ALLOWED, type=ALLOW, name="a", depends={"queueUrl": ("dead",)}),
            ),
        ),
        Example(
            {"redrivePolicy": REDRIVE}, others=(Example({"name": "dead", "redriveAllowPolicy": UNKNOWN}, name="dead"),)
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            others=(Example({"name": "dead", "redriveAllowPolicy": '{"redrivePermission": "denyAll"}'}, name="dead"),),
        ),
    ),
    bad=(
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(
                ("dead", "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"),
            ),
            others=(Example({"name": "dead"}, name="dead"),),
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(
                ("dead", "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"),
            ),
            others=(Example({"name": "dead", "redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}, name="dead"),),
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(("dead", "redriveAllowPolicy is not JSON with a redrivePermission"),),
            others=(Example({"name": "dead", "redriveAllowPolicy": "{}"}, name="dead"),),
        ),
    ),
    unknown_passes_because="Which queue takes the dead letters is told by the dependency when the ARN is unknown.",
)
def sqs_dlq_redrive_allow(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Only the queues that are meant put their dead letters into a queue.

    Queues for what functions, topics and rules could not deliver are left alone: the policy is about queues only.
    """
    dead = dead_letters(stack)
    for queue in stack.of(QUEUE):
        if any(source.type == QUEUE for source in dead.get(queue.urn, ())) and not _limited(stack, queue):
            yield queue, "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"


@stack_rule(
    "eventbridge-custom-bus-policy",
    title="EventBridge custom event buses have a resource-based policy",
    types=(BUS, *BUS_POLICIES),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("fsbp:EventBridge.3",),
    fix="Add an aws.cloudwatch.EventBusPolicy that names who may send events.",
    good=(
        Example({}, others=(Example({}, type=BUS_POLICIES[0], name="p", depends={"eventBusName": ("subject",)}),)),
        Example({}, others=(Example({}, type=BUS_POLICIES[1], name="p", depends={"eventBusName": ("subject",)}),)),
    ),
    bad=(
        Example({}, finds=("the bus has no EventBusPolicy",)),
        Example({}, finds=("the bus has no EventBusPolicy",), others=(Example({}, type=BUS_POLICIES[0], name="p"),)),
    ),
)
def eventbridge_custom_bus_policy(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A bus says who may send events to it."""
    for bus in stack.of(BUS):
        if not stack.referring(bus, "eventBusName", *BUS_POLICIES):
            yield bus, "the bus has no EventBusPolicy"
