"""Has the rows of an uploaded file written."""

from typing import TYPE_CHECKING

from blog import clock
from blog.imports.progress import Progress
from blog.imports.records import START, cut
from blog.imports.rows import columns_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.clock import Clock
    from blog.imports.progress import ImportStore
    from blog.imports.queue import JobQueue
    from blog.imports.records import Record
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
        """Send the rows of a file to the queue, in steps.

        However often it is begun, each row is sent at least once: a step counts when all of its rows are in the queue,
        and what was broken off goes on after the last step that counts. A file that is done is not read again.

        Returns:
            How many rows the file has.

        Raises:
            HeaderError: The file does not say what its rows are.
            UnsentError: The queue refuses rows.
        """
        if (done := self._store.done(upload)) is not None:
            return done
        progress = self._store.progress(upload) or self._begin(upload)
        columns, place, rows = progress.columns, progress.place, progress.rows
        for step in _steps(cut(self._uploads.open(upload, place.position), place)):
            sent = [row.message() for record in step if (row := row_of(upload.id, columns, record))]
            self._queue.send(sent)
            rows += len(sent)
            self._store.keep(upload, Progress(columns, step[-1].end, rows), self._now())
        self._store.finish(upload, rows, self._now())
        return rows

    def _begin(self, upload: "Upload") -> Progress:
        header = next(cut(self._uploads.open(upload, START.position)), None)
        return Progress(columns_of(header), header.end if header else START, 0)


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
