"""How uploaded files become users and posts: a function sends their rows to a queue, another writes them."""

from dataclasses import replace

import pulumi

from components.compute.function import Function, FunctionDefaults
from components.data.table import Table
from components.eventing.dead_letters import DeadLetters
from components.eventing.notification import notify
from components.eventing.queue import VISIBILITY_SECONDS, Queue
from components.storage.bucket import Bucket

UPLOAD_SECONDS = 900
UPLOAD_MEGABYTES = 1769
"""The longest time that a function has, and the memory that brings a whole processor: a million rows need one call.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

JOB_SECONDS = VISIBILITY_SECONDS // 6
BATCHES_AT_ONCE = 10


class Imports(pulumi.ComponentResource):
    """Two functions and the queue between them.

    The first reads each `*.csv` that is put into the uploads and sends its rows; what can never be written it puts
    into a result beside the file. The second writes the rows. A row that fails three times rests in the dead-letter
    queue of the jobs, a file that fails three times in that of the uploads.

    Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html,
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    Args:
        defaults: What the functions share, and the deployment.
        writing: The same for the one that writes users and posts, which has to keep a cache true.
        table: Takes users and posts, and how far each file has come.
        uploads: Where files are put.
        post_lifetime_days: The days after which a post is archived, 0 for never.
        opts: Options of the component.
    """

    parts: list[object]
    """What is to be watched of it."""

    def __init__(
        self,
        *,
        defaults: FunctionDefaults,
        writing: FunctionDefaults,
        table: Table,
        uploads: Bucket,
        post_lifetime_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        deployment = defaults.deployment
        name = f"{deployment.prefix}-imports"
        super().__init__("blog:imports:Imports", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        jobs = Queue("jobs", deployment=deployment, opts=child)
        failed = DeadLetters("uploads", deployment=deployment, opts=child)
        upload = Function(
            "process_upload",
            # Nobody waits for it, so none is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[
                uploads.grant_read_versions("*.csv"),
                uploads.grant_write("*.result/*"),
                jobs.grant_send(),
                table.grant("keep-import"),
            ],
            environment={"UPLOADS_BUCKET": uploads.name, "JOBS_QUEUE_URL": jobs.url},
            memory=UPLOAD_MEGABYTES,
            timeout=UPLOAD_SECONDS,
            on_failure=failed,
            opts=child,
        )
        reserved = writing.reserved_concurrency
        job = Function(
            "process_job",
            # A batch that is refused an instance counts as received: there have to be as many as there are batches.
            defaults=replace(
                writing,
                provisioned_concurrency=0,
                reserved_concurrency=max(reserved, BATCHES_AT_ONCE) if reserved else 0,
            ),
            grants=[
                jobs.grant_consume(),
                *(table.grant(pattern) for pattern in ("create-user", "get-user", "create-post")),
            ],
            environment={"POST_LIFETIME_DAYS": str(post_lifetime_days)},
            timeout=JOB_SECONDS,
            opts=child,
        )
        jobs.consumed_by(job, maximum_concurrency=BATCHES_AT_ONCE)
        account = deployment.arns.account
        notify(name, upload, uploads, account=account, statement_id="uploads", suffix=".csv", parent=self)
        self.parts = [upload, job, jobs, jobs.dead_letters, failed]
        self.register_outputs({"queue": jobs.name})
