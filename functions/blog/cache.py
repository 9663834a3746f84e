"""A cache beside the table: no request depends on it, and no reader sees a value older than STALE_SECONDS.

The entry of a key is one of four, told apart by its first character:

- a value, which is served;
- the knowledge that there is nothing, which is served too;
- a lease: one reader is loading from the table, and stores what it finds only while its lease is still there;
- a hold: a writer is changing the table, so that readers go to the table and store nothing.

A writer puts its hold before the change and removes the entry after it. So no reader can store what it found before
the change; and where the removal fails, the hold ends by itself. Leases are those of
https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala (section 3.2.1).

Both steps of a writer are lost where the cache is stopped or cut off, or where a failover forgets what it had
acknowledged. No message can undo that, so entries are short-lived: whatever fails, a changed value is gone from the
cache STALE_SECONDS after its change. `tests/functions/test_cache_model.py` tries all orders of steps and failures.
"""

import random
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from blog.cache_server import CacheUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from blog.cache_server import CacheServer

LIFETIME_SECONDS = 4
"""Of a value, and of the knowledge that there is nothing: a key that is read often is read from the table every few
seconds, which takes nearly all of its load away."""

JITTER = 0.1
"""The part by which a lifetime is shortened at random, so that entries made together do not end together."""

LEASE_SECONDS = 1
"""A read of the table takes milliseconds; after a second, another reader may try, and this one stores nothing."""

STALE_SECONDS = LEASE_SECONDS + LIFETIME_SECONDS
"""The longest that a changed value is served after its change if the cache was told of the change neither before nor
after it: a reader may have read the table just before the change, and stores at the end of its lease."""

HOLD_SECONDS = 30
"""Longer than a function behind the API runs (29 s), so that a hold outlasts the change that it covers."""

PATIENCE_SECONDS = 0.1
POLL_SECONDS = 0.01
"""How long a reader waits for what another one is loading before it loads too, and how often it looks."""

_VALUE, _NOTHING, _LEASE, _HOLD = "=", "-", "?", "!"

# Stores ARGV[2] for ARGV[3] ms if the entry is still ARGV[1]. Source: https://valkey.io/commands/eval/
_STORE = "if redis.call('GET',KEYS[1])==ARGV[1] then redis.call('SET',KEYS[1],ARGV[2],'PX',ARGV[3]) end"


class Cache:
    """Texts by keys, with the table behind them.

    Args:
        server: Where the entries are.
    """

    def __init__(self, server: "CacheServer") -> None:
        self._server = server

    def read(self, key: str, load: "Callable[[], str | None]") -> str | None:
        """Return what is cached of a key, or else what is loaded, which is then kept for the next reader.

        Args:
            key: Which.
            load: Reads the table; None means that there is nothing.
        """
        lease = _LEASE + uuid.uuid4().hex
        try:
            entry = self._entry(key, lease)
        except CacheUnavailableError:
            return load()
        if entry.startswith(_VALUE):
            return entry[1:]
        if entry == _NOTHING:
            return None
        value = load()
        # What is none of the four entries was not written by this code: the table answers, and nothing is kept.
        if entry == lease:
            self._keep(key, lease, value)
        return value

    @contextmanager
    def changing(self, key: str, *, unless: tuple[type[Exception], ...] = ()) -> "Generator[None]":
        """Keep the cache true while the block changes the table. It neither fails for the cache's sake nor waits long.

        Of the two steps, one is enough; without both, old values are served for STALE_SECONDS at most. After an
        exception that leaves open whether the table has changed, or will, the hold is left to end by itself.

        Args:
            key: What changes.
            unless: Exceptions that say that nothing has changed.
        """
        self._insist("SET", key, _HOLD, "PX", str(HOLD_SECONDS * 1000))
        try:
            yield
        except unless:
            self._insist("DEL", key)
            raise
        self._insist("DEL", key)

    def _entry(self, key: str, lease: str) -> str:
        """Find the entry, or take the lease where there is none; wait a while for what another reader is loading."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self._server.ask("GET", key)
            if isinstance(found, bytes):
                entry = found.decode(errors="replace")
                if not entry.startswith(_LEASE) or time.monotonic() >= deadline:
                    return entry
                time.sleep(POLL_SECONDS)
            elif self._server.ask("SET", key, lease, "NX", "PX", str(LEASE_SECONDS * 1000)) is not None:
                return lease

    def _keep(self, key: str, lease: str, value: str | None) -> None:
        entry = _NOTHING if value is None else _VALUE + value
        lifetime = int(LIFETIME_SECONDS * 1000 * (1 - JITTER * random.random()))  # noqa: S311 - it spreads load, it hides nothing
        self._insist("EVAL", _STORE, "1", key, lease, entry, str(lifetime))

    def _insist(self, *words: str) -> None:
        with suppress(CacheUnavailableError):
            self._server.insist(*words)
