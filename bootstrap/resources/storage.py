"""Buckets with what is set on them, the site's files, and the table with its scaling.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html and the reference's pages of Amazon S3,
Amazon DynamoDB and Application Auto Scaling, https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, ConditionTemplate, allow, regional, service_role

BUCKET = "arn:{partition}:s3:::{prefix}-*"
ASSETS = "arn:{partition}:s3:::{prefix}-assets-{account}/*"
TABLE = regional("dynamodb", "table/{prefix}-*")
TARGET = regional("application-autoscaling", "scalable-target/*")
SCALING_ALARMS = regional("cloudwatch", "alarm:TargetTracking-table/{prefix}-*")
OF_DYNAMODB: ConditionTemplate = {"StringEquals": {"application-autoscaling:service-namespace": "dynamodb"}}
"""A target's ARN has no name in it."""


def _set(name: str, *, delete: str | None = None) -> Access:
    """What is set on a bucket by one call, and unset by the same right unless another one is named."""
    return Access(
        create=[allow("s3", f"Put{name}", BUCKET)],
        read=[allow("s3", f"Get{name}", BUCKET)],
        delete=[allow("s3", delete or f"Put{name}", BUCKET)],
    )


ACCESS: Mapping[str, Access] = {
    "aws:s3/bucket:Bucket": Access(
        create=[allow("s3", "CreateBucket PutBucketTagging TagResource", BUCKET)],
        # The provider reads everything that can be set on a bucket.
        read=[
            allow(
                "s3",
                "ListBucket GetBucketLocation GetBucketPolicy GetBucketAcl GetBucketCORS GetBucketWebsite"
                " GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging"
                " GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration"
                " GetBucketObjectLockConfiguration GetBucketTagging ListTagsForResource",
                BUCKET,
            )
        ],
        update=[allow("s3", "PutBucketTagging TagResource UntagResource", BUCKET)],
        # A bucket without protection is emptied first.
        delete_data=[
            allow("s3", "DeleteBucket ListBucketVersions", BUCKET),
            allow("s3", "DeleteObject DeleteObjectVersion", f"{BUCKET}/*"),
        ],
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _set("BucketPolicy", delete="DeleteBucketPolicy"),
    "aws:s3/bucketVersioning:BucketVersioning": _set("BucketVersioning"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _set("BucketPublicAccessBlock"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _set("BucketOwnershipControls"),
    "aws:s3/bucketLogging:BucketLogging": _set("BucketLogging"),
    "aws:s3/bucketNotification:BucketNotification": _set("BucketNotification"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _set("LifecycleConfiguration"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _set(
        "EncryptionConfiguration"
    ),
    # Deleting a file of a bucket with versions takes each of them away.
    "aws:s3/bucketObjectv2:BucketObjectv2": Access(
        create=[allow("s3", "PutObject PutObjectTagging", ASSETS)],
        read=[allow("s3", "GetObject GetObjectTagging", ASSETS), allow("s3", "ListBucket", BUCKET)],
        update=[allow("s3", "PutObject PutObjectTagging", ASSETS)],
        delete=[
            allow("s3", "DeleteObject DeleteObjectVersion", ASSETS),
            allow("s3", "ListBucketVersions", BUCKET),
        ],
    ),
    "aws:dynamodb/table:Table": Access(
        create=[
            allow("dynamodb", "CreateTable TagResource UpdateTimeToLive UpdateContinuousBackups UpdateTable", TABLE),
        ],
        read=[
            allow("dynamodb", "DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource", TABLE),
        ],
        update=[
            allow(
                "dynamodb",
                "UpdateTable UpdateTimeToLive UpdateContinuousBackups TagResource UntagResource",
                TABLE,
            ),
        ],
        delete_data=[allow("dynamodb", "DeleteTable", TABLE)],
    ),
    "aws:appautoscaling/target:Target": Access(
        create=[
            allow("application-autoscaling", "RegisterScalableTarget", TARGET, when=OF_DYNAMODB),
            allow("application-autoscaling", "TagResource", TARGET, when=TAGGING),
            service_role("dynamodb.application-autoscaling.amazonaws.com"),
            # Whoever registers a target needs what scales it:
            # https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
            allow("dynamodb", "DescribeTable UpdateTable", TABLE),
        ],
        read=[
            allow("application-autoscaling", "DescribeScalableTargets", "*"),
            allow("application-autoscaling", "ListTagsForResource", TARGET, when=NOT_ANOTHERS),
        ],
        update=[
            allow("application-autoscaling", "RegisterScalableTarget", TARGET, when=OF_DYNAMODB),
            allow("application-autoscaling", "UntagResource", TARGET, when=TAGGED),
        ],
        delete=[allow("application-autoscaling", "DeregisterScalableTarget", TARGET, when=OF_DYNAMODB)],
    ),
    "aws:appautoscaling/policy:Policy": Access(
        create=[
            allow("application-autoscaling", "PutScalingPolicy", TARGET, when=OF_DYNAMODB),
            allow("cloudwatch", "PutMetricAlarm DescribeAlarms DeleteAlarms", SCALING_ALARMS),
        ],
        read=[allow("application-autoscaling", "DescribeScalingPolicies", "*")],
        update=[allow("application-autoscaling", "PutScalingPolicy", TARGET, when=OF_DYNAMODB)],
        delete=[allow("application-autoscaling", "DeleteScalingPolicy", TARGET, when=OF_DYNAMODB)],
    ),
}
