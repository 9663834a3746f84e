"""Invoked by the table's stream: takes posts that TTL has removed into the archive."""

from typing import TYPE_CHECKING, Any

from blog import env
from blog.archive.service import Archive
from blog.archive.store import ArchiveStore
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

bucket = env.required("ARCHIVE_BUCKET", "the name of the bucket that keeps the archive")
archive = Archive(ArchiveStore.connect(bucket))


def handler(event: "Mapping[str, Any]", _context: object) -> dict[str, list[dict[str, str]]]:
    """Archive a batch, and report where it has to be handed over again from, if anywhere."""
    records = event["Records"]
    unread = archive.take(records)
    logger.info("archived", records=len(records), unread=unread)
    return {"batchItemFailures": [{"itemIdentifier": unread}] if unread else []}
