"""The archive on the real engine: a post that TTL removes is found by the named query, and nothing else is."""

import gzip
import json
import threading
import time
from typing import Any

import pytest

from local import query
from tests.engine.workspace import Workspace

PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

TABLE = "blog-dev-table"
PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Workspace:
    """The workspace with the stack dev deployed."""
    workspace.up("dev")
    return workspace


@pytest.fixture
def outputs(dev: Workspace, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the stack exports, in the environment that `make query` gives."""
    for name, value in dev.environment("dev").items():
        monkeypatch.setenv(name, value)
    return dev.session("dev").outputs()


def put(dev: Workspace, post_id: str, *, written: str, expires_at: int) -> dict[str, Any]:
    """Put a post into the table; return its key."""
    key = {"PK": {"S": f"POST#{post_id}"}, "SK": {"S": "METADATA"}}
    item = {
        **key,
        "postId": {"S": post_id},
        "title": {"S": f"On {post_id}"},
        "createdAt": {"S": written},
        "expiresAt": {"N": str(expires_at)},
    }
    dev.client("dev", "dynamodb").put_item(TableName=TABLE, Item=item)
    return key


def archived(dev: Workspace, bucket: str, wanted: int) -> list[dict[str, Any]]:
    """What the archive holds, once it holds as many posts as wanted; it is filled in the background."""
    s3 = dev.client("dev", "s3")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix="posts/").get("Contents", [])]
        texts = [gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode() for key in keys]
        posts = [json.loads(line) for text in texts for line in text.splitlines()]
        if len(posts) >= wanted or time.monotonic() > deadline:
            return posts
        PAUSE.wait(0.5)


def test_what_ttl_removes_is_archived_and_queried_and_what_people_delete_is_not(
    dev: Workspace, outputs: dict[str, str]
) -> None:
    now = int(time.time())
    deleted = put(dev, "deleted", written="2026-03-01T00:00:00.000Z", expires_at=now + 3600)
    dev.client("dev", "dynamodb").delete_item(TableName=TABLE, Key=deleted)
    receipt = {"PK": {"S": "POST#RECEIPT#1"}, "SK": {"S": "RECEIPT"}, "expiresAt": {"N": str(now - 60)}}
    dev.client("dev", "dynamodb").put_item(TableName=TABLE, Item=receipt)
    put(dev, "one", written="2026-03-31T23:59:59.999Z", expires_at=now - 60)
    put(dev, "two", written="2026-03-01T00:00:00.000Z", expires_at=now - 60)
    put(dev, "three", written="2025-12-31T23:59:59.999Z", expires_at=now - 60)

    posts = archived(dev, outputs["archiveBucket"], wanted=3)

    assert sorted(post["postId"] for post in posts) == ["one", "three", "two"]
    assert {post["title"] for post in posts} == {"On one", "On two", "On three"}
    assert query.run(outputs["archiveWorkgroup"], "posts-per-month") == [
        ["year", "month", "posts"],
        ["2025", "12", "1"],
        ["2026", "3", "2"],
    ]


def test_a_query_that_is_not_there_is_refused_with_those_that_are(outputs: dict[str, str]) -> None:
    with pytest.raises(query.QueryError, match="has no query 'posts-per-year'; it has posts-per-month"):
        query.run(outputs["archiveWorkgroup"], "posts-per-year")


def test_results_go_where_the_workgroup_says_encrypted_and_no_further_than_its_limit(
    dev: Workspace, outputs: dict[str, str]
) -> None:
    workgroup = dev.client("dev", "athena").get_work_group(WorkGroup=outputs["archiveWorkgroup"])["WorkGroup"]
    configuration = workgroup["Configuration"]
    result = configuration["ResultConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 1024 * 1024 * 1024
    assert result["OutputLocation"] == f"s3://{outputs['archiveBucket']}/results/"
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
