"""Does what a runbook says: its shell blocks, in order, in one shell."""

import re
import shutil
import subprocess
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tests.engine.workspace import ROOT, Workspace

FOLDER = ROOT / "docs/runbooks"
TOOLS = ("Makefile", "local", "operations", "cost", "bootstrap")


def blocks(text: str) -> list[str]:
    """The shell blocks of a document, at whatever depth of a list they stand."""
    found = re.findall(r"^( *)```bash\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def equip(workspace: Workspace) -> Workspace:
    """Give a workspace what a checkout has beside the program, so that `make` works there."""
    for name in TOOLS:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".local", "schema-*.json")
            shutil.copytree(ROOT / name, workspace.folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, workspace.folder)
    return workspace


def run(workspace: Workspace, script: str, stack: str = "dev") -> subprocess.CompletedProcess[str]:
    """Run a script in the shell that `make shell` opens; it ends at the first command that fails."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=workspace.folder,
        # The dependencies are those of the tests: nothing is to be installed.
        env=workspace.environment(stack) | {"MAKEFLAGS": "INSTALLED="},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


def follow(workspace: Workspace, runbook: Path, stack: str = "dev", instead: Mapping[str, str] | None = None) -> str:
    """Follow a runbook to its end, and return what its commands printed.

    Args:
        workspace: Where its commands are run.
        runbook: The document.
        stack: The stack of the shell.
        instead: Words of the runbook, and what stands for them in the workspace.
    """
    steps = blocks(runbook.read_text())
    assert steps, f"{runbook} has no shell block"
    script = "\n".join(steps)
    for word, other in (instead or {}).items():
        script = re.sub(rf"\b{word}\b", other, script)
    done = run(workspace, script, stack)
    assert done.returncode == 0, done.stdout
    return done.stdout
