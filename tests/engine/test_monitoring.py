"""Alarms on the deployed stack: one that a failing function raises, and the message that the topic sends of it."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engine.workspace import Workspace
from tests.local.world import policy

SECONDS = 20
"""How long the local AWS may take for what it does in the background."""

BY_TOPICS = {"Principal": {"Service": "sns.amazonaws.com"}}


@pytest.fixture
def inbox(options: Workspace) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Reads what the topic of the alarms has sent to a queue that listens to it, so far."""
    sqs, sns = options.client("options", "sqs"), options.client("options", "sns")
    arn = "arn:aws:sqs:us-east-1:111122223333:inbox"
    url = sqs.create_queue(QueueName="inbox", Attributes={"Policy": policy("sqs:SendMessage", arn, **BY_TOPICS)})[
        "QueueUrl"
    ]
    topic = next(
        one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("blog-options-alerts")
    )
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    received: list[dict[str, Any]] = []

    def read() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        received.extend(json.loads(json.loads(message["Body"])["Message"]) for message in messages)
        return received

    yield read
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)


def test_a_function_that_breaks_off_raises_one_alarm_which_the_topic_tells(
    options: Workspace, inbox: Callable[[], list[dict[str, Any]]]
) -> None:
    functions, watch = options.client("options", "lambda"), options.client("options", "cloudwatch")
    broken = functions.invoke(FunctionName="blog-options-get-user", Qualifier="live", Payload=b'{"no": "request"}')
    # CloudWatch looks at its alarms each minute; the local one when a number is put.
    watch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "Tick", "Value": 1}])
    told = _until(lambda: [one["NewStateValue"] for one in inbox() if one["AlarmName"] == "blog-options-api"])
    assert broken["FunctionError"] == "Unhandled"
    assert told == ["ALARM"]
    assert "blog-options-get-user-errors" not in [one["AlarmName"] for one in inbox()]
    raised = watch.describe_alarms(StateValue="ALARM", AlarmTypes=["CompositeAlarm", "MetricAlarm"])
    assert "blog-options-get-user-errors" in [one["AlarmName"] for one in raised["MetricAlarms"]]


def test_an_alarm_of_its_own_is_told_when_it_begins_and_when_it_ends(
    options: Workspace, inbox: Callable[[], list[dict[str, Any]]]
) -> None:
    watch = options.client("options", "cloudwatch")
    for state in ("ALARM", "OK"):
        watch.set_alarm_state(AlarmName="blog-options-table-read-throttles", StateValue=state, StateReason="a test")
    told = _until(lambda: [one["NewStateValue"] for one in inbox() if "table" in one["AlarmName"]], at_least=2)
    assert told == ["ALARM", "OK"]


def test_the_dashboard_begins_with_what_users_notice(options: Workspace) -> None:
    shown = json.loads(
        options.client("options", "cloudwatch").get_dashboard(DashboardName="blog-options")["DashboardBody"]
    )
    headings = [each["properties"]["markdown"] for each in shown["widgets"] if each["type"] == "text"]
    assert headings == ["## What users notice", "## Details"]
    assert len(shown["widgets"]) == 24


def _until(look: Callable[[], list[str]], *, at_least: int = 1) -> list[str]:
    """What is seen once there is enough of it, or when time is up."""
    deadline = time.monotonic() + SECONDS
    while len(seen := look()) < at_least and time.monotonic() < deadline:
        pass
    return seen
