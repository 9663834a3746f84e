import json
import string
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest

import create_post
import create_user
import delete_user
import list_posts
from blog.parameters import Parameter
from blog.secrets import Secret
from tests.functions.api import Received, Table, call, event
from tests.functions.conftest import Clock

pytestmark = pytest.mark.usefixtures("clock", "secret", "ada")


@pytest.fixture
def secret(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    """The secret that signs cursors; its name."""
    assert table.items() == []
    name = "blog-test-cursors"
    manager = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
    manager.create_secret(Name=name, SecretString="the first")
    monkeypatch.setattr(list_posts.cursors, "_secret", Secret(manager, name))
    return name


@pytest.fixture
def ada(table: Table) -> None:
    user(table, "ada")


def user(table: Table, user_id: str) -> None:
    body = {"userId": user_id, "name": "A name", "email": "name@example.com"}
    created = call(create_user, event("POST /users", body=json.dumps(body), caller=f"sub-{user_id}"))
    assert created.status == 201
    assert table.items()


def write(clock: Clock, *titles: str, user_id: str = "ada") -> None:
    """Posts, a second between them."""
    for title in titles:
        body = json.dumps({"title": title, "text": "They weave."})
        path = {"userId": user_id}
        sent = event("POST /users/{userId}/posts", path=path, body=body, caller=f"sub-{user_id}")
        assert call(create_post, sent).status == 201
        clock.advance(timedelta(seconds=1))


def page(user_id: str = "ada", **query: str) -> Received:
    return call(list_posts, event("GET /users/{userId}/posts", path={"userId": user_id}, query=query))


def titles(answer: Received) -> list[str]:
    assert answer.status == 200, answer.body
    return [post["title"] for post in answer.body["posts"]]


def refused(answer: Received) -> list[str]:
    assert answer.status == 400
    return [error["field"] for error in answer.body["errors"]]


def test_gives_the_newest_first_and_lets_caches_keep_it_for_a_minute(clock: Clock) -> None:
    write(clock, "first", "second", "third")
    answer = page()
    assert titles(answer) == ["third", "second", "first"]
    assert answer.body["nextCursor"] is None
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "owner" not in answer.body["posts"][0]


def test_gives_each_post_once_over_all_pages_also_those_of_the_same_moment(table: Table, clock: Clock) -> None:
    for title in "abcde":
        write(clock, title)
        clock.advance(timedelta(seconds=-1))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    pages = 0
    while pages == 0 or cursor:
        answer = page(limit="2", **cursor)
        seen += titles(answer)
        pages += 1
        cursor = {"cursor": answer.body["nextCursor"]} if answer.body["nextCursor"] else {}
    assert (sorted(seen), pages) == (list("abcde"), 3)
    assert len({item["GSI1SK"][:24] for item in table.items() if "GSI1SK" in item}) == 1


def test_has_no_next_page_where_the_last_one_is_just_full(clock: Clock) -> None:
    write(clock, "first", "second")
    answer = page(limit="2")
    assert (titles(answer), answer.body["nextCursor"]) == (["second", "first"], None)


def test_goes_on_after_the_last_post_seen_though_newer_ones_were_written(clock: Clock) -> None:
    write(clock, "first", "second", "third")
    cursor = page(limit="2").body["nextCursor"]
    write(clock, "fourth")
    assert titles(page(limit="2", cursor=cursor)) == ["first"]


def test_shows_twenty_unless_asked_otherwise(clock: Clock) -> None:
    write(clock, *(f"post {number}" for number in range(21)))
    assert [len(titles(page())), len(titles(page(limit="1"))), len(titles(page(limit="100")))] == [20, 1, 21]


def test_shows_as_many_as_the_parameter_says(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    store = cast("Any", boto3).client("ssm")  # whose stubs are not installed
    store.put_parameter(Name="/blog-test/page-size", Value="2", Type="String")
    monkeypatch.setattr(list_posts, "page_size", Parameter(store, "/blog-test/page-size", default=20))
    write(clock, "first", "second", "third")
    assert titles(page()) == ["third", "second"]
    assert titles(page(limit="3")) == ["third", "second", "first"]


def test_shows_only_the_authors_own(table: Table, clock: Clock) -> None:
    user(table, "eve")
    write(clock, "hers", user_id="eve")
    assert (titles(page()), titles(page("eve"))) == ([], ["hers"])


def test_says_that_there_is_no_such_user_but_not_of_one_without_posts(table: Table) -> None:
    assert (page("nobody").status, page("NOBODY").status, titles(page("ada"))) == (404, 400, [])
    assert len(table.items()) == 1


def test_still_shows_the_posts_of_a_user_that_was_deleted(clock: Clock) -> None:
    write(clock, "first")
    call(delete_user, event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada"))
    assert titles(page()) == ["first"]


def test_leaves_out_what_has_expired(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create_post.posts, "_lifetime", timedelta(days=1))
    write(clock, "first")
    clock.advance(timedelta(days=1))
    write(clock, "second")
    assert titles(page()) == ["second"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"limit": "0"}, ["limit"]),
        ({"limit": "101"}, ["limit"]),
        ({"limit": "-1"}, ["limit"]),
        ({"limit": "ten"}, ["limit"]),
        ({"limit": ""}, ["limit"]),
        ({"limit": "1000", "cursor": "?"}, ["limit", "cursor"]),
        ({"cursor": ""}, ["cursor"]),
    ],
)
def test_names_each_parameter_that_is_wrong(table: Table, query: dict[str, str], fields: list[str]) -> None:
    table.calls.clear()
    assert refused(page(**query)) == fields
    assert table.calls == []


