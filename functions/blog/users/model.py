"""What a user is, what may be said of it to whom, and what a request may ask for."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blog import fields
from blog.errors import InvalidError
from blog.fields import Field, line

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_ID = Field(
    "userId",
    re.compile(r"[a-z0-9][a-z0-9_-]{1,39}"),
    "2 to 40 characters out of a-z, 0-9, _ and -, the first of them a letter or a digit",
)
NAME = line("name", 100)
EMAIL = Field(
    "email",
    # Whether an address exists shows when mail arrives. The length is RFC 5321's for a path.
    re.compile(r"(?=.{3,254}$)[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+"),
    "an address such as name@example.com of at most 254 ASCII characters",
)


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
    return fields.one(USER_ID, value)


def new_user(body: "Mapping[str, object]") -> NewUser:
    """Check the body of a request that creates a user: all of userId, name and email, nothing else.

    Raises:
        InvalidError: Naming each field that is missing, unknown or wrong.
    """
    given = fields.read(body, (USER_ID, NAME, EMAIL))
    return NewUser(given["userId"], given["name"], given["email"])


def user_changes(body: "Mapping[str, object]") -> dict[str, str]:
    """Check the body of a request that changes a user: name, email or both, nothing else.

    Returns:
        The new values by field name.

    Raises:
        InvalidError: Naming each field that is unknown or wrong, or saying that there is none.
    """
    changes = fields.read(body, (NAME, EMAIL), required=False)
    if not changes:
        raise InvalidError("the body changes nothing: give name, email or both")
    return changes
