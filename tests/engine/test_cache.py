"""The cache on the real engine, with the API before it: fresh, rotated, and gone."""

import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.emulation.valkey_server import ValkeyServer
from local.identity_token import signed_in
from local.smoke import Answer, call
from tests.engine.workspace import Workspace, summary
from tests.functions.valkey import frozen, process

PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

SETTLED_SECONDS = 90
"""Longer than a hold lasts that a writer could not take back (30 s)."""

STACK = "cached"
USERS = [
    "on ~blog-cached:* resetchannels -@all +get +set +del +eval",
    "off ~blog-cached:* resetchannels -@all",
]


@pytest.fixture(scope="module")
def cached(workspace: Workspace) -> Workspace:
    """The workspace with a stack deployed that is like dev, with a cache."""
    workspace.add_stack(STACK, like="dev")
    with (workspace.folder / f"Pulumi.{STACK}.yaml").open("a") as settings:
        settings.write("  blog:cache: replication-group\n")
    workspace.up(STACK)
    return workspace


@pytest.fixture(scope="module")
def url(cached: Workspace) -> str:
    return cached.session(STACK).outputs()["apiUrl"]


@pytest.fixture(scope="module")
def server(cached: Workspace) -> ValkeyServer:
    """The server of the local AWS's caches."""
    folder = cached.folder / ".local/cloud/valkey"
    return ValkeyServer(folder, int((folder / "port").read_text()))


@pytest.fixture(scope="module")
def token(cached: Workspace) -> Iterator[str]:
    outputs = cached.session(STACK).outputs()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cached.environment(STACK).items():
            patch.setenv(name, value)
        with signed_in(outputs["userPoolId"], outputs["userPoolClientId"]) as token:
            yield token


@pytest.fixture
def user(url: str, token: str) -> str:
    """The address of a user called Ada, whom nobody has read yet."""
    name = f"user-{secrets.token_hex(4)}"
    body = {"userId": name, "name": "Ada", "email": "ada@example.com"}
    assert call("POST", f"{url}/users", token=token, body=body).status == 201
    return f"{url}/users/{name}"


def name_of(address: str) -> str:
    answer = call("GET", address)
    assert answer.status == 200, answer
    return json.loads(answer.body)["name"]


def behind_it(cached: Workspace, address: str, name: str) -> None:
    """Change a user's name without the cache's knowledge."""
    cached.client(STACK, "dynamodb").update_item(
        TableName=f"blog-{STACK}-table",
        Key={"PK": {"S": f"USER#{address.rpartition('/')[2]}"}, "SK": {"S": "PROFILE"}},
        UpdateExpression="SET #name = :name",
        ExpressionAttributeNames={"#name": "name"},
        ExpressionAttributeValues={":name": {"S": name}},
    )


def rename(address: str, token: str, name: str) -> Answer:
    return call("PATCH", address, token=token, body={"name": name}, headers={"if-match": "*"})


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SETTLED_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        PAUSE.wait(0.2)
    return True


def served_by_the_cache(cached: Workspace, address: str) -> bool:
    """Whether a change that the cache does not know of stays unseen."""
    before = name_of(address)
    behind_it(cached, address, after := f"Ada {secrets.token_hex(4)}")
    return name_of(address) == before != after


def test_the_cache_asks_who_connects_and_is_encrypted_and_outlives_a_zone(cached: Workspace) -> None:
    elasticache = cached.client(STACK, "elasticache")
    [group] = elasticache.describe_replication_groups(ReplicationGroupId=f"blog-{STACK}-cache")["ReplicationGroups"]
    users = [
        elasticache.describe_users(UserId=user)["Users"][0]
        for user in (f"blog-{STACK}-cache", f"blog-{STACK}-cache-default")
    ]
    assert group["TransitEncryptionEnabled"]
    assert group["AtRestEncryptionEnabled"]
    assert (group["MultiAZ"], group["AutomaticFailover"], len(group["MemberClusters"])) == ("enabled", "enabled", 2)
    assert (group["SnapshotRetentionLimit"], group["UserGroupIds"]) == (7, [f"blog-{STACK}-cache"])
    assert [user["AccessString"] for user in users] == USERS
    assert users[1]["UserName"] == "default"


def test_only_functions_that_use_the_cache_stand_beside_it_and_none_is_told_the_password(cached: Workspace) -> None:
    lambda_ = cached.client(STACK, "lambda")
    inside: list[str] = []
    for page in lambda_.get_paginator("list_functions").paginate():
        configurations: list[dict[str, Any]] = page["Functions"]
        for function in configurations:
            if not function["FunctionName"].startswith(f"blog-{STACK}-"):
                continue
            variables: dict[str, str] = function["Environment"]["Variables"]
            stands = bool(function.get("VpcConfig", {}).get("SubnetIds"))
            assert stands == ("CACHE_HOST" in variables)
            inside += [function["FunctionName"].removeprefix(f"blog-{STACK}-")] if stands else []
            assert not any("PASSWORD" in name for name in variables)
    assert sorted(inside) == [
        "create-post", "create-user", "delete-post", "delete-user", "get-post", "get-user", "process-job",
        "update-user",
    ]  # fmt: skip


def test_what_was_read_is_read_from_the_cache_until_a_function_changes_it(
    cached: Workspace, user: str, token: str
) -> None:
    assert until(lambda: served_by_the_cache(cached, user))
    assert rename(user, token, "Ada Lovelace").status == 200
    assert name_of(user) == "Ada Lovelace"


def test_a_rotated_password_opens_the_cache_at_once_and_a_deployment_leaves_it(cached: Workspace, user: str) -> None:
    manager, secret = cached.client(STACK, "secretsmanager"), f"blog-{STACK}-cache"
    version = manager.rotate_secret(SecretId=secret)["VersionId"]
    assert until(
        lambda: "AWSCURRENT" in manager.describe_secret(SecretId=secret)["VersionIdsToStages"].get(version, [])
    )
    assert [line for line in summary(cached.up(STACK)) if "unchanged" not in line] == []
    refreshed = cached.pulumi(STACK, "refresh", "--preview-only")
    assert [line for line in summary(refreshed.stdout) if "unchanged" not in line] == []
    assert until(lambda: served_by_the_cache(cached, user))
    elasticache = cached.client(STACK, "elasticache")
    [known] = elasticache.describe_users(UserId=f"blog-{STACK}-cache")["Users"]
    assert known["Authentication"]["PasswordCount"] == 2


def test_reads_and_writes_are_answered_by_the_table_while_the_cache_hangs_and_by_the_cache_when_it_is_back(
    cached: Workspace, server: ValkeyServer, user: str, token: str
) -> None:
    assert until(lambda: served_by_the_cache(cached, user))
    with frozen(server):
        for name in ("Grace", "Grace Hopper"):
            began = time.monotonic()
            behind_it(cached, user, name)
            assert name_of(user) == name
            assert rename(user, token, f"{name} again").status == 200
            assert name_of(user) == f"{name} again"
            # Three requests wait some tenths of a second for the cache each, and not for ever.
            assert time.monotonic() - began < SETTLED_SECONDS
    assert until(lambda: served_by_the_cache(cached, user))


def test_nobody_notices_that_the_server_was_killed_midway(
    cached: Workspace, server: ValkeyServer, user: str, token: str
) -> None:

    assert until(lambda: served_by_the_cache(cached, user))
    os.kill(process(server), signal.SIGKILL)
    for number in range(5):
        assert rename(user, token, f"Ada {number}").status == 200
        assert name_of(user) == f"Ada {number}"
    assert until(lambda: served_by_the_cache(cached, user))