def test_a_parameter_that_no_cache_is_keyed_by_changes_nothing(clock: Clock) -> None:
    write(clock, "first")
    assert page(page="2") == page()


class TestCursor:
    @pytest.fixture
    def cursor(self, clock: Clock) -> str:
        write(clock, "first", "second", "third")
        return page(limit="1").body["nextCursor"]

    def test_shows_neither_the_owner_nor_the_secret(self, cursor: str) -> None:
        assert "ada" not in cursor
        assert cursor.isascii()

    def test_is_refused_with_any_character_changed(self, cursor: str) -> None:
        forged = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]
        assert {tuple(refused(page(cursor=each))) for each in forged} == {("cursor",)}

    def test_has_one_spelling(self, cursor: str) -> None:
        letters = f"{string.ascii_letters}{string.digits}-_"
        taken = [letter for letter in letters if page(cursor=cursor[:-1] + letter).status == 200]
        assert taken == [cursor[-1]]

    @pytest.mark.parametrize("cursor_", ["A", "AAAA", "A" * 200, "eyJhIjoxfQ"])
    def test_is_refused_where_it_was_never_one(self, cursor_: str) -> None:
        assert refused(page(cursor=cursor_)) == ["cursor"]

    def test_is_refused_for_another_author(self, table: Table, clock: Clock, cursor: str) -> None:
        user(table, "eve")
        write(clock, "hers", user_id="eve")
        assert refused(page("eve", cursor=cursor)) == ["cursor"]

    def test_is_the_same_within_the_hour_so_that_caches_meet_it_again(self, clock: Clock, cursor: str) -> None:
        clock.advance(timedelta(minutes=50))
        assert page(limit="1").body["nextCursor"] == cursor

    @pytest.mark.parametrize(("hours", "status"), [(24, 200), (26, 400)])
    def test_expires_after_a_day(self, clock: Clock, cursor: str, hours: int, status: int) -> None:
        clock.advance(timedelta(hours=hours))
        answer = page(cursor=cursor)
        assert answer.status == status
        assert status == 200 or answer.body["detail"] == "cursor has expired: begin again with the first page"

    def test_outlives_one_rotation_of_the_secret_and_not_two(
        self, cursor: str, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        manager = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
        statuses: list[int] = []
        for value in ("the second", "the third"):
            manager.put_secret_value(SecretId=secret, SecretString=value)
            monkeypatch.setattr(list_posts.cursors, "_secret", Secret(manager, secret))
            statuses.append(page(cursor=cursor).status)
        assert statuses == [200, 400]
