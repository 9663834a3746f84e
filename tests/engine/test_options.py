"""The options that neither dev nor prod uses, deployed by a third settings file."""

import json
import threading
import time

from tests.engine.workspace import Workspace, summary


def test_a_second_update_changes_nothing(options: Workspace) -> None:
    assert [line for line in summary(options.up("options")) if "unchanged" not in line] == []


def test_a_refresh_finds_no_drift(options: Workspace) -> None:
    refreshed = options.pulumi("options", "refresh", "--preview-only")
    assert refreshed.returncode == 0, refreshed.stdout
    assert [line for line in summary(refreshed.stdout) if "unchanged" not in line] == []


def test_functions_have_what_the_options_say(options: Workspace) -> None:
    functions = options.client("options", "lambda")
    function = functions.get_function(FunctionName="blog-options-get-user", Qualifier="live")["Configuration"]
    assert (function["Architectures"], function["MemorySize"]) == (["x86_64"], 1024)
    assert function["SnapStart"]["ApplyOn"] == "PublishedVersions"
    reserved = functions.get_function_concurrency(FunctionName="blog-options-get-user")
    assert reserved["ReservedConcurrentExecutions"] == 5


def test_posts_leave_after_a_year_and_queries_are_bounded_and_their_results_encrypted_with_our_key(
    options: Workspace,
) -> None:
    lambda_ = options.client("options", "lambda")
    writer = lambda_.get_function_configuration(FunctionName="blog-options-create-post")
    asked = options.client("options", "athena").get_work_group(WorkGroup="blog-options-archive")
    configuration = asked["WorkGroup"]["Configuration"]
    encryption = configuration["ResultConfiguration"]["EncryptionConfiguration"]
    assert writer["Environment"]["Variables"]["POST_LIFETIME_DAYS"] == "365"
    assert configuration["BytesScannedCutoffPerQuery"] == 10 * 1024 * 1024
    assert encryption["EncryptionOption"] == "SSE_KMS"
    assert encryption["KmsKey"].startswith("arn:aws:kms:us-east-1:")


def test_a_provisioned_table_and_its_index_start_at_the_minimum(options: Workspace) -> None:
    table = options.client("options", "dynamodb").describe_table(TableName="blog-options-table")["Table"]
    index = table["GlobalSecondaryIndexes"][0]
    for one in (table, index):
        throughput = one["ProvisionedThroughput"]
        assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (2, 2)


def test_what_autoscaling_has_set_is_left_alone(options: Workspace) -> None:
    grown = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 7}
    client = options.client("options", "dynamodb")
    client.update_table(TableName="blog-options-table", ProvisionedThroughput=grown)
    assert [line for line in summary(options.up("options")) if "unchanged" not in line] == []
    left = client.describe_table(TableName="blog-options-table")["Table"]["ProvisionedThroughput"]
    assert {member: left[member] for member in grown} == grown


def test_a_serverless_cache_has_a_ceiling_and_asks_who_connects(options: Workspace) -> None:
    elasticache = options.client("options", "elasticache")
    [cache] = elasticache.describe_serverless_caches(ServerlessCacheName="blog-options-cache")["ServerlessCaches"]
    limits = cache["CacheUsageLimits"]
    assert (cache["Engine"], cache["MajorEngineVersion"], cache["UserGroupId"]) == ("valkey", "8", "blog-options-cache")
    assert limits["DataStorage"] == {"Maximum": 1, "Unit": "GB"}
    assert limits["ECPUPerSecond"] == {"Maximum": 1000}
    assert cache["KmsKeyId"].startswith("arn:aws:kms:us-east-1:")


def test_functions_find_the_serverless_cache_and_the_accelerator_is_an_output(options: Workspace) -> None:
    found = options.client("options", "lambda").get_function_configuration(FunctionName="blog-options-get-user")
    variables = found["Environment"]["Variables"]
    assert variables["CACHE_HOST"] == "127.0.0.1"
    assert variables["CACHE_PORT"].isdecimal()
    assert variables["CACHE_SECRET_NAME"] == "blog-options-cache"
    endpoint = options.session("options").outputs()["acceleratorEndpoint"]
    assert endpoint.startswith("daxs://blog-options-dax.")


def test_a_rotated_password_opens_the_ledger_and_a_deployment_leaves_it(options: Workspace) -> None:
    manager, secret = options.client("options", "secretsmanager"), "blog-options-ledger"
    version = manager.rotate_secret(SecretId=secret)["VersionId"]
    deadline = time.monotonic() + 60
    while "AWSCURRENT" not in manager.describe_secret(SecretId=secret)["VersionIdsToStages"].get(version, []):
        assert time.monotonic() < deadline
        threading.Event().wait(0.2)
    assert [line for line in summary(options.up("options")) if "unchanged" not in line] == []
    event = {"time": "2026-11-24T08:00:00Z"}
    answer = options.client("options", "lambda").invoke(
        FunctionName="blog-options-daily-report", Qualifier="live", Payload=json.dumps(event)
    )
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read())["day"] == "2026-11-24"


def test_the_usual_length_of_a_page_is_read_at_run_time(options: Workspace) -> None:
    parameter = options.client("options", "ssm").get_parameter(Name="/blog-options/page-size")["Parameter"]
    reader = options.client("options", "lambda").get_function_configuration(FunctionName="blog-options-list-posts")
    assert (parameter["Type"], parameter["Value"]) == ("String", "5")
    assert reader["Environment"]["Variables"]["PAGE_SIZE_PARAMETER"] == parameter["Name"]
