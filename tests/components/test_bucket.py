"""Buckets: who may use them, how they are encrypted, what becomes of their objects."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.access.resource_policy import ServiceAccess
from components.deployment import Deployment
from components.iam import Arns, Statement
from components.storage.bucket import Bucket
from components.storage.log_bucket import log_bucket
from tests.components.recording import Registration, record

DEPLOYMENT = Deployment(
    prefix="blog-test",
    arns=Arns(partition="aws", region="eu-central-1", account="123456789012"),
    key_arn="arn:aws:kms:eu-central-1:123456789012:key/1",
    log_retention_days=365,
    protection=True,
)
UPLOADS = "arn:aws:s3:::blog-test-uploads-123456789012"
LOGS = "arn:aws:s3:::blog-test-logs-123456789012"


def uploads(deployment: Deployment = DEPLOYMENT, **options: Any) -> dict[str, Registration]:
    """The resources of an uploads bucket by the last part of their types."""
    registered = record(lambda: Bucket("uploads", deployment=deployment, logs=None, **options))
    return {entry.type.rsplit(":", 1)[1]: entry for entry in registered}


def logs(deployment: Deployment = DEPLOYMENT) -> dict[str, Registration]:
    return {entry.type.rsplit(":", 1)[1]: entry for entry in record(lambda: log_bucket(deployment=deployment))}


def statements(bucket: dict[str, Registration]) -> list[dict[str, Any]]:
    return json.loads(bucket["BucketPolicy"].inputs["policy"])["Statement"]


def rules(bucket: dict[str, Registration]) -> dict[str, dict[str, Any]]:
    return {rule["id"]: rule for rule in bucket["BucketLifecycleConfiguration"].inputs["rules"]}


def encryption(bucket: dict[str, Registration]) -> dict[str, Any]:
    [rule] = bucket["BucketServerSideEncryptionConfiguration"].inputs["rules"]
    return rule


def test_all_public_access_is_blocked_and_the_account_owns_every_object() -> None:
    bucket = uploads()
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [bucket["BucketPublicAccessBlock"].inputs[switch] for switch in switches] == [True] * 4
    assert bucket["BucketOwnershipControls"].inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_the_policy_refuses_requests_without_tls_and_allows_nobody() -> None:
    assert statements(uploads()) == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": ["s3:*"],
            "Resource": [UPLOADS, f"{UPLOADS}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_a_service_may_use_it_only_for_the_sources_that_were_named() -> None:
    source = "arn:aws:cloudfront::123456789012:distribution/E1"
    reads = ServiceAccess(service="cloudfront.amazonaws.com", actions=["s3:GetObject"], source=source, part="/site/*")
    _, allowed = statements(uploads(services=[reads]))
    assert allowed == {
        "Sid": "UsedByCloudfront",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": [f"{UPLOADS}/site/*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": source},
        },
    }


def test_a_key_of_ours_encrypts_it_and_is_asked_once_for_many_objects() -> None:
    assert encryption(uploads()) == {
        "bucketKeyEnabled": True,
        "applyServerSideEncryptionByDefault": {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": "arn:aws:kms:eu-central-1:123456789012:key/1",
        },
    }


def test_without_a_key_of_ours_it_is_encrypted_with_a_key_of_s3() -> None:
    assert encryption(uploads(replace(DEPLOYMENT, key_arn=None))) == {
        "bucketKeyEnabled": False,
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
    }


def test_objects_move_to_cheaper_storage_after_30_and_90_days() -> None:
    ageing = rules(uploads())["ageing"]
    assert ageing["transitions"] == [
        {"days": 30, "storageClass": "STANDARD_IA"},
        {"days": 90, "storageClass": "GLACIER"},
    ]
    assert "expiration" not in ageing
    read_at_once = rules(uploads(cold_storage="GLACIER_IR"))["ageing"]
    assert read_at_once["transitions"][1] == {"days": 90, "storageClass": "GLACIER_IR"}


def test_what_was_overwritten_goes_after_90_days_and_an_abandoned_upload_after_a_week() -> None:
    bucket = uploads()
    leftovers = rules(bucket)["leftovers"]
    assert bucket["BucketVersioning"].inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert leftovers["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert leftovers["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


@pytest.mark.parametrize("protection", [True, False])
def test_only_a_bucket_without_protection_can_be_deleted_with_what_is_in_it(*, protection: bool) -> None:
    assert uploads(replace(DEPLOYMENT, protection=protection))["Bucket"].inputs["forceDestroy"] is not protection


def test_each_bucket_logs_into_the_log_bucket_under_its_own_name() -> None:
    def program() -> None:
        Bucket("uploads", deployment=DEPLOYMENT, logs=log_bucket(deployment=DEPLOYMENT))

    loggings = [entry.inputs for entry in record(program) if entry.type == "aws:s3/bucketLogging:BucketLogging"]
    assert loggings == [
        {
            "bucket": "blog-test-uploads-123456789012",
            "targetBucket": "blog-test-logs-123456789012",
            "targetPrefix": "buckets/uploads/",
        }
    ]


def test_the_log_bucket_takes_logs_of_the_deployment_only_and_is_encrypted_as_s3_delivers_them() -> None:
    bucket = logs()
    _, delivery = statements(bucket)
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert (delivery["Action"], delivery["Resource"]) == (["s3:PutObject"], [f"{LOGS}/buckets/*"])
    assert delivery["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:s3:::blog-test-*"}
    assert encryption(bucket)["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert "BucketLogging" not in bucket


@pytest.mark.parametrize(("kept", "moves"), [(365, [30, 90]), (60, [30]), (14, [])])
def test_logs_go_when_the_deployment_keeps_them_no_longer_and_move_nowhere_after_that(
    kept: int, moves: list[int]
) -> None:
    ageing = rules(logs(replace(DEPLOYMENT, log_retention_days=kept)))["ageing"]
    assert ageing["expiration"] == {"days": kept}
    assert [transition["days"] for transition in ageing.get("transitions", [])] == moves


def test_a_grant_names_one_action_and_the_keys_that_were_asked_for() -> None:
    granted: list[Statement] = []

    def program() -> None:
        bucket = Bucket("uploads", deployment=DEPLOYMENT, logs=None)
        granted.extend(
            [bucket.grant_read(), bucket.grant_read_versions("*.csv"), bucket.grant_write("daily/*", "weekly/*")]
        )

    record(program)
    assert granted == [
        Statement(sid="ReadUploads", actions=["s3:GetObject"], resources=[f"{UPLOADS}/*"]),
        Statement(sid="ReadVersionsOfUploads", actions=["s3:GetObjectVersion"], resources=[f"{UPLOADS}/*.csv"]),
        Statement(
            sid="WriteUploads", actions=["s3:PutObject"], resources=[f"{UPLOADS}/daily/*", f"{UPLOADS}/weekly/*"]
        ),
    ]
