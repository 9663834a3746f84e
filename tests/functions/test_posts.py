import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

import create_post
import create_user
import delete_post
import delete_user
import get_post
from tests.functions.api import Received, Table, call, client_of, event
from tests.functions.conftest import Clock

pytestmark = pytest.mark.usefixtures("clock", "ada")

NOTES = {"title": "On engines", "text": "They weave *patterns*.\n\tLike looms."}


@pytest.fixture
def ada(table: Table) -> None:
    """The user ada, of the person sub-ada."""
    body = {"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.com"}
    call(create_user, event("POST /users", body=json.dumps(body), caller="sub-ada"))
    table.calls.clear()


def create(body: object = NOTES, caller: str | None = "sub-ada", user_id: str = "ada", **headers: str) -> Received:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = {"userId": user_id}
    return call(
        create_post,
        event("POST /users/{userId}/posts", path=path, body=json.dumps(body), caller=caller, headers=named),
    )


def get(post_id: str) -> Received:
    return call(get_post, event("GET /posts/{postId}", path={"postId": post_id}))


def delete(post_id: str, *, if_match: str | None = '"1"', caller: str | None = "sub-ada") -> Received:
    headers = {} if if_match is None else {"if-match": if_match}
    return call(delete_post, event("DELETE /posts/{postId}", path={"postId": post_id}, caller=caller, headers=headers))


def stored(table: Table, partition: str = "POST#") -> list[dict[str, Any]]:
    return [item for item in table.items() if item["PK"].startswith(partition)]


