"""`make findings`, as the workflow `check` runs it, on a fresh clone and after `make up`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from tests.engine.workspace import ROOT, Workspace
from tests.test_workflows import commands_without_an_account

LEFT_OUT = (".git", ".venv", ".local", ".build", "__pycache__", "tests", ".pytest_cache", ".ruff_cache")
FINDINGS = ("make findings STACK=dev FORMAT=github", "make findings STACK=prod FORMAT=github")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The checkout without anything that a command has made, and with an emulator of its own."""
    folder = tmp_path_factory.mktemp("clone") / "blog"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (folder / ".venv").symlink_to(Path(sys.prefix))
    yield folder
    cloud.stop(folder)


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of make in a folder, with the dependencies that are installed already."""
    variables = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    make = [*command.split(), "--old-file=.venv/installed"]
    return subprocess.run(make, cwd=folder, env=variables, check=False, capture_output=True, text=True, timeout=300)


def advice(folder: Path, stack: str) -> list[tuple[str, str, str]]:
    """The findings of a stack, all of which are advice."""
    done = run(folder, f"make findings STACK={stack} FORMAT=json")
    assert done.returncode == 0, done.stdout + done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    assert {row["level"] for row in rows} == {"advisory"}
    return sorted((row["rule"], row["urn"], row["finding"]) for row in rows)


def test_the_workflows_run_nothing_else_without_an_account() -> None:
    elsewhere = {"make test", 'make contract SINCE="origin/$BASE"'}  # tests/test_outputs.py runs the second
    assert commands_without_an_account() == {*FINDINGS, *elsewhere}


@pytest.mark.parametrize("command", FINDINGS)
def test_a_fresh_clone_has_no_mandatory_finding(clone: Path, command: str) -> None:
    done = run(clone, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::error" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("0 mandatory, ")
    assert "::warning file=components/" in done.stdout


@pytest.fixture(scope="module")
def checkout(workspace: Workspace) -> Path:
    """The workspace with what `make findings` needs; it shares the state and the emulator of the other tests."""
    for name in ("Makefile", "local", "cost"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, workspace.folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(source, workspace.folder)
    return workspace.folder


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_advice_after_make_up_is_that_of_a_fresh_clone(
    clone: Path, workspace: Workspace, checkout: Path, stack: str
) -> None:
    fresh = advice(clone, stack)
    workspace.up(stack)
    assert advice(checkout, stack) == fresh
    assert len(fresh) > 3
    preview = json.loads((checkout / f".build/preview-{stack}.json").read_text())
    assert set(preview["changeSummary"]) == {"same"}


def test_a_format_that_does_not_exist_is_refused_before_the_preview(clone: Path) -> None:
    done = run(clone, "make findings STACK=dev FORMAT=xml")
    assert done.returncode == 2
    assert done.stderr.startswith("FORMAT=xml does not exist: use text, json, sarif, junit or github\n")
    assert "engine" not in done.stdout + done.stderr


def test_a_failed_preview_is_refused_with_what_the_engine_said(clone: Path) -> None:
    program = clone / "__main__.py"
    text = program.read_text()
    program.write_text(f"{text}\nraise ValueError('the table has no name')\n")
    done = run(clone, "make findings STACK=dev FORMAT=json")
    program.write_text(text)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the preview failed, so that it does not hold the whole stack: " in done.stderr
    assert "the table has no name" in done.stderr


def test_what_the_guard_refuses_is_shown_on_its_line(clone: Path) -> None:
    component = clone / "components/compute/function.py"
    text = component.read_text()
    assert 'mode="Active"' in text
    component.write_text(text.replace('mode="Active"', 'mode="PassThrough"'))
    done = run(clone, "make findings STACK=dev FORMAT=github")
    component.write_text(text)
    assert done.returncode == 2
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert errors
    assert all(",title=lambda-tracing-active::" in line for line in errors)
    assert all(line.startswith("::error file=components/compute/function.py,line=") for line in errors)
