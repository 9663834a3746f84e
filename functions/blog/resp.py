"""Speaks to a Redis or Valkey server over TLS, in the few words of its protocol (RESP2) that a cache needs.

A client library costs a function's start 0.4 times what the rest of it does; this is a socket.
Source: https://valkey.io/topics/protocol/
"""

import socket
import ssl
import time
from typing import Self

type Reply = bytes | int | None

TLS = ssl.create_default_context()
"""Trusts the authorities of the system, or those that OpenSSL's own variable SSL_CERT_FILE names."""

_CHUNK = 65536


class CommandError(Exception):
    """The server refuses a command.

    Attributes:
        code: The first word of its answer, such as ``WRONGPASS`` or ``NOPERM``.
    """

    def __init__(self, answer: str) -> None:
        # Only the code is kept: the rest of the answer may repeat what was sent.
        super().__init__(f"the cache answered {answer.partition(' ')[0]}")
        self.code = answer.partition(" ")[0]


class Connection:
    """One connection, for one command at a time. After an error it must be closed: an answer may still be under way.

    Attributes:
        answer_seconds: How long a command may take, from its first byte to the last one of its answer.
    """

    def __init__(self, tls: ssl.SSLSocket, answer_seconds: float) -> None:
        self._socket = tls
        self._received = bytearray()
        self.answer_seconds = answer_seconds

    @classmethod
    def open(cls, host: str, port: int, *, connect_seconds: float, answer_seconds: float) -> Self:
        """Connect, and verify that the server's certificate is for the host.

        Raises:
            OSError: Nobody answers in time, or not with the right certificate.
        """
        plain = socket.create_connection((host, port), timeout=connect_seconds)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return cls(TLS.wrap_socket(plain, server_hostname=host), answer_seconds)
        except BaseException:
            plain.close()
            raise

    def call(self, *words: str) -> Reply:
        """Send a command and wait for its answer: text, a number, or None where there is nothing.

        Raises:
            CommandError: The server refuses it.
            OSError: The answer does not arrive in time, or the connection is lost.
        """
        deadline = time.monotonic() + self.answer_seconds
        encoded = [word.encode() for word in words]
        parts = (b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)
        self._wait(deadline)
        self._socket.sendall(b"*%d\r\n%b" % (len(encoded), b"".join(parts)))
        line = self._line(deadline)
        match line[:1]:
            case b"+":
                return line[1:]
            case b":":
                return int(line[1:])
            case b"$" if line == b"$-1":
                return None
            case b"$":
                return self._take(int(line[1:]) + 2, deadline)[:-2]
            case b"-":
                raise CommandError(line[1:].decode(errors="replace"))
            case _:
                raise ConnectionError("the cache speaks another protocol")

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _line(self, deadline: float) -> bytes:
        while (end := self._received.find(b"\r\n")) < 0:
            self._receive(deadline)
        return self._take(end + 2, deadline)[:-2]

    def _take(self, length: int, deadline: float) -> bytes:
        while len(self._received) < length:
            self._receive(deadline)
        taken = bytes(self._received[:length])
        del self._received[:length]
        return taken

    def _receive(self, deadline: float) -> None:
        self._wait(deadline)
        chunk = self._socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionResetError("the cache closed the connection")
        self._received += chunk

    def _wait(self, deadline: float) -> None:
        """Let the socket wait for what is left of the time, so that answers in drops don't prolong it."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the cache did not answer in time")
        self._socket.settimeout(left)