class TestCreate:
    def test_stores_the_post_under_its_id_and_its_authors_time_line(self, table: Table) -> None:
        answer = create()
        post_id = answer.body["postId"]
        public = {**NOTES, "postId": post_id, "userId": "ada", "createdAt": "2026-11-23T21:00:00.123Z"}
        assert answer == Received(
            201,
            {
                "content-type": "application/json",
                "cache-control": "no-store",
                "x-request-id": "request-1",
                "location": f"/posts/{post_id}",
                "etag": '"1"',
            },
            public,
        )
        assert stored(table) == [
            {
                **public,
                "PK": f"POST#{post_id}",
                "SK": "METADATA",
                "GSI1PK": "AUTHOR#ada",
                "GSI1SK": f"2026-11-23T21:00:00.123Z#{post_id}",
                "owner": "sub-ada",
                "version": "1",
            }
        ]

    def test_gives_two_equal_posts_of_the_same_moment_ids_of_their_own(self, table: Table) -> None:
        assert create().body["postId"] != create().body["postId"]
        assert len(stored(table)) == 2

    @pytest.mark.parametrize(
        ("request_", "status", "code"),
        [
            ({"caller": None}, 401, "unauthenticated"),
            ({"caller": "sub-eve"}, 403, "forbidden"),
            ({"user_id": "nobody"}, 404, "not-found"),
            ({"user_id": "NOBODY"}, 400, "invalid-request"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, {"idempotency_key": "key-1"}])
    def test_refuses_to_write_in_the_name_of_another(
        self, table: Table, request_: dict[str, Any], status: int, code: str, headers: dict[str, str]
    ) -> None:
        answer = create(**request_, **headers)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert stored(table) == []

    def test_refuses_to_write_in_the_name_of_a_user_that_was_deleted(self, table: Table) -> None:
        call(delete_user, event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada"))
        assert create().body["detail"] == "there is no user 'ada'"
        assert stored(table) == []

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, ["title", "text"]),
            ({"title": " ", "text": " \n"}, ["title", "text"]),
            ({**NOTES, "title": "two\nlines"}, ["title"]),
            ({**NOTES, "title": "t" * 201}, ["title"]),
            ({**NOTES, "text": "t" * 50_001}, ["text"]),
            ({**NOTES, "text": "bell\x07"}, ["text"]),
            ({**NOTES, "text": "\ud800"}, ["text"]),
            ({**NOTES, "text": ["They weave."]}, ["text"]),
            ({**NOTES, "owner": "sub-eve", "postId": "0"}, ["owner", "postId"]),
        ],
    )
    def test_names_each_field_that_is_wrong(self, table: Table, body: dict[str, object], fields: list[str]) -> None:
        answer = create(body)
        assert answer.status == 400
        assert [error["field"] for error in answer.body["errors"]] == fields
        assert table.calls == []

    @pytest.mark.parametrize(
        "accepted", [{"title": "t" * 200}, {"text": "\U0001f9f6" * 50_000}, {"text": "\r\n x"}, {"title": "É"}]
    )
    def test_accepts_what_is_just_within_the_rules(self, table: Table, accepted: dict[str, str]) -> None:
        assert create({**NOTES, **accepted}).status == 201
        assert [item[name] for item in stored(table) for name in accepted] == list(accepted.values())

    def test_answers_busy_while_a_transaction_holds_the_user(self, table: Table) -> None:
        with Stubber(client_of(create_post)) as stub:
            stub.add_client_error(
                "transact_write_items",
                "TransactionCanceledException",
                modeled_fields={"CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}]},
            )
            answer = create()
        assert (answer.status, answer.body["code"]) == (409, "concurrent-request")
        assert stored(table) == []


class TestIdempotencyKey:
    def test_gives_the_first_answer_again_and_stores_nothing_more(self, table: Table, clock: Clock) -> None:
        first = create(idempotency_key="key-1")
        clock.advance(timedelta(hours=1))
        assert create(idempotency_key="key-1") == first
        assert [item["SK"] for item in stored(table)] == ["METADATA", "RECEIPT"]
        assert not [value for value in stored(table)[1].values() if "ada" in value or "key-1" in value]

    def test_gives_the_first_answer_even_after_post_and_user_went(self, table: Table) -> None:
        first = create(idempotency_key="key-1")
        delete(first.body["postId"])
        call(delete_user, event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada"))
        assert create(idempotency_key="key-1") == first
        assert [item["SK"] for item in stored(table)] == ["RECEIPT"]

    def test_refuses_the_key_with_another_body(self, table: Table) -> None:
        create(idempotency_key="key-1")
        answer = create({**NOTES, "title": "On looms"}, idempotency_key="key-1")
        assert (answer.status, answer.body["code"]) == (422, "idempotency-key-reused")
        assert len(stored(table)) == 2

    def test_makes_another_post_once_the_day_is_over(self, table: Table, clock: Clock) -> None:
        first = create(idempotency_key="key-1")
        clock.advance(timedelta(days=1, seconds=1))
        assert create(idempotency_key="key-1").body["postId"] != first.body["postId"]
        assert [item["SK"] for item in stored(table)].count("METADATA") == 2


class TestGet:
    def test_shows_anybody_the_post_but_not_its_owner(self, table: Table) -> None:
        created = create()
        answer = get(created.body["postId"])
        assert answer == Received(
            200,
            {
                "content-type": "application/json",
                "cache-control": "public, max-age=60",
                "x-request-id": "request-1",
                "etag": '"1"',
            },
            created.body,
        )
        assert len(stored(table)) == 1

    def test_says_that_there_is_no_such_post(self, table: Table) -> None:
        answer = get("0" * 32)
        assert (answer.status, answer.body["detail"]) == (404, f"there is no post {'0' * 32!r}")
        assert stored(table) == []

    @pytest.mark.parametrize("post_id", ["", "ada", "A" * 32, "0" * 33, "RECEIPT#1"])
    def test_refuses_an_id_that_none_can_have_without_asking_the_table(self, table: Table, post_id: str) -> None:
        answer = get(post_id)
        assert [error["field"] for error in answer.body["errors"]] == ["postId"]
        assert table.calls == []


class TestDelete:
    @pytest.mark.parametrize("if_match", ['"1"', "*", None])
    def test_removes_the_post(self, table: Table, if_match: str | None) -> None:
        post_id = create().body["postId"]
        assert delete(post_id, if_match=if_match) == Received(
            204, {"cache-control": "no-store", "x-request-id": "request-1"}, None
        )
        assert get(post_id).status == 404
        assert stored(table) == []

    @pytest.mark.parametrize(
        ("request_", "status", "code"),
        [
            ({"caller": None}, 401, "unauthenticated"),
            ({"caller": "sub-eve"}, 403, "forbidden"),
            ({"if_match": '"2"'}, 412, "stale-version"),
            ({"if_match": "1"}, 400, "invalid-request"),
        ],
    )
    def test_refuses_and_removes_nothing(self, table: Table, request_: dict[str, Any], status: int, code: str) -> None:
        post_id = create().body["postId"]
        answer = delete(post_id, **request_)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert [item["postId"] for item in stored(table)] == [post_id]

    @pytest.mark.parametrize(("post_id", "status"), [("0" * 32, 404), ("RECEIPT#1", 400)])
    def test_says_that_there_is_none(self, table: Table, post_id: str, status: int) -> None:
        assert delete(post_id).status == status
        assert stored(table) == []

    def test_is_the_owners_right_though_the_user_is_gone(self, table: Table) -> None:
        post_id = create().body["postId"]
        call(delete_user, event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada"))
        assert get(post_id).status == 200
        assert delete(post_id).status == 204
        assert stored(table) == []


class TestLifetime:
    @pytest.fixture(autouse=True)
    def lifetime(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(create_post.posts, "_lifetime", timedelta(days=30))

    def test_marks_the_second_after_which_the_table_lets_the_post_go(self, table: Table) -> None:
        create()
        assert [item["expiresAt"] for item in stored(table)] == [str(1795467600 + 30 * 24 * 3600)]

    @pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 404)])
    def test_hides_a_post_that_the_table_has_still_to_let_go(
        self, table: Table, clock: Clock, days: int, status: int
    ) -> None:
        post_id = create().body["postId"]
        clock.advance(timedelta(days=days))
        assert get(post_id).status == status
        assert len(stored(table)) == 1


def test_a_request_leaves_no_more_in_the_logs_than_its_route_and_status(
    table: Table, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    create()
    assert [(line["route"], line["status"]) for line in logs()] == [("POST /users/{userId}/posts", 201)]
    assert "looms" not in json.dumps(logs())
    assert len(stored(table)) == 1
