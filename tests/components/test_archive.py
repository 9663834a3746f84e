"""The archive as declared: what of the stream it takes, what happens to what it cannot read, and how it is queried."""

import json
from typing import Any

import pytest

from components.data.table import AccessPattern, Table
from components.eventing.archive import Archive
from components.storage.bucket import Bucket
from tests.components.recording import Registration, record
from tests.components.test_contract import ARNS, DEFAULTS, DEPLOYMENT

MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
STREAM = ARNS.of("dynamodb", "table/blog-test-table/stream/*")


def program() -> None:
    table = Table(
        "blog-test-table",
        deployment=DEPLOYMENT,
        access_patterns={"get-post": AccessPattern(actions=("GetItem",), leading_keys="POST#*")},
        recovery_days=35,
        capacity=None,
    )
    logs = Bucket("logs", deployment=DEPLOYMENT, logs=None)
    Archive(deployment=DEPLOYMENT, defaults=DEFAULTS, table=table, logs=logs, scan_limit_megabytes=100)


@pytest.fixture(scope="module")
def registered() -> list[Registration]:
    return record(program)


def inputs(registered: list[Registration], type_: str) -> dict[str, Any]:
    [found] = [entry.inputs for entry in registered if entry.type == type_]
    return found


def test_of_the_stream_it_takes_posts_that_ttl_has_removed(registered: list[Registration]) -> None:
    mapping = inputs(registered, MAPPING)
    [only] = mapping["filterCriteria"]["filters"]
    assert mapping["eventSourceArn"] == "stream:blog-test-table"
    assert json.loads(only["pattern"]) == {
        "eventName": ["REMOVE"],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "POST#"}]}, "SK": {"S": ["METADATA"]}}},
    }


def test_a_batch_that_fails_is_split_retried_so_often_and_then_kept(registered: list[Registration]) -> None:
    mapping = inputs(registered, MAPPING)
    assert mapping["bisectBatchOnFunctionError"] is True
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (mapping["maximumRetryAttempts"], mapping["maximumRecordAgeInSeconds"]) == (10, 72000)
    assert mapping["destinationConfig"] == {"onFailure": {"destinationArn": "arn:blog-test-archive-dead-letters"}}


def test_the_batches_of_a_shard_come_one_after_the_other_for_the_names_of_files_count_on_it(
    registered: list[Registration],
) -> None:
    assert inputs(registered, MAPPING)["parallelizationFactor"] == 1


def test_the_function_may_read_the_stream_and_write_posts_and_nothing_else(registered: list[Registration]) -> None:
    policy = json.loads(inputs(registered, "aws:iam/rolePolicy:RolePolicy")["policy"])
    granted = {action: statement["Resource"] for statement in policy["Statement"] for action in statement["Action"]}
    assert {
        action: resources for action, resources in granted.items() if not action.startswith(("logs:", "xray:"))
    } == {
        "dynamodb:DescribeStream": [STREAM],
        "dynamodb:GetRecords": [STREAM],
        "dynamodb:GetShardIterator": [STREAM],
        "dynamodb:ListStreams": ["*"],
        "s3:PutObject": [f"arn:aws:s3:::blog-test-archive-{ARNS.account}/posts/*"],
        "sqs:SendMessage": [ARNS.of("sqs", "blog-test-archive-dead-letters")],
    }


def test_athena_finds_a_new_month_by_itself_and_can_read_old_files(registered: list[Registration]) -> None:
    table = inputs(registered, "aws:glue/catalogTable:CatalogTable")
    [lifecycle] = [
        entry.inputs
        for entry in registered
        if entry.type.endswith(":BucketLifecycleConfiguration") and entry.name == "blog-test-archive"
    ]
    moves = [move["storageClass"] for rule in lifecycle["rules"] for move in rule.get("transitions", [])]
    assert [key["name"] for key in table["partitionKeys"]] == ["year", "month"]
    assert table["parameters"]["projection.enabled"] == "true"
    assert table["parameters"]["projection.month.digits"] == "2"
    assert table["storageDescriptor"]["location"] == f"s3://blog-test-archive-{ARNS.account}/posts/"
    assert moves == ["STANDARD_IA", "GLACIER_IR"]


def test_a_query_stops_at_its_limit_and_its_results_are_encrypted_whatever_the_client_says(
    registered: list[Registration],
) -> None:
    workgroup = inputs(registered, "aws:athena/workgroup:Workgroup")
    configuration = workgroup["configuration"]
    assert configuration["bytesScannedCutoffPerQuery"] == 100 * 1024 * 1024
    assert configuration["enforceWorkgroupConfiguration"] is True
    assert configuration["resultConfiguration"] == {
        "outputLocation": f"s3://blog-test-archive-{ARNS.account}/results/",
        "encryptionConfiguration": {"encryptionOption": "SSE_S3"},
    }
    assert workgroup["forceDestroy"] is False
