"""This project's pack, as its own entry declares it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from serverless_guard import cli, enforcement
from serverless_guard.enforcement import Enforcement
from serverless_guard.pack import Pack

PACK: Final = Pack(Path(__file__).parents[2] / "policies", name="serverless-blog")


def main(arguments: Sequence[str]) -> int:
    """Run a command with the project's settings, as `python -m policies` does."""
    return cli.main(arguments, PACK)


def read(*, production: bool) -> Enforcement:
    """Read the project's `enforcement.yaml`."""
    return enforcement.read(production=production, file=PACK.enforcement_file)
