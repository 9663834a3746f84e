"""What a table's TTL deletes, in the table's stream on the local AWS."""

import time
from typing import Any

from tests.local.world import World

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
