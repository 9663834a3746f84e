"""Uploaded files in their bucket."""

import io
from typing import TYPE_CHECKING, BinaryIO, Self, cast

import boto3

from blog.client import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Buffer

    from mypy_boto3_s3 import S3Client

    from blog.imports.upload import Upload

BLOCK = 1024 * 1024
"""Bytes that are read at a time, by a request of their own: S3 ends an answer that is taken slowly."""


class UploadStore:
    """Uploaded files.

    Args:
        client: Where the bucket is.
        bucket: Its name.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def connect(cls, bucket: str) -> Self:
        """Build the client too, once a function, outside of its handler."""
        return cls(boto3.client("s3", config=PATIENCE), bucket)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table

    def open(self, upload: "Upload", position: int) -> BinaryIO:
        """Read a file from a position on, as it was uploaded, whatever has taken its place since."""
        return cast("BinaryIO", io.BufferedReader(_Blocks(self._client, self._bucket, upload, position), BLOCK))


class _Blocks(io.RawIOBase):
    def __init__(self, client: "S3Client", bucket: str, upload: "Upload", position: int) -> None:
        super().__init__()
        self._client = client
        self._bucket = bucket
        self._upload = upload
        self._position = position

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        target = memoryview(buffer)
        last = min(self._position + len(target), self._upload.size) - 1
        if last < self._position:
            return 0
        found = self._client.get_object(
            Bucket=self._bucket,
            Key=self._upload.key,
            VersionId=self._upload.version,
            Range=f"bytes={self._position}-{last}",
        )
        content = found["Body"].read()
        target[: len(content)] = content
        self._position += len(content)
        return len(content)
