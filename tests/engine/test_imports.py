"""Imports on the real engine: each row of a csv is written once, and what cannot be rests where it is seen."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.engine.workspace import Workspace

PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

TABLE, JOBS, UPLOAD = "blog-dev-table", "blog-dev-jobs", "blog-dev-process-upload"
PATIENCE_SECONDS = 180
USERS, POSTS = "userId,name,email,owner", "author,title,text,createdAt"


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Iterator[Workspace]:
    """The workspace with the stack dev deployed, where what failed comes again after ten seconds instead of 300."""
    workspace.up("dev")
    attributes = {"QueueUrl": queue(workspace, JOBS), "Attributes": {"VisibilityTimeout": "10"}}
    workspace.client("dev", "sqs").set_queue_attributes(**attributes)
    yield workspace
    workspace.client("dev", "sqs").set_queue_attributes(**attributes | {"Attributes": {"VisibilityTimeout": "300"}})


def queue(dev: Workspace, name: str) -> str:
    return dev.client("dev", "sqs").get_queue_url(QueueName=name)["QueueUrl"]


def upload(dev: Workspace, key: str, *lines: str) -> None:
    bucket = dev.session("dev").outputs()["uploadsBucket"]
    dev.client("dev", "s3").put_object(Bucket=bucket, Key=key, Body="\n".join(lines).encode())


def users(prefix: str, many: int) -> list[str]:
    return [f"{prefix}-{number},User {number},{prefix}-{number}@example.com,sub-{number}" for number in range(many)]


def items(dev: Workspace, sort_key: str, prefix: str = "") -> list[dict[str, Any]]:
    """The items of a kind whose partition key begins so."""
    pages = dev.client("dev", "dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
    return [
        {name: next(iter(value.values())) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
        if item["SK"]["S"] == sort_key and item["PK"]["S"].startswith(prefix)
    ]


def until[Found](look: Callable[[], Found], good: Callable[[Found], bool]) -> Found:
    """What is there once it is good, or when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not good(found := look()) and time.monotonic() < deadline:
        PAUSE.wait(0.5)
    return found


def letters(dev: Workspace, name: str, wanted: int) -> list[dict[str, Any]]:
    """Take out of a dead-letter queue what rests there, once it is as much as wanted."""
    sqs, url = dev.client("dev", "sqs"), queue(dev, name)
    found: list[dict[str, Any]] = []

    def take() -> int:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found)

    until(take, lambda many: many >= wanted)
    return found


def waiting(dev: Workspace) -> int:
    """How many rows are in the queue, handed out or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = dev.client("dev", "sqs").get_queue_attributes(QueueUrl=queue(dev, JOBS), AttributeNames=names)
    return sum(int(found["Attributes"][name]) for name in names)


def handles(found: Sequence[dict[str, Any]]) -> list[str]:
    return sorted(item["userId"] for item in found)


def results(dev: Workspace, key: str, many: int) -> dict[str, list[Any]]:
    """What lies beside an upload, by the last part of its key, once there is as much as wanted."""
    s3, bucket = dev.client("dev", "s3"), dev.session("dev").outputs()["uploadsBucket"]

    def listed() -> list[str]:
        found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{key}.result/").get("Contents", [])
        return [entry["Key"] for entry in found]

    names = until(listed, lambda found: len(found) >= many)
    bodies = {name: s3.get_object(Bucket=bucket, Key=name)["Body"].read().decode() for name in names}
    return {name.rpartition("/")[2]: [json.loads(line) for line in body.splitlines()] for name, body in bodies.items()}


def test_every_good_row_is_written_once_and_every_other_is_refused_in_the_result(dev: Workspace) -> None:
    good = users("good", 120)
    broken = ["Upper,U,u@example.com,sub-u", "short,row", "nomail,N,n,sub-n"]
    upload(dev, "some.csv", USERS, *good[:60], *broken, *good[60:], *good[:30])

    result = results(dev, "some.csv", many=2)
    found = until(lambda: items(dev, "PROFILE", "USER#good-"), lambda found: len(found) == 120)

    assert handles(found) == sorted(line.partition(",")[0] for line in good)
    assert {item["version"] for item in found} == {"1"}
    assert sorted(result) == ["refused-000000002.jsonl", "result.json"]
    refused = {one["line"]: one["reason"] for one in result["refused-000000002.jsonl"]}
    assert sorted(refused) == [62, 63, 64]
    assert refused[63] == "it has 2 columns, not 4"
    assert [(one["sent"], one["refused"]) for one in result["result.json"]] == [(150, 3)]
    assert until(lambda: waiting(dev), lambda many: many == 0) == 0


def test_posts_wait_for_their_author_and_come_when_it_is_there(dev: Workspace) -> None:
    rows = [f'late,On {number},"Some, ""text""\nin lines",2026-03-0{number}T00:00:00Z' for number in range(1, 4)]
    upload(dev, "posts.csv", POSTS, *rows)
    [first, *others] = letters(dev, f"{JOBS}-dead-letters", wanted=3)
    assert [post for post in items(dev, "METADATA") if post["owner"] == "sub-late"] == []
    upload(dev, "author.csv", USERS, "late,Late,late@example.com,sub-late")
    until(lambda: items(dev, "PROFILE", "USER#late"), lambda found: len(found) == 1)
    for letter in (first, first, *others):
        dev.client("dev", "sqs").send_message(QueueUrl=queue(dev, JOBS), MessageBody=json.dumps(letter))
    posts = until(
        lambda: [post for post in items(dev, "METADATA") if post["owner"] == "sub-late"], lambda found: len(found) == 3
    )
    assert until(lambda: waiting(dev), lambda many: many == 0) == 0
    assert sorted((post["title"], post["owner"], post["text"]) for post in posts) == [
        (f"On {number}", "sub-late", 'Some, "text"\nin lines') for number in range(1, 4)
    ]


def test_an_event_that_s3_delivers_again_changes_nothing(dev: Workspace) -> None:
    upload(dev, "again.csv", USERS, *users("again", 5))
    until(lambda: items(dev, "PROFILE", "USER#again-"), lambda found: len(found) == 5)
    [imported] = [item for item in items(dev, "IMPORT") if item["key"] == "again.csv"]
    before = [items(dev, kind) for kind in ("IMPORT", "PROGRESS", "PROFILE")]
    file = {"key": "again.csv", "versionId": imported["version"], "size": 1}
    event = {"Records": [{"s3": {"object": file}}]}
    answer = dev.client("dev", "lambda").invoke(FunctionName=UPLOAD, Qualifier="live", Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert waiting(dev) == 0
    assert [items(dev, kind) for kind in ("IMPORT", "PROGRESS", "PROFILE")] == before


def test_a_file_that_is_no_import_is_refused_as_a_whole(dev: Workspace) -> None:
    upload(dev, "strange.csv", "first,second", "1,2")
    result = results(dev, "strange.csv", many=2)
    [refused] = result["refused-000000001.jsonl"]
    assert (refused["line"], "the first line has to name the columns" in refused["reason"]) == (1, True)
    assert [(one["sent"], one["refused"]) for one in result["result.json"]] == [(0, 1)]
    assert [item for item in items(dev, "IMPORT") if item["key"] == "strange.csv"] == []


def test_what_is_no_csv_is_left_alone(dev: Workspace) -> None:
    upload(dev, "notes.txt", USERS, *users("text", 1))
    upload(dev, "after.csv", USERS, *users("after", 1))
    until(lambda: items(dev, "PROFILE", "USER#after-"), lambda found: len(found) == 1)
    assert items(dev, "PROFILE", "USER#text-") == []
