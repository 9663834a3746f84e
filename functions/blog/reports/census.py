"""Counts what is in the table.

It reads the whole table once a day, which is dear for a large one (docs/adr/ weighs it against counters) but always
right: nothing has to be kept in step with it. Only the attributes that tell what an item is leave the table.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from blog.reports.model import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.table import Table

USER, POST, IMPORT = "PROFILE", "METADATA", "IMPORT"
"""The sort keys by which the kinds are told apart."""

_CURRENT = (
    "SK IN (:user, :post, :import) AND attribute_not_exists(deletedAt)"
    # TTL removes items up to days late.
    " AND (attribute_not_exists(expiresAt) OR expiresAt > :now)"
)


class Census:
    """Counts the items of a table."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def take(self, now: int) -> Counts:
        """Count what there is at a moment, in seconds since the epoch."""
        found = Counter(self._kinds(now))
        return Counts(users=found[USER], posts=found[POST], imports=found[IMPORT])

    def _kinds(self, now: int) -> "Iterator[str]":
        """The sort key of every item that counts, page by page, so that any number needs no more memory than a page."""
        start: dict[str, Any] = {}
        while True:
            page = self._table.client.scan(
                TableName=self._table.name,
                ProjectionExpression="SK",
                FilterExpression=_CURRENT,
                ExpressionAttributeValues={
                    ":user": {"S": USER},
                    ":post": {"S": POST},
                    ":import": {"S": IMPORT},
                    ":now": {"N": str(now)},
                },
                **start,
            )
            yield from (item["SK"]["S"] for item in page["Items"] if "S" in item["SK"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
