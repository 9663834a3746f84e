"""Why a write that depends on whose a thing is was not carried out, told to who asked."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from blog.errors import BusyError, ForbiddenError, NotFoundError, StaleError
from blog.table import ConditionFailedError, ContendedError

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def held(thing: str, caller: str) -> "Generator[None]":
    """Say what a thing must have been when a write of it fails.

    Args:
        thing: What is written, such as ``user 'ada'``.
        caller: The ``sub`` of who asks.

    Raises:
        NotFoundError: If it does not exist.
        ForbiddenError: If it is another's.
        StaleError: If it has another version by now.
        BusyError: If another request is changing it right now.
    """
    try:
        yield
    except ConditionFailedError as error:
        if error.owner is None:
            raise missing(thing) from error
        if error.owner != caller:
            raise ForbiddenError(f"the {thing} belongs to somebody else") from error
        raise StaleError(f"the {thing} was changed since you read it: read it again and repeat your change") from error
    except ContendedError as error:
        raise BusyError(f"another request is changing the {thing}: repeat yours in a moment") from error


def missing(thing: str) -> NotFoundError:
    """That a thing does not exist."""
    return NotFoundError(f"there is no {thing}")
