"""The pack as the engine starts it, asks it over gRPC and ends it."""

import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from serverless_guard.rules import every_rule

POLICIES = Path(__file__).parents[2] / "policies"
KEY = proto.AnalyzeRequest(type="aws:kms/key:Key", name="key", urn="urn:pulumi:dev::blog::aws:kms/key:Key::key")


FOLDER = (sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", ".")
"""How an engine starts a folder, in it."""
FILE = (str(POLICIES / "serverless-blog"), "127.0.0.1:1")
"""How an engine from 3.255 starts an executable file, from wherever it runs."""


@contextmanager
def started(command: Sequence[str] = FOLDER) -> Generator[tuple[subprocess.Popen[str], Any]]:
    with subprocess.Popen(
        command,
        cwd=POLICIES if command is FOLDER else POLICIES.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield process, cast("Any", AnalyzerStub(channel))
        finally:
            process.kill()


@pytest.mark.parametrize("command", [FOLDER, FILE], ids=["folder", "executable file"])
def test_it_answers_the_engine(command: Sequence[str]) -> None:
    with started(command) as (_, pack):
        described = pack.GetAnalyzerInfo(empty_pb2.Empty()).policies
    assert [one.name for one in described] == [rule.id for rule in every_rule()]


def test_the_engine_ends_it_at_once_and_without_a_word() -> None:
    with started() as (process, pack):
        pack.GetPluginInfo(empty_pb2.Empty())
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "")
        assert process.returncode == -signal.SIGINT


def test_it_declines_to_remediate_until_a_rule_is_to_be_remediated() -> None:
    with started() as (_, pack):
        pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(project="blog", stack="dev"))
        with pytest.raises(grpc.RpcError) as declined:
            pack.Remediate(KEY)
        assert cast("grpc.Call", declined.value).code() is grpc.StatusCode.UNIMPLEMENTED
        level = proto.PolicyConfig(enforcementLevel=proto.REMEDIATE)
        pack.Configure(proto.ConfigureAnalyzerRequest(policyConfig={"kms-rotation": level}))
        assert [one.policyName for one in pack.Remediate(KEY).remediations] == ["kms-rotation"]
