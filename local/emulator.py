"""Obtains the emulator of AWS (ministack) in an environment of its own, for it pins an older botocore than the program.

Its Python is the one that runs this module, so that the functions, which it starts with its own, run on the minor
version that they are deployed for.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from local import cache
from local.progress import CommandError, run

LOCK = Path(__file__).with_name("cloud.lock")
"""The emulator and everything that it needs, with hashes."""


class EmulatorError(RuntimeError):
    """The emulator cannot be installed, started or stopped; the message says why and what helps."""


def python(uv: Path | None = None) -> Path:
    """Return the Python that has the emulator, and install it into the cache where that lacks it.

    Args:
        uv: The installer of packages; `uv` on PATH by default.

    Raises:
        EmulatorError: There is no uv, or it cannot install what `cloud.lock` names.
    """
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    name = f"ministack-{digest}"
    interpreter = cache.folder() / name / "bin/python"
    if interpreter.exists():
        return interpreter
    command = uv or shutil.which("uv")
    if command is None:
        raise EmulatorError("uv, which installs the emulator, is not on PATH: run `make up`, which brings it")
    with cache.lock(name):
        if not interpreter.exists():
            cache.store(name, lambda folder: _install(str(command), folder))
    return interpreter


def _install(uv: str, folder: Path) -> None:
    packages = ["--require-hashes", "--compile-bytecode", "--requirements", str(LOCK)]
    target = str(folder / "bin/python")
    try:
        run(
            "emulator 1/2: making its environment",
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        )
        run("emulator 2/2: installing its packages", [uv, "pip", "install", "--quiet", "--python", target, *packages])
    except CommandError as error:
        raise EmulatorError(f"the emulator cannot be installed: {error}") from error
