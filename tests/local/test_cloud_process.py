"""The life of the emulator of a checkout: started once, found again, stopped, killed, beside others."""

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from local import cloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UV = cloud.ROOT / ".local/uv/bin/uv"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A folder with no emulator, in which none is left running."""
    monkeypatch.delenv("BLOG_CLOUD_PORT", raising=False)
    yield tmp_path
    cloud.stop(tmp_path)


def tables(running: cloud.Cloud) -> "DynamoDBClient":
    return boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "dynamodb",
        endpoint_url=running.endpoint,
        region_name=cloud.REGION,
        aws_access_key_id=cloud.KEY,
        aws_secret_access_key=cloud.KEY,
    )


def create(running: cloud.Cloud, table: str) -> None:
    tables(running).create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def refusal(checkout: Path, port: int | None = None) -> str:
    with pytest.raises(cloud.EmulatorError) as raised:
        cloud.start(checkout, port, UV)
    return str(raised.value)


def test_a_second_start_finds_the_emulator_that_runs(checkout: Path):
    first = cloud.start(checkout, uv=UV)
    second = cloud.start(checkout, uv=UV)

    assert (first.started, second.started) == (True, False)
    assert (second.pid, second.port) == (first.pid, first.port)
    assert cloud.status(checkout) == second


def test_it_is_reached_on_this_machine_only_and_enforces_iam(checkout: Path):
    running = cloud.start(checkout, uv=UV)
    with urllib.request.urlopen(f"{running.endpoint}/_ministack/health", timeout=5) as answer:  # noqa: S310 - loopback only
        health = json.load(answer)

    assert running.endpoint == f"http://127.0.0.1:{running.port}"
    assert health["auth"] == "enabled"
    sockets = Path("/proc/net/tcp").read_text(encoding="ascii") if Path("/proc/net/tcp").exists() else ""
    assert f"00000000:{running.port:04X}" not in sockets


def test_a_stop_ends_it_and_a_second_stop_has_nothing_to_do(checkout: Path):
    running = cloud.start(checkout, uv=UV)

    assert cloud.stop(checkout) is True
    assert cloud.stop(checkout) is False
    assert cloud.status(checkout) is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", running.port), timeout=2)


def test_what_it_held_comes_back_after_each_stop_at_the_same_port(checkout: Path):
    first = cloud.start(checkout, uv=UV)
    create(first, "kept")
    tables(first).put_item(TableName="kept", Item={"PK": {"S": "one"}})
    for _ in range(2):
        cloud.stop(checkout)
        again = cloud.start(checkout, uv=UV)

        assert (again.started, again.port) == (True, first.port)
        assert tables(again).scan(TableName="kept")["Items"] == [{"PK": {"S": "one"}}]


def test_after_a_kill_it_starts_empty_whatever_an_earlier_stop_has_kept(checkout: Path):
    create(cloud.start(checkout, uv=UV), "of-the-first-run")
    cloud.stop(checkout)
    second = cloud.start(checkout, uv=UV)
    os.kill(second.pid, signal.SIGKILL)

    third = cloud.start(checkout, uv=UV)

    assert (third.started, third.port) == (True, second.port)
    assert tables(third).list_tables()["TableNames"] == []


def test_a_record_whose_process_number_another_process_has_now_is_not_believed(checkout: Path):
    running = cloud.start(checkout, uv=UV)
    cloud.stop(checkout)
    record = checkout / ".local/cloud/cloud.json"
    record.write_text(json.dumps({"port": running.port, "pid": os.getpid(), "started": False}), encoding="utf-8")

    assert cloud.status(checkout) is None
    assert cloud.stop(checkout) is False  # and this test goes on: it was not the one that was stopped
    assert cloud.start(checkout, uv=UV).started


def test_two_checkouts_have_an_emulator_each(checkout: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    try:
        here, there = cloud.start(checkout, uv=UV), cloud.start(other, uv=UV)
        create(here, "here")

        assert here.port != there.port
        assert tables(there).list_tables()["TableNames"] == []
    finally:
        cloud.stop(other)


def test_a_configured_port_is_used(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("BLOG_CLOUD_PORT", str(port))

    assert cloud.start(checkout, uv=UV).port == port


def test_a_configured_port_that_is_taken_is_refused_with_the_fix(checkout: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(checkout, port)

    assert said.startswith(f"port {port} cannot be used for the emulator (")
    assert said.endswith("or choose another one with BLOG_CLOUD_PORT, or leave that out for a free one")
    assert cloud.status(checkout) is None


@pytest.mark.parametrize("value", ["http", "-1", "4566.5"])
def test_a_port_that_is_none_is_refused_with_its_value(checkout: Path, monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("BLOG_CLOUD_PORT", value)

    assert refusal(checkout) == f"BLOG_CLOUD_PORT is {value!r}: it takes a port, 1 to 65535, or nothing"


def test_nothing_of_the_users_environment_reaches_it(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the-users-own")
    running = cloud.start(checkout, uv=UV)

    variables = Path(f"/proc/{running.pid}/environ")
    assert b"the-users-own" not in (variables.read_bytes() if variables.exists() else b"")
    assert " INFO " in cloud.logs(checkout).read_text(encoding="utf-8")  # LOG_LEVEL=WARNING would have silenced it


def test_a_machine_without_uv_is_told_what_brings_it(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BLOG_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(cloud.EmulatorError, match="uv, which installs the emulator, is not on PATH: run `make up`"):
        cloud.start(checkout)
