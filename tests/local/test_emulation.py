"""What the local AWS does as AWS does it, where the emulator alone would not."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from blog import resp
from local.cloud import Cloud
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


def test_a_caches_user_signs_in_over_tls_with_the_passwords_and_rights_that_it_was_given(
    world: World, emulator: Cloud, tmp_path_factory: pytest.TempPathFactory
):
    made = {"UserId": "signing-in", "UserName": "signing-in", "Engine": "redis", "Passwords": ["first-of-passwords"]}
    world.call("elasticache", "create_user", **made, AccessString="on ~blog:* resetchannels -@all +get +set")
    group = world.call(
        "elasticache",
        "create_replication_group",
        ReplicationGroupId="signing-in",
        ReplicationGroupDescription="Signing in",
    )["ReplicationGroup"]["NodeGroups"][0]["PrimaryEndpoint"]
    authority = tmp_path_factory.getbasetemp() / "aws0/.local/cloud/authorities.pem"
    resp.TLS.load_verify_locations(authority)

    def sign_in(password: str, command: tuple[str, ...]) -> resp.Reply:
        connection = resp.Connection.open(group["Address"], group["Port"], connect_seconds=10, answer_seconds=10)
        try:
            connection.call("AUTH", "signing-in", password)
            return connection.call(*command)
        finally:
            connection.close()

    assert emulator.port != group["Port"]
    assert sign_in("first-of-passwords", ("SET", "blog:key", "value")) == b"OK"
    passwords = ["second-of-passwords", "first-of-passwords"]
    world.call("elasticache", "modify_user", UserId="signing-in", Passwords=passwords)
    assert [sign_in(password, ("GET", "blog:key")) for password in passwords] == [b"value"] * 2
    with pytest.raises(resp.CommandError, match="NOPERM"):
        sign_in("second-of-passwords", ("GET", "other:key"))
    world.call("elasticache", "delete_replication_group", ReplicationGroupId="signing-in")
    world.call("elasticache", "delete_user", UserId="signing-in")
    with pytest.raises(resp.CommandError, match="WRONGPASS"):
        sign_in("second-of-passwords", ("GET", "blog:key"))
