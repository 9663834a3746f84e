"""The daily report on a table and a bucket in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

import daily_report
from access_patterns import ACCESS_PATTERNS
from blog.reports.model import EventError
from tests.functions.api import TABLE, Context, Table
from tests.functions.buckets import Bucket
from tests.functions.conftest import Clock

PARTS: Any = daily_report.reports
KEY = "reports/year=2026/month=11/day=24/report.json"
NOW = 1795467600
"""2026-11-23T21:00:00Z, when the clock of the tests starts."""


@dataclass
class Ledger:
    """A relational store that remembers what was entered."""

    entries: list[tuple[date, int, int, int]] = field(default_factory=list[tuple[date, int, int, int]])

    def record(self, day: date, *, users: int, posts: int, imports: int) -> None:
        self.entries.append((day, users, posts, imports))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(daily_report.reports, "_now", clock)
    return clock


@pytest.fixture
def bucket(table: Table) -> Bucket:
    """The bucket of the reports, beside the table."""
    assert table.items() == []
    bucket = Bucket(PARTS._store._client, "blog-test-reports")
    bucket.make()
    return bucket


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    ledger = Ledger()
    monkeypatch.setattr(daily_report.reports, "_ledger", ledger)
    return ledger


def event(time: object = "2026-11-24T08:00:00Z") -> dict[str, Any]:
    """What EventBridge sends when a rule's time has come."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/blog-test-daily-report"],
        "detail": {},
    }


def report() -> dict[str, Any]:
    return daily_report.handler(event(), Context())


def put(table: Table, partition: str, sort: str, **attributes: dict[str, str]) -> None:
    table.client.put_item(TableName=TABLE, Item={"PK": {"S": partition}, "SK": {"S": sort}, **attributes})  # pyright: ignore[reportArgumentType]


def test_the_report_of_a_day_has_the_counts_of_users_posts_and_imports(table: Table, bucket: Bucket) -> None:
    put(table, "USER#ada", "PROFILE")
    put(table, "USER#bob", "PROFILE")
    put(table, "POST#1", "METADATA")
    put(table, "POST#2", "METADATA")
    put(table, "POST#3", "METADATA")
    put(table, "IMPORT#1", "IMPORT")
    returned = report()
    expected = {
        "day": "2026-11-24",
        "countedAt": "2026-11-23T21:00:00.123Z",
        "users": 2,
        "posts": 3,
        "imports": 1,
    }
    assert returned == expected
    assert bucket.keys() == [KEY]
    assert json.loads(bucket.read(KEY)) == expected


def test_what_is_deleted_expired_or_only_a_receipt_does_not_count(table: Table, bucket: Bucket) -> None:
    put(table, "USER#ada", "PROFILE", deletedAt={"S": "2026-11-23T20:00:00.000Z"})
    put(table, "POST#1", "METADATA", expiresAt={"N": str(NOW - 1)})
    put(table, "POST#2", "METADATA", expiresAt={"N": str(NOW + 60)})
    put(table, "POST#RECEIPT#3", "RECEIPT", expiresAt={"N": str(NOW + 60)})
    report()
    counted = json.loads(bucket.read(KEY))
    assert (counted["users"], counted["posts"], counted["imports"]) == (0, 1, 0)


def test_a_table_of_several_pages_is_counted_to_its_end(
    table: Table, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = PARTS._census._table.client
    for number in range(7):
        put(table, f"POST#{number}", "METADATA")
    scan = client.scan
    pages: list[int] = []

    def short_page(**asked: Any) -> Any:
        page = scan(**asked, Limit=3)
        pages.append(page["Count"])
        return page

    monkeypatch.setattr(client, "scan", short_page)
    report()
    assert pages == [3, 3, 1]
    assert json.loads(bucket.read(KEY))["posts"] == 7


def test_a_repeated_event_changes_nothing(table: Table, bucket: Bucket) -> None:
    put(table, "USER#ada", "PROFILE")
    first = report()
    put(table, "USER#bob", "PROFILE")
    again = report()
    assert again == first
    assert bucket.keys() == [KEY]
    assert json.loads(bucket.read(KEY)) == first


def test_an_event_that_arrives_after_midnight_is_still_for_its_own_day(bucket: Bucket) -> None:
    daily_report.handler(event("2026-11-23T23:59:30Z"), Context())
    assert bucket.keys() == ["reports/year=2026/month=11/day=23/report.json"]


def test_the_ledger_says_what_the_report_says_however_often_the_event_comes(
    table: Table, bucket: Bucket, ledger: Ledger
) -> None:
    put(table, "USER#ada", "PROFILE")
    report()
    put(table, "USER#bob", "PROFILE")
    report()
    assert bucket.keys() == [KEY]
    assert ledger.entries == [(date(2026, 11, 24), 1, 0, 0)] * 2


@pytest.mark.parametrize("time", [None, "", "yesterday", 1795507200])
def test_an_event_without_its_time_is_refused_with_the_field_named(bucket: Bucket, time: object) -> None:
    with pytest.raises(EventError, match=rf"time is {time!r}: give it a moment in UTC"):
        daily_report.handler(event(time), Context())
    assert bucket.keys() == []


def test_a_bucket_that_refuses_fails_the_invocation_so_that_it_is_tried_again(table: Table) -> None:
    assert table.items() == []
    with pytest.raises(ClientError, match="NoSuchBucket"):
        report()


def test_the_table_is_read_only_as_the_access_pattern_grants(table: Table, bucket: Bucket) -> None:
    put(table, "USER#ada", "PROFILE")
    asked: list[tuple[str, dict[str, Any]]] = []

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, dict(params)))

    emitter = PARTS._census._table.client.meta.events
    emitter.register("provide-client-params.dynamodb", record)
    report()
    emitter.unregister("provide-client-params.dynamodb", record)
    pattern = ACCESS_PATTERNS["daily-report"]
    [(operation, sent)] = asked
    words = sent["FilterExpression"] + sent["ProjectionExpression"]
    assert bucket.keys() == [KEY]
    assert pattern.actions == (operation,)
    assert [name for name in ("PK", "SK", "deletedAt", "expiresAt", "email", "owner") if name in words] == [
        *pattern.attributes
    ]


def test_what_was_reported_is_logged(bucket: Bucket, logs: Callable[[], list[dict[str, Any]]]) -> None:
    returned = report()
    assert bucket.keys() == [KEY]
    assert [line["report"] for line in logs() if line["message"] == "reported"] == [returned]
