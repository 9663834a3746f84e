"""Has the rows of an uploaded file written, and says in the bucket which of them never will be."""

from typing import TYPE_CHECKING

from blog import clock
from blog.errors import RefusedError
from blog.imports.progress import Progress
from blog.imports.records import START, cut
from blog.imports.rows import HeaderError, UnreadableError, columns_of, row_of
from blog.imports.store import Refusal
from blog.telemetry import count, logger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.clock import Clock
    from blog.imports.progress import ImportStore
    from blog.imports.queue import JobQueue
    from blog.imports.records import Record
    from blog.imports.rows import Row
    from blog.imports.store import UploadStore
    from blog.imports.upload import Upload

STEP_RECORDS = 1000
STEP_BYTES = 4 * 1024 * 1024
"""After so many records, or bytes of them, it is kept how far the file has come."""


class Imports:
    """The imports of the blog.

    Args:
        uploads: Where files are read.
        store: Where it is kept how far they have come.
        queue: Takes the rows.
        now: What time it is.
    """

    def __init__(
        self, uploads: "UploadStore", store: "ImportStore", queue: "JobQueue", now: "Clock" = clock.utc
    ) -> None:
        self._uploads = uploads
        self._store = store
        self._queue = queue
        self._now = now

    def run(self, upload: "Upload") -> int:
        """Send the rows of a file to the queue, in steps; those that can never be written go into its result.

        However often it is begun, each row is sent at least once: a step counts when all of its rows are in the queue,
        and what was broken off goes on after the last step that counts. A file that is done is not read again.

        Returns:
            How many rows were sent.

        Raises:
            UnsentError: The queue refuses rows.
        """
        if (done := self._store.done(upload)) is not None:
            return done
        try:
            progress = self._store.progress(upload) or self._begin(upload)
        except HeaderError as error:
            logger.warning("refused", reason=str(error))
            count("FilesRefused")
            self._uploads.refuse(upload, START.line, [Refusal(START.line, str(error))])
            self._uploads.conclude(upload, sent=0, refused=1)
            return 0
        for step in _steps(cut(self._uploads.open(upload, progress.place.position), progress.place)):
            progress = self._take(upload, step, progress)
            self._store.keep(upload, progress, self._now())
        self._uploads.conclude(upload, sent=progress.rows, refused=progress.refused)
        self._store.finish(upload, progress.rows, self._now())
        return progress.rows

    def _begin(self, upload: "Upload") -> Progress:
        header = next(cut(self._uploads.open(upload, START.position)), None)
        return Progress(columns_of(header), header.end if header else START)

    def _take(self, upload: "Upload", step: "list[Record]", before: Progress) -> Progress:
        """Send the rows of a step, and write down those that are refused; return how far the file has come."""
        rows = [row for record in step if (row := row_of(upload.id, before.columns, record))]
        reasons = [_reason(row) for row in rows]
        good = [row for row, reason in zip(rows, reasons, strict=True) if reason is None]
        refused = [Refusal(row.line, reason) for row, reason in zip(rows, reasons, strict=True) if reason is not None]
        unsendable = self._queue.send([row.message() for row in good])
        refused += [Refusal(good[number].line, "it is too long for the queue") for number in unsendable]
        if refused:
            self._uploads.refuse(upload, step[0].place.line, sorted(refused))
            count("RowsRefused", len(refused))
        sent = len(good) - len(unsendable)
        return Progress(before.columns, step[-1].end, before.rows + sent, before.refused + len(refused))


def _reason(row: "Row") -> str | None:
    """Why a row can never be written; None for one that may be."""
    try:
        row.read()
    except (UnreadableError, RefusedError) as error:
        return str(error)
    return None


def _steps(records: "Iterator[Record]") -> "Iterator[list[Record]]":
    step: list[Record] = []
    size = 0
    for record in records:
        step.append(record)
        size += len(record.content or b"")
        if len(step) == STEP_RECORDS or size >= STEP_BYTES:
            yield step
            step, size = [], 0
    if step:
        yield step
