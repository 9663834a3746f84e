"""Files that were uploaded, as S3 tells of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_plus

from blog.receipts import digest

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of a file: what is uploaded later under the same key is another upload.

    Attributes:
        key: The file's name in the bucket.
        version: Its version.
        size: In bytes.
    """

    key: str
    version: str
    size: int

    @property
    def id(self) -> str:
        """Names the upload for good, however often S3 tells of it; unlike the key, it says nothing about people."""
        return digest(self.key, self.version)[:32]

    @classmethod
    def of(cls, record: "Mapping[str, Any]") -> Self:
        """Read a record of a notification.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
        """
        file = record["s3"]["object"]
        return cls(unquote_plus(file["key"]), file["versionId"], file["size"])
