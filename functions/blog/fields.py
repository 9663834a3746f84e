"""What each part of a request may be, and how a request hears what is wrong with all of its parts at once."""

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from blog.errors import FieldError, InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 60
_MOST_UNKNOWN = 10
"""How many unknown fields an answer names: a body may have more than an answer has room for."""

_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of text around (Unicode Standard Annex 9, "Directional formatting characters")."""

_LINE_ENDS = r"\u2028\u2029"
_INVISIBLE = r"\s\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff"
"""White space and characters without width: a text of nothing else shows nothing."""


class Field(NamedTuple):
    """A text in a request.

    Attributes:
        name: Its name in the body, the path or the query.
        pattern: What the whole of it matches.
        rule: The same in words; it completes "must be ...".
    """

    name: str
    pattern: re.Pattern[str]
    rule: str


def line(name: str, longest: int) -> Field:
    """A field of one line: a name, a title."""
    return Field(
        name,
        # DynamoDB stores UTF-8, which has no lone surrogates.
        re.compile(
            rf"(?=\S)(?=.*[^{_INVISIBLE}])[^{_CONTROLS}{_DIRECTIONS}{_LINE_ENDS}\ud800-\udfff]{{1,{longest}}}(?<=\S)"
        ),
        f"1 to {longest} characters on one line, some of them visible, without control characters or space at the ends",
    )


def one(field: Field, value: object) -> str:
    """Check a single text, such as a path parameter.

    Raises:
        InvalidError: If it breaks the field's rule.
    """
    return read({field.name: value}, [field])[field.name]


def read(given: "Mapping[str, object]", fields: "Sequence[Field]", *, required: bool = True) -> dict[str, str]:
    """Check a body or a query: it may hold these fields and nothing else.

    Args:
        given: What came, by name.
        fields: What may be there.
        required: Whether all of them must be.

    Returns:
        The texts that are there, by name.

    Raises:
        InvalidError: Naming each field that is unknown, missing or wrong.
    """
    names = [field.name for field in fields]
    unknown = [FieldError(name[:_SHOWN], f"is unknown: use {', '.join(names)}") for name in given if name not in names]
    if len(unknown) > _MOST_UNKNOWN:
        more = len(unknown) - _MOST_UNKNOWN
        unknown = [*unknown[:_MOST_UNKNOWN], FieldError("…", f"and {more} more are unknown: use {', '.join(names)}")]
    missing = [
        FieldError(field.name, f"is missing: give {field.rule}")
        for field in fields
        if required and field.name not in given
    ]
    wrong = [error for field in fields if field.name in given and (error := _error(field, given[field.name]))]
    if errors := unknown + missing + wrong:
        raise InvalidError("; ".join(f"{error.field} {error.detail}" for error in errors), errors)
    return {name: str(given[name]) for name in names if name in given}


def _error(field: Field, value: object) -> FieldError | None:
    if isinstance(value, str) and field.pattern.fullmatch(value):
        return None
    shown = json.dumps(value)
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return FieldError(field.name, f"must be {field.rule}, not {shown}")
