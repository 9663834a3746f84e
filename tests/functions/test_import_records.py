"""Cutting a csv into records: each one whole, where it lies, and in constant memory."""

import csv
import io
import random
import tracemalloc
from typing import BinaryIO, cast

import pytest

from blog.imports import records
from blog.imports.records import LONGEST, START, Place, Record, cut


def cut_all(content: bytes, place: Place = START) -> list[Record]:
    return list(cut(io.BytesIO(content[place.position :]), place))


def contents(content: bytes) -> list[bytes | None]:
    return [record.content for record in cut_all(content)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a,b\n", [b"a,b\n"]),
        (b"a,b\r\nc,d", [b"a,b\r\n", b"c,d"]),
        (b"\n\n", [b"\n", b"\n"]),
        (b'a,"x\ny"\nb,c\n', [b'a,"x\ny"\n', b"b,c\n"]),
        (b'"he said ""no""\n\n",b\nc,d\n', [b'"he said ""no""\n\n",b\n', b"c,d\n"]),
    ],
)
def test_a_record_ends_where_a_line_ends_outside_of_quotes(content: bytes, expected: list[bytes]) -> None:
    assert contents(content) == expected


def test_a_record_says_where_it_lies_and_where_the_next_one_does() -> None:
    first, second, third = cut_all('ä,"1\n2"\n\nb'.encode())
    assert (first.place, first.end) == ((0, 1), (9, 3))
    assert (second.place, second.end) == ((9, 3), (10, 4))
    assert (third.place, third.end) == ((10, 4), (11, 5))


def test_from_where_any_record_ends_the_rest_is_cut_as_before() -> None:
    content = b'a,"1\n2"\nb,\n\n"open\nc,d\ne,f'
    whole = cut_all(content)
    assert [cut_all(content, record.end) for record in whole] == [whole[number + 1 :] for number in range(len(whole))]


def test_a_quote_that_never_closes_spoils_the_line_on_which_it_opens_and_no_other() -> None:
    assert contents(b'a,b\nc,"d\ne,f\ng,h\n') == [b"a,b\n", None, b"e,f\n", b"g,h\n"]


def test_quotes_that_close_too_late_spoil_the_line_on_which_they_open() -> None:
    filler = b"x,y\n" * (LONGEST // 4)
    found = contents(b'a,"b\n' + filler + b'c"\nd,e\n')
    assert found[0] is None
    assert found[1:-2] == [b"x,y\n"] * (LONGEST // 4)
    assert found[-2:] == [None, b"d,e\n"]


def test_the_longest_record_is_read_and_a_longer_one_is_not() -> None:
    assert contents(b"a" * (LONGEST - 1) + b"\nb\n") == [b"a" * (LONGEST - 1) + b"\n", b"b\n"]
    assert contents(b"a" * LONGEST + b"\nb\n") == [None, b"b\n"]
    assert contents(b"a" * (3 * LONGEST)) == [None]


def test_a_line_that_is_too_long_counts_with_all_of_its_bytes() -> None:
    long, after = cut_all(b"a" * (3 * LONGEST) + b"\nb\n")
    assert long.end == after.place == (3 * LONGEST + 1, 2)


def test_any_table_that_a_program_writes_is_cut_into_its_rows() -> None:
    chosen = random.Random(4)
    rows = [["".join(chosen.choices('ab",\n\r ü', k=chosen.randrange(1, 9))) for _ in range(3)] for _ in range(2000)]
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    found = contents(written.getvalue().encode())
    assert [next(csv.reader([content.decode()], strict=True)) for content in found if content] == rows


class Endless(io.RawIOBase):
    """Megabytes of one line, made as they are read."""

    def __init__(self, megabytes: int) -> None:
        super().__init__()
        self.left = megabytes * 2**20

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(cast("bytearray", buffer))
        size = min(len(view), self.left)
        view[:size] = b"a" * size
        self.left -= size
        return size


def test_a_file_without_an_end_of_line_takes_no_more_memory_the_longer_it_is() -> None:
    tracemalloc.start()
    try:
        found = list(cut(cast("BinaryIO", io.BufferedReader(Endless(64)))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(record.content, record.end.position) for record in found] == [(None, 64 * 2**20)]
    assert peak < 8 * records.LONGEST
