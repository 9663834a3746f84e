"""How uploaded files become users and posts: a function sends their rows to a queue, another writes them."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws

from components.compute.function import Function, FunctionDefaults
from components.data.table import Table
from components.eventing.dead_letters import DeadLetters
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

    The first reads each `*.csv` that is put into the uploads and sends its rows; the second writes them. A row that
    fails three times rests in the dead-letter queue of the jobs, a file that fails three times in that of the uploads.

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
        self._name = f"{deployment.prefix}-imports"
        super().__init__("blog:imports:Imports", self._name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        jobs = Queue("jobs", deployment=deployment, opts=self._child)
        failed = DeadLetters("uploads", deployment=deployment, opts=self._child)
        upload = Function(
            "process_upload",
            # Nobody waits for it, so none is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[uploads.grant_read_versions("*.csv"), jobs.grant_send(), table.grant("keep-import")],
            environment={"UPLOADS_BUCKET": uploads.name, "JOBS_QUEUE_URL": jobs.url},
            memory=UPLOAD_MEGABYTES,
            timeout=UPLOAD_SECONDS,
            on_failure=failed,
            opts=self._child,
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
            opts=self._child,
        )
        jobs.consumed_by(job, maximum_concurrency=BATCHES_AT_ONCE)
        self._follow(uploads, upload, deployment.arns.account)
        self.parts = [upload, job, jobs, jobs.dead_letters, failed]
        self.register_outputs({"queue": jobs.name})

    def _follow(self, uploads: Bucket, function: Function, account: str) -> None:
        """Have the function told of each csv that is put into the uploads."""
        permission = aws.lambda_.Permission(
            self._name,
            statement_id="uploads",
            action="lambda:InvokeFunction",
            principal="s3.amazonaws.com",
            function=function.alias.function_name,
            qualifier=function.alias.name,
            source_arn=uploads.arn,
            source_account=account,
            opts=self._child,
        )
        aws.s3.BucketNotification(
            self._name,
            bucket=uploads.name,
            lambda_functions=[
                aws.s3.BucketNotificationLambdaFunctionArgs(
                    lambda_function_arn=function.alias.arn, events=["s3:ObjectCreated:*"], filter_suffix=".csv"
                )
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
