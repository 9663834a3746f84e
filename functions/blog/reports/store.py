"""Where reports are kept: an object a day, in folders that Athena takes for partitions."""

import json
from typing import TYPE_CHECKING, Self

import boto3
from botocore.exceptions import ClientError

from blog.client import PATIENCE
from blog.reports.model import Report

if TYPE_CHECKING:
    from datetime import date

    from mypy_boto3_s3 import S3Client


class ReportStore:
    """The reports in a bucket.

    Args:
        client: Where the bucket is.
        bucket: Its name.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def connect(cls, bucket: str) -> Self:
        """Build the client too. It costs tens of milliseconds: once a function, outside of its handler."""
        # The overloads of the other services, whose types are not installed, make this member partially unknown.
        return cls(boto3.client("s3", config=PATIENCE), bucket)  # pyright: ignore[reportUnknownMemberType]

    def keep(self, report: Report) -> Report:
        """Keep the report of a day, unless there is one.

        S3 itself decides who is first, however many try at once:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html

        Returns:
            The one that is kept: this one, or the first.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key(report.day),
                Body=json.dumps(report.content()).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
                raise
            kept = self._client.get_object(Bucket=self._bucket, Key=key(report.day))
            return Report.of(json.loads(kept["Body"].read()))
        return report


def key(day: "date") -> str:
    """The key of a day's report."""
    return f"reports/year={day:%Y}/month={day:%m}/day={day:%d}/report.json"
