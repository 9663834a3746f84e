"""Rows of a csv as messages: what a file may hold, and what is sent of each of its records."""

import codecs
import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from blog import fields
from blog.errors import FieldError, InvalidError
from blog.fields import Field
from blog.posts.model import TEXT, TITLE
from blog.users.model import EMAIL, NAME, USER_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.imports.records import Record

OWNER = Field("owner", re.compile(r"[!-~]{1,128}"), "the sub of a person in the user pool")
AUTHOR = USER_ID._replace(name="author")
CREATED_AT = Field(
    "createdAt",
    re.compile(r"20[0-4]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)"),
    "a moment from 2000 to 2049 in UTC, in ISO 8601 with its offset, such as 2026-11-24T08:00:00Z",
)
YEARS = range(2000, 2050)
"""In UTC, by which the archive is partitioned; with an offset, a moment may be written as of another year."""

MESSAGE_BYTES = 1024 * 1024
"""Of a message, or all of a batch, at most.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""


class Kind(NamedTuple):
    """What the rows of a file are.

    Attributes:
        name: What they are called.
        fields: The columns that the file has, in whatever order.
    """

    name: str
    fields: tuple[Field, ...]


KINDS = (Kind("users", (USER_ID, NAME, EMAIL, OWNER)), Kind("posts", (AUTHOR, TITLE, TEXT, CREATED_AT)))


class HeaderError(ValueError):
    """The first line of a file does not say what its rows are. The message never repeats it: it may be about people."""


class UnreadableError(ValueError):
    """A record is no row; the message says why, and nothing of what it holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it waits to be written.

    Attributes:
        upload: The id of the upload.
        line: The line of the file on which it begins.
        kind: The name of its kind.
        values: What it holds by column; None where the record could not be read.
        unreadable: Why it could not.
    """

    upload: str
    line: int
    kind: str
    values: dict[str, str] | None
    unreadable: str | None = None

    def message(self) -> str:
        """It as the body of a message: ASCII, for SQS refuses some characters."""
        names = ("upload", "line", "kind", "values", "unreadable")
        return json.dumps({name: getattr(self, name) for name in names}, separators=(",", ":"))

    @classmethod
    def of(cls, message: str) -> Self:
        """The row in the body of a message."""
        members: dict[str, Any] = json.loads(message)
        return cls(**members)

    def read(self) -> dict[str, str]:
        """Check what it holds, and return it by column.

        Raises:
            UnreadableError: It could not be read at all.
            InvalidError: Naming each column that is wrong.
        """
        if self.values is None:
            raise UnreadableError(self.unreadable)
        [kind] = [kind for kind in KINDS if kind.name == self.kind]
        values = fields.read(self.values, kind.fields)
        if CREATED_AT.name in values:
            moment(values[CREATED_AT.name])
        return values


def columns_of(header: "Record | None") -> tuple[str, ...]:
    """The columns that the first record of a file names, which say what its rows are.

    Raises:
        HeaderError: It names other columns than those of one kind.
    """
    try:
        names = _values(header.content.removeprefix(codecs.BOM_UTF8)) if header and header.content else []
    except UnreadableError as error:
        raise HeaderError(f"the file has no first line with the names of its columns: {error}") from None
    if any(sorted(names) == sorted(field.name for field in kind.fields) for kind in KINDS):
        return tuple(names)
    allowed = " or ".join(f"{', '.join(field.name for field in kind.fields)} ({kind.name})" for kind in KINDS)
    raise HeaderError(f"the first line has to name the columns, separated by commas, each once: {allowed}")


def row_of(upload: str, columns: "Sequence[str]", record: "Record") -> Row | None:
    """The row that a record is; None for an empty line.

    Args:
        upload: The id of the upload.
        columns: Those of the file.
        record: The record.
    """
    [kind] = [kind.name for kind in KINDS if {field.name for field in kind.fields} == set(columns)]
    try:
        if record.content is None:
            raise UnreadableError("it is longer than 256 KiB, or its quotes do not close")  # noqa: TRY301  # one answer to all
        values = _values(record.content)
        if not values:
            return None
        if len(values) != len(columns):
            raise UnreadableError(f"it has {len(values)} columns, not {len(columns)}")  # noqa: TRY301  # as above
        row = Row(upload, record.place.line, kind, dict(zip(columns, values, strict=True)))
        if len(row.message()) > MESSAGE_BYTES:
            raise UnreadableError("it is too long for a message")  # noqa: TRY301  # as above
    except UnreadableError as error:
        return Row(upload, record.place.line, kind, None, str(error))
    return row


def moment(value: str) -> datetime:
    """The moment of a post, in UTC.

    Raises:
        InvalidError: There is no such day or time, or its year in UTC is one that the archive has no partition of.
    """
    try:
        found = datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        error = FieldError(CREATED_AT.name, f"must be {CREATED_AT.rule}")
        raise InvalidError(f"{error.field} {error.detail}", [error])
    return found


def _values(content: bytes) -> list[str]:
    """What a record holds; nothing for an empty line.

    Raises:
        UnreadableError: It is no line of a csv in UTF-8.
    """
    try:
        rows = list(csv.reader([content.decode()], strict=True))
    except UnicodeDecodeError:
        raise UnreadableError("it is not in UTF-8") from None
    except csv.Error as error:
        raise UnreadableError(f"it is no line of a csv: {error}") from None
    return rows[0] if rows else []
