"""Creating a thing once, however often its request is repeated: an idempotency key leaves a receipt beside it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from blog import clock, keys
from blog.errors import KeyReusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from blog.keys import Kind

# How long a repeated request is recognised. Clients stop retrying long before.
_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a create request was carried out. It holds neither who asked nor what for, only digests of both.

    Attributes:
        kind: What was created.
        digest: Of the owner and the idempotency key: two people may pick the same key.
        fingerprint: Of the request's content.
        created_at: The creation time that the first answer gave.
        expires_at: Seconds since the epoch after which the key is free again.
    """

    kind: "Kind"
    digest: str
    fingerprint: str
    created_at: str
    expires_at: int

    @classmethod
    def of(cls, kind: "Kind", owner: str, key: str | None, content: tuple[str, ...], now: datetime) -> Self | None:
        """What a request leaves behind; None for one without an idempotency key.

        Args:
            kind: What it creates.
            owner: The ``sub`` of who asks.
            key: The idempotency key.
            content: What distinguishes it from another request.
            now: When it came.
        """
        if key is None:
            return None
        expires_at = int((now + _LIFETIME).timestamp())
        return cls(kind, digest(owner, key), digest(*content), clock.text(now), expires_at)

    def item(self) -> "dict[str, AttributeValueTypeDef]":
        """The receipt as it is stored."""
        return {
            **keys.receipt(self.kind, self.digest),
            "fingerprint": {"S": self.fingerprint},
            "createdAt": {"S": self.created_at},
            "expiresAt": {"N": str(self.expires_at)},
        }


class ReceiptExistsError(Exception):
    """A request was carried out under this idempotency key before.

    Attributes:
        fingerprint: Of that request's content.
        created_at: The creation time that its answer gave.
    """

    def __init__(self, item: "Mapping[str, Any]") -> None:
        """Take the receipt as it is stored."""
        super().__init__("the idempotency key was used before")
        self.fingerprint: str = item["fingerprint"]["S"]
        self.created_at: str = item["createdAt"]["S"]


def create_once[Thing](
    first: "Callable[[str], Thing]", store: "Callable[[Thing], None]", receipt: Receipt | None, now: datetime
) -> tuple[Thing, bool]:
    """Create a thing, or make the first answer again.

    Args:
        first: Makes the thing as of a creation time; the same time has to give the same thing.
        store: Stores it with the receipt, and raises ReceiptExistsError if there is one already.
        receipt: What is left behind.
        now: When the request came.

    Returns:
        The thing as first created, and whether it was this request that created it.

    Raises:
        KeyReusedError: If the key came with other content before.
    """
    thing = first(clock.text(now))
    try:
        store(thing)
    except ReceiptExistsError as error:
        if receipt is None or receipt.fingerprint != error.fingerprint:
            raise KeyReusedError("this Idempotency-Key came with another body: take a new key") from error
        return first(error.created_at), False
    return thing, True


def digest(*parts: str) -> str:
    """A SHA-256 of texts that no other texts share, in hexadecimal."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
