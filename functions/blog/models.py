"""What the blog knows: users, what may be said about them to whom, and what a request may ask for."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from blog.errors import FieldError, InvalidError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SHOWN = 60


class _Text(NamedTuple):
    pattern: re.Pattern[str]
    rule: str


_USER_FIELDS = {
    "userId": _Text(
        re.compile(r"[a-z0-9][a-z0-9_-]{1,39}"),
        "2 to 40 characters out of a-z, 0-9, _ and -, the first of them a letter or a digit",
    ),
    # Control characters, lone surrogates (DynamoDB stores UTF-8) and the marks that turn the direction of text around.
    "name": _Text(
        re.compile(r"(?=\S)[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]{1,100}(?<=\S)"),
        "1 to 100 characters without control characters or space at the ends",
    ),
    # Whether an address exists shows when mail arrives. The length is RFC 5321's for a path.
    "email": _Text(
        re.compile(r"(?=.{3,254}$)[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+"),
        "an address such as name@example.com of at most 254 ASCII characters",
    ),
}


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user that somebody wants to create."""

    user_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class User:
    """A user as stored.

    Attributes:
        user_id: The handle that the user chose; part of every address.
        name: What readers see.
        email: For the owner's eyes only.
        owner: The ``sub`` claim of the person whose user this is. Never leaves the service.
        version: Grows by one with each change, from 1.
        created_at: UTC in ISO 8601 with milliseconds.
        updated_at: Likewise.
    """

    user_id: str
    name: str
    email: str
    owner: str
    version: int
    created_at: str
    updated_at: str

    def public(self) -> dict[str, str]:
        """What anybody may read: neither the address nor the owner."""
        return {
            "userId": self.user_id,
            "name": self.name,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        }

    def own(self) -> dict[str, str]:
        """What the owner reads: the public part and the address."""
        return {**self.public(), "email": self.email}


def user_id(value: str) -> str:
    """Check a handle that came in a path.

    Raises:
        InvalidError: If no user can have it.
    """
    _refuse([error for error in [_error("userId", value)] if error])
    return value


def new_user(body: "Mapping[str, object]") -> NewUser:
    """Check the body of a request that creates a user: all of userId, name and email, nothing else.

    Raises:
        InvalidError: Naming each field that is missing, unknown or wrong.
    """
    fields = _fields(body, allowed=("userId", "name", "email"), required=("userId", "name", "email"))
    return NewUser(fields["userId"], fields["name"], fields["email"])


def user_changes(body: "Mapping[str, object]") -> dict[str, str]:
    """Check the body of a request that changes a user: name, email or both, nothing else.

    Returns:
        The new values by field name.

    Raises:
        InvalidError: Naming each field that is unknown or wrong, or saying that there is none.
    """
    changes = _fields(body, allowed=("name", "email"), required=())
    if not changes:
        raise InvalidError("the body changes nothing: give name, email or both")
    return changes


def _fields(body: "Mapping[str, object]", allowed: "Collection[str]", required: "Collection[str]") -> dict[str, str]:
    unknown = [
        FieldError(name[:_SHOWN], f"is unknown: use {', '.join(allowed)}") for name in body if name not in allowed
    ]
    missing = [FieldError(name, f"is missing: give {_USER_FIELDS[name].rule}") for name in required if name not in body]
    wrong = [error for name in allowed if name in body and (error := _error(name, body[name]))]
    _refuse(unknown + missing + wrong)
    return {name: str(body[name]) for name in allowed if name in body}


def _error(name: str, value: object) -> FieldError | None:
    pattern, rule = _USER_FIELDS[name]
    if isinstance(value, str) and pattern.fullmatch(value):
        return None
    shown = json.dumps(value)
    return FieldError(name, f"must be {rule}, not {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}")


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidError("; ".join(f"{error.field} {error.detail}" for error in errors), errors)
