"""Dead letters that cannot be sent again stay where they are; those that can are covered by their runbook's test."""

import json
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from operations.redrive import send_again
from operations.stack import OperationError, Stack

STACK = cast("Stack", SimpleNamespace(prefix="blog-dev", outputs=lambda: {"region": "eu-central-1"}))
STREAM_BATCH = {
    "requestContext": {"functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:blog-dev-archive-posts:live"},
    "DDBStreamBatchInfo": {"shardId": "shardId-1", "startSequenceNumber": "1"},
}


@pytest.fixture(autouse=True)
def no_other_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@mock_aws
@pytest.mark.parametrize("letter", ["no json", "[]", "{}", json.dumps(STREAM_BATCH)])
def test_what_is_neither_a_message_nor_an_event_is_refused_and_stays(letter: str) -> None:
    session: Any = boto3.Session()
    sqs = session.client("sqs", region_name="eu-central-1")
    url = sqs.create_queue(QueueName="blog-dev-archive-dead-letters")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=letter)
    with pytest.raises(OperationError, match=r"no event that could be sent again: docs/runbooks/failed-events\.md"):
        send_again(STACK, "archive")
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


@mock_aws
def test_a_queue_that_is_not_there_is_named() -> None:
    with pytest.raises(OperationError, match="there is no queue blog-dev-job-dead-letters"):
        send_again(STACK, "job")
