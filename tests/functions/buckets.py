"""A bucket in memory, and what the functions put into it."""

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass
class Bucket:
    """A bucket by its name."""

    client: "S3Client"
    name: str

    def make(self) -> None:
        location = {"LocationConstraint": "eu-central-1"}
        self.client.create_bucket(Bucket=self.name, CreateBucketConfiguration=location)  # pyright: ignore[reportArgumentType]

    def keys(self) -> list[str]:
        return [entry.get("Key", "") for entry in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def read(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def lines(self, key: str) -> list[dict[str, Any]]:
        """The lines of JSON of a gzipped object."""
        return [json.loads(line) for line in gzip.decompress(self.read(key)).decode().splitlines()]
