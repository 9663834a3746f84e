"""The ledger on a real PostgreSQL with TLS, users and passwords."""

import json
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pg8000.native import DatabaseError  # pyright: ignore[reportMissingTypeStubs]  (it has none)

from blog.env import EnvError
from blog.reports import ledger
from blog.reports.ledger import Database, Ledger
from blog.reports.master import Master
from blog.reports.model import Counts
from local import postgres
from local.postgres import Postgres

DAY = date(2026, 11, 24)
PASSWORD = 'it\'s "secret"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    started = postgres.of(tmp_path_factory.mktemp("checkout"))
    started.start()
    yield started
    started.forget()


@pytest.fixture
def database(server: Postgres) -> Database:
    """An empty database and its master."""
    server.remove("blog_test")
    server.admit("blog_test", "master", PASSWORD)
    authority = server.authority.read_text(encoding="utf-8")
    return Database(host="127.0.0.1", port=server.port, name="blog_test", user="master", authority=authority)


@pytest.fixture
def subject(database: Database) -> Ledger:
    return Ledger(database, lambda: [PASSWORD])


def test_what_was_recorded_is_read_newest_first(subject: Ledger) -> None:
    subject.record(DAY, users=3, posts=5, imports=1)
    subject.record(date(2026, 11, 25), users=4, posts=5, imports=2)

    assert list(subject.latest(7).items()) == [(date(2026, 11, 25), Counts(4, 5, 2)), (DAY, Counts(3, 5, 1))]
    assert list(subject.latest(1)) == [date(2026, 11, 25)]


def test_a_ledger_without_a_day_is_empty(subject: Ledger) -> None:
    assert subject.latest(7) == {}


def test_a_day_has_one_row_however_often_it_is_recorded(subject: Ledger) -> None:
    subject.record(DAY, users=3, posts=5, imports=1)
    subject.record(DAY, users=4, posts=6, imports=2)

    assert subject.latest(7) == {DAY: Counts(4, 6, 2)}


def test_what_cannot_be_right_is_not_recorded(subject: Ledger) -> None:
    with pytest.raises(DatabaseError):
        subject.record(DAY, users=-1, posts=0, imports=0)
    assert subject.latest(7) == {}


def test_a_password_that_was_rotated_is_found_among_those_that_may_be_met(database: Database) -> None:
    Ledger(database, lambda: ["old", PASSWORD]).record(DAY, users=1, posts=1, imports=1)
    assert Ledger(database, lambda: [PASSWORD]).latest(1) == {DAY: Counts(1, 1, 1)}


def test_a_wrong_password_is_refused_without_being_repeated(database: Database) -> None:
    with pytest.raises(DatabaseError) as error:
        Ledger(database, lambda: ["correct horse"]).latest(1)
    assert "correct horse" not in str(error.value)


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(database: Database) -> None:
    asked: list[str] = []

    def passwords() -> list[str]:
        asked.append("asked")
        return [PASSWORD]

    stranger = Database(host=database.host, port=database.port, name=database.name, user=database.user)
    with pytest.raises(Exception, match="certificate verify failed"):
        Ledger(stranger, passwords).latest(1)
    assert asked == ["asked"]


def test_the_environment_without_a_host_means_that_there_is_no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEDGER_HOST", raising=False)
    assert Ledger.connect() is None


def test_without_a_secret_a_token_of_iam_is_the_password(
    database: Database, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.admit("blog_test", "ledger", "no password that anybody uses")
    for name, value in {
        "LEDGER_HOST": database.host,
        "LEDGER_PORT": str(database.port),
        "LEDGER_DATABASE": database.name,
        "LEDGER_USER": "ledger",
        "LEDGER_AUTHORITY": database.authority or "",
    }.items():
        monkeypatch.setenv(name, value)
    subject = Ledger.connect()
    assert subject is not None
    (token,) = subject._passwords()  # pyright: ignore[reportPrivateUsage]  (they go to the server only)
    assert token.startswith(f"127.0.0.1:{database.port}/?Action=connect&DBUser=ledger&")


def test_a_secret_of_rds_holds_the_password_as_json_and_one_of_ours_the_password_alone() -> None:
    class Secret:
        def versions(self) -> Iterator[str]:
            yield json.dumps({"username": "master", "password": PASSWORD})
            yield "first"

    assert list(ledger.passwords_of(Secret())()) == [PASSWORD, "first"]  # pyright: ignore[reportArgumentType]  (all that it uses)


def test_the_local_server_belongs_to_nobody_important(server: Postgres) -> None:
    assert Path(server.folder).owner() != "root"


class Rotated:
    """The master, whose password a rotation changes."""

    def __init__(self, database: Database) -> None:
        self.master = Master(database)
        self.database = database

    def takes(self, password: str) -> bool:
        return Ledger(self.database, lambda: [password]).admits()


@pytest.fixture
def rotated(database: Database) -> Rotated:
    return Rotated(database)


def test_a_rotation_gives_the_master_the_new_password_however_often_its_steps_are_taken(rotated: Rotated) -> None:
    rotated.master.admit(PASSWORD, "new password")
    rotated.master.admit(PASSWORD, "new password")
    rotated.master.check(PASSWORD, "new password")

    assert [rotated.takes(password) for password in (PASSWORD, "new password")] == [False, True]


def test_a_password_that_the_database_does_not_take_is_not_made_the_current_one(rotated: Rotated) -> None:
    rotated.master.check(PASSWORD, PASSWORD)
    with pytest.raises(ValueError, match="the database does not take the new password: rotate the secret again"):
        rotated.master.check(PASSWORD, "never set")
    assert rotated.takes(PASSWORD)


def test_the_server_is_never_told_the_password_itself(
    rotated: Rotated, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = import_module("pg8000.native")
    said: list[str] = []
    run = driver.Connection.run

    def listen(connection: Any, statement: str, **values: Any) -> Any:
        said.append(statement)
        return run(connection, statement, **values)

    monkeypatch.setattr(driver.Connection, "run", listen)
    rotated.master.admit(PASSWORD, "new password")
    assert server.running()
    assert [statement.partition("'")[0] for statement in said] == ["ALTER ROLE CURRENT_USER PASSWORD "]
    assert "new password" not in said[0]


def test_the_master_is_the_one_that_the_environment_names(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    named = {"HOST": "127.0.0.1", "PORT": str(database.port), "DATABASE": "blog_test", "USER": "master"}
    for name, value in {**named, "AUTHORITY": database.authority or ""}.items():
        monkeypatch.setenv(f"LEDGER_{name}", value)
    Master.connect().check(PASSWORD)
    monkeypatch.delenv("LEDGER_HOST")
    with pytest.raises(EnvError, match="LEDGER_HOST"):
        Master.connect()
