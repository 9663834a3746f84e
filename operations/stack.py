"""One stack, reached by whatever the environment says: the local AWS, or AWS with the caller's credentials."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import engine

ROOT = Path(__file__).resolve().parents[1]
POLICIES = ("--policy-pack", "policies")


class OperationError(RuntimeError):
    """What was asked for cannot be done; the message says why and what helps."""


@dataclass(frozen=True)
class Resource:
    """A resource in a stack's state.

    Attributes:
        urn: By which the engine knows it.
        type: Its type, such as `aws:s3/bucket:Bucket`.
        name: Its name in the program.
        protected: Whether the engine refuses to delete it.
        outputs: Its properties as they were last read.
    """

    urn: str
    type: str
    name: str
    protected: bool
    outputs: dict[str, Any]


class Stack:
    """One stack of the program.

    Args:
        name: The stack's name.

    Raises:
        OperationError: There is no such stack file.
    """

    def __init__(self, name: str) -> None:
        if not (ROOT / f"Pulumi.{name}.yaml").exists():
            raise OperationError(f"there is no Pulumi.{name}.yaml: name a stack that has one, STACK=dev for instance")
        self.name = name
        self.environment = _environment()

    @property
    def prefix(self) -> str:
        """What the names of its resources begin with."""
        project = re.search(r"^name:\s*(\S+)", (ROOT / "Pulumi.yaml").read_text(encoding="utf-8"), re.MULTILINE)
        if project is None:
            raise OperationError("Pulumi.yaml has no name")
        return f"{project[1]}-{self.name}"

    def pulumi(self, *arguments: str) -> int:
        """Run pulumi on the stack with its output shown, and return its exit status."""
        command = ["pulumi", *arguments, "--stack", self.name]
        print(f"\n$ {' '.join(command)}", flush=True)
        return subprocess.run(command, cwd=ROOT, env=self.environment, check=False).returncode

    def answer(self, *arguments: str, also: tuple[int, ...] = ()) -> str:
        """Run pulumi on the stack and return what it prints.

        Args:
            arguments: What is asked.
            also: Exit statuses that are answers too, beside 0.

        Raises:
            OperationError: It fails; the message is what it says.
        """
        command = ["pulumi", *arguments, "--stack", self.name]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True)
        if done.returncode not in (0, *also):
            raise OperationError(f"{' '.join(command)} answered\n{done.stdout}{done.stderr}")
        return done.stdout

    def outputs(self) -> dict[str, str]:
        """What the stack exports."""
        return json.loads(self.answer("stack", "output", "--json"))

    def resources(self) -> list[Resource]:
        """What the state has; secrets stay encrypted."""
        deployed = json.loads(self.answer("stack", "export"))["deployment"].get("resources", [])
        return [
            Resource(
                urn=one["urn"],
                type=one["type"],
                name=one["urn"].rpartition("::")[2],
                protected=one.get("protect", False),
                outputs=one.get("outputs", {}),
            )
            for one in deployed
        ]


def _environment() -> dict[str, str]:
    """The caller's variables, with the program's Python first on PATH and an engine where there is none."""
    folders = [os.environ.get("PATH", os.defpath)]
    if shutil.which("pulumi") is None:
        folders.insert(0, str(engine.ensure().bin))
    if "BLOG_ROOT" not in os.environ:
        folders.insert(0, str(Path(sys.prefix) / "bin"))
    # A stack keeps the name of its secrets provider in its state, so that its tracked file need not.
    return {
        **os.environ,
        "PATH": os.pathsep.join(folders),
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
