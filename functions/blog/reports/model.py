"""What a daily report says."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class EventError(ValueError):
    """An event does not say which day it is for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of each kind there is.

    Attributes:
        users: Those who have not left.
        posts: Those that have neither been deleted nor left for the archive.
        imports: Files whose rows were taken over, ever.
    """

    users: int
    posts: int
    imports: int


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a day.

    Attributes:
        day: The day, in UTC.
        counted_at: When it was counted, UTC in ISO 8601.
        counts: What was counted.
    """

    day: date
    counted_at: str
    counts: Counts

    def content(self) -> dict[str, str | int]:
        """The report as it is kept and handed on."""
        return {
            "day": self.day.isoformat(),
            "countedAt": self.counted_at,
            "users": self.counts.users,
            "posts": self.counts.posts,
            "imports": self.counts.imports,
        }

    @classmethod
    def of(cls, content: "Mapping[str, Any]") -> Self:
        """The report that has this content."""
        counts = Counts(content["users"], content["posts"], content["imports"])
        return cls(date.fromisoformat(content["day"]), content["countedAt"], counts)


def day_of(event: "Mapping[str, Any]") -> date:
    """The day that a scheduled event is for: the one of its `time`, whenever it arrives.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html

    Raises:
        EventError: Naming the field, its value and what it has to be.
    """
    time: Any = event.get("time")
    try:
        return datetime.fromisoformat(time).date()
    except (TypeError, ValueError):
        raise EventError(f"time is {time!r}: give it a moment in UTC such as 2026-11-24T08:00:00Z") from None
