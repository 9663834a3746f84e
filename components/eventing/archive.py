"""Where posts go that leave the table: files in a bucket, fed by the table's stream."""

import json
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from components.compute.function import Function, FunctionDefaults
from components.data.table import Table
from components.deployment import Deployment
from components.eventing.archive_catalogue import Catalogue
from components.eventing.dead_letters import DeadLetters
from components.storage.bucket import Bucket

POSTS_REMOVED_BY_TTL = {
    "eventName": ["REMOVE"],
    "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
    "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "POST#"}]}, "SK": {"S": ["METADATA"]}}},
}
"""What of the stream is for the archive: neither what people delete nor receipts, which expire too.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

RETRIES = 10
RECORD_AGE_SECONDS = 20 * 60 * 60
"""Retried for 20 of the 24 hours that the stream keeps a record, so that it can still be read when it has failed."""


class Archive(pulumi.ComponentResource):
    """A function that writes posts which TTL has removed into a bucket, and the catalogue to query them by.

    A batch is filled for up to a minute, for few large files are cheaper to query than many small ones. The batches of
    a shard come one after the other: the names of files count on it (functions/blog/archive/store.py). A batch that
    fails is split until the record is alone on which it fails; where that record lies in the stream is kept as a dead
    letter.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html

    Args:
        deployment: What it shares with the other parts.
        defaults: What it shares with the other functions.
        table: What posts leave.
        logs: The bucket that takes access logs.
        scan_limit_megabytes: How much one query may read.
        opts: Options of the component.
    """

    bucket: Bucket
    function: Function
    workgroup: pulumi.Output[str]
    parts: list[object]
    """What is to be watched of it."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        defaults: FunctionDefaults,
        table: Table,
        logs: Bucket,
        scan_limit_megabytes: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-archive"
        super().__init__("blog:archive:Archive", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = Bucket("archive", deployment=deployment, logs=logs, cold_storage="GLACIER_IR", opts=child)
        unread = DeadLetters("archive", deployment=deployment, opts=child)
        self.function = Function(
            "archive_posts",
            # Nobody waits for it, so none is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[*table.grant_stream(), self.bucket.grant_write("posts/*"), unread.grant_send()],
            environment={"ARCHIVE_BUCKET": self.bucket.name},
            timeout=60,
            opts=child,
        )
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=table.stream_arn,
            function_name=self.function.alias.arn,
            starting_position="TRIM_HORIZON",
            batch_size=1000,
            maximum_batching_window_in_seconds=60,
            parallelization_factor=1,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            maximum_retry_attempts=RETRIES,
            maximum_record_age_in_seconds=RECORD_AGE_SECONDS,
            filter_criteria=aws.lambda_.EventSourceMappingFilterCriteriaArgs(
                filters=[
                    aws.lambda_.EventSourceMappingFilterCriteriaFilterArgs(pattern=json.dumps(POSTS_REMOVED_BY_TTL))
                ]
            ),
            destination_config=aws.lambda_.EventSourceMappingDestinationConfigArgs(
                on_failure=aws.lambda_.EventSourceMappingDestinationConfigOnFailureArgs(destination_arn=unread.arn)
            ),
            opts=child,
        )
        catalogue = Catalogue(
            deployment=deployment, bucket=self.bucket, scan_limit_megabytes=scan_limit_megabytes, opts=child
        )
        self.workgroup = catalogue.workgroup
        self.parts = [self, self.function, unread]
        self.register_outputs({"bucket": self.bucket.name})
