"""A cache server for the tests of the functions: a real one, with TLS and users."""

import os
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from blog import resp
from local import emulator
from local.emulation.valkey_server import ValkeyServer

USER, PASSWORD = "blog-test", "correct-horse"
RIGHTS = ("resetkeys", "~blog-test:*", "resetchannels", "-@all", "+get", "+set", "+del", "+eval")
"""What components/caching/cache.py grants the application."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(folder: Path) -> ValkeyServer:
    """A server with the application's user, whose authority the functions trust from now on."""
    uv = Path(__file__).resolve().parents[2] / ".local/uv/bin/uv"
    server = ValkeyServer(folder, free_port(), emulator.python(uv if uv.exists() else None))
    server.start()
    server.administer("ACL", "SETUSER", USER, "on", f">{PASSWORD}", *RIGHTS)
    server.administer("ACL", "SAVE")
    resp.TLS.load_verify_locations(server.authority)
    return server


def process(server: ValkeyServer) -> int:
    """The number of the server's process."""
    facts = dict(line.split(":", 1) for line in server.administer("INFO", "server").splitlines() if ":" in line)
    return int(facts["process_id"])


@contextmanager
def frozen(server: ValkeyServer) -> Generator[None]:
    """The server takes connections and answers nothing."""
    pid = process(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
