"""Another project, deployed from another folder by the real engine, reads the blog's outputs."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.workspace import ROOT, Workspace, summary, violated

type Consumer = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example alone: nothing of the blog is beside it but the policies, which the test names by their path."""
    alone = tmp_path_factory.mktemp("elsewhere") / "newsletter"
    shutil.copytree(ROOT / "examples/consumer", alone, ignore=shutil.ignore_patterns("__pycache__", ".local"))
    (alone / ".venv").symlink_to(Path(sys.prefix))
    return alone


@pytest.fixture(scope="module")
def newsletter(workspace: Workspace, folder: Path) -> Iterator[Consumer]:
    """Runs pulumi in the other project, after the blog has been deployed."""
    workspace.up("dev")

    def pulumi(*arguments: str, fine: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["pulumi", *arguments],
            cwd=folder,
            env=workspace.environment("dev"),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert (done.returncode == 0) is fine, done.stdout
        return done

    commands = re.findall(r"^pulumi .+$", (folder / "README.md").read_text().partition("On AWS")[0], re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        pulumi(*command.replace("../../policies", str(workspace.folder / "policies")).split()[1:])
    yield pulumi
    pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")


def test_it_makes_what_it_is_for_of_what_the_blog_exports(workspace: Workspace, newsletter: Consumer) -> None:
    name = newsletter("stack", "output", "parameterName", "--stack", "dev").stdout.strip()
    value = workspace.client("dev", "ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert name == "/newsletter-dev/blog-api-url"
    assert value == workspace.session("dev").outputs()["apiUrl"]


def test_a_second_update_changes_nothing(newsletter: Consumer) -> None:
    again = newsletter("up", "--yes", "--skip-preview", "--stack", "dev").stdout
    assert [line for line in summary(again) if "unchanged" not in line] == []


def test_the_policies_hold_for_it(workspace: Workspace, newsletter: Consumer) -> None:
    shown = newsletter("preview", "--policy-pack", str(workspace.folder / "policies"), "--stack", "dev").stdout
    assert violated(shown) == set()


def test_a_stack_that_does_not_exist_is_named(newsletter: Consumer) -> None:
    nowhere = ("--config", "newsletter:blogStack=organization/blog/nowhere")
    refused = newsletter("preview", "--stack", "dev", *nowhere, fine=False).stdout
    assert 'unknown stack "organization/blog/nowhere"' in refused


def test_a_newer_contract_is_refused_without_a_traceback(folder: Path, newsletter: Consumer) -> None:
    module = folder / "blog_outputs.py"
    current = module.read_text()
    module.write_text(current.replace("VERSION = 1", "VERSION = 0"))
    try:
        refused = newsletter("preview", "--stack", "dev", fine=False).stdout
    finally:
        module.write_text(current)
    assert "organization/blog/dev exports version 1 of the contract, but this project reads version 0" in refused
    assert "Traceback" not in refused
