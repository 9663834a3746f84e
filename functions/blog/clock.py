"""The time of day, and how the blog writes it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    type Clock = Callable[[], datetime]


def utc() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def text(moment: datetime) -> str:
    """A moment in UTC as ISO 8601 with milliseconds, which sorts as time passes."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
