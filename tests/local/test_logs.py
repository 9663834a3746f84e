"""Log lines in a terminal: in the order in which they were written, filtered, and readable."""

import json
from typing import Any

import pytest

from local import logs
from local.__main__ import main
from local.log_lines import LogFilter, LogLine, render

AT = 1795467600123
"""2026-11-23T21:00:00.123Z."""

GROUP = "/aws/lambda/blog-dev-process-job"


def line(function: str = "process-job", **members: object) -> LogLine:
    return LogLine(AT, f"/aws/lambda/blog-dev-{function}", json.dumps(members))


FAILED = line(
    level="ERROR", location="_tell:140", message="not imported", timestamp="2026-11-23T21:00:00Z", service="blog",
    correlation_id="u1", line=7, columns=["name", "email"], upload=None,
)  # fmt: skip
START = LogLine(AT, GROUP, "START RequestId: r1 Version: 3")


@pytest.mark.parametrize(
    ("wanted", "admitted"),
    [
        (LogFilter(), [True, True, True]),
        (LogFilter(function="process_job"), [True, True, False]),
        (LogFilter(function="get-user"), [False, False, True]),
        (LogFilter(id="u1"), [True, False, False]),
        (LogFilter(id="r1"), [False, True, False]),
        (LogFilter(level="WARNING"), [True, False, False]),
        (LogFilter(level="INFO"), [True, False, True]),
        (LogFilter(function="get-user", level="ERROR"), [False, False, False]),
    ],
)
def test_lines_are_filtered_by_function_id_and_level(wanted: LogFilter, admitted: list[bool]) -> None:
    other = line("get-user", level="INFO", message="answered")
    assert [wanted.admits(one) for one in (FAILED, START, other)] == admitted


def test_a_level_that_does_not_exist_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["local", "logs", "--level", "loud"])
    with pytest.raises(SystemExit):
        main()
    assert "argument --level: invalid choice: 'LOUD'" in capsys.readouterr().err


def test_a_line_says_when_who_and_what() -> None:
    assert render(FAILED, colour=False) == (
        "21:00:00.123  blog-dev-process-job            ERROR     "
        'not imported  correlation_id=u1  line=7  columns=["name", "email"]'
    )
    assert render(FAILED, colour=True) == f"\033[31m{render(FAILED, colour=False)}\033[0m"


def test_an_exception_stands_below_its_line() -> None:
    failed = line(
        level="ERROR", message="failed", exception="Traceback:\n  File\nValueError: x", exception_name="ValueError"
    )
    assert render(failed, colour=False).splitlines()[1:] == ["    Traceback:", "      File", "    ValueError: x"]


def test_platform_lines_and_metrics_are_named_as_such() -> None:
    metric = line(_aws={"CloudWatchMetrics": [{"Metrics": [{"Name": "RowsFailed"}]}]}, RowsFailed=[2.0], service="blog")
    assert render(START, colour=False).endswith("PLATFORM  START RequestId: r1 Version: 3")
    assert render(metric, colour=False).endswith("METRIC    RowsFailed=2.0")


class Client:
    """CloudWatch Logs with events that begin within one millisecond."""

    def __init__(self) -> None:
        self.messages = [
            "START RequestId: r1",
            '{"message": "b"}',
            '{"message": "a"}',
            '{"message": "a"}',
            "END RequestId: r1",
        ]
        self.events = [
            {"timestamp": AT, "logStreamName": "one", "message": f"{message}\n"} for message in self.messages
        ]

    def get_paginator(self, operation: str) -> "Client":
        self.operation = operation
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        if self.operation == "describe_log_groups":
            names = [GROUP, "/aws/lambda/blog-prod-process-job"]
            return [{"logGroups": [{"logGroupName": name}]} for name in names]
        return [{"events": self.events[:2]}, {"events": self.events[2:]}]


def test_lines_of_one_millisecond_are_shown_once_each_and_as_they_were_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter([None, KeyboardInterrupt])

    def client(*_: object, **__: object) -> Client:
        return Client()

    def sleep(_: float) -> None:
        if error := next(looks):
            raise error

    monkeypatch.setattr("boto3.Session.client", client)
    monkeypatch.setattr(logs.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        logs.follow("dev", {"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": "http://x"}, LogFilter(), raw=True)
    assert capsys.readouterr().out.splitlines() == Client().messages
