"""A Redis or Valkey server behind TLS and with users, as ElastiCache gives one, on this machine's loopback only."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

START_SECONDS = 20.0
ADMINISTRATOR = "administrator"
SOCKET = "valkey.sock"


class ValkeyServerError(RuntimeError):
    """The server cannot be started, or refuses a command; the message says why."""


class ValkeyServer:
    """A server that lives as long as the process that starts it.

    Args:
        folder: Where its users, certificates and log are kept; it comes back with the users that it had.
        port: The port on 127.0.0.1 that it answers on.
        python: The Python that has the emulator's packages.
    """

    def __init__(self, folder: Path, port: int, python: Path = Path(sys.executable)) -> None:
        self.port = port
        self.authority = folder / "authority.pem"
        self._folder = folder
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start it where it does not run; who asks while another starts it waits until it answers.

        Raises:
            ValkeyServerError: It does not answer within `START_SECONDS`.
        """
        with self._starting:
            self._start()

    def _start(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "valkey.log").open("wb") as log:
            # It ends when its standard input does, and so with this process, however this one ends.
            self._process = subprocess.Popen(
                [str(self._python), "-P", str(Path(__file__).with_name("valkey_process.py")), str(self.port)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ValkeyServerError(f"the cache server does not start; see {self._folder / 'valkey.log'}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()
        self._process = None

    def administer(self, *words: str) -> str:
        """Send a command as the administrator and return its answer as text; of a list, only the number of its items.

        Raises:
            ValkeyServerError: The server does not answer, or refuses.
        """
        try:
            password = (self._folder / ADMINISTRATOR).read_text(encoding="utf-8")
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(START_SECONDS)
                # The system takes paths of about a hundred characters only.
                connection.connect(min(str(self._folder / SOCKET), os.path.relpath(self._folder / SOCKET), key=len))
                answers = connection.makefile("rb")
                answer = ""
                for command in (("AUTH", ADMINISTRATOR, password), words):
                    encoded = [word.encode() for word in command]
                    parts = (b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)
                    connection.sendall(b"*%d\r\n%b" % (len(encoded), b"".join(parts)))
                    answer = answers.readline().decode().strip()
                    if answer[:1] in ("", "-"):
                        raise ValkeyServerError(f"the cache server refuses {words[0]}: {answer[1:]}")
                if answer.startswith("$") and answer != "$-1":
                    return answers.read(int(answer[1:])).decode()
        except OSError as error:
            raise ValkeyServerError(f"the cache server does not answer: {error}") from error
        return "" if answer == "$-1" else answer[1:]

    def _answers(self) -> bool:
        with suppress(ValkeyServerError), socket.socket() as probe:
            probe.settimeout(1)
            return self.administer("PING") == "PONG" and probe.connect_ex(("127.0.0.1", self.port)) == 0
        return False
