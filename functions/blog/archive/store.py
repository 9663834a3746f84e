"""Where the archive is kept: gzipped lines of JSON, in folders that Athena takes for partitions."""

import gzip
from typing import TYPE_CHECKING, Self

import boto3

from blog.client import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_s3 import S3Client

    from blog.archive.model import Leaver


class ArchiveStore:
    """The archive in a bucket.

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

    def keep(self, leavers: "Sequence[Leaver]") -> None:
        """Write posts of one folder as one object, named after the first of them.

        Lambda hands a batch that failed over again, whole or from the middle on, and then the first post of a part has
        the number that it had before. So a repeated part takes the place of what was written of it, and no post is
        there twice.
        """
        lines = "".join(f"{leaver.line()}\n" for leaver in leavers)
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"posts/{leavers[0].folder}/{leavers[0].sequence_number}.json.gz",
            Body=gzip.compress(lines.encode(), mtime=0),
            ContentType="application/gzip",
        )
