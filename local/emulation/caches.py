"""Gives the emulator's caches a server that answers, with their users: Valkey or Redis, behind TLS.

The emulator keeps what is said of a cache, but without Docker it has no server. Here all caches are one server, and
every user that is made, changed or deleted is so there too, with the password and the rights that were asked for. As
the users have keys of their own, the caches do not meet. The server starts with the first user.
"""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from local.emulation.valkey_server import ValkeyServer, ValkeyServerError

_ACTIONS = ("CreateUser", "ModifyUser", "DeleteUser")
_NO_RIGHTS = ("off", "resetkeys", "resetchannels", "-@all")
_DEFAULT = "default"


def serve(elasticache: Any, folder: Path) -> None:
    """Let the caches of the emulator be served.

    Args:
        elasticache: The emulator's module of the service.
        folder: Where the server keeps its port, users, certificates and log.
    """
    port = _port(folder)
    server = ValkeyServer(folder, port)
    elasticache.REDIS_DEFAULT_HOST, elasticache.REDIS_DEFAULT_PORT = "127.0.0.1", port
    elasticache._get_docker = lambda: None  # noqa: SLF001  # it has no switch for this; its containers know no users
    answer = elasticache.handle_request

    async def handle_request(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Any:
        request = parse_qs((body or b"").decode(errors="replace"))
        action, id_ = (request.get(name, [""])[0] for name in ("Action", "UserId"))
        known: dict[str, Any] = elasticache._users.get(id_) or {}  # noqa: SLF001  # as above
        reply = await answer(method, path, headers, body, query)
        if action not in _ACTIONS or reply[0] != 200:  # noqa: PLR2004
            return reply
        name: str = request.get("UserName", [known.get("UserName", id_)])[0]
        passwords = _passwords(request)
        if passwords and id_ in elasticache._users:  # noqa: SLF001  # as above
            # The emulator counts one at most.
            elasticache._users[id_]["Authentication"] = {"Type": "password", "PasswordCount": len(passwords)}  # noqa: SLF001  # as above
        try:
            await asyncio.to_thread(_start, server)
            for command in _commands(action, name, request):
                await asyncio.to_thread(server.administer, "ACL", *command)
        except ValkeyServerError as error:
            return elasticache._error("InvalidParameterValue", str(error), 400)  # noqa: SLF001  # as above
        return reply

    elasticache.handle_request = handle_request
    if (folder / "users.acl").exists():
        with suppress(ValkeyServerError):
            _start(server)


def _start(server: ValkeyServer) -> None:
    """Start the server where it does not run, and let the functions trust it as they trust the others of the laptop."""
    server.start()
    trusted = Path(os.environ["SSL_CERT_FILE"])
    known = trusted.read_text(encoding="utf-8") if trusted.exists() else ""
    authority = server.authority.read_text(encoding="utf-8")
    if authority not in known:
        trusted.write_text(known + authority, encoding="utf-8")


def _commands(action: str, name: str, request: Mapping[str, list[str]]) -> list[list[str]]:
    """The commands that do to the server's users what a request does to the service's."""
    if action == "DeleteUser":
        # A server cannot be without its default user.
        change = ["SETUSER", name, "reset"] if name == _DEFAULT else ["DELUSER", name]
        return [change, ["SAVE"]]
    rules: list[str] = ["reset"] if action == "CreateUser" else []
    if access := request.get("AccessString"):
        rules += [*_NO_RIGHTS, *access[0].split()]
    passwords = _passwords(request)
    if passwords:
        rules += ["resetpass", *(f">{password}" for password in passwords)]
    return [["SETUSER", name, *rules], ["SAVE"]]


def _passwords(request: Mapping[str, list[str]]) -> list[str]:
    return [
        given[0]
        for member, given in sorted(request.items())
        if member.startswith(("Passwords.", "AuthenticationMode.Passwords."))
    ]


def _port(folder: Path) -> int:
    """The port of the last run, which the stacks know, or else a free one."""
    kept = folder / "port"
    if kept.exists():
        return int(kept.read_text(encoding="utf-8"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept.write_text(str(port), encoding="utf-8")
    return port
