"""The table with a cache before it."""

import json
from typing import TYPE_CHECKING, Any, Self, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from blog import env
from blog.cache import Cache
from blog.cache_server import CacheServer, CacheUnavailableError
from blog.client import HASTE
from blog.receipts import ReceiptExistsError
from blog.secrets import Secret
from blog.table import ConditionFailedError, ContendedError, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from blog.keys import Key
    from blog.receipts import Receipt
    from blog.table import Item

SHAPE = 1
"""The version of what entries hold, a part of their keys: a release that adds an attribute to items raises it, so that
it does not read what an earlier one has cached."""

# With these, the table is as it was before; with any other error, it may have changed.
_UNCHANGED = (ConditionFailedError, ContendedError, ReceiptExistsError)


class CachedTable(Table):
    """A table whose items are read through a cache. A partition key that is read so has one item.

    Args:
        client: Where the table is asked.
        name: The table's name.
        cache: The cache.
        prefix: What the application's keys in the cache begin with.
    """

    def __init__(self, client: "DynamoDBClient", name: str, cache: Cache, prefix: str) -> None:
        super().__init__(client, name)
        self._cache = cache
        self._prefix = prefix

    @classmethod
    def connect(cls, name: str) -> Self:
        """Build the clients too. The cache itself is first connected to when it is first asked."""
        haste: SecretsManagerClient = boto3.client("secretsmanager", config=HASTE)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table
        secret = Secret(haste, env.required("CACHE_SECRET_NAME", "the name of the secret with the cache's password"))
        server = CacheServer(
            env.required("CACHE_HOST", "the host of the cache"),
            env.number("CACHE_PORT", "the port of the cache"),
            env.required("CACHE_USER", "the user of the cache"),
            lambda: _passwords(secret),
        )
        prefix = env.required("CACHE_PREFIX", "what the application's keys in the cache begin with")
        return cls(Table.connect(name).client, name, Cache(server), prefix)

    def get(self, key: "Key") -> "dict[str, Any] | None":
        """Read an item: as of the last change that a function has made, or STALE_SECONDS ago where the cache failed."""

        def load() -> str | None:
            item = super(CachedTable, self).get(key)
            return None if item is None else json.dumps(item, ensure_ascii=False, separators=(",", ":"))

        found = self._cache.read(self._cached(key), load)
        if found is None:
            return None
        try:
            return _item(found, key)
        except ValueError:
            return super().get(key)

    def create(self, item: "Item") -> None:
        """Add an item, as a table does."""
        with self._cache.changing(self._cached(item), unless=_UNCHANGED):
            super().create(item)

    def create_with(
        self,
        item: "Item",
        *,
        now: int,
        receipt: "Receipt | None" = None,
        owned: "tuple[Key, str] | None" = None,
    ) -> None:
        """Add an item together with a receipt, as a table does."""
        with self._cache.changing(self._cached(item), unless=_UNCHANGED):
            super().create_with(item, now=now, receipt=receipt, owned=owned)

    def update(self, key: "Key", owner: str, version: int | None, changes: "Mapping[str, str]") -> dict[str, Any]:
        """Change an item, as a table does."""
        with self._cache.changing(self._cached(key), unless=_UNCHANGED):
            return super().update(key, owner, version, changes)

    def replace(self, item: "Item", owner: str, version: int | None) -> None:
        """Put an item in the place of another, as a table does."""
        with self._cache.changing(self._cached(item), unless=_UNCHANGED):
            super().replace(item, owner, version)

    def delete(self, key: "Key", owner: str, version: int | None) -> None:
        """Remove an item, as a table does."""
        with self._cache.changing(self._cached(key), unless=_UNCHANGED):
            super().delete(key, owner, version)

    def _cached(self, item: "Mapping[str, Any]") -> str:
        return f"{self._prefix}:{SHAPE}:{item['PK']['S']}"


def _item(text: str, key: "Key") -> dict[str, Any]:
    """Read a cached item.

    Raises:
        ValueError: It is no item with this key.
    """
    item: object = json.loads(text)
    if not isinstance(item, dict) or any(cast("dict[str, Any]", item).get(name) != key[name] for name in key):
        raise ValueError("a cached item is a JSON object with the key that it is cached under")
    return cast("dict[str, Any]", item)


def _passwords(secret: Secret) -> "Iterator[str]":
    """The passwords that the cache may take, in the order in which they are likely to be right."""
    try:
        yield from secret.versions()
    except (BotoCoreError, ClientError, LookupError) as error:
        raise CacheUnavailableError(f"the password is not to be had: {type(error).__name__}") from error
