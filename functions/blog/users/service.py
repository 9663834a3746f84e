"""What one can do with users, and who may."""

from typing import TYPE_CHECKING

from blog import clock
from blog.errors import BusyError, TakenError
from blog.ownership import held, missing
from blog.receipts import Receipt, create_once
from blog.table import ConditionFailedError, ContendedError
from blog.users.model import NewUser, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.clock import Clock
    from blog.users.store import UserStore


class Users:
    """The users of the blog: anyone reads them, each owner changes and deletes their own."""

    def __init__(self, store: "UserStore", now: "Clock" = clock.utc) -> None:
        self._store = store
        self._now = now

    def get(self, user_id: str) -> User:
        """Find a user.

        Raises:
            NotFoundError: If there is none.
        """
        if user := self._store.get(user_id):
            return user
        raise missing(f"user {user_id!r}")

    def create(self, owner: str, new: NewUser, idempotency_key: str | None) -> tuple[User, bool]:
        """Add a user, once for each idempotency key.

        Args:
            owner: The ``sub`` of the person to whom it will belong.
            new: What it will be.
            idempotency_key: The same key with the same content gives the first answer again, even after the user
                was changed or deleted; None makes each request a new one.

        Returns:
            The user as first created, and whether it was this request that created it.

        Raises:
            TakenError: If the handle is taken, also by the same owner, or was: nobody takes over another's name.
            KeyReusedError: If the key came with other content before.
            BusyError: If another request uses the key or takes the handle right now.
        """
        now = self._now()
        receipt = Receipt.of("USER", owner, idempotency_key, (new.user_id, new.name, new.email), now)

        def first(at: str) -> User:
            return User(new.user_id, new.name, new.email, owner, version=1, created_at=at, updated_at=at)

        def store(user: User) -> None:
            self._store.create(user, receipt, int(now.timestamp()))

        try:
            return create_once(first, store, receipt, now)
        except ConditionFailedError as error:
            raise TakenError(f"the userId {new.user_id!r} is taken: choose another") from error
        except ContendedError as error:
            raise BusyError(
                f"another request is taking the userId {new.user_id!r}: repeat yours in a moment"
            ) from error

    def update(self, caller: str, user_id: str, changes: "Mapping[str, str]", version: int | None) -> User:
        """Change a user.

        Args:
            caller: The ``sub`` of who asks.
            user_id: Which user.
            changes: New values of name, email or both.
            version: The version that the caller read; None overwrites any.

        Raises:
            RefusedError: As ``held`` says it.
        """
        with held(f"user {user_id!r}", caller):
            return self._store.update(user_id, caller, version, {**changes, "updatedAt": clock.text(self._now())})

    def delete(self, caller: str, user_id: str, version: int | None) -> None:
        """Remove a user, with the arguments and errors of ``update``. What it wrote stays, as its owner's."""
        with held(f"user {user_id!r}", caller):
            self._store.delete(user_id, caller, version, clock.text(self._now()))
