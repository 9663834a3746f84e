"""Queues: what becomes of messages, and who may use them."""

import json
from dataclasses import replace
from typing import Any

from components.compute.function import Function, FunctionDefaults
from components.deployment import Deployment
from components.eventing.queue import Queue
from components.iam import Arns, Statement
from tests.components.recording import Registration, record

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
DEPLOYMENT = Deployment(
    prefix="blog-test",
    arns=Arns(partition="aws", region="eu-central-1", account="123456789012"),
    key_arn=KEY,
    log_retention_days=14,
    protection=True,
)
DEFAULTS = FunctionDefaults(
    deployment=DEPLOYMENT,
    layers=[],
    environment={},
    memory=512,
    timeout=10,
    architecture="arm64",
    reserved_concurrency=0,
    provisioned_concurrency=0,
    snap_start=False,
)
JOBS = "arn:aws:sqs:eu-central-1:123456789012:blog-test-jobs"
TLS_ONLY = {
    "Sid": "TlsOnly",
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": ["sqs:*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def queues(deployment: Deployment = DEPLOYMENT) -> dict[str, dict[str, Any]]:
    """The inputs of a queue and its dead-letter queue, by name."""
    registered = record(lambda: Queue("jobs", deployment=deployment))
    return {entry.name: entry.inputs for entry in registered if entry.type == "aws:sqs/queue:Queue"}


def test_a_message_rests_in_the_dead_letter_queue_after_three_receives() -> None:
    redrive = json.loads(queues()["blog-test-jobs"]["redrivePolicy"])
    letters = "arn:aws:sqs:eu-central-1:123456789012:blog-test-jobs-dead-letters"
    assert redrive == {"deadLetterTargetArn": letters, "maxReceiveCount": 3}


def test_a_message_is_hidden_for_five_minutes_and_kept_for_two_weeks() -> None:
    jobs = queues()["blog-test-jobs"]
    assert (jobs["visibilityTimeoutSeconds"], jobs["messageRetentionSeconds"]) == (300, 1209600)


def test_dead_letters_are_kept_for_two_weeks_and_come_from_their_queue_only() -> None:
    dead = queues()["blog-test-jobs-dead-letters"]
    assert dead["messageRetentionSeconds"] == 1209600
    assert json.loads(dead["redriveAllowPolicy"]) == {"redrivePermission": "byQueue", "sourceQueueArns": [JOBS]}


def test_a_queue_is_encrypted_with_a_key_of_ours_or_else_with_one_of_sqs() -> None:
    ours, theirs = queues()["blog-test-jobs"], queues(replace(DEPLOYMENT, key_arn=None))["blog-test-jobs"]
    assert (ours["kmsMasterKeyId"], ours.get("sqsManagedSseEnabled")) == (KEY, None)
    assert (theirs.get("kmsMasterKeyId"), theirs["sqsManagedSseEnabled"]) == (None, True)


def test_its_policy_refuses_requests_without_tls_and_allows_nobody() -> None:
    assert json.loads(queues()["blog-test-jobs"]["policy"])["Statement"] == [TLS_ONLY | {"Resource": [JOBS]}]


def test_a_grant_names_the_actions_of_its_purpose_and_the_queue() -> None:
    granted: list[Statement] = []

    def program() -> None:
        queue = Queue("jobs", deployment=DEPLOYMENT)
        granted.extend([queue.grant_send(), queue.grant_consume()])

    record(program)
    assert granted == [
        Statement(sid="SendJobs", actions=["sqs:SendMessage"], resources=[JOBS]),
        Statement(
            sid="ConsumeJobs",
            actions=[
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ChangeMessageVisibility",
            ],
            resources=[JOBS],
        ),
    ]


def test_a_function_gets_batches_of_ten_and_reports_which_messages_failed() -> None:
    def program() -> None:
        function = Function("get_user", defaults=DEFAULTS, grants=[])
        Queue("jobs", deployment=DEPLOYMENT).consumed_by(function)

    mapping = mapping_of(record(program))
    assert (mapping["eventSourceArn"], mapping["functionName"]) == ("arn:blog-test-jobs", "arn:blog-test-get-user")
    assert (mapping["batchSize"], mapping["functionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
    assert mapping["scalingConfig"] == {"maximumConcurrency": 10}


def mapping_of(registered: list[Registration]) -> dict[str, Any]:
    [mapping] = [e.inputs for e in registered if e.type == "aws:lambda/eventSourceMapping:EventSourceMapping"]
    return mapping


def test_a_message_may_be_as_large_as_sqs_takes_also_among_the_dead_letters() -> None:
    """1 MiB: Amazon SQS Developer Guide, "Amazon SQS message quotas"; the provider's own default is 256 KiB."""
    assert {name: inputs["maxMessageSize"] for name, inputs in queues().items()} == {
        "blog-test-jobs": 1_048_576,
        "blog-test-jobs-dead-letters": 1_048_576,
    }


def test_the_sid_of_a_grant_has_letters_and_digits_only_as_iam_asks() -> None:
    sids: list[str] = []

    def program() -> None:
        queue = Queue("order-events", deployment=DEPLOYMENT)
        sids.extend([queue.grant_send().sid, queue.grant_consume().sid])

    record(program)
    assert sids == ["SendOrderEvents", "ConsumeOrderEvents"]
