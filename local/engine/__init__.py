"""Obtains the Pulumi engine: found on PATH, from the official installer, or built from Go modules."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from local import cache
from local.engine import build, installer, search_path
from local.engine.release import OLDEST, VERSION, Engine, Origin, Unavailable, missing_programs, version_of

__all__ = ["Engine", "Unavailable", "ensure"]

NAME = f"pulumi-{VERSION}"


def ensure() -> Engine:
    """Find an engine on the machine, or put one into the cache.

    What the user has installed goes first. Then the cache; what it lacks, the official installer gets in seconds
    where the network allows, and a build from Go modules in minutes where only a module proxy is reached.

    Returns:
        An engine that runs.

    Raises:
        Unavailable: Every way is closed; the message gives the reason for each and what to install.
    """
    try:
        return search_path.find()
    except Unavailable as reason:
        reasons = [f"found on PATH: {reason}"]
    if kept := _kept():
        return kept
    with cache.lock(NAME):
        if kept := _kept():
            return kept
        try:
            return _obtain("installer", installer.install)
        except Unavailable as reason:
            reasons.append(f"official installer: {reason}")
        try:
            return _obtain("build", build.install)
        except Unavailable as reason:
            reasons.append(f"build from Go modules: {reason}")
    raise Unavailable(
        "\n  - ".join(["no Pulumi engine can be obtained:", *reasons])
        + f"\nInstall Pulumi {'.'.join(map(str, OLDEST))} or newer (https://www.pulumi.com/docs/install/), or"
        f" Go (https://go.dev/dl/) with access to a module proxy, from which {VERSION} is built; then run this again."
    )


def _kept() -> Engine | None:
    """Return the engine in the cache, or None where there is none that is whole."""
    folder = cache.folder() / NAME
    origin = folder / "origin"
    if not origin.is_file() or missing_programs(folder / "bin"):
        return None
    return Engine(folder / "bin", VERSION, cast("Origin", origin.read_text(encoding="utf-8")))


def _obtain(origin: Origin, install: Callable[[Path], None]) -> Engine:
    """Put an engine into the cache, unless what was installed is not whole or another release."""

    def fill(folder: Path) -> None:
        install(folder)
        if missing := missing_programs(folder / "bin"):
            raise Unavailable(f"it left out {', '.join(missing)}")
        if (version := version_of(folder / "bin/pulumi")) != VERSION:
            raise Unavailable(f"it installed {version} in place of {VERSION}")
        (folder / "origin").write_text(origin, encoding="utf-8")

    return Engine(cache.store(NAME, fill) / "bin", VERSION, origin)
