"""The meter of the local AWS counts what AWS would bill."""

import os
import threading
import time
from pathlib import Path

from cost import meter
from tests.local.world import World

PATIENCE_SECONDS = 20
PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""


def counts(kind: str, name: str) -> dict[str, float]:
    file = Path(os.environ["BLOG_ROOT"]) / ".local/cloud/meter.json"
    return dict(meter.read(file).get(kind, {}).get(name, {})) if file.exists() else {}


def counted(kind: str, name: str, *measures: str, least: float = 1) -> dict[str, float]:
    """The counts of a resource once they have all measures, the last one to an amount, or when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while counts(kind, name).get(measures[-1], 0) < least and time.monotonic() < deadline:
        PAUSE.wait(0.1)
    return counts(kind, name)


def test_a_table_counts_the_units_of_its_items_and_indexes(world: World):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "GSI1PK")]
    world.call(
        "dynamodb",
        "create_table",
        TableName="metered",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=attributes,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    large = {"S": "x" * 2500}
    answer = world.call("dynamodb", "put_item", TableName="metered", Item={"PK": {"S": "a"}, "text": large})
    assert "ConsumedCapacity" not in answer
    world.call("dynamodb", "put_item", TableName="metered", Item={"PK": {"S": "b"}, "GSI1PK": {"S": "b"}})
    world.call("dynamodb", "get_item", TableName="metered", Key={"PK": {"S": "a"}}, ConsistentRead=True)
    world.call("dynamodb", "get_item", TableName="metered", Key={"PK": {"S": "a"}})
    # 3 KB, and 1 KB in the table and in its index; a strongly and an eventually consistent read.
    assert counted("table", "metered", "reads", least=1.5) == {"writes": 5.0, "reads": 1.5}


def test_a_caller_that_asks_for_the_consumed_capacity_still_gets_it(world: World):
    world.call(
        "dynamodb",
        "create_table",
        TableName="asked",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
    )
    item = {"PK": {"S": "a"}}
    answer = world.call("dynamodb", "put_item", TableName="asked", Item=item, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": "asked", "CapacityUnits": 1.0}


def test_a_bucket_counts_its_writes_and_lists_and_its_reads_but_no_deletions(world: World):
    world.call(
        "s3", "create_bucket", Bucket="metered", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    world.call("s3", "put_object", Bucket="metered", Key="a", Body=b"1")
    world.call("s3", "list_objects_v2", Bucket="metered")
    world.call("s3", "get_object", Bucket="metered", Key="a")["Body"].read()
    world.call("s3", "delete_object", Bucket="metered", Key="a")
    assert counted("bucket", "metered", "reads") == {"writes": 3.0, "reads": 1.0}


def test_a_queue_counts_a_call_again_for_each_64_kb(world: World):
    url = world.call("sqs", "create_queue", QueueName="metered")["QueueUrl"]
    world.call("sqs", "send_message", QueueUrl=url, MessageBody="x" * 65536)
    world.call("sqs", "send_message", QueueUrl=url, MessageBody="x" * 65537)
    world.call("sqs", "receive_message", QueueUrl=url)
    assert counted("queue", "metered", "requests", least=4) == {"requests": 4.0}


def test_a_function_counts_its_calls_its_time_by_memory_and_its_logs(world: World):
    name = world.function["functionName"] if "functionName" in world.function else world.function["name"]
    before = counts("function", name).get("invocations", 0)
    world.call("lambda", "invoke", FunctionName=name, Payload=b"{}")
    found = counted("function", name, "gb-seconds", "invocations", least=before + 1)
    assert found["invocations"] == before + 1
    assert 0 < found["gb-seconds"] < found["invocations"] * 5 * 128 / 1024
    assert counted("log-group", f"/aws/lambda/{name}", "bytes")["bytes"] >= 350


def test_topics_and_secrets_count_their_calls(world: World):
    arn = world.call("sns", "create_topic", Name="metered")["TopicArn"]
    world.call("sns", "publish", TopicArn=arn, Message="hello")
    assert counted("topic", "metered", "messages") == {"messages": 1.0}
    secret = world.call("secretsmanager", "create_secret", Name="metered-key", SecretString="x")["ARN"]
    world.call("secretsmanager", "get_secret_value", SecretId=secret)
    world.call("secretsmanager", "get_secret_value", SecretId="metered-key")
    assert counted("secret", "metered-key", "requests", least=2) == {"requests": 2.0}
