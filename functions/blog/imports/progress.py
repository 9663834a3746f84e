"""How far imports have come, in the table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blog import clock, keys
from blog.attributes import number
from blog.imports.records import Place

if TYPE_CHECKING:
    from blog.imports.upload import Upload
    from blog.table import Table

KEPT = timedelta(days=30)
"""Longer than a dead letter rests, after which nobody can go on with the file."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has come.

    Attributes:
        columns: Those that its first line names.
        place: Where the first record lies that may not have been sent yet.
        rows: How many were sent before it.
        refused: How many were refused before it.
    """

    columns: tuple[str, ...]
    place: Place
    rows: int = 0
    refused: int = 0


class ImportStore:
    """The imports in the table: one item for each that is done, by which the daily report counts them."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def done(self, upload: "Upload") -> int | None:
        """How many rows it has, if all of them were sent; None before that."""
        found = self._table.get(keys.imported(upload.id))
        return int(found["rows"]["N"]) if found else None

    def progress(self, upload: "Upload") -> Progress | None:
        """How far it has come; None for an upload that has not begun."""
        found = self._table.get(keys.import_progress(upload.id))
        if found is None:
            return None
        columns = tuple(found["columns"]["S"].split(","))
        place = Place(int(found["position"]["N"]), int(found["line"]["N"]))
        return Progress(columns, place, int(found["rows"]["N"]), number(found, "refused", 0))

    def keep(self, upload: "Upload", progress: Progress, now: datetime) -> None:
        """Keep how far it has come. Where two do the same import, either's word is true: rows before it were sent."""
        self._table.put(
            {
                **keys.import_progress(upload.id),
                "columns": {"S": ",".join(progress.columns)},
                "position": {"N": str(progress.place.position)},
                "line": {"N": str(progress.place.line)},
                "rows": {"N": str(progress.rows)},
                "refused": {"N": str(progress.refused)},
                "expiresAt": {"N": str(int((now + KEPT).timestamp()))},
            }
        )

    def finish(self, upload: "Upload", rows: int, now: datetime) -> None:
        """Say that all of its rows were sent, and which file it is."""
        self._table.put(
            {
                **keys.imported(upload.id),
                "key": {"S": upload.key},
                "version": {"S": upload.version},
                "rows": {"N": str(rows)},
                "finishedAt": {"S": clock.text(now)},
            }
        )
