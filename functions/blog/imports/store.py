"""Uploaded files in their bucket, and beside each the result of its import."""

import io
import json
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self, cast

import boto3

from blog.client import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Buffer, Sequence

    from mypy_boto3_s3 import S3Client

    from blog.imports.upload import Upload

BLOCK = 1024 * 1024
"""Bytes that are read at a time, by a request of their own: S3 ends an answer that is taken slowly."""

STEM_BYTES = 900
"""Of a file's key that its results' keys begin with: a key has 1,024 bytes at most.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""


class Refusal(NamedTuple):
    """A row that can never be written as it is.

    Attributes:
        line: The line of the file on which it begins.
        reason: Why, for who has uploaded the file.
    """

    line: int
    reason: str


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

    def refuse(self, upload: "Upload", line: int, refusals: "Sequence[Refusal]") -> None:
        """Write down which rows of a step were refused, once however often the step is repeated.

        Args:
            upload: The file.
            line: Where the step begins.
            refusals: Its rows that were refused, by line.
        """
        lines = [json.dumps(refusal._asdict(), ensure_ascii=False) + "\n" for refusal in refusals]
        self._put(upload, f"refused-{line:09}.jsonl", "".join(lines))

    def conclude(self, upload: "Upload", *, sent: int, refused: int) -> None:
        """Write down that a file is done, how many of its rows were sent to be written and how many were refused."""
        self._put(upload, "result.json", json.dumps({"upload": upload.id, "sent": sent, "refused": refused}) + "\n")

    def _put(self, upload: "Upload", name: str, content: str) -> None:
        # No result is an upload: those end in .csv.
        stem = upload.key.encode()[:STEM_BYTES].decode(errors="ignore")
        key = f"{stem}.result/{upload.version}/{name}"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content.encode())


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
