import io
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "TABLE_NAME": "blog-test",
    "ARCHIVE_BUCKET": "blog-test-archive",
    "REPORTS_BUCKET": "blog-test-reports",
    "UPLOADS_BUCKET": "blog-test-uploads",
    "JOBS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/blog-test-jobs",
    "POWERTOOLS_SERVICE_NAME": "blog",
    "POWERTOOLS_METRICS_NAMESPACE": "blog-test",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POST_LIFETIME_DAYS": "0",
    "CURSOR_SECRET_NAME": "blog-test-cursors",
    "PAGE_SIZE_PARAMETER": "/blog-test/page-size",
}

# The functions read their environment and build their clients when they are imported.
import create_post
import create_user
import delete_post
import delete_user
import get_post
import get_user
import list_posts
import process_job
import process_upload
import update_user
from blog.client import PATIENCE
from blog.telemetry import logger
from tests.functions.api import TABLE, Table, client_of, service_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FUNCTIONS = (create_post, create_user, delete_post, delete_user, get_post, get_user, list_posts, update_user)


class Clock:
    """The time that the functions see."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 21, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for function in FUNCTIONS:
        monkeypatch.setattr(service_of(function), "_now", clock)
    return clock


@pytest.fixture(scope="session")
def client() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=PATIENCE)  # pyright: ignore[reportUnknownMemberType]


def created_table(client: "DynamoDBClient") -> Table:
    """Make the table with its index."""
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")
        ],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return Table(client)


@pytest.fixture
def table(client: "DynamoDBClient") -> Iterator[Table]:
    with mock_aws():
        table = created_table(client)

        def record(params: dict[str, Any], model: Any, **_: Any) -> None:
            table.calls.append((model.name, params))

        imports: Any = process_upload.imports
        clients = [client_of(function) for function in FUNCTIONS]
        clients += [process_job.table.client, imports._store._table.client]
        events = [client.meta.events for client in clients]
        for emitter in events:
            emitter.register("provide-client-params.dynamodb", record)
        yield table
        for emitter in events:
            emitter.unregister("provide-client-params.dynamodb", record)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """The lines that the functions log, each as its JSON object."""
    written = io.StringIO()
    monkeypatch.setattr(logger.logger_handler, "stream", written)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]
