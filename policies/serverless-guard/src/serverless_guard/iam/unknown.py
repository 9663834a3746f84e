"""Parts of a policy document that are not known at preview.

What is known of a document is decided. An unknown part is read in one of two ways:

- A value that stands where a name stands (an item of Resource or NotResource, a value that a String or ARN operator
  compares with) is the output of a resource, so its name or ARN: an `UnknownName`, which has no wildcard. So is an
  identity or identity provider in Principal where the document takes a value from such a resource of the program.
  Should it turn out to be `*`, the update is stopped, because rules run again once the value is known.
- Anything else (a statement, Effect, Action, another principal, a condition, the value of another operator) could be
  anything. Reading to it raises UndecidedError, after what is known next to it has been read: `any` over the actions
  of a statement is true when a known one fits, and undecided when none does.

All errors of one document have the document's property as their path and the same words, so that they are reported as
one finding.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Never, Self, TypeVar

from serverless_guard.record import UndecidedError

T = TypeVar("T")


class Gaps:
    """The unknown places of one document, which all of its unknown parts share.

    Attributes:
        path: The property that holds the document.
        owner: The URN of its resource.
        identities: Whether an identity that is not known is one of the program.
        places: Where something is unknown, for example `Statement[0].Action`.
    """

    __slots__ = ("identities", "owner", "path", "places")

    def __init__(self, path: str, owner: str = "", *, identities: bool = False) -> None:
        self.path = path
        self.owner = owner
        self.identities = identities
        self.places: list[str] = []

    def add(self, place: str) -> "Gaps":
        """Note an unknown place, given with the document's property in front."""
        self.places.append(place.removeprefix(f"{self.path}."))
        return self

    def fail(self) -> Never:
        """Raise the error of a rule that needs an unknown part."""
        raise UndecidedError(self.path, self.owner, tuple(self.places))


class UnknownName(str):  # noqa: SLOT000  it has an attribute
    """The name or ARN of a resource that is not known yet; it reads as a text without wildcards."""

    gaps: Gaps

    def __new__(cls, gaps: Gaps) -> Self:
        """Create the stand-in for a name in a document."""
        created = super().__new__(cls, "<unknown>")
        created.gaps = gaps
        return created


class Partial(tuple[T, ...]):  # noqa: SLOT001  a tuple takes no slots
    """The known items of a list of which others are unknown; reading to its end raises UndecidedError."""

    gaps: Gaps

    def __new__(cls, known: Iterable[T], gaps: Gaps) -> Self:
        """Create the list from its known items."""
        created = super().__new__(cls, known)
        created.gaps = gaps
        return created

    def __iter__(self) -> Iterator[T]:
        yield from super().__iter__()
        self.gaps.fail()

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return super().__contains__(item) or self.gaps.fail()

    def __add__(self, other: Any) -> Any:
        return Partial((*super().__iter__(), *other), self.gaps)

    def __radd__(self, other: Any) -> Any:
        return Partial((*other, *super().__iter__()), self.gaps)


def known(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts that are known, then raise UndecidedError where a name among them is not."""
    unknown: UnknownName | None = None
    for text in texts:
        if isinstance(text, UnknownName):
            unknown = text
        else:
            yield text
    if unknown is not None:
        unknown.gaps.fail()


def known_items(items: tuple[T, ...]) -> tuple[T, ...]:
    """Give the known items of a list, whether others are unknown or not."""
    return items[:]


def is_partial(*parts: object) -> bool:
    """Tell whether one of some lists has unknown items."""
    return any(isinstance(part, Partial) for part in parts)


def collect(items: Iterable[T | None], gaps: Gaps) -> tuple[T, ...]:
    """Collect items; None stands for an unknown one, whose place has been noted."""
    every = list(items)
    found = [item for item in every if item is not None]
    return tuple(found) if len(found) == len(every) else Partial(found, gaps)
