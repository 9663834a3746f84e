"""Takes posts that have left the table into the archive."""

from typing import TYPE_CHECKING, Any

from blog.archive.model import Leaver, RecordError, leaver
from blog.telemetry import count, logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.archive.store import ArchiveStore


class Archive:
    """The posts that have left the table.

    Args:
        store: Keeps them.
    """

    def __init__(self, store: "ArchiveStore") -> None:
        self._store = store

    def take(self, records: "Sequence[Mapping[str, Any]]") -> str | None:
        """Archive the posts of a batch of the stream, up to the first record that cannot be read.

        What comes after that one is handed over again, and must not have been archived before: under the number of
        another post, it would be there twice. Where it is the batch's own first there is nothing to go on from; the
        batch fails, so that Lambda splits it until the record is alone, and goes on with the others.

        Returns:
            The sequence number of that record; None if all are archived.

        Raises:
            RecordError: If it is the first one.
        """
        folders: dict[str, list[Leaver]] = {}
        unread = None
        for record in records:
            try:
                left = leaver(record)
            except RecordError as error:
                if not folders:
                    raise
                unread = str(record["dynamodb"]["SequenceNumber"])
                logger.error("not archived", sequence_number=unread, reason=str(error))  # noqa: TRY400  # all of it is said
                break
            folders.setdefault(left.folder, []).append(left)
        for leavers in folders.values():
            self._store.keep(leavers)
            count("PostArchived", len(leavers))
        return unread
