"""The daily report on the real engine: its schedule may call it and does, and a day has one report."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.engine.workspace import Workspace

PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

RULE, FUNCTION = "blog-dev-daily-report", "blog-dev-daily-report"
SCHEDULE_SECONDS = 120


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Workspace:
    """The workspace with the stack dev deployed."""
    workspace.up("dev")
    return workspace


def bucket(dev: Workspace) -> str:
    return dev.session("dev").outputs()["reportsBucket"]


def keys(dev: Workspace) -> list[str]:
    listed = dev.client("dev", "s3").list_objects_v2(Bucket=bucket(dev))
    return [entry["Key"] for entry in listed.get("Contents", [])]


def key(day: datetime) -> str:
    return f"reports/year={day:%Y}/month={day:%m}/day={day:%d}/report.json"


def report(dev: Workspace, day: datetime) -> dict[str, Any]:
    return json.loads(dev.client("dev", "s3").get_object(Bucket=bucket(dev), Key=key(day))["Body"].read())


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        PAUSE.wait(0.5)
    return True


def put_user(dev: Workspace, name: str) -> None:
    item = {"PK": {"S": f"USER#{name}"}, "SK": {"S": "PROFILE"}}
    dev.client("dev", "dynamodb").put_item(TableName="blog-dev-table", Item=item)


def test_only_the_rule_may_call_the_function_and_it_calls_what_is_live(dev: Workspace) -> None:
    rule = dev.client("dev", "events").describe_rule(Name=RULE)
    [target] = dev.client("dev", "events").list_targets_by_rule(Rule=RULE)["Targets"]
    policy = json.loads(dev.client("dev", "lambda").get_policy(FunctionName=FUNCTION, Qualifier="live")["Policy"])
    [statement] = policy["Statement"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(0 8 * * ? *)", "ENABLED")
    assert target["Arn"].endswith(f":function:{FUNCTION}:live")
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 8, "MaximumEventAgeInSeconds": 21600}
    assert target["DeadLetterConfig"]["Arn"].endswith(":blog-dev-daily-report-schedule-dead-letters")
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "lambda:InvokeFunction"
    assert list(statement["Condition"].values()) == [{"AWS:SourceArn": rule["Arn"]}]


def test_a_repeated_event_leaves_the_first_report_of_its_day(dev: Workspace) -> None:
    day = datetime(2026, 1, 2, 8, tzinfo=UTC)
    event = json.dumps({"source": "aws.events", "time": day.isoformat()})
    call = dev.client("dev", "lambda").invoke

    def invoke() -> dict[str, Any]:
        answer = call(FunctionName=FUNCTION, Qualifier="live", Payload=event)
        written = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, written
        return written

    put_user(dev, "first")
    first = invoke()
    put_user(dev, "second")
    again = invoke()
    assert first["users"] >= 1
    assert again == first == report(dev, day)


def test_an_event_that_failed_for_the_last_time_is_kept(dev: Workspace) -> None:
    lambda_ = dev.client("dev", "lambda")
    config = lambda_.get_function_event_invoke_config(FunctionName=FUNCTION, Qualifier="live")
    destination = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination.endswith(":blog-dev-daily-report-dead-letters")


def test_when_its_time_has_come_the_schedule_makes_the_report_of_today(dev: Workspace) -> None:
    events = dev.client("dev", "events")
    days = {key(datetime.now(UTC))}
    events.put_rule(Name=RULE, ScheduleExpression="rate(1 minute)")
    try:
        made = until(lambda: bool({*keys(dev)} & (days | {key(datetime.now(UTC))})), SCHEDULE_SECONDS)
    finally:
        events.put_rule(Name=RULE, ScheduleExpression="cron(0 8 * * ? *)")
    assert made, keys(dev)
