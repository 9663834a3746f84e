"""Cursors: where the next page of an author's posts begins, as a text that only this API can make."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from blog.errors import FieldError, InvalidError

if TYPE_CHECKING:
    from blog.secrets import Secret

_LIFETIME = 24 * 60 * 60
# Cursors of the same page made within this time are the same, so that caches before the API meet them again.
_STEP = 60 * 60


class Cursors:
    """Writes and reads cursors; each holds for its author and a day.

    Args:
        secret: What signs them.
    """

    def __init__(self, secret: "Secret") -> None:
        self._secret = secret

    def write(self, author: str, place: str, now: int) -> str:
        """Make a cursor.

        Args:
            author: Whose posts are listed.
            place: The place of the last post of the page before.
            now: Seconds since the epoch.
        """
        expires_at = now - now % _STEP + _STEP + _LIFETIME
        said = f"{expires_at} {place}".encode()
        return _text(_mac(self._secret.current(), author, said) + said)

    def read(self, author: str, cursor: str, now: int) -> str:
        """The place that a cursor says.

        Raises:
            InvalidError: If it was not made here, was made for another author or has expired.
        """
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raw = b""
        # Bits beyond the last byte do not count, so that a cursor would have further spellings.
        raw = raw if _text(raw) == cursor else b""
        mac, said = raw[: sha256().digest_size], raw[sha256().digest_size :]
        if not any(hmac.compare_digest(mac, _mac(secret, author, said)) for secret in self._secret.versions()):
            raise _bad("is not one of this list: take the nextCursor of the page before as it is")
        expires_at, place = said.decode().split(" ")
        if int(expires_at) <= now:
            raise _bad("has expired: begin again with the first page")
        return place


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(secret: str, author: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), f"{author} ".encode() + said, sha256)


def _bad(detail: str) -> InvalidError:
    return InvalidError(f"cursor {detail}", [FieldError("cursor", detail)])
