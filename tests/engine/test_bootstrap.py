"""The account is bootstrapped by its runbook, and a stack then lives in the bucket, its secrets under the key."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.roles import assume, decisions, denied, run_as
from tests.engine.runbooks import FOLDER, equip, follow, run
from tests.engine.workspace import Workspace, summary, violated

BUCKET = "blog-bootstrap-state-111122223333"
BACKEND = f"export PULUMI_BACKEND_URL='s3://{BUCKET}?region=eu-central-1&awssdk=v2'\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = equip(Workspace(tmp_path_factory.mktemp("bootstrap")))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def said(workspace: Workspace) -> str:
    """What the runbook's commands said."""
    return follow(workspace, FOLDER / "bootstrap.md")


def state(workspace: Workspace, project: str, stack: str) -> dict[str, Any]:
    key = f".pulumi/stacks/{project}/{stack}.json"
    return json.loads(workspace.client("dev", "s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_the_policies_hold_and_the_state_moves_without_a_change(workspace: Workspace, said: str) -> None:
    assert violated(said) == set()
    moved = state(workspace, "blog-bootstrap", "main")["checkpoint"]["latest"]
    assert moved["secrets_providers"]["type"] == "cloud"
    assert moved["secrets_providers"]["state"]["url"].startswith("awskms:///alias/blog-bootstrap-secrets?")
    assert any(one["type"] == "aws:s3/bucket:Bucket" for one in moved["resources"])
    assert not (workspace.folder / "bootstrap/.local/.pulumi").exists()
    assert "encryptedkey" not in (workspace.folder / "bootstrap/Pulumi.main.yaml").read_text()


def test_the_state_bucket_is_encrypted_versioned_private_and_asks_for_tls(workspace: Workspace, said: str) -> None:
    assert said
    s3 = workspace.client("dev", "s3")
    rule = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [one["Effect"] for one in policy if "aws:SecureTransport" in json.dumps(one)] == ["Deny"]


def test_bucket_and_keys_are_protected(workspace: Workspace, said: str) -> None:
    assert said
    resources = state(workspace, "blog-bootstrap", "main")["checkpoint"]["latest"]["resources"]
    kept = {one["type"] for one in resources if one.get("protect") and one.get("retainOnDelete")}
    assert {"aws:s3/bucket:Bucket", "aws:kms/key:Key"} <= kept
    refused = run(workspace, f"{BACKEND}cd bootstrap\npulumi destroy --stack main --yes")
    assert refused.returncode != 0
    assert "protected" in refused.stdout


def test_a_role_admits_one_kind_of_run_of_one_repository(workspace: Workspace, said: str) -> None:
    assert said
    admitted: dict[str, list[str]] = {}
    for role in ("preview", "deploy-dev", "deploy-prod"):
        trust = workspace.client("dev", "iam").get_role(RoleName=f"blog-bootstrap-{role}")["Role"]
        (statement,) = trust["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] in ("sts:AssumeRoleWithWebIdentity", ["sts:AssumeRoleWithWebIdentity"])
        tests = statement["Condition"]["StringEquals"]
        assert tests["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
        subjects = tests["token.actions.githubusercontent.com:sub"]
        admitted[role] = [subjects] if isinstance(subjects, str) else subjects
    repository = "repo:example/serverless-blog"
    assert admitted == {
        "preview": [f"{repository}:pull_request", f"{repository}:ref:refs/heads/main"],
        "deploy-dev": [f"{repository}:environment:dev"],
        "deploy-prod": [f"{repository}:environment:prod"],
    }


def test_rest_apis_of_the_account_may_log(workspace: Workspace, said: str) -> None:
    assert said
    role = workspace.client("dev", "apigateway").get_account()["cloudwatchRoleArn"]
    assert role.endswith(":role/blog-bootstrap-api-logs")


def test_a_stack_planned_by_its_deployer_lives_in_the_bucket_with_its_secrets_under_the_key(
    workspace: Workspace, said: str
) -> None:
    assert said
    deployer = assume(workspace, "deploy-dev", "environment:dev")
    planned = run_as(workspace, deployer, f"{BACKEND}make plan ON=aws STACK=dev", "dev")
    assert planned.returncode == 0, planned.stdout
    made = decisions(workspace, "deploy-dev")
    assert {"kms:Decrypt", "s3:GetObject", "s3:ListBucket"} <= {one["action"] for one in made}
    assert denied(made) == set()
    way = "\n".join(f"make {target} ON=aws STACK=dev" for target in ("deploy", "smoke", "drift"))
    done = run(workspace, f"{BACKEND}{way}")
    assert done.returncode == 0, done.stdout
    assert summary(done.stdout)
    kept = state(workspace, "blog", "dev")["checkpoint"]["latest"]
    assert kept["secrets_providers"]["state"]["url"].startswith("awskms:///alias/blog-bootstrap-secrets?")
    locks = workspace.client("dev", "s3").list_objects_v2(Bucket=BUCKET, Prefix=".pulumi/locks/")
    assert locks["KeyCount"] == 0


def test_a_role_is_assumed_by_tokens_of_its_own_subject_alone(workspace: Workspace, said: str) -> None:
    assert said
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(workspace, "deploy-prod", "environment:dev")
