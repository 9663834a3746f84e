"""The cache, on a real server."""

import os
import signal
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blog import cache_server
from blog.cache import Cache
from blog.cache_server import CacheServer
from local.emulation.valkey_server import ValkeyServer, ValkeyServerError
from tests.functions.valkey import PASSWORD, USER, frozen, process, started

KEY = "blog-test:user:ada"


class Table:
    """What stands behind the cache, and how often it was read."""

    def __init__(self, value: str | None = "first") -> None:
        self.value = value
        self.reads = 0

    def __call__(self) -> str | None:
        self.reads += 1
        return self.value


class RefusedWriteError(Exception):
    """The table refuses a change."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    server = started(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine under load may take longer than a function waits, or than entries live."""
    monkeypatch.setattr("blog.cache.LEASE_SECONDS", 20)
    monkeypatch.setattr(cache_server, "CONNECT_SECONDS", 10.0)
    monkeypatch.setattr(cache_server, "ANSWER_SECONDS", 10.0)


_opened: list[CacheServer] = []


@pytest.fixture(autouse=True)
def empty(server: ValkeyServer) -> Iterator[None]:
    server.administer("FLUSHALL")
    yield
    for opened in _opened:
        opened.close()
    _opened.clear()


def function(server: ValkeyServer, *passwords: str) -> Cache:
    """The cache as another function sees it, with the passwords that it knows of."""
    _opened.append(CacheServer("127.0.0.1", server.port, USER, lambda: passwords or [PASSWORD]))
    return Cache(_opened[-1])


def milliseconds_left(server: ValkeyServer) -> int:
    return int(server.administer("PTTL", KEY))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_what_was_read_once_is_served_to_all_functions_for_a_few_seconds(server: ValkeyServer) -> None:
    table = Table()
    assert [function(server).read(KEY, table) for _ in range(3)] == ["first"] * 3
    assert table.reads == 1
    assert 0 < milliseconds_left(server) <= 4_000


