"""A copy of the program in a folder of its own, which tests may break, on the real engine and a local AWS."""

import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import cloud
from local.identity_token import signed_in
from local.session import Session

ROOT = Path(__file__).parents[2]
PROGRAM = ("__main__.py", "access_patterns.py", "routes.py", "outputs.py", "settings", "layers", "Pulumi.yaml",
           "Pulumi.dev.yaml", "Pulumi.prod.yaml", "openapi", "openapi.json", "components", "functions",
           "policies")  # fmt: skip


class Workspace:
    """The program in `folder`, with its own state and its own emulator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in PROGRAM:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        self._sessions: dict[str, Session] = {}

    def session(self, name: str) -> Session:
        """The stack as `make up` has it."""
        return self._sessions.get(name) or self.anew(name)

    def anew(self, name: str) -> Session:
        """The stack made ready again, as a new `make up` would after an interrupted one."""
        self._sessions[name] = Session(name, self.folder)
        return self._sessions[name]

    def environment(self, name: str) -> dict[str, str]:
        """The variables of a stack, as `make shell` sets them."""
        return self.session(name).environment

    def pulumi(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pulumi on a stack, as typed by hand; what it says on standard error is part of `stdout`."""
        return subprocess.run(
            ["pulumi", *arguments, "--stack", name],
            cwd=self.folder,
            env=self.environment(name),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )

    def add_stack(self, name: str, *, like: str) -> None:
        """Give the program a further stack, with the values of another."""
        shutil.copy(self.folder / f"Pulumi.{like}.yaml", self.folder / f"Pulumi.{name}.yaml")

    def up(self, name: str) -> str:
        """Deploy a stack without the preview; the deployment has to succeed."""
        done = self.pulumi(name, "up", "--yes", "--skip-preview")
        assert done.returncode == 0, done.stdout
        return done.stdout

    def client(self, name: str, service: str) -> Any:
        """A boto3 client of the local AWS, in the region of a stack."""
        variables = self.environment(name)
        return boto3.Session().client(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportCallIssue]
            service,  # pyright: ignore[reportArgumentType]
            region_name=variables["AWS_REGION"],
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )

    @contextmanager
    def token(self, name: str) -> Generator[str]:
        """A token of somebody new in a stack's user pool."""
        outputs = self.session(name).outputs()
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in self.environment(name).items():
                patch.setenv(variable, value)
            with signed_in(outputs["userPoolId"], outputs["userPoolClientId"]) as token:
                yield token

    @contextmanager
    def changed(self, file: str, before: str, after: str) -> Generator[None]:
        """Change a text of a file for a while; it has to be there, so that no test passes for a change not made."""
        path = self.folder / file
        text = path.read_text()
        assert before in text, f"{file} has no {before!r} to change"
        path.write_text(text.replace(before, after))
        try:
            yield
        finally:
            path.write_text(text)

    def stop(self) -> None:
        """Stop the emulator."""
        cloud.stop(self.folder)


def violated(output: str) -> set[str]:
    """The mandatory rules that a preview's output names, whether the guard or the pack says so."""
    by_guard = re.findall(r"\[([a-z0-9, -]+)\] [^\n]*\(mandatory", output)
    by_pack = re.findall(r"\[mandatory\]\s+(?:\[severity: \w+\]\s+)?([a-z0-9-]+)", output)
    return {rule for names in (*by_guard, *by_pack) for rule in names.split(", ")}


def summary(output: str) -> list[str]:
    """The lines of an update's last part, such as `54 unchanged`."""
    found = re.search(r"Resources:\n((?: +.*\n)+)", output)
    assert found, output
    return [line.strip() for line in found[1].splitlines()]
