"""`local/bin/pulumi`: what reaches the engine behind it; a program that tells what it got stands in its place."""

import os
import subprocess
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "local/bin"
TRACKED = "config:\n  blog:owner: team\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "engine").mkdir()
    engine = tmp_path / "engine/pulumi"
    engine.write_text('#!/bin/sh\necho "$PATH"\nfor a; do echo "$a"; done\nexit 7\n', encoding="utf-8")
    engine.chmod(0o755)
    (tmp_path / "Pulumi.dev.yaml").write_text(TRACKED, encoding="utf-8")
    return tmp_path


def launch(project: Path, *arguments: str, stack: str | None = None) -> list[str]:
    """Run the launcher as typed, and return the arguments that the engine behind it got."""
    path = os.pathsep.join([str(LAUNCHER), str(project / "engine"), os.defpath])
    variables = {"PATH": path} | ({"PULUMI_STACK": stack} if stack else {})
    done = subprocess.run(
        ["pulumi", *arguments],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        executable=LAUNCHER / "pulumi",
    )
    assert done.returncode == 7, done.stderr
    behind, *passed = done.stdout.splitlines()
    assert str(LAUNCHER) not in behind.split(os.pathsep)
    return passed


def copy(project: Path) -> str:
    return f"{project}/.local/stacks/dev/Pulumi.dev.yaml"


@pytest.mark.parametrize(
    "operation", ["preview", "pre", "up", "update", "refresh", "destroy", "down", "dn", "import", "watch", "logs"]
)
def test_an_operation_reads_a_copy_of_the_stack_file(project: Path, operation: str):
    assert launch(project, operation, "--stack", "dev", "--yes") == [
        operation, "--config-file", copy(project), "--stack", "dev", "--yes",
    ]  # fmt: skip
    assert Path(copy(project)).read_text(encoding="utf-8") == TRACKED


@pytest.mark.parametrize(
    "naming",
    [["--stack", "dev"], ["--stack=dev"], ["-s", "dev"], ["-sdev"], ["-s=dev"], ["--stack", "organization/blog/dev"]],
)
def test_the_stack_may_be_named_in_every_way_that_pulumi_takes(project: Path, naming: list[str]):
    assert launch(project, "up", *naming)[:3] == ["up", "--config-file", copy(project)]


def test_the_stack_of_the_environment_is_used_where_none_is_named(project: Path):
    assert launch(project, "preview", stack="dev") == ["preview", "--config-file", copy(project)]


def test_a_stack_that_is_named_goes_before_the_environments(project: Path):
    assert launch(project, "preview", "--stack", "other", stack="dev") == ["preview", "--stack", "other"]


def test_options_before_the_operation_stay_where_they_are(project: Path):
    assert launch(project, "--color", "never", "--emoji", "up", "-y", stack="dev") == [
        "--color", "never", "--emoji", "up", "--config-file", copy(project), "-y",
    ]  # fmt: skip


@pytest.mark.parametrize("given", [["--config-file", "mine.yaml"], ["--config-file=mine.yaml"]])
def test_a_config_file_that_is_given_is_left_alone(project: Path, given: list[str]):
    assert launch(project, "up", *given, stack="dev") == ["up", *given]
    assert not (project / ".local").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["version"],
        ["stack", "import"],
        ["stack", "output", "--json"],
        ["config", "refresh"],
        ["state", "delete", "up"],
    ],
)
def test_other_commands_pass_as_they_are(project: Path, arguments: list[str]):
    assert launch(project, *arguments, stack="dev") == arguments
    assert not (project / ".local").exists()


def test_arguments_with_blanks_and_nothing_in_them_pass_whole(project: Path):
    assert launch(project, "up", "--message", "two words", "", stack="dev")[3:] == ["--message", "two words", ""]


def test_a_run_without_a_stack_passes_as_it_is(project: Path):
    assert launch(project, "up") == ["up"]


def test_what_an_earlier_run_wrote_into_the_copy_does_not_last(project: Path):
    launch(project, "up", stack="dev")
    Path(copy(project)).write_text("encryptionsalt: v1:abc\n", encoding="utf-8")
    launch(project, "up", stack="dev")

    assert Path(copy(project)).read_text(encoding="utf-8") == TRACKED


def test_the_creation_of_a_stack_leaves_the_stack_files_as_they_are(project: Path):
    engine = project / "engine/pulumi"
    engine.write_text('#!/bin/sh\necho "$PATH"\necho encryptionsalt: v1 >> Pulumi.dev.yaml\nexit 7\n', encoding="utf-8")
    launch(project, "stack", "init", "dev", stack="dev")
    assert (project / "Pulumi.dev.yaml").read_text(encoding="utf-8") == TRACKED