def test_entries_made_together_do_not_end_together(server: ValkeyServer) -> None:
    cache = function(server)
    for number in range(20):
        cache.read(f"{KEY}{number}", Table())
    assert len({int(server.administer("PEXPIRETIME", f"{KEY}{number}")) // 20 for number in range(20)}) > 5


def test_that_there_is_nothing_is_served_too(server: ValkeyServer) -> None:
    table = Table(None)
    assert [function(server).read(KEY, table) for _ in range(3)] == [None] * 3
    assert table.reads == 1
    assert 0 < milliseconds_left(server) <= 4_000


@pytest.mark.parametrize("before", ["first", None])
def test_a_change_is_seen_by_the_next_read(server: ValkeyServer, before: str | None) -> None:
    table, cache = Table(before), function(server)
    cache.read(KEY, table)
    with function(server).changing(KEY):
        table.value = "second"
    assert cache.read(KEY, table) == "second"
    assert cache.read(KEY, table) == "second"
    assert table.reads == 2


def test_what_was_read_before_a_change_is_never_stored_after_it(server: ValkeyServer) -> None:
    table, cache = Table(), function(server)

    def slow() -> str | None:
        found = table()
        with function(server).changing(KEY):
            table.value = "second"
        return found

    assert cache.read(KEY, slow) == "first"
    assert cache.read(KEY, table) == "second"


def test_while_a_change_is_under_way_reads_go_to_the_table_and_store_nothing(server: ValkeyServer) -> None:
    table = Table()
    with function(server).changing(KEY):
        assert [function(server).read(KEY, table) for _ in range(2)] == ["first"] * 2
        table.value = "second"
        assert function(server).read(KEY, table) == "second"
    assert function(server).read(KEY, table) == "second"
    assert table.reads == 4


def test_a_change_whose_end_is_unknown_keeps_the_key_out_of_the_cache_for_half_a_minute(server: ValkeyServer) -> None:
    table = Table()
    function(server).read(KEY, table)
    with pytest.raises(TimeoutError), function(server).changing(KEY, unless=(RefusedWriteError,)):
        raise TimeoutError
    table.value = "second"  # the change arrived after all
    assert function(server).read(KEY, table) == "second"
    assert 25_000 < milliseconds_left(server) <= 30_000


def test_a_refused_change_leaves_no_hold(server: ValkeyServer) -> None:
    table = Table()
    with pytest.raises(RefusedWriteError), function(server).changing(KEY, unless=(RefusedWriteError,)):
        raise RefusedWriteError
    assert [function(server).read(KEY, table) for _ in range(2)] == ["first"] * 2
    assert table.reads == 1


def test_a_removal_that_fails_leaves_a_hold_and_no_old_value(server: ValkeyServer) -> None:
    table = Table()
    function(server).read(KEY, table)
    with function(server).changing(KEY):
        table.value = "second"
        server.administer("ACL", "SETUSER", USER, "-del")
    server.administer("ACL", "SETUSER", USER, "+del")
    assert function(server).read(KEY, table) == "second"
    assert server.administer("GET", KEY) == "!"


def test_a_hold_that_fails_is_made_good_by_the_removal(server: ValkeyServer) -> None:
    table = Table()
    function(server).read(KEY, table)
    server.administer("ACL", "SETUSER", USER, "-set")
    with function(server).changing(KEY):
        server.administer("ACL", "SETUSER", USER, "+set")
        table.value = "second"
    assert function(server).read(KEY, table) == "second"


def test_of_many_readers_at_once_one_reads_the_table(server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blog.cache.PATIENCE_SECONDS", 20.0)
    table, go = Table(), threading.Event()

    def slow() -> str | None:
        go.wait(20)
        return table()

    found: list[str | None] = []
    readers = [threading.Thread(target=lambda: found.append(function(server).read(KEY, slow))) for _ in range(8)]
    for reader in readers:
        reader.start()
    until(lambda: server.administer("GET", KEY).startswith("?"))
    go.set()
    for reader in readers:
        reader.join()
    assert found == ["first"] * 8
    assert table.reads == 1


def test_a_reader_that_dies_delays_another_one_only_a_little(server: ValkeyServer) -> None:
    server.administer("SET", KEY, "?of-a-dead-one", "PX", "2000")
    table = Table()
    began = time.monotonic()
    assert function(server).read(KEY, table) == "first"
    assert time.monotonic() - began >= 0.1
    assert server.administer("GET", KEY) == "?of-a-dead-one"


def test_a_lost_connection_is_made_anew_without_a_read_of_the_table(server: ValkeyServer) -> None:
    table, cache = Table(), function(server)
    cache.read(KEY, table)
    server.administer("CLIENT", "KILL", "USER", USER)
    assert cache.read(KEY, table) == "first"
    assert table.reads == 1


def test_after_a_rotation_the_next_password_serves(server: ValkeyServer) -> None:
    table = Table()
    function(server).read(KEY, table)
    assert function(server, "rotated-away", PASSWORD).read(KEY, table) == "first"
    assert table.reads == 1


def test_without_a_right_password_the_table_answers(
    server: ValkeyServer, logs: Callable[[], list[dict[str, object]]]
) -> None:
    table = Table()
    cache = function(server, "wrong-horse", "wrong-battery")
    assert [cache.read(KEY, table) for _ in range(2)] == ["first"] * 2
    assert table.reads == 2
    assert [line["reason"] for line in logs()] == ["the cache takes none of the passwords"]


def test_a_key_outside_of_the_applications_own_is_refused(server: ValkeyServer) -> None:
    table = Table()
    server.administer("SET", "other", "=secret")
    assert function(server).read("other", table) == "first"


def test_a_server_of_another_authority_is_not_trusted(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch, logs: Callable[[], list[dict[str, object]]]
) -> None:
    monkeypatch.setattr("blog.resp.TLS", ssl.create_default_context())
    assert function(server).read(KEY, Table()) == "first"
    assert "CERTIFICATE_VERIFY_FAILED" in str(logs()[0]["reason"])


def test_a_server_that_hangs_is_waited_for_once_in_a_while_and_then_asked_again(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, cache = Table(), function(server)
    cache.read(KEY, table)
    monkeypatch.setattr(cache_server, "ANSWER_SECONDS", 0.05)
    cache = function(server)
    with frozen(server):
        began = time.monotonic()
        assert [cache.read(KEY, table) for _ in range(50)] == ["first"] * 50
        assert time.monotonic() - began < 2  # fifty times the bound would be longer
    assert table.reads == 51
    monkeypatch.setattr(cache_server, "ANSWER_SECONDS", 10.0)
    until(lambda: served_without_the_table(cache, table))


def test_a_server_that_dies_comes_back_with_its_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_server, "BREAK_SECONDS", 0.0)
    server = started(tmp_path / "valkey")
    table, cache = Table(), function(server)
    try:
        cache.read(KEY, table)
        os.kill(process(server), signal.SIGKILL)
        assert cache.read(KEY, table) == "first"
        with cache.changing(KEY):
            table.value = "second"
        assert cache.read(KEY, table) == "second"
        assert table.reads == 3
        until(lambda: served_without_the_table(cache, table))
    finally:
        server.stop()


@contextmanager
def lost(server: ValkeyServer, other: ValkeyServer, how: str) -> Generator[None]:
    """Take the server away in one of the ways in which caches fail; afterwards readers find what it had before."""
    match how:
        case "paused":
            with frozen(server):
                yield
        case "killed":
            server.administer("SAVE")
            os.kill(process(server), signal.SIGKILL)
            until(lambda: not is_up(server))
            yield
            until(lambda: is_up(server))
        case "refusing":
            server.administer("ACL", "SETUSER", USER, "-set", "-del", "-eval")
            yield
            server.administer("ACL", "SETUSER", USER, "+set", "+del", "+eval")
        case _:
            # What the primary acknowledges does not reach the other node, which takes over with what it had before.
            other.administer("SET", KEY, server.administer("GET", KEY), "PX", server.administer("PTTL", KEY))
            yield
            server.port, other.port = other.port, server.port


def is_up(server: ValkeyServer) -> bool:
    try:
        return server.administer("PING") == "PONG"
    except ValkeyServerError:
        return False


@pytest.mark.parametrize(("how", "lifetime"), [("paused", 2), ("killed", 8), ("refusing", 2), ("failed over", 2)])
def test_a_change_that_the_cache_was_not_told_of_is_seen_once_the_entries_before_it_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, lifetime: int
) -> None:
    monkeypatch.setattr(cache_server, "BREAK_SECONDS", 0.0)
    monkeypatch.setattr("blog.cache.LIFETIME_SECONDS", lifetime)
    server, other = started(tmp_path / "valkey"), started(tmp_path / "other")
    try:
        table = Table()
        function(server).read(KEY, table)
        changed = time.monotonic()
        with lost(server, other, how), monkeypatch.context() as patch:
            patch.setattr(cache_server, "ANSWER_SECONDS", 0.05)
            writer = function(server)
            with writer.changing(KEY):
                table.value = "second"
        reader = function(server)
        reads: list[tuple[float, str | None]] = []
        # The restart takes five seconds, and no entry lives longer than this.
        while time.monotonic() < changed + lifetime + 1:
            reads.append((time.monotonic() - changed, reader.read(KEY, table)))
        reads.append((time.monotonic() - changed, reader.read(KEY, table)))
        assert [found for began, found in reads if began > lifetime and found != "second"] == []
        assert {found for _, found in reads} <= {"first", "second"}
        assert reads[-1][1] == "second"
    finally:
        server.stop()
        other.stop()


def served_without_the_table(cache: Cache, table: Table) -> bool:
    before = table.reads
    return cache.read(KEY, table) == table.value and table.reads == before
