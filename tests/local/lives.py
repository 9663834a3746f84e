"""A life for each type; those of a kind are in a file `lives_<kind>.py`, which is found by its name."""

import importlib
from pathlib import Path

from tests.local.life import Life

LIVES: list[Life] = [
    life
    for file in sorted(Path(__file__).parent.glob("lives_*.py"))
    for life in importlib.import_module(f"tests.local.{file.stem}").LIVES
]
