"""The table behind the cache: on moto, with a real cache server."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import boto3
import pytest

from blog import cache_server, cached_table, keys, storage
from blog.cached_table import CachedTable
from blog.env import EnvError
from blog.imports.jobs import Jobs
from blog.imports.rows import Row
from blog.posts.store import PostStore
from blog.receipts import digest
from blog.table import ConditionFailedError
from blog.table import Table as PlainTable
from blog.users.store import UserStore
from local.emulation.valkey_server import ValkeyServer
from tests.functions.api import TABLE, Table
from tests.functions.valkey import PASSWORD, USER, started

if TYPE_CHECKING:
    from blog.table import Item

ADA = keys.user("ada")
FIRST: "Item" = {**ADA, "name": {"S": "Ada Lovelace ∞"}, "owner": {"S": "sub-ada"}, "version": {"N": "1"}}


OTHERS = b'={"PK":{"S":"USER#eve"},"SK":{"S":"PROFILE"},"owner":{"S":"sub-eve"}}'
"""What is cached of another user."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    server = started(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture
def secret(table: Table) -> Callable[[str], object]:
    """Sets the secret with the cache's password."""
    del table  # whose mock of AWS it is kept in
    client = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
    client.create_secret(Name="blog-test-cache")
    return lambda value: client.put_secret_value(SecretId="blog-test-cache", SecretString=value)


@pytest.fixture
def cached(
    server: ValkeyServer, secret: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CachedTable]:
    """The table as a function of a stack with a cache reaches it."""
    monkeypatch.setattr(cache_server, "CONNECT_SECONDS", 10.0)
    monkeypatch.setattr(cache_server, "ANSWER_SECONDS", 10.0)
    variables = {"HOST": "127.0.0.1", "PORT": str(server.port), "USER": USER, "PREFIX": "blog-test"}
    for name, value in {**variables, "SECRET_NAME": "blog-test-cache"}.items():
        monkeypatch.setenv(f"CACHE_{name}", value)
    secret(PASSWORD)
    server.administer("FLUSHALL")
    opened = cast("CachedTable", storage.table())
    yield opened
    opened._cache._server.close()  # pyright: ignore[reportPrivateUsage]


def behind_it(table: Table, name: str) -> None:
    """Change the table without the cache's knowledge."""
    table.client.put_item(TableName=TABLE, Item={**FIRST, "name": {"S": name}})


def test_an_item_read_once_is_not_read_from_the_table_again(table: Table, cached: CachedTable) -> None:
    cached.create(FIRST)
    assert cached.get(ADA) == FIRST
    behind_it(table, "changed")
    assert cached.get(ADA) == FIRST


@pytest.mark.parametrize("entry", [b"=\xff\xfe", b'={"PK": {"S": "US', b"=[]", b"", b"\xff", b"=null", b"={}", OTHERS])
def test_an_entry_that_cannot_be_read_counts_as_none(
    table: Table, cached: CachedTable, monkeypatch: pytest.MonkeyPatch, entry: bytes
) -> None:
    table.client.put_item(TableName=TABLE, Item=FIRST)

    def answer(*_: str) -> bytes:
        return entry

    monkeypatch.setattr(cached._cache._server, "ask", answer)  # pyright: ignore[reportPrivateUsage]
    assert cached.get(ADA) == FIRST


def test_an_entry_of_a_release_with_another_shape_of_items_is_not_read(
    table: Table, cached: CachedTable, server: ValkeyServer
) -> None:
    table.client.put_item(TableName=TABLE, Item=FIRST)
    for earlier in ("blog-test:USER#ada", f"blog-test:{cached_table.SHAPE - 1}:USER#ada"):
        server.administer("SET", earlier, '={"owner": {"S": "sub-ada"}}')
    assert cached.get(ADA) == FIRST


def test_a_user_and_a_post_that_are_imported_after_they_were_missed_are_found(
    table: Table, cached: CachedTable
) -> None:
    del table  # in memory, behind the cache
    post = {"author": "ada", "title": "On engines", "text": "They weave.", "createdAt": "2026-11-24T08:00:00Z"}
    user = {"userId": "ada", "name": "Ada", "email": "ada@example.com", "owner": "sub-ada"}
    post_id = digest("ada", "2026-11-24T08:00:00.000Z", "On engines", "They weave.")[:32]
    assert [cached.get(key) for key in (ADA, keys.post(post_id))] == [None, None]
    rows = [Row("u1", 2, "users", user), Row("u1", 2, "posts", post)]
    jobs = Jobs(UserStore(cached), PostStore(cached))
    assert jobs.take([{"messageId": row.kind, "body": row.message()} for row in rows]) == []
    found = [cached.get(key) for key in (ADA, keys.post(post_id))]
    assert [item and item["owner"] for item in found] == [{"S": "sub-ada"}] * 2


def test_an_item_created_after_it_was_missed_is_found(table: Table, cached: CachedTable) -> None:
    assert cached.get(ADA) is None
    behind_it(table, "hidden")
    assert cached.get(ADA) is None
    table.client.delete_item(TableName=TABLE, Key=ADA)
    cached.create_with(FIRST, now=0)
    assert cached.get(ADA) == FIRST


def test_every_change_is_seen_at_once(table: Table, cached: CachedTable) -> None:
    cached.create(FIRST)
    assert cached.get(ADA) == FIRST
    changed = cached.update(ADA, "sub-ada", 1, {"name": "Ada King"})
    assert cached.get(ADA) == changed == {**FIRST, "name": {"S": "Ada King"}, "version": {"N": "2"}}
    cached.replace({**FIRST, "name": {"S": "third"}}, "sub-ada", 2)
    assert cached.get(ADA) == {**FIRST, "name": {"S": "third"}}
    cached.delete(ADA, "sub-ada", None)
    assert cached.get(ADA) is None
    assert table.items() == []


def test_a_refused_change_leaves_the_item_cacheable(table: Table, cached: CachedTable) -> None:
    cached.create(FIRST)
    with pytest.raises(ConditionFailedError):
        cached.update(ADA, "sub-eve", None, {"name": "Eve"})
    assert cached.get(ADA) == FIRST
    behind_it(table, "changed")
    assert cached.get(ADA) == FIRST


def test_the_password_before_a_rotation_serves_until_the_cache_has_the_new_one(
    table: Table, cached: CachedTable, secret: Callable[[str], object]
) -> None:
    secret("not-yet-known-to-the-cache")
    cached.create(FIRST)
    assert cached.get(ADA) == FIRST
    behind_it(table, "changed")
    assert cached.get(ADA) == FIRST


def test_without_a_password_the_table_answers(
    table: Table, cached: CachedTable, logs: Callable[[], list[dict[str, object]]]
) -> None:
    boto3.client("secretsmanager").delete_secret(  # pyright: ignore[reportUnknownMemberType]
        SecretId="blog-test-cache", ForceDeleteWithoutRecovery=True
    )
    cached.create(FIRST)
    assert cached.get(ADA) == FIRST
    behind_it(table, "changed")
    found = cached.get(ADA)
    assert found is not None
    assert found["name"] == {"S": "changed"}
    assert {line["reason"] for line in logs()} == {"the password is not to be had: LookupError"}


def test_without_a_cache_the_table_is_plain() -> None:
    assert type(storage.table()) is PlainTable


@pytest.mark.usefixtures("cached")
def test_a_cache_without_a_user_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_USER")
    with pytest.raises(EnvError, match=r"^CACHE_USER is not set: set it to the user of the cache"):
        storage.table()
