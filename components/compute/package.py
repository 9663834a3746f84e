"""Deterministic zips: the same sources give the same bytes, whatever the machine, folder, time or umask.

They hold bytecode beside the sources, without which a function would compile its imports at each cold start. It is
compiled as unchecked-hash bytecode, the kind that no time stamp spoils (PEP 552), by an interpreter of its own, so that
nothing this process has loaded leaves a trace in it. Entries are stored, not compressed, because the bytes of a
compressed one would depend on the machine's zlib.
"""

import base64
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from packaging.requirements import Requirement

from components.compute.imports import imported_files
from components.compute.wheels import wheel_files

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The runtime of the functions: the minor version that compiles their bytecode, for no other can load it."""

SOURCES = Path("functions")
BUILD = Path(".build")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can note."""


@dataclass(frozen=True)
class Package:
    """A zip on disk.

    Attributes:
        path: Where it lies, relative to the program's folder.
        sha256: The hash of its bytes in base64, as Lambda reports it (CodeSha256).
    """

    path: Path
    sha256: str

    @property
    def archive(self) -> pulumi.FileArchive:
        """The zip as what a resource takes for its code."""
        return pulumi.FileArchive(self.path.as_posix())


def function_package(module: str) -> Package:
    """The zip of one function: its module in `functions/` and what that imports from there.

    Raises:
        FileNotFoundError: There is no such module.
        SyntaxError: A file that it imports is no Python.
    """
    files = imported_files(module, SOURCES)
    return _package(module, {file.relative_to(SOURCES).as_posix(): file.read_bytes() for file in files}, "/var/task")


def layer_package(distribution: str, architecture: str) -> Package:
    """The zip of a layer with a distribution and what it requires, as the lock file pins them.

    What the runtime brings along anyway, boto3 and what boto3 requires, is left out. Pure Python is packed as it is
    installed; of what has compiled parts, the wheel for the functions' platform is.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html

    Args:
        distribution: The name of the distribution.
        architecture: That of the functions, `arm64` or `x86_64`.

    Raises:
        PackageNotFoundError: A distribution is not installed.
        WheelError: One has compiled parts, and no wheel for the platform.
    """
    files: dict[str, bytes] = {}
    for name in sorted(_requirements(distribution) - _requirements("boto3")):
        installed = importlib.metadata.distribution(name)
        if "Root-Is-Purelib: true" not in (installed.read_text("WHEEL") or ""):
            compiled = wheel_files(name, architecture=architecture, cache=BUILD / "wheels")
            files |= {f"python/{path}": content for path, content in compiled.items()}
            continue
        # Some distributions ask for their own version, which stands in METADATA.
        sources = [file for file in installed.files or [] if file.suffix == ".py" or file.name == "METADATA"]
        files |= {f"python/{file.as_posix()}": file.read_binary() for file in sources}
    return _package(distribution, files, "/opt")


def _requirements(distribution: str) -> set[str]:
    """A distribution and all that it requires without its extras, by name."""
    required = [Requirement(line) for line in importlib.metadata.requires(distribution) or []]
    needed = [one.name for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {distribution}.union(*map(_requirements, needed))


def _package(name: str, sources: Mapping[str, bytes], root: str) -> Package:
    """Zip sources (path in the zip -> content) with their bytecode, unless the same was built before."""
    digest = hashlib.sha256(sys.version.encode())
    for path, content in sorted(sources.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    target = BUILD / f"{name}-{digest.hexdigest()[:16]}.zip"
    if not target.exists():
        BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as staging:
            for path, content in sources.items():
                file = Path(staging, "sources", path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            unfinished = Path(staging, target.name)
            _compile(Path(staging, "sources"), root)
            _zip(Path(staging, "sources"), unfinished)
            # Renamed when complete, so that an interrupted build is never taken for a package.
            unfinished.replace(target)
    return Package(target, base64.b64encode(hashlib.sha256(target.read_bytes()).digest()).decode())


def _compile(folder: Path, root: str) -> None:
    """Put bytecode beside each source; tracebacks name the sources below `root`, where Lambda unpacks the zip."""
    arguments = ["-q", "--invalidation-mode", "unchecked-hash", "-s", os.fspath(folder), "-p", root, os.fspath(folder)]
    subprocess.run([sys.executable, "-I", "-m", "compileall", *arguments], check=True)


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            entry.create_system = 3  # Unix, wherever it was built: the permissions below are Unix's
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
