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

    from aws_lambda_powertools.utilities.typing import LambdaContext

uploads = UploadStore.connect(env.required("UPLOADS_BUCKET", "the name of the bucket in which files are put"))
queue = JobQueue.connect(env.required("JOBS_QUEUE_URL", "the address of the queue that takes the rows"))
imports = Imports(uploads, ImportStore(Table.connect(ENV.table_name)), queue)


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> None:
    """Send the rows of the files of one event; one that was broken off goes on where it was.

    All that is logged of an upload has its id as the correlation id, and so has what is logged of its rows.
    """
    for upload in map(Upload.of, event["Records"]):
        with logger.append_context_keys(correlation_id=upload.id, function_request_id=context.aws_request_id):
            try:
                rows = imports.run(upload)
            except Exception:
                logger.exception("failed", upload=upload.id)
                raise
            logger.info("sent", upload=upload.id, rows=rows)
