"""What the local AWS does as AWS does it, where the emulator alone would not."""

import io
import json
import os
import socket
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from blog import resp
from local import emulator
from local.cloud import Cloud
from local.emulation.valkey_server import ValkeyServer
from tests.functions.valkey import free_port
from tests.local.world import REGION, TRUST, World, policy

PATIENCE_SECONDS = 60
PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""


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


ROTATE = """
import boto3, os
manager = boto3.client("secretsmanager", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
def handler(event, _):
    secret, version = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        manager.put_secret_value(
            SecretId=secret, ClientRequestToken=version, SecretString="second", VersionStages=["AWSPENDING"]
        )
    if event["Step"] == "finishSecret":
        stages = manager.describe_secret(SecretId=secret)["VersionIdsToStages"]
        [current] = [id_ for id_, labels in stages.items() if "AWSCURRENT" in labels]
        manager.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )
"""


def test_a_secret_is_rotated_by_the_steps_of_its_function_when_it_is_asked_for_and_not_before(world: World):
    function = _function(world, "rotating", ROTATE, "secretsmanager:*")
    world.call("secretsmanager", "create_secret", Name="rotated")
    empty = world.call("secretsmanager", "describe_secret", SecretId="rotated")
    assert not empty.get("VersionIdsToStages")
    world.call("secretsmanager", "put_secret_value", SecretId="rotated", SecretString="first")
    rules = {"RotationLambdaARN": function, "RotationRules": {"AutomaticallyAfterDays": 30}}
    world.call("secretsmanager", "rotate_secret", SecretId="rotated", **rules, RotateImmediately=False)
    made = world.call("secretsmanager", "describe_secret", SecretId="rotated")
    assert (made["RotationEnabled"], list(made["VersionIdsToStages"].values())) == (True, [["AWSCURRENT"]])

    world.call("secretsmanager", "rotate_secret", SecretId="rotated")

    deadline = time.monotonic() + PATIENCE_SECONDS
    while _secret(world, "AWSCURRENT") != "second" and time.monotonic() < deadline:
        PAUSE.wait(0.05)
    assert [_secret(world, stage) for stage in ("AWSPREVIOUS", "AWSCURRENT")] == ["first", "second"]


def test_a_version_of_an_object_is_read_in_part_whatever_has_taken_its_place(world: World):
    location = {"LocationConstraint": REGION}
    world.call("s3", "create_bucket", Bucket="read-in-part", CreateBucketConfiguration=location)
    versioned = {"Status": "Enabled"}
    world.call("s3", "put_bucket_versioning", Bucket="read-in-part", VersioningConfiguration=versioned)
    first = world.call("s3", "put_object", Bucket="read-in-part", Key="key", Body=b"0123456789")["VersionId"]
    world.call("s3", "put_object", Bucket="read-in-part", Key="key", Body=b"other")

    asked = {"Bucket": "read-in-part", "Key": "key", "VersionId": first}
    part = world.call("s3", "get_object", **asked, Range="bytes=2-4")
    whole = world.call("s3", "get_object", **asked)

    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert (whole["Body"].read(), whole["ContentLength"]) == (b"0123456789", 10)


def test_a_queue_hands_out_all_messages_in_their_order_whatever_was_handed_out_or_is_delayed(world: World):
    dead = world.call("sqs", "create_queue", QueueName="order-dead")["QueueUrl"]
    target = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{world.account()}:order-dead", "maxReceiveCount": 1}
    attributes = {"RedrivePolicy": json.dumps(target), "VisibilityTimeout": "600"}
    url = world.call("sqs", "create_queue", QueueName="order", Attributes=attributes)["QueueUrl"]
    for number in range(45):
        delay = 600 if number < 15 else 0
        world.call("sqs", "send_message", QueueUrl=url, MessageBody=str(number), DelaySeconds=delay)

    def receive(many: int = 10) -> list[Any]:
        return world.call("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=many).get("Messages", [])

    first = receive()
    for message in first[:2]:
        handle = message["ReceiptHandle"]
        world.call("sqs", "change_message_visibility", QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    others = [message for _ in range(5) for message in receive()]

    assert [message["Body"] for message in (*first, *others)] == [str(number) for number in range(15, 45)]
    names = ["ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"]
    counted = world.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)["Attributes"]
    assert [counted[name] for name in names] == ["15", "28"]
    letters = world.call("sqs", "receive_message", QueueUrl=dead, MaxNumberOfMessages=10)["Messages"]
    assert [letter["Body"] for letter in letters] == ["15", "16"]


SEND = """
import boto3, os
queue = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
def handler(url, _):
    entries = [{"Id": "1", "MessageBody": "one"}, {"Id": "2", "MessageBody": "two"}]
    return len(queue.send_message_batch(QueueUrl=url, Entries=entries)["Successful"])
"""


def test_who_may_send_a_message_may_send_a_batch_of_them_and_nobody_else_may(world: World):
    url = world.call("sqs", "create_queue", QueueName="batches")["QueueUrl"]
    answers: list[Any] = []
    for name, action in (("sending", "sqs:SendMessage"), ("receiving", "sqs:ReceiveMessage")):
        function = _function(world, name, SEND, action)
        answer = world.call("lambda", "invoke", FunctionName=function, Payload=json.dumps(url))
        answers.append(json.loads(answer["Payload"].read()))
    assert answers[0] == 2
    assert "AccessDenied" in answers[1]["errorMessage"]


FAIL = "def handler(event, _): raise ValueError(event['why'])"


def test_an_event_that_failed_for_the_last_time_is_kept_where_the_alias_says_that_was_called(world: World):
    url = world.call("sqs", "create_queue", QueueName="failed-events")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{world.account()}:failed-events"
    _function(world, "failing", FAIL, "sqs:SendMessage")
    version = world.call("lambda", "publish_version", FunctionName="failing")["Version"]
    world.call("lambda", "create_alias", FunctionName="failing", Name="live", FunctionVersion=version)
    world.call(
        "lambda",
        "put_function_event_invoke_config",
        FunctionName="failing",
        Qualifier="live",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )

    for qualifier in ("$LATEST", "live"):
        payload = json.dumps({"why": qualifier})
        world.call("lambda", "invoke", FunctionName=f"failing:{qualifier}", InvocationType="Event", Payload=payload)

    kept = world.call("sqs", "receive_message", QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert [json.loads(message["Body"])["requestPayload"] for message in kept] == [{"why": "live"}]


def _function(world: World, name: str, source: str, action: str) -> str:
    """Make a function that may do something, and return its ARN."""
    role = world.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    world.call("iam", "put_role_policy", RoleName=name, PolicyName="grants", PolicyDocument=policy(action))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as written:
        written.writestr("handler.py", source)
    made = {"Runtime": "python3.13", "Handler": "handler.handler", "Code": {"ZipFile": code.getvalue()}}
    return world.call("lambda", "create_function", FunctionName=name, Role=role, **made)["FunctionArn"]


def _secret(world: World, stage: str) -> str:
    return world.call("secretsmanager", "get_secret_value", SecretId="rotated", VersionStage=stage)["SecretString"]


@pytest.mark.usefixtures("emulator")
def test_the_head_and_the_body_of_a_response_come_in_one_segment():
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert f"content-length: {len(body)}" in head.decode().lower()
    assert body


def test_who_asks_for_a_cache_server_that_is_being_started_waits_until_it_answers(tmp_path: Path):
    server = ValkeyServer(tmp_path / "valkey", free_port(), emulator.python(None))

    def ask(_: int) -> str:
        server.start()
        return server.administer("PING")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    server.stop()
    assert answers == ["PONG"] * 4
