"""What the project calls an engine: the Pulumi command and the Python language host that it starts."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VERSION = "3.220.0"
"""The release that is installed or built where the machine has none; `cli/go.mod` names the same one."""

OLDEST = (3, 220, 0)
"""The oldest release that is taken from PATH: the one that the tests run on."""

PROGRAMS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-analyzer-policy-python")
"""What a folder must hold to run a Python program with a Python policy pack."""

Origin = Literal["path", "installer", "build"]


class Unavailable(Exception):  # noqa: N818 - it is the answer of one way among several, not always an error
    """One way, or every way, to obtain an engine is closed; the message says why and what opens it."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi engine that can be run.

    Attributes:
        bin: Folder that holds `PROGRAMS`, to be put on PATH.
        version: Release, such as "3.220.0".
        origin: How it came here: found on PATH, by the official installer, or built from Go modules.
    """

    bin: Path
    version: str
    origin: Origin


def missing_programs(folder: Path) -> list[str]:
    """Name those of `PROGRAMS` that a folder lacks."""
    return [name for name in PROGRAMS if not (folder / name).is_file()]


def version_of(pulumi: Path) -> str:
    """Ask a Pulumi command for its release.

    Returns:
        The release without its leading "v", such as "3.220.0".

    Raises:
        Unavailable: The command does not run, takes over ten seconds, or answers no release.
    """
    try:
        answer = subprocess.run([pulumi, "version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{pulumi} does not run: {error}") from error
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", answer.stdout.strip())
    if answer.returncode != 0 or found is None:
        raise Unavailable(f"{pulumi} version answered {answer.stdout.strip()!r} (exit {answer.returncode})")
    return found[1]


def numbers(version: str) -> tuple[int, ...]:
    """Turn a release into numbers that compare in its order: "3.220.0-dev" gives (3, 220, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
