"""Cuts a csv into its records without holding more than two of them, and tells where each one lies.

A record ends at the first end of line at which the quotes before it are even in number: quotes within a field are
doubled, and so are those around it (RFC 4180). Bytes suffice for that, for in UTF-8 neither a quote nor an end of line
is part of another character.
"""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 256 * 1024
"""Bytes of a record at most. The longest post has 200,000, and what ends a line is among them."""


class Place(NamedTuple):
    """Where a record begins.

    Attributes:
        position: In bytes from the beginning of the file.
        line: The line's number, from 1.
    """

    position: int
    line: int


START = Place(0, 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        place: Where it begins.
        end: Where the next one begins.
        content: Its bytes with the end of line; of one that is too long, or whose quotes do not close, nothing.
    """

    place: Place
    end: Place
    content: bytes | None


class _Line(NamedTuple):
    content: bytes
    length: int

    @property
    def quotes(self) -> int:
        return self.content.count(b'"')


def cut(source: BinaryIO, place: Place = START) -> "Iterator[Record]":
    """Cut what a source has from a place on.

    Where quotes do not close within LONGEST, the line on which they open is a record without content, and the lines
    after it are read as if it were not there: one forgotten quote spoils no other row.
    """
    waiting: deque[_Line] = deque()

    def following() -> _Line:
        return waiting.popleft() if waiting else _read_line(source)

    while (first := following()).length:
        lines, length, quotes = [first], first.length, first.quotes
        while quotes % 2 and length <= LONGEST and (line := following()).length:
            lines.append(line)
            length += line.length
            quotes += line.quotes
        content = b"".join(line.content for line in lines) if length <= LONGEST and quotes % 2 == 0 else None
        if content is None:
            waiting.extendleft(reversed(lines[1:]))
            lines, length = [first], first.length
        end = Place(place.position + length, place.line + len(lines))
        yield Record(place, end, content)
        place = end


def _read_line(source: BinaryIO) -> _Line:
    """Read a line, of which no more is kept than shows that it is too long."""
    content = piece = source.readline(LONGEST + 1)
    length = len(content)
    while len(piece) > LONGEST and not piece.endswith(b"\n"):
        piece = source.readline(LONGEST + 1)
        length += len(piece)
    return _Line(content, length)
