"""Simple Storage Service: where a bucket logs who used it.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html and
https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucketlogging/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType
from local.provider.shapes import request
from local.provider.wire import Props


def _write_logging(aws: Aws, props: Props) -> Live:
    shape = aws.operation("s3", "PutBucketLogging").service_model.shape_for("LoggingEnabled")
    status = {"LoggingEnabled": request(shape, props, {})}
    aws.call("s3", "PutBucketLogging", Bucket=props["bucket"], BucketLoggingStatus=status)
    return {}


def _find_logging(aws: Aws, props: Props) -> Live | None:
    """The logging of a bucket; one that logs nowhere has none."""
    try:
        return aws.call("s3", "GetBucketLogging", Bucket=props["bucket"]).get("LoggingEnabled")
    except AwsError as error:
        if error.gone:
            return None
        raise


def _delete_logging(aws: Aws, props: Props) -> None:
    aws.call("s3", "PutBucketLogging", Bucket=props["bucket"], BucketLoggingStatus={})


LOGGING = ResourceType(
    "aws:s3/bucketLogging:BucketLogging",
    service="s3",
    create=_write_logging,
    read=_find_logging,
    update=_write_logging,
    delete=_delete_logging,
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    replaces=frozenset({"bucket", "expectedBucketOwner"}),
    unread=frozenset({"bucket", "expectedBucketOwner"}),
    named="",
)
