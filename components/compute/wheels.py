"""Compiled dependencies: wheels of the functions' platform, as the lock file pins them, without Docker."""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LOCK = Path("requirements.lock")

_GLIBC = (34, 31, 28, 27, 26, 24, 17)
"""Minor versions of glibc 2 whose wheels the runtime loads: Amazon Linux 2023 has 2.34,
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, and PEP 600 names wheels by what they need."""

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


class WheelError(Exception):
    """A dependency cannot be packaged for the functions' platform; the message names it and the fix."""


def wheel_files(distribution: str, *, architecture: str, cache: Path) -> dict[str, bytes]:
    """Read the files of a distribution's wheel for Lambda: sources, compiled modules and metadata.

    pip downloads the wheel once and compares its hash with the lock file, so that every machine packs the same bytes.

    Args:
        distribution: The name of the distribution.
        architecture: `arm64` or `x86_64`, as Lambda calls them.
        cache: Where downloaded wheels are kept.

    Raises:
        WheelError: The lock file has no such distribution, or there is no wheel for the platform.
    """
    requirement = _locked(distribution)
    folder = cache / f"{requirement.split()[0]}-{architecture}"
    if not any(folder.glob("*.whl")):
        _download(distribution, requirement, _MACHINES[architecture], folder)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if re.search(r"\.(py|so)(\.\d+)*$|/METADATA$", name)]
        return {name: archive.read(name) for name in names}


def _locked(distribution: str) -> str:
    """The lines of the lock file that pin a distribution, with the hashes of its files."""
    pinned = rf"^{re.escape(distribution)}==(?:.*\\\n)*.*$"
    if found := re.search(pinned, LOCK.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE):
        return found[0]
    raise WheelError(f"{LOCK} has no {distribution}: name it in pyproject.toml and run `make lock`")


def _download(distribution: str, requirement: str, machine: str, folder: Path) -> None:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC] + [f"manylinux2014_{machine}"]
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as staging:
        wanted = Path(staging, "requirements.txt")
        wanted.write_text(requirement, encoding="utf-8")
        chosen = [f"--platform={platform}" for platform in platforms]
        fixed = [
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--implementation=cp",
            f"--python-version={minor}",
        ]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *fixed, *chosen]
        done = subprocess.run(
            [*command, f"--dest={staging}", f"--requirement={wanted}"], check=False, capture_output=True, text=True
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip says nothing"])[-1]
            raise WheelError(
                f"{distribution} has no wheel for Python {minor} on {machine}, or it cannot be read: {last}"
            )
        wanted.unlink()
        # Renamed when complete, so that an interrupted download is never taken for a wheel.
        Path(staging).rename(folder)
        Path(staging).mkdir()
