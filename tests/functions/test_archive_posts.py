"""The archive on a bucket in memory: each post that has left is there, and there once."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import archive_posts
from blog.archive.model import RecordError
from tests.functions.api import Context
from tests.functions.buckets import Bucket

PARTS: Any = archive_posts.archive
LEFT_AT = 1795507200
"""2026-11-24T08:00:00Z."""


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        bucket = Bucket(PARTS._store._client, "blog-test-archive")
        bucket.make()
        yield bucket


def removed(number: int, *, created_at: str = "2026-03-05T10:00:00.000Z", **more: dict[str, Any]) -> dict[str, Any]:
    """The record of a post that TTL has removed, as the stream hands it over."""
    post_id = f"post-{number}"
    image = {
        "PK": {"S": f"POST#{post_id}"},
        "SK": {"S": "METADATA"},
        "GSI1PK": {"S": "AUTHOR#ada"},
        "GSI1SK": {"S": f"{created_at}#{post_id}"},
        "postId": {"S": post_id},
        "title": {"S": "Über Ada"},
        "version": {"N": "2"},
        "createdAt": {"S": created_at},
        **more,
    }
    return {
        "eventID": f"event-{number}",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {
            "ApproximateCreationDateTime": LEFT_AT,
            "Keys": {"PK": image["PK"], "SK": image["SK"]},
            "OldImage": image,
            "SequenceNumber": str(100 + number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/blog-test/stream/2026-11-23T00:00:00.000",
    }


def unreadable(number: int) -> dict[str, Any]:
    return removed(number, created_at="last spring")


def archive(*records: dict[str, Any]) -> list[str]:
    """Hand over a batch; return what is reported as failed."""
    answer = archive_posts.handler({"Records": list(records)}, Context())
    assert set(answer) == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def archived(bucket: Bucket) -> list[str]:
    """The ids of all posts in the archive, each as often as it is there."""
    return sorted(line["postId"] for key in bucket.keys() for line in bucket.lines(key))  # noqa: SIM118  # no mapping


def test_a_post_is_archived_with_all_that_the_table_knew_of_it_but_its_keys(bucket: Bucket) -> None:
    tags = {"L": [{"S": "code"}, {"NULL": True}, {"M": {"weight": {"N": "0.5"}, "shown": {"BOOL": False}}}]}
    assert archive(removed(1, tags=tags, ranks={"NS": ["1", "2"]})) == []
    [line] = bucket.lines("posts/year=2026/month=03/101.json.gz")
    assert line == {
        "postId": "post-1",
        "title": "Über Ada",
        "version": 2,
        "createdAt": "2026-03-05T10:00:00.000Z",
        "archivedAt": "2026-11-24T08:00:00.000Z",
        "tags": ["code", None, {"weight": 0.5, "shown": False}],
        "ranks": [1, 2],
    }


def test_posts_lie_in_the_folder_of_the_month_in_which_they_were_written(bucket: Bucket) -> None:
    archive(removed(1), removed(2, created_at="2025-12-31T23:59:59.999Z"), removed(3))
    assert bucket.keys() == ["posts/year=2025/month=12/102.json.gz", "posts/year=2026/month=03/101.json.gz"]
    assert [line["postId"] for line in bucket.lines("posts/year=2026/month=03/101.json.gz")] == ["post-1", "post-3"]


def test_a_repeated_batch_gives_the_same_bytes_and_no_second_object(bucket: Bucket) -> None:
    batch = [removed(number) for number in range(5)]
    archive(*batch)
    [key] = bucket.keys()
    first = bucket.read(key)
    archive(*batch)
    assert bucket.keys() == [key]
    assert bucket.read(key) == first


def test_a_batch_that_is_split_after_it_was_written_is_not_there_twice(bucket: Bucket) -> None:
    batch = [removed(number, created_at=f"2026-0{1 + number % 3}-05T10:00:00.000Z") for number in range(9)]
    archive(*batch)
    archive(*batch[:4])
    archive(*batch[4:])
    assert archived(bucket) == [f"post-{number}" for number in range(9)]


def test_a_batch_is_archived_up_to_the_first_unreadable_record_and_handed_over_again_from_there(
    bucket: Bucket,
) -> None:
    assert archive(removed(1), removed(2), unreadable(3), removed(4)) == ["103"]
    assert archived(bucket) == ["post-1", "post-2"]


def test_a_batch_that_begins_with_an_unreadable_record_fails_so_that_lambda_splits_it(bucket: Bucket) -> None:
    with pytest.raises(RecordError, match="createdAt of the record 103") as raised:
        archive(unreadable(3), removed(4))
    assert "last spring" not in str(raised.value)
    assert archived(bucket) == []


def test_split_until_the_unreadable_record_is_alone_all_others_are_archived_once(bucket: Bucket) -> None:
    batch = [removed(1), removed(2), unreadable(3), removed(4), removed(5)]
    assert archive(*batch) == ["103"]
    with pytest.raises(RecordError):
        archive(*batch[2:])
    with pytest.raises(RecordError):
        archive(batch[2])
    assert archive(*batch[3:]) == []
    assert archived(bucket) == ["post-1", "post-2", "post-4", "post-5"]


def test_a_record_without_the_image_of_what_was_removed_is_unreadable(bucket: Bucket) -> None:
    record = removed(2)
    del record["dynamodb"]["OldImage"]
    assert archive(removed(1), record) == ["102"]
    assert archived(bucket) == ["post-1"]


def test_a_bucket_that_refuses_fails_the_batch_so_that_it_is_handed_over_again() -> None:
    with mock_aws(), pytest.raises(ClientError, match="NoSuchBucket"):
        archive(removed(1))
