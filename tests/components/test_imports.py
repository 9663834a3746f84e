"""Imports as declared: who is told of which files, what each function may do, and where goes what fails."""

import json
from dataclasses import replace
from typing import Any

import pytest

from access_patterns import ACCESS_PATTERNS
from components.data.table import Table
from components.eventing.imports import Imports
from components.eventing.queue import VISIBILITY_SECONDS
from components.storage.bucket import Bucket
from tests.components.recording import Registration, record
from tests.components.test_contract import ARNS, DEFAULTS, DEPLOYMENT

UPLOADS = f"arn:aws:s3:::blog-test-uploads-{ARNS.account}"
TABLE = ARNS.of("dynamodb", "table/blog-test-table")
FUNCTION = "aws:lambda/function:Function"


def declared(*, reserved: int = 0) -> list[Registration]:
    def program() -> None:
        table = Table(
            "blog-test-table", deployment=DEPLOYMENT, access_patterns=ACCESS_PATTERNS, recovery_days=35, capacity=None
        )
        uploads = Bucket("uploads", deployment=DEPLOYMENT, logs=None)
        defaults = replace(DEFAULTS, reserved_concurrency=reserved)
        writing = replace(defaults, environment={"CACHE_HOST": "cache.example"})
        Imports(defaults=defaults, writing=writing, table=table, uploads=uploads, post_lifetime_days=365)

    return record(program)


@pytest.fixture(scope="module")
def registered() -> list[Registration]:
    return declared()


def inputs(registered: list[Registration], type_: str, name: str) -> dict[str, Any]:
    [found] = [entry.inputs for entry in registered if (entry.type, entry.name) == (type_, name)]
    return found


def granted(registered: list[Registration], name: str) -> list[tuple[str, str, Any]]:
    """The actions, resources and leading keys that a function is granted beyond its logs and traces."""
    policy = json.loads(inputs(registered, "aws:iam/rolePolicy:RolePolicy", name)["policy"])
    found = [
        (action, resource, statement.get("Condition", {}).get("ForAllValues:StringLike"))
        for statement in policy["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not action.startswith(("logs:", "xray:"))
    ]
    return sorted(found, key=str)


def test_the_bucket_tells_the_live_function_of_each_csv_and_waits_for_the_permission(
    registered: list[Registration],
) -> None:
    [notification] = [entry for entry in registered if entry.type == "aws:s3/bucketNotification:BucketNotification"]
    [permission] = [entry for entry in registered if entry.type == "aws:lambda/permission:Permission"]
    assert notification.inputs["lambdaFunctions"] == [
        {
            "lambdaFunctionArn": "arn:blog-test-process-upload",
            "events": ["s3:ObjectCreated:*"],
            "filterSuffix": ".csv",
        }
    ]
    assert permission.urn in notification.depends_on


def test_only_this_bucket_of_this_account_may_call_the_function_and_only_its_alias(
    registered: list[Registration],
) -> None:
    permission = inputs(registered, "aws:lambda/permission:Permission", "blog-test-imports")
    assert (permission["principal"], permission["action"]) == ("s3.amazonaws.com", "lambda:InvokeFunction")
    assert (permission["sourceArn"], permission["sourceAccount"]) == ("arn:blog-test-uploads", ARNS.account)
    assert permission["qualifier"] == "live"


def test_the_first_function_may_read_versions_of_csv_files_write_results_send_rows_and_keep_how_far_it_is(
    registered: list[Registration],
) -> None:
    assert granted(registered, "blog-test-process-upload") == [
        ("dynamodb:GetItem", TABLE, {"dynamodb:LeadingKeys": ["IMPORT#*"]}),
        ("dynamodb:PutItem", TABLE, {"dynamodb:LeadingKeys": ["IMPORT#*"]}),
        ("s3:GetObjectVersion", f"{UPLOADS}/*.csv", None),
        ("s3:PutObject", f"{UPLOADS}/*.result/*", None),
        ("sqs:SendMessage", ARNS.of("sqs", "blog-test-jobs"), None),
        ("sqs:SendMessage", ARNS.of("sqs", "blog-test-uploads-dead-letters"), None),
    ]


def test_the_second_function_may_take_rows_and_create_users_and_posts(registered: list[Registration]) -> None:
    jobs = ARNS.of("sqs", "blog-test-jobs")
    assert granted(registered, "blog-test-process-job") == [
        ("dynamodb:GetItem", TABLE, {"dynamodb:LeadingKeys": ["USER#*"]}),
        ("dynamodb:PutItem", TABLE, {"dynamodb:LeadingKeys": ["POST#*"]}),
        ("dynamodb:PutItem", TABLE, {"dynamodb:LeadingKeys": ["USER#*"]}),
        ("sqs:ChangeMessageVisibility", jobs, None),
        ("sqs:DeleteMessage", jobs, None),
        ("sqs:GetQueueAttributes", jobs, None),
        ("sqs:ReceiveMessage", jobs, None),
    ]


def test_the_second_function_stands_beside_the_cache_and_the_first_does_not(registered: list[Registration]) -> None:
    environments = [
        inputs(registered, FUNCTION, f"blog-test-{name}")["environment"]["variables"]
        for name in ("process-upload", "process-job")
    ]
    assert ["CACHE_HOST" in variables for variables in environments] == [False, True]
    assert environments[1]["POST_LIFETIME_DAYS"] == "365"


def test_a_message_is_hidden_for_six_times_as_long_as_its_function_may_take(registered: list[Registration]) -> None:
    assert inputs(registered, FUNCTION, "blog-test-process-job")["timeout"] * 6 <= VISIBILITY_SECONDS


def test_a_file_has_the_longest_time_and_a_whole_processor(registered: list[Registration]) -> None:
    upload = inputs(registered, FUNCTION, "blog-test-process-upload")
    assert (upload["timeout"], upload["memorySize"]) == (900, 1769)


def test_batches_are_ten_and_each_finds_an_instance_where_instances_are_reserved() -> None:
    registered = declared(reserved=5)
    mapping = inputs(registered, "aws:lambda/eventSourceMapping:EventSourceMapping", "blog-test-process-job-jobs")
    assert (mapping["batchSize"], mapping["functionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
    assert mapping["scalingConfig"] == {"maximumConcurrency": 10}
    assert inputs(registered, FUNCTION, "blog-test-process-job")["reservedConcurrentExecutions"] == 10
    assert inputs(registered, FUNCTION, "blog-test-process-upload")["reservedConcurrentExecutions"] == 5


def test_nothing_is_kept_warm_and_a_file_that_failed_for_the_last_time_is_kept(
    registered: list[Registration],
) -> None:
    assert [entry for entry in registered if "provisionedConcurrency" in entry.type] == []
    config = inputs(
        registered, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "blog-test-process-upload"
    )
    assert config["destinationConfig"] == {"onFailure": {"destination": "arn:blog-test-uploads-dead-letters"}}
    assert config["maximumRetryAttempts"] == 2
