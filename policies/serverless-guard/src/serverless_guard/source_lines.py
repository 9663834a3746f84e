"""Lines of a program in what the engine tells of a resource's registration."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from serverless_guard.snapshot import mapping, sequence

PROJECT: Final = "project:///"
"""What the engine begins a source position with that it gives relative to the program's folder."""
INSTALLED: Final = frozenset({"site-packages", "node_modules", "vendor"})
"""Folders of other people's code, in Python, Node.js and Go."""


def program_line(state: Mapping[str, Any]) -> str:
    """Find the program's own line among those that a registration came through, the innermost first.

    Returns:
        The file and the line, as `components/access/key.py:59`; empty where no position is the program's own.
    """
    frames = [mapping(frame) for frame in sequence(state.get("stackTrace"))]
    positions = (state.get("sourcePosition"), *(frame.get("sourcePosition") for frame in frames))
    return next((line for one in positions if (line := _line(one))), "")


def _line(position: object) -> str:
    """Read `project:///index.ts#12,15`; the column is there where the language tells it.

    Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (sourcePosition).
    """
    if not isinstance(position, str) or not position.startswith(PROJECT):
        return ""
    path, _, place = position.removeprefix(PROJECT).partition("#")
    path, line = unquote(path), place.partition(",")[0]
    if path.startswith("../") or not INSTALLED.isdisjoint(path.split("/")) or not line.isdecimal():
        return ""
    return f"{path}:{line}"
