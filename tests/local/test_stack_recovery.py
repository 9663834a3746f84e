"""A stack's local state on the real engine: made without a trace in tracked files, brought in order after a kill.

The program has one dynamic resource, whose creation reads a file: a pipe holds it up. No AWS is needed.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from local import engine, stack
from local.cloud import Cloud

PROGRAM = """
from pathlib import Path
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Held(ResourceProvider):
    def create(self, props):
        Path("creating").touch()
        Path("hold").read_text()
        return CreateResult("made", props)

class Thing(Resource):
    def __init__(self, name):
        super().__init__(Held(), name, {})

Thing("thing")
pulumi.export("password", pulumi.Output.secret("hidden"))
"""
NOWHERE = Cloud(port=1, pid=1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: held\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "hold").touch()
    return tmp_path


@pytest.fixture
def environment(project: Path) -> dict[str, str]:
    composed = stack.environment("dev", engine.ensure(), NOWHERE, project)
    stack.ensure_stack("dev", composed, project)
    return composed


def pulumi(project: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pulumi", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def up_until_it_creates(project: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    (project / "hold").unlink()
    os.mkfifo(project / "hold")
    running = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (project / "creating").exists():
        assert time.monotonic() < deadline, "the resource was not created within a minute"
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the engine ended before the resource was created: {running.wait(timeout=0.05)}")
    return running


def end(running: "subprocess.Popen[bytes]") -> None:
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(timeout=30)


def test_a_stack_is_created_and_deployed_without_a_change_to_tracked_files(project: Path, environment: dict[str, str]):
    tracked = {file: file.read_bytes() for file in project.iterdir() if file.is_file()}
    stack.ensure_stack("dev", environment, project)
    deployed = pulumi(project, environment, "up", "--yes", "--skip-preview", "--stack", "dev")

    assert deployed.returncode == 0, deployed.stderr
    assert {file: file.read_bytes() for file in tracked} == tracked
    assert pulumi(project, environment, "stack", "output", "password", "--show-secrets").stdout == "hidden\n"
    assert pulumi(project, environment, "stack", "output", "password").stdout == "[secret]\n"


def test_the_passphrase_is_made_once_and_only_its_owner_reads_it(project: Path, environment: dict[str, str]):
    file = Path(environment["PULUMI_CONFIG_PASSPHRASE_FILE"])
    made = file.read_text(encoding="utf-8")
    stack.ensure_stack("dev", environment, project)

    assert len(made) >= 32
    assert file.read_text(encoding="utf-8") == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert [other.name for other in file.parent.glob("passphrase*")] == ["passphrase"]


def test_a_run_that_was_killed_half_way_is_cleared_and_the_next_one_continues(
    project: Path, environment: dict[str, str]
):
    end(up_until_it_creates(project, environment))
    (project / "hold").unlink()
    (project / "hold").touch()
    blocked = pulumi(project, environment, "up", "--yes", "--skip-preview", "--non-interactive")
    assert "the stack is currently locked by 1 lock(s)" in blocked.stderr

    stack.recover("dev", environment, project)
    assert "pending_operations" not in pulumi(project, environment, "stack", "export").stdout
    deployed = pulumi(project, environment, "up", "--yes", "--skip-preview", "--non-interactive")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert "pending operation" not in deployed.stdout + deployed.stderr
    assert '"id": "made"' in pulumi(project, environment, "stack", "export").stdout


def test_a_run_that_was_killed_while_it_wrote_the_state_is_cleared(project: Path, environment: dict[str, str]):
    end(up_until_it_creates(project, environment))
    (attributes,) = project.glob(".local/state/.pulumi/stacks/held/dev.json.attrs")
    attributes.write_bytes(b"")
    assert "EOF" in pulumi(project, environment, "stack", "export", "--stack", "dev").stderr

    stack.recover("dev", environment, project)
    assert pulumi(project, environment, "stack", "export", "--stack", "dev").returncode == 0


def test_a_run_that_is_still_at_work_is_left_alone(project: Path, environment: dict[str, str]):
    running = up_until_it_creates(project, environment)
    try:
        with pytest.raises(stack.StackError, match=r"^process \d+ on .* is at work on the stack dev: wait for it"):
            stack.recover("dev", environment, project)
        (project / "hold").write_text("go on", encoding="utf-8")

        assert running.wait(timeout=60) == 0
    finally:
        if running.poll() is None:
            end(running)


def test_a_state_in_order_is_not_touched(project: Path, environment: dict[str, str]):
    state = project / ".local/state/.pulumi/stacks/held/dev.json"
    before = state.read_bytes()
    stack.recover("dev", environment, project)

    assert state.read_bytes() == before


def test_a_stack_that_cannot_be_created_is_reported_in_the_engines_words(project: Path, environment: dict[str, str]):
    with pytest.raises(stack.StackError, match=r"^stack a b cannot be created: pulumi stack init") as raised:
        stack.ensure_stack("a b", environment, project)

    assert "may only contain alphanumeric" in str(raised.value)
