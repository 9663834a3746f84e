import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import Stubber

import create_user
import get_user
from tests.functions.api import Received, Table, call, client_of, event

type Logs = Callable[[], list[dict[str, Any]]]

GET = event("GET /users/{userId}", path={"userId": "ada"})
BODY = {"userId": "ada", "name": "Ada", "email": "ada@example.com"}


def test_a_fault_shows_nothing_of_its_cause(table: Table, logs: Logs, capsys: pytest.CaptureFixture[str]) -> None:
    with Stubber(client_of(get_user)) as stub:
        stub.add_client_error("get_item", "AccessDeniedException", "arn:aws:iam::123456789012:role/x may not")
        answer = call(get_user, GET)
    assert answer == Received(
        500,
        {"content-type": "application/problem+json", "cache-control": "no-store", "x-request-id": "request-1"},
        {
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "code": "internal",
            "detail": "the request failed on our side: tell us its requestId",
            "requestId": "request-1",
        },
    )
    assert table.items() == []
    failed, answered = logs()
    assert (failed["level"], failed["correlation_id"]) == ("ERROR", "request-1")
    assert "AccessDeniedException" in failed["exception"]
    assert (answered["status"], answered["correlation_id"]) == (500, "request-1")
    assert counted(capsys) == [("blog-test", "Fault", "blog")]


def test_each_request_leaves_one_line_with_its_ids_and_nothing_personal(table: Table, logs: Logs) -> None:
    call(create_user, event("POST /users", body=json.dumps(BODY), caller="sub-ada"))
    call(get_user, event("GET /users/{userId}", path={"userId": "nobody"}))
    lines = [{name: line.get(name) for name in ("level", "message", "route", "status", "code")} for line in logs()]
    assert lines == [
        {"level": "INFO", "message": "answered", "route": "POST /users", "status": 201, "code": None},
        {"level": "INFO", "message": "answered", "route": "GET /users/{userId}", "status": 404, "code": "not-found"},
    ]
    assert {line["correlation_id"] for line in logs()} == {"request-1"}
    assert {line["function_request_id"] for line in logs()} == {"function-request-1"}
    assert not [line for line in logs() if "sub-ada" in json.dumps(line) or "example.com" in json.dumps(line)]
    assert len(table.items()) == 1


def test_a_write_is_counted_once_and_a_repeated_or_refused_one_not(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    post = event("POST /users", body=json.dumps(BODY), caller="sub-ada", headers={"idempotency-key": "key-1"})
    assert [call(create_user, post).status for _ in range(2)] == [201, 201]
    assert call(create_user, event("POST /users", body=json.dumps(BODY), caller="sub-eve")).status == 409
    assert counted(capsys) == [("blog-test", "UserCreated", "blog")]
    assert len(table.items()) == 2


def counted(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    """Namespace, name and service of the metrics in the output (CloudWatch embedded metric format)."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"CloudWatchMetrics"' in line]
    return [
        (found["Namespace"], metric["Name"], line["service"])
        for line in lines
        for found in line["_aws"]["CloudWatchMetrics"]
        for metric in found["Metrics"]
    ]
