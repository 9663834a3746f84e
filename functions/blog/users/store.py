"""Users in the table."""

from typing import TYPE_CHECKING, Any

from blog import keys
from blog.attributes import number, text
from blog.users.model import User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.receipts import Receipt
    from blog.table import Item, Table


class UserStore:
    """Users in the table. What is refused raises the table's errors."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, user_id: str) -> User | None:
        """Read a user as of now; None if there is none, or none any more."""
        found = self._table.get(keys.user(user_id))
        return _user(found) if found and "owner" in found else None

    def create(self, user: User, receipt: "Receipt | None", now: int) -> None:
        """Add a user, with the receipt of the request if it leaves one.

        Args:
            user: The user to add.
            receipt: What is left under the idempotency key.
            now: Seconds since the epoch.

        Raises:
            ReceiptExistsError: If the key was used before, whatever became of the user since.
            ConditionFailedError: If the handle is taken, or was.
            ContendedError: If the same key or handle is in use by another request.
        """
        if receipt is None:
            self._table.create(_item(user))
        else:
            self._table.create_with(_item(user), now=now, receipt=receipt)

    def update(self, user_id: str, owner: str, version: int | None, changes: "Mapping[str, str]") -> User:
        """Change a user of an owner in a version (None for any), and return it as it is now."""
        return _user(self._table.update(keys.user(user_id), owner, version, changes))

    def delete(self, user_id: str, owner: str, version: int | None, at: str) -> None:
        """Remove all that is known of a user. That its handle was taken stays, so that nobody inherits its posts."""
        self._table.replace({**keys.user(user_id), "deletedAt": {"S": at}}, owner, version)


def _item(user: User) -> "Item":
    return {
        **keys.user(user.user_id),
        "userId": {"S": user.user_id},
        "name": {"S": user.name},
        "email": {"S": user.email},
        "owner": {"S": user.owner},
        "version": {"N": str(user.version)},
        "createdAt": {"S": user.created_at},
        "updatedAt": {"S": user.updated_at},
    }


def _user(item: "Mapping[str, Any]") -> User:
    """Read a stored user. What a release that wrote it did not know has a default, and what it added is left out."""
    user_id = text(item, "PK").partition("#")[2]
    created_at = text(item, "createdAt")
    return User(
        user_id=user_id,
        name=text(item, "name", user_id),
        email=text(item, "email"),
        owner=text(item, "owner"),
        version=number(item, "version", 1),
        created_at=created_at,
        updated_at=text(item, "updatedAt", created_at),
    )
