"""S3 tells of a csv that was uploaded: its rows are sent to the queue."""

from typing import TYPE_CHECKING, Any

from blog import env
from blog.env import ENV
from blog.imports.progress import ImportStore
from blog.imports.queue import JobQueue
from blog.imports.service import Imports
from blog.imports.store import UploadStore
from blog.imports.upload import Upload
from blog.table import Table
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

uploads = UploadStore.connect(env.required("UPLOADS_BUCKET", "the name of the bucket in which files are put"))
queue = JobQueue.connect(env.required("JOBS_QUEUE_URL", "the address of the queue that takes the rows"))
imports = Imports(uploads, ImportStore(Table.connect(ENV.table_name)), queue)


def handler(event: "Mapping[str, Any]", _context: object) -> None:
    """Send the rows of the files of one event; one that was broken off goes on where it was."""
    for upload in map(Upload.of, event["Records"]):
        logger.info("sent", upload=upload.id, rows=imports.run(upload))
