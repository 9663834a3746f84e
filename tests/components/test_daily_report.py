"""The daily report as declared: who calls it and when, what it may do, and where it goes when it fails."""

import json
from typing import Any

import pytest

from components.eventing.daily_report import DailyReport
from components.iam import Statement
from components.storage.bucket import Bucket
from tests.components.recording import Registration, record
from tests.components.test_contract import ARNS, DEFAULTS, DEPLOYMENT

NAME = "blog-test-daily-report"
RULE = ARNS.of("events", f"rule/{NAME}")
UNDELIVERED = "blog-test-daily-report-schedule-dead-letters"


def program() -> None:
    scan = Statement(sid="Count", actions=["dynamodb:Scan"], resources=[ARNS.of("dynamodb", "table/blog-test-table")])
    logs = Bucket("logs", deployment=DEPLOYMENT, logs=None)
    DailyReport(deployment=DEPLOYMENT, defaults=DEFAULTS, grants=[scan], logs=logs)


@pytest.fixture(scope="module")
def registered() -> list[Registration]:
    return record(program)


def inputs(registered: list[Registration], type_: str, name: str = NAME) -> dict[str, Any]:
    [found] = [entry.inputs for entry in registered if (entry.type, entry.name) == (type_, name)]
    return found


def test_the_rule_calls_the_live_function_at_eight_and_gives_up_after_six_hours(registered: list[Registration]) -> None:
    rule = inputs(registered, "aws:cloudwatch/eventRule:EventRule")
    target = inputs(registered, "aws:cloudwatch/eventTarget:EventTarget")
    assert (rule["name"], rule["scheduleExpression"]) == (NAME, "cron(0 8 * * ? *)")
    assert "eventPattern" not in rule
    assert target["retryPolicy"] == {"maximumRetryAttempts": 8, "maximumEventAgeInSeconds": 21600}
    assert target["deadLetterConfig"] == {"arn": f"arn:{UNDELIVERED}"}


def test_only_this_rule_may_call_the_function_and_only_its_alias(registered: list[Registration]) -> None:
    permission = inputs(registered, "aws:lambda/permission:Permission")
    assert (permission["principal"], permission["action"]) == ("events.amazonaws.com", "lambda:InvokeFunction")
    assert (permission["sourceArn"], permission["qualifier"]) == (RULE, "live")


def test_the_target_waits_for_the_permission(registered: list[Registration]) -> None:
    [target] = [entry for entry in registered if entry.type == "aws:cloudwatch/eventTarget:EventTarget"]
    [permission] = [entry for entry in registered if entry.type == "aws:lambda/permission:Permission"]
    assert permission.urn in target.depends_on


def test_only_this_rule_may_send_what_it_could_not_deliver(registered: list[Registration]) -> None:
    policy = json.loads(inputs(registered, "aws:sqs/queuePolicy:QueuePolicy", UNDELIVERED)["policy"])
    [allowed] = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Action"] == ["sqs:SendMessage"]
    assert allowed["Resource"] == [ARNS.of("sqs", UNDELIVERED)]
    assert allowed["Condition"] == {"ArnLike": {"aws:SourceArn": RULE}}


def test_dead_letters_are_encrypted_and_wait_two_weeks(registered: list[Registration]) -> None:
    queues = [entry.inputs for entry in registered if entry.type == "aws:sqs/queue:Queue"]
    assert sorted(queue["name"] for queue in queues) == [f"{NAME}-dead-letters", UNDELIVERED]
    assert {(queue["sqsManagedSseEnabled"], queue["messageRetentionSeconds"]) for queue in queues} == {(True, 1209600)}


def test_the_function_may_count_keep_reports_and_say_that_it_failed_and_nothing_else(
    registered: list[Registration],
) -> None:
    policy = json.loads(inputs(registered, "aws:iam/rolePolicy:RolePolicy")["policy"])
    granted = {action: statement["Resource"] for statement in policy["Statement"] for action in statement["Action"]}
    reports = [f"arn:aws:s3:::blog-test-reports-{ARNS.account}/reports/*"]
    assert granted == {
        "logs:CreateLogStream": [ARNS.of("logs", f"log-group:/aws/lambda/{NAME}:*")],
        "logs:PutLogEvents": [ARNS.of("logs", f"log-group:/aws/lambda/{NAME}:*")],
        "xray:PutTraceSegments": ["*"],
        "xray:PutTelemetryRecords": ["*"],
        "sqs:SendMessage": [ARNS.of("sqs", f"{NAME}-dead-letters")],
        "dynamodb:Scan": [ARNS.of("dynamodb", "table/blog-test-table")],
        "s3:GetObject": reports,
        "s3:PutObject": reports,
    }


def test_an_instance_is_never_kept_warm_for_a_call_a_day(registered: list[Registration]) -> None:
    assert DEFAULTS.provisioned_concurrency == 1
    assert [entry for entry in registered if "provisionedConcurrency" in entry.type] == []
