"""The relational store of the daily reports: a row a day in PostgreSQL, reached over TLS only."""

import base64
import json
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, cast

import boto3

from blog import env
from blog.reports.model import Counts
from blog.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from datetime import date

PATIENCE_SECONDS = 25
"""A database that has paused takes about 15 seconds to wake up,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html."""

_WRONG_PASSWORD = "28P01"  # noqa: S105  # a code, https://www.postgresql.org/docs/current/errcodes-appendix.html

_MIGRATION = (
    # Of two functions that meet here, the second waits and then finds the table.
    "SELECT pg_advisory_xact_lock(hashtext('reports.daily'))",
    "CREATE SCHEMA IF NOT EXISTS reports",
    """CREATE TABLE IF NOT EXISTS reports.daily (
        day date PRIMARY KEY,
        users bigint NOT NULL CHECK (users >= 0),
        posts bigint NOT NULL CHECK (posts >= 0),
        imports bigint NOT NULL CHECK (imports >= 0)
    )""",
)


@dataclass(frozen=True, slots=True)
class Database:
    """Where a database is and who signs in.

    Attributes:
        host: The name of the server, which its certificate must be for.
        port: Its port.
        name: The database.
        user: The user.
        authority: The certificate, in PEM, of who signs the server's, beside those that the machine trusts.
    """

    host: str
    port: int
    name: str
    user: str
    authority: str | None = None

    @classmethod
    def of_environment(cls, host: str) -> Self:
        """The database that the environment names, at a host.

        Raises:
            EnvError: A variable of it is missing.
        """
        return cls(
            host=host,
            port=int(env.required("LEDGER_PORT", "the port of the relational store")),
            name=env.required("LEDGER_DATABASE", "the name of the database"),
            user=env.required("LEDGER_USER", "the user who signs in"),
            authority=env.optional("LEDGER_AUTHORITY"),
        )


class Ledger:
    """A table with a row a day.

    Each call opens a connection of its own: once a day, one that was kept would be dead.

    Args:
        database: Where the table is.
        passwords: The passwords to try, in order.
    """

    def __init__(self, database: Database, passwords: "Callable[[], Iterable[str]]") -> None:
        self._database = database
        self._passwords = passwords
        self._tls = ssl.create_default_context()
        if database.authority:
            self._tls.load_verify_locations(cadata=database.authority)

    @classmethod
    def connect(cls) -> "Self | None":
        """The ledger that the environment names; None where the stack has no relational store.

        LEDGER_SECRET_ID names the secret with a password. Without one, IAM gives a token for each connection.

        Raises:
            EnvError: The environment names a host, but not all that belongs to it.
        """
        host = env.optional("LEDGER_HOST")
        if not host:
            return None
        database = Database.of_environment(host)
        secret = env.optional("LEDGER_SECRET_ID")
        return cls(database, passwords_of(Secret.connect(secret)) if secret else tokens_for(database))

    def record(self, day: "date", *, users: int, posts: int, imports: int) -> None:
        """Enter the counts of a day; what was entered for it before is replaced."""
        with self._transaction() as run:
            run(
                "INSERT INTO reports.daily (day, users, posts, imports) VALUES (:day, :users, :posts, :imports)"
                " ON CONFLICT (day) DO UPDATE"
                " SET users = excluded.users, posts = excluded.posts, imports = excluded.imports",
                day=day,
                users=users,
                posts=posts,
                imports=imports,
            )

    def latest(self, days: int) -> "dict[date, Counts]":
        """The counts of the last days that have any, newest first."""
        with self._transaction() as run:
            rows = run("SELECT day, users, posts, imports FROM reports.daily ORDER BY day DESC LIMIT :days", days=days)
        return {day: Counts(users, posts, imports) for day, users, posts, imports in rows}

    def admit(self, user: str) -> None:
        """Let a user sign in by tokens of IAM and keep a table of its own, as the master of the database.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
        """
        name, database = ('"{}"'.format(text.replace('"', '""')) for text in (user, self._database.name))
        with self._connected() as run:
            if not run("SELECT FROM pg_roles WHERE rolname = :user", user=user):
                run(f"CREATE ROLE {name} LOGIN")
            run(f"GRANT rds_iam TO {name}")
            run(f"GRANT CONNECT, CREATE ON DATABASE {database} TO {name}")

    def admits(self) -> bool:
        """Whether one of the passwords is right."""
        try:
            with self._connected():
                return True
        except _driver().DatabaseError as error:
            if _WRONG_PASSWORD not in str(error):
                raise
            return False

    def change_password(self, password: str) -> None:
        """Give the user who signs in another password, of which the server learns no more than it has to keep.

        Source: https://www.postgresql.org/docs/current/catalog-pg-authid.html (the format of rolpassword)
        """
        salt, stored, server, rounds = import_module("scramp").ScramMechanism().make_auth_info(password)
        words = [base64.b64encode(part).decode() for part in (salt, stored, server)]
        with self._connected() as run:
            run(f"ALTER ROLE CURRENT_USER PASSWORD 'SCRAM-SHA-256${rounds}:{words[0]}${words[1]}:{words[2]}'")

    @contextmanager
    def _connected(self) -> "Generator[Callable[..., list[Any]]]":
        """A connection for a while."""
        connection = self._open()
        try:
            yield connection.run
        finally:
            connection.close()

    @contextmanager
    def _transaction(self) -> "Generator[Callable[..., list[Any]]]":
        """A transaction in a database that has the table: it is made at the first use."""
        with self._connected() as run:
            run("START TRANSACTION")
            if run("SELECT to_regclass('reports.daily')") == [[None]]:
                for step in _MIGRATION:
                    run(step)
            yield run
            run("COMMIT")

    def _open(self) -> Any:
        driver = _driver()
        refusal: Exception = LookupError("there is no password to sign in with")
        for password in self._passwords():
            try:
                return driver.Connection(
                    self._database.user,
                    host=self._database.host,
                    port=self._database.port,
                    database=self._database.name,
                    password=password,
                    ssl_context=self._tls,
                    timeout=PATIENCE_SECONDS,
                )
            except driver.DatabaseError as error:
                refusal = error
                if _WRONG_PASSWORD not in str(error):
                    raise
        raise refusal


def _driver() -> Any:
    """The layer with the driver, which has no types, is there only where there is a relational store."""
    return import_module("pg8000.native")


def passwords_of(secret: Secret) -> "Callable[[], Iterable[str]]":
    """What a secret holds, which may have been rotated a moment ago: a JSON object where RDS made it, else the text."""
    return lambda: (json.loads(value)["password"] if value.startswith("{") else value for value in secret.versions())


def tokens_for(database: Database) -> "Callable[[], Iterable[str]]":
    """A token that is good for 15 minutes, signed here without asking anybody.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.Connecting.Python.html
    """
    client = cast("Any", boto3).client("rds")  # whose stubs are not installed

    def tokens() -> "Iterable[str]":
        yield client.generate_db_auth_token(DBHostname=database.host, Port=database.port, DBUsername=database.user)

    return tokens
