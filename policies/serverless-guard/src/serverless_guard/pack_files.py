"""The files of a pack, which say how one team uses the rules: settings, waivers and a baseline."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serverless_guard import __version__

NAMES: Final = {"settings": "enforcement.yaml", "waivers": "waivers.yaml", "baseline": "baseline.json"}
"""What the files of a pack are called in its folder."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules as one team uses them.

    Attributes:
        folder: The folder that holds `enforcement.yaml`, `waivers.yaml` and `baseline.json`, each of which may be
            missing; None where the rules' own levels apply and nothing is accepted.
        name: The name that the engine shows; the folder's by default.
        version: The version that the engine shows; that of `PulumiPolicy.yaml` by default, or else this library's.
        settings: The file with the levels and options of the rules, where it is not in the folder.
        waivers: The file with the findings that are accepted for a while, where it is not in the folder.
        baseline: The file with the findings that were there when the pack was adopted, where it is not in the folder.
    """

    folder: Path | None = None
    name: str = ""
    version: str = ""
    settings: Path | None = None
    waivers: Path | None = None
    baseline: Path | None = None

    def __post_init__(self) -> None:
        """Look up the name and version where they are not given."""
        object.__setattr__(
            self, "name", self.name or (self.folder.resolve().name if self.folder else "serverless-guard")
        )
        object.__setattr__(self, "version", self.version or _version(self.folder) or __version__)

    @property
    def enforcement_file(self) -> Path | None:
        """The file with the levels and options of the rules; that of the folder may be missing.

        Raises:
            EnforcementError: The file that `settings` names does not exist.
        """
        return self._file("settings", self.settings)

    @property
    def waivers_file(self) -> Path | None:
        """The file with the findings that are accepted for a while; that of the folder may be missing.

        Raises:
            EnforcementError: The file that `waivers` names does not exist.
        """
        return self._file("waivers", self.waivers)

    @property
    def baseline_file(self) -> Path | None:
        """The file with the recorded findings; it may be missing, for nothing is recorded before a pack is adopted."""
        return self.baseline or (self.folder / NAMES["baseline"] if self.folder else None)

    def _file(self, kind: str, given: Path | None) -> Path | None:
        if given and not given.is_file():
            from serverless_guard.enforcement import EnforcementError  # noqa: PLC0415  it imports all rules

            raise EnforcementError(f"{kind}: there is no file {given}; name an existing one, or leave {kind} out")
        return given or (self.folder / NAMES[kind] if self.folder else None)


def _version(folder: Path | None) -> str:
    file = folder / "PulumiPolicy.yaml" if folder else None
    text = file.read_text(encoding="utf-8") if file and file.is_file() else ""
    given = re.search(r"^version:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return given[1] if given else ""
