"""Whatever is killed half-way through a deployment, the next `make up` completes it."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from local import cloud
from local.smoke import call
from tests.engine.workspace import Workspace, summary


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace of its own: killing the emulator of all tests would empty their stacks."""
    made = Workspace(tmp_path_factory.mktemp("interrupted"))
    yield made
    made.stop()


@pytest.fixture
def half(workspace: Workspace, request: pytest.FixtureRequest) -> Iterator[str]:
    """A stack of the test's own, which is destroyed afterwards."""
    name = f"half-{request.node.callspec.id}"
    workspace.add_stack(name, like="dev")
    yield name
    workspace.pulumi(name, "destroy", "--yes", "--skip-preview")


def _engine(workspace: Workspace, running: subprocess.Popen[str]) -> None:
    del workspace
    os.killpg(running.pid, signal.SIGKILL)


def _plugin(workspace: Workspace, running: subprocess.Popen[str]) -> None:
    del workspace
    children = subprocess.run(
        ["pgrep", "--session", str(running.pid), "--full", "local.provider"], capture_output=True, text=True, check=True
    )
    for pid in children.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def _emulator(workspace: Workspace, running: subprocess.Popen[str]) -> None:
    del running
    status = cloud.status(workspace.folder)
    assert status
    os.kill(status.pid, signal.SIGKILL)


def _deploy_until(workspace: Workspace, name: str, line: str) -> subprocess.Popen[str]:
    """Start a deployment and return when it has said a line."""
    running = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--stack", name],
        cwd=workspace.folder,
        env=workspace.environment(name),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert running.stdout
    for said in running.stdout:
        if line in said:
            return running
    raise AssertionError(f"the deployment ended without {line!r}")


@pytest.mark.parametrize("kill", [_engine, _plugin, _emulator], ids=["engine", "plugin", "emulator"])
def test_the_next_up_completes_what_a_kill_interrupted(
    workspace: Workspace, half: str, kill: Callable[[Workspace, subprocess.Popen[str]], None]
) -> None:
    running = _deploy_until(workspace, half, f"aws:dynamodb:Table blog-{half}-table created")
    kill(workspace, running)
    running.communicate(timeout=120)
    assert running.returncode != 0

    assert workspace.anew(half).up() == 0
    again = workspace.up(half)
    assert [line for line in summary(again) if "unchanged" not in line] == []
    answer = call("GET", f"{workspace.session(half).outputs()['apiUrl']}/users/nobody")
    assert answer.status == 404
