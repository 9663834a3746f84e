"""What one can do with users, and who may."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from blog.errors import BusyError, ForbiddenError, KeyReusedError, NotFoundError, RefusedError, StaleError, TakenError
from blog.models import NewUser, User
from blog.store import ConditionFailedError, ContendedError, Receipt, ReceiptExistsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from blog.store import UserStore

# How long a repeated request is recognised. Clients stop retrying long before.
_RECEIPT_LIFETIME = timedelta(days=1)


class Users:
    """The users of the blog: anyone reads them, each owner changes and deletes their own."""

    def __init__(self, store: "UserStore", now: "Callable[[], datetime]" = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._now = now

    def get(self, user_id: str) -> User:
        """Find a user.

        Raises:
            NotFoundError: If there is none.
        """
        if user := self._store.get(user_id):
            return user
        raise _not_found(user_id)

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
            TakenError: If the handle is taken, also by the same owner.
            KeyReusedError: If the key came with other content before.
            BusyError: If another request uses the key or takes the handle right now.
        """
        now = self._now()
        user = _first(owner, new, _text(now))
        try:
            if idempotency_key is None:
                self._store.create(user)
            else:
                receipt = _receipt(user, idempotency_key, now)
                self._store.create_once(user, receipt, int(now.timestamp()))
        except ReceiptExistsError as error:
            if error.receipt.fingerprint != _fingerprint(user):
                raise KeyReusedError("this Idempotency-Key came with another body: take a new key") from error
            return _first(owner, new, error.receipt.created_at), False
        except ConditionFailedError as error:
            raise TakenError(f"the userId {user.user_id!r} is taken: choose another") from error
        except ContendedError as error:
            raise _busy(user.user_id) from error
        return user, True

    def update(self, caller: str, user_id: str, changes: "Mapping[str, str]", version: int | None) -> User:
        """Change a user.

        Args:
            caller: The ``sub`` of who asks.
            user_id: Which user.
            changes: New values of name, email or both.
            version: The version that the caller read; None overwrites any.

        Raises:
            NotFoundError: If there is none.
            ForbiddenError: If it is another's.
            StaleError: If it has another version by now.
            BusyError: If another request is changing it right now.
        """
        try:
            return self._store.update(user_id, caller, version, {**changes, "updatedAt": _text(self._now())})
        except ConditionFailedError as error:
            raise _refused(error.current, caller, user_id) from error
        except ContendedError as error:
            raise _busy(user_id) from error

    def delete(self, caller: str, user_id: str, version: int | None) -> None:
        """Remove a user, with the arguments and errors of ``update``."""
        try:
            self._store.delete(user_id, caller, version)
        except ConditionFailedError as error:
            raise _refused(error.current, caller, user_id) from error
        except ContendedError as error:
            raise _busy(user_id) from error


def _first(owner: str, new: NewUser, at: str) -> User:
    return User(new.user_id, new.name, new.email, owner, version=1, created_at=at, updated_at=at)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _receipt(user: User, idempotency_key: str, now: datetime) -> Receipt:
    """Keyed by owner and key: two people may pick the same key, and neither shows in the table."""
    key = _digest(user.owner, idempotency_key)
    return Receipt(key, _fingerprint(user), user.created_at, int((now + _RECEIPT_LIFETIME).timestamp()))


def _fingerprint(user: User) -> str:
    return _digest(user.user_id, user.name, user.email)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _refused(current: User | None, caller: str, user_id: str) -> RefusedError:
    """Why a conditional write of a user failed, from the user that it met."""
    if current is None:
        return _not_found(user_id)
    if current.owner != caller:
        return ForbiddenError(f"the user {user_id!r} belongs to somebody else")
    return StaleError(f"the user {user_id!r} was changed since you read it: read it again and repeat your change")


def _not_found(user_id: str) -> NotFoundError:
    return NotFoundError(f"there is no user {user_id!r}")


def _busy(user_id: str) -> BusyError:
    return BusyError(f"another request is changing the user {user_id!r}: repeat yours in a moment")
