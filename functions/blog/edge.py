"""The caches of CloudFront, which have to forget a file when another takes its place."""

import hashlib
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import boto3

from blog.client import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_cloudfront import CloudFrontClient


class Edge:
    """The caches of one distribution.

    Args:
        client: Where they are told.
        distribution_id: Which distribution.
    """

    def __init__(self, client: "CloudFrontClient", distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    @classmethod
    def connect(cls, distribution_id: str) -> Self:
        """Build the client too, once a function, outside of its handler."""
        client: CloudFrontClient = boto3.client("cloudfront", config=PATIENCE)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table
        return cls(client, distribution_id)

    def forget(self, files: "Iterable[str]", cause: str) -> None:
        """Make the caches ask for files again; told twice for the same cause, they do it once.

        Args:
            files: Names below the site's address, such as `blog.css`. The page of the address itself is `index.html`.
            cause: What makes it necessary, as a text that comes again when the same event does.
        """
        names = set(files)
        paths = sorted({f"/{quote(name)}" for name in names} | ({"/"} if "index.html" in names else set()))
        self._client.create_invalidation(
            DistributionId=self._distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": paths},
                "CallerReference": hashlib.sha256(cause.encode()).hexdigest(),
            },
        )
