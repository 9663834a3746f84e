"""The one bucket of a deployment that takes access logs."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.access.resource_policy import ServiceAccess
from components.deployment import Deployment
from components.storage.bucket import Bucket


def log_bucket(
    *, deployment: Deployment, services: Sequence[ServiceAccess] = (), opts: pulumi.ResourceOptions | None = None
) -> Bucket:
    """Make the bucket that takes the access logs of the others and keeps them as long as the deployment keeps logs.

    S3 delivers logs only into buckets that it encrypts with a key of its own.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Args:
        deployment: What it shares with the other parts.
        services: The services of AWS, beside S3, that write logs there.
        opts: Options of the component.
    """
    access_logs = ServiceAccess(
        service="logging.s3.amazonaws.com",
        actions=["s3:PutObject"],
        source=deployment.arns.bucket(f"{deployment.prefix}-*"),
        part="/buckets/*",
    )
    return Bucket(
        "logs",
        deployment=replace(deployment, key_arn=None),
        logs=None,
        expire_after_days=deployment.log_retention_days,
        services=[access_logs, *services],
        opts=opts,
    )
