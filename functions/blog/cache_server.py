"""The server of the cache as one function sees it: connected at the first use, left alone for a while when lost."""

import time
from typing import TYPE_CHECKING

from blog.resp import CommandError, Connection
from blog.telemetry import count, logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blog.resp import Reply

CONNECT_SECONDS = 0.15
"""For each step of a connection: reaching the server, and agreeing on the encryption."""

ANSWER_SECONDS = 0.05
"""An answer takes less than a millisecond within a zone: what takes fifty is lost."""

BREAK_SECONDS = 5.0
"""How long reads leave a server alone that did not answer, so that not each of them waits for it."""


class CacheUnavailableError(Exception):
    """The cache does not answer, or refuses."""


class CacheServer:
    """A Redis or Valkey server behind TLS, asked as one user.

    Args:
        host: Its name, which its certificate must be for.
        port: Its port.
        user: Whom it is asked as.
        passwords: Gives the user's passwords, each asked for when the server has refused those before it. May raise
            CacheUnavailableError.
    """

    def __init__(self, host: str, port: int, user: str, passwords: "Callable[[], Iterable[str]]") -> None:
        self._host = host
        self._port = port
        self._user = user
        self._passwords = passwords
        self._connection: Connection | None = None
        self._rests_until = 0.0

    def ask(self, *words: str) -> "Reply":
        """Send a command, unless the server rests because it did not answer a moment ago.

        Raises:
            CacheUnavailableError: It rests, does not answer in time, or refuses.
        """
        if time.monotonic() < self._rests_until:
            raise CacheUnavailableError("the cache did not answer a moment ago")
        return self.insist(*words)

    def insist(self, *words: str) -> "Reply":
        """Send a command even to a server that rests: one that keeps stale entries from being served is worth the wait.

        Raises:
            CacheUnavailableError: It does not answer in time, or refuses.
        """
        kept = self._connection is not None
        try:
            try:
                answer = self._send(*words)
            except ConnectionError:
                # A server closes connections that are idle, and a function sleeps between requests.
                if not kept:
                    raise
                answer = self._send(*words)
        except (OSError, CommandError, CacheUnavailableError) as error:
            if time.monotonic() >= self._rests_until:
                logger.warning("the cache is unavailable", reason=str(error) or type(error).__name__)
                count("CacheUnavailable")
            self._rests_until = time.monotonic() + BREAK_SECONDS
            raise CacheUnavailableError("the cache does not answer") from error
        self._rests_until = 0.0
        return answer

    def close(self) -> None:
        """Let go of the connection; the next command makes another one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _send(self, *words: str) -> "Reply":
        try:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.call(*words)
        except (OSError, CommandError):
            # Its next answer could be that of this command; and a replica that was the primary refuses to write.
            self.close()
            raise

    def _connect(self) -> Connection:
        connection = Connection.open(
            self._host, self._port, connect_seconds=CONNECT_SECONDS, answer_seconds=ANSWER_SECONDS
        )
        try:
            self._sign_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: Connection) -> None:
        for password in self._passwords():
            try:
                connection.call("AUTH", self._user, password)
            except CommandError as error:
                if error.code != "WRONGPASS":
                    raise
            else:
                return
        raise CacheUnavailableError("the cache takes none of the passwords")
