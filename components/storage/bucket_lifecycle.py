"""What becomes of objects with time: cheaper storage, and an end to what nobody needs."""

from typing import Literal

from pulumi_aws import s3

type ColdStorage = Literal["GLACIER", "GLACIER_IR"]
"""`GLACIER` takes minutes to hours to read and is the cheaper; `GLACIER_IR` is read at once."""

INFREQUENT_ACCESS_DAYS = 30
"""S3 takes no object there earlier."""

COLD_DAYS = 90

NONCURRENT_DAYS = 90
"""How long what was overwritten or deleted can be brought back."""

ABANDONED_UPLOAD_DAYS = 7


def lifecycle_rules(
    *, cold_storage: ColdStorage, expire_after_days: int | None
) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    """The rules of a bucket, each for all of its objects.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html

    Args:
        cold_storage: The storage class after 90 days.
        expire_after_days: When an object is deleted; it moves nowhere that it would be too late for. None for never.
    """
    moves = [(INFREQUENT_ACCESS_DAYS, "STANDARD_IA"), (COLD_DAYS, cold_storage)]
    every_object = s3.BucketLifecycleConfigurationRuleFilterArgs()
    ageing = s3.BucketLifecycleConfigurationRuleArgs(
        id="ageing",
        status="Enabled",
        filter=every_object,
        transitions=[
            s3.BucketLifecycleConfigurationRuleTransitionArgs(days=days, storage_class=storage)
            for days, storage in moves
            if expire_after_days is None or days < expire_after_days
        ],
        expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=expire_after_days)
        if expire_after_days
        else None,
    )
    leftovers = s3.BucketLifecycleConfigurationRuleArgs(
        id="leftovers",
        status="Enabled",
        filter=every_object,
        noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=NONCURRENT_DAYS
        ),
        abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=ABANDONED_UPLOAD_DAYS
        ),
    )
    return [ageing, leftovers]
