"""What the local AWS does as AWS does it, where the emulator alone would not."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.world import REGION, World

PATIENCE_SECONDS = 60


def test_a_deletion_by_ttl_is_in_the_stream_and_names_dynamodb_as_who_did_it(world: World):
    table = world.call(
        "dynamodb",
        "create_table",
        TableName="expiring",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    world.call(
        "dynamodb",
        "update_time_to_live",
        TableName="expiring",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expiresAt"},
    )
    now = int(time.time())
    for name, expires_at in (("expired", now - 10), ("deleted", now + 1000), ("kept", now + 1000)):
        item = {"PK": {"S": name}, "expiresAt": {"N": str(expires_at)}}
        world.call("dynamodb", "put_item", TableName="expiring", Item=item)
    world.call("dynamodb", "delete_item", TableName="expiring", Key={"PK": {"S": "deleted"}})

    removed = _removed(world, table["LatestStreamArn"], 2)

    assert [record["dynamodb"]["OldImage"]["PK"]["S"] for record in removed] == ["deleted", "expired"]
    assert ["userIdentity" in record for record in removed] == [False, True]


def test_a_queue_that_demands_tls_is_used_and_still_refuses_what_else_its_policy_denies(world: World):
    url = world.call("sqs", "create_queue", QueueName="strict")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{world.account()}:strict"
    deny = {"Effect": "Deny", "Principal": "*", "Resource": arn}
    statements = [
        {**deny, "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {**deny, "Action": "sqs:PurgeQueue"},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    world.call("sqs", "set_queue_attributes", QueueUrl=url, Attributes={"Policy": policy})

    world.call("sqs", "send_message", QueueUrl=url, MessageBody="hello")

    with pytest.raises(ClientError, match="AccessDenied"):
        world.call("sqs", "purge_queue", QueueUrl=url)


def _removed(world: World, stream: str, wanted: int) -> list[dict[str, Any]]:
    """The records of removals, once there are as many as wanted."""
    [shard] = world.call("dynamodbstreams", "describe_stream", StreamArn=stream)["StreamDescription"]["Shards"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        iterator = world.call(
            "dynamodbstreams",
            "get_shard_iterator",
            StreamArn=stream,
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records = world.call("dynamodbstreams", "get_records", ShardIterator=iterator)["Records"]
        removed = [record for record in records if record["eventName"] == "REMOVE"]
        if len(removed) >= wanted or time.monotonic() > deadline:
            return removed
