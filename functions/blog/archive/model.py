"""What leaves the table, as it is archived."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from blog import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = frozenset({"PK", "SK", "GSI1PK", "GSI1SK"})
"""Where an item lay in the table, which says nothing beyond its other attributes."""


class RecordError(ValueError):
    """A record of the stream is not of a post that was removed."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """A post that has left the table.

    Attributes:
        sequence_number: Of its record; unique in the stream.
        created_at: When it was written.
        content: All that the table knew of it, and when it left.
    """

    sequence_number: str
    created_at: datetime
    content: "Mapping[str, object]"

    @property
    def folder(self) -> str:
        """The partition that it belongs to: the month in which it was written."""
        return f"year={self.created_at:%Y}/month={self.created_at:%m}"

    def line(self) -> str:
        """It as a line of JSON."""
        return json.dumps(self.content, ensure_ascii=False, sort_keys=True)


def leaver(record: "Mapping[str, Any]") -> Leaver:
    """Read a record of the table's stream.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html

    Raises:
        RecordError: Naming what is missing or wrong; never what the post says.
    """
    change = record["dynamodb"]
    image = change.get("OldImage", {})
    try:
        created_at = datetime.fromisoformat(image["createdAt"]["S"])
    except (KeyError, ValueError):
        raise RecordError(
            f"createdAt of the record {change['SequenceNumber']} is not there, or is no moment in ISO 8601: "
            "write what posts hold only through the API or the import"
        ) from None
    left_at = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    content = {name: _plain(value) for name, value in image.items() if name not in _KEYS}
    content["archivedAt"] = clock.text(left_at)
    return Leaver(change["SequenceNumber"], created_at, content)


def _plain(value: "Mapping[str, Any]") -> object:
    """A value of DynamoDB as JSON has it; what JSON has no form for stays as DynamoDB writes it."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return json.loads(content)
        case "NULL":
            return None
        case "L":
            return [_plain(item) for item in content]
        case "M":
            return {name: _plain(item) for name, item in content.items()}
        case "NS":
            return [json.loads(number) for number in content]
        case _:
            return content
