"""The first way to an engine: one that the machine already has on PATH."""

import os
from pathlib import Path

from local.engine.release import OLDEST, Engine, Unavailable, missing_programs, numbers, version_of

LAUNCHER = Path(__file__).resolve().parents[1] / "bin"
"""Folder of the project's own `pulumi`, which only hands over to an engine."""


def find() -> Engine:
    """Take the first `pulumi` on PATH that is new enough and has its Python language host beside it.

    A command that is a link, as package managers leave it, is looked at where it points too.

    Returns:
        The engine, with origin "path".

    Raises:
        Unavailable: There is none; the message gives the reason for each command that was found.
    """
    refusals: list[str] = []
    for folder in map(Path, os.get_exec_path()):
        command = folder / "pulumi"
        if not os.access(command, os.X_OK) or folder.resolve() == LAUNCHER:
            continue
        try:
            return _accept(command)
        except Unavailable as reason:
            refusals.append(str(reason))
    raise Unavailable("; ".join(refusals) or "there is no pulumi on PATH")


def _accept(command: Path) -> Engine:
    version = version_of(command)
    if numbers(version) < OLDEST:
        raise Unavailable(f"{command} is {version}, older than {'.'.join(map(str, OLDEST))}")
    folders = (command.parent, command.resolve().parent)
    for folder in folders:
        if not missing_programs(folder):
            return Engine(bin=folder, version=version, origin="path")
    raise Unavailable(f"{command} has no {', '.join(missing_programs(folders[-1]))} beside it")
