"""A pack: its name, its version and the folder with its settings and waivers, and how it starts."""

import gc
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VERSION: Final = "0.2.0"
"""The version of this library; a test compares it with pyproject.toml."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules as one team uses them.

    Attributes:
        folder: The folder that holds `enforcement.yaml` and `waivers.yaml`, either of which may be missing; None where
            the rules' own levels apply and nothing is waived.
        name: The name that the engine shows.
        version: The version that the engine shows.
    """

    folder: Path | None = None
    name: str = "serverless-guard"
    version: str = VERSION

    @property
    def enforcement_file(self) -> Path | None:
        """The file with the levels and options of the rules."""
        return self.folder / "enforcement.yaml" if self.folder else None

    @property
    def waivers_file(self) -> Path | None:
        """The file with the findings that are accepted for a while."""
        return self.folder / "waivers.yaml" if self.folder else None


def run(pack: Pack, *, command: bool) -> None:
    """Start a pack, from the `__main__.py` of its folder; it does not return.

    Args:
        pack: The pack.
        command: Whether a person runs it (`python -m policies list`) and not the engine.
    """
    if command:
        from serverless_guard.cli import main  # noqa: PLC0415  the engine's start needs none of it

        sys.exit(main(sys.argv[1:], pack))
    gc.disable()  # a tenth of the start; a pack keeps what it reads until the program ends, so there is no garbage
    from serverless_guard.server import serve  # noqa: PLC0415  after the collector is off

    serve(pack)
