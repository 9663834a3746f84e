import json
from datetime import timedelta
from typing import Any, cast

import pytest
from botocore.stub import Stubber

import create_user
import delete_user
import get_user
import update_user
from tests.functions.api import Context, Received, Table, call, client_of, event
from tests.functions.conftest import Clock

pytestmark = pytest.mark.usefixtures("clock")

ADA = {"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.com"}
ADA_ITEM = {
    **ADA,
    "PK": "USER#ada",
    "SK": "PROFILE",
    "owner": "sub-ada",
    "version": "1",
    "createdAt": "2026-11-23T21:00:00.123Z",
    "updatedAt": "2026-11-23T21:00:00.123Z",
}
GONE = {"PK": "USER#ada", "SK": "PROFILE", "deletedAt": "2026-11-23T21:00:00.123Z"}
ADA_PUBLIC = {
    "userId": "ada",
    "name": "Ada Lovelace",
    "createdAt": "2026-11-23T21:00:00.123Z",
    "updatedAt": "2026-11-23T21:00:00.123Z",
}


def create(body: object = ADA, caller: str | None = "sub-ada", **headers: str) -> Received:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return call(create_user, event("POST /users", body=text, caller=caller, headers=named))


def get(user_id: str = "ada") -> Received:
    return call(get_user, event("GET /users/{userId}", path={"userId": user_id}))


def update(
    body: object, *, if_match: str | None = '"1"', caller: str | None = "sub-ada", user_id: str = "ada"
) -> Received:
    headers = {} if if_match is None else {"if-match": if_match}
    path = {"userId": user_id}
    return call(
        update_user,
        event("PATCH /users/{userId}", path=path, body=json.dumps(body), caller=caller, headers=headers),
    )


def delete(*, if_match: str | None = '"1"', caller: str | None = "sub-ada", user_id: str = "ada") -> Received:
    headers = {} if if_match is None else {"if-match": if_match}
    return call(delete_user, event("DELETE /users/{userId}", path={"userId": user_id}, caller=caller, headers=headers))


def problem(status: int, title: str, code: str, detail: str, **members: object) -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **members,
        "requestId": "request-1",
    }


class TestCreate:
    def test_stores_the_user_as_the_callers_own_and_answers_with_it(self, table: Table) -> None:
        answer = create()
        assert answer == Received(
            201,
            {
                "content-type": "application/json",
                "cache-control": "no-store",
                "x-request-id": "request-1",
                "location": "/users/ada",
                "etag": '"1"',
            },
            {**ADA_PUBLIC, "email": "ada@example.com"},
        )
        assert table.items() == [ADA_ITEM]

    def test_reads_a_base64_body(self, table: Table) -> None:
        sent = event("POST /users", body=json.dumps({**ADA, "name": "Adà 👩‍💻"}), encoded=True, caller="sub-ada")
        assert call(create_user, sent).body["name"] == "Adà 👩‍💻"
        assert [item["name"] for item in table.items()] == ["Adà 👩‍💻"]

    def test_refuses_a_taken_handle_and_leaves_its_user_alone(self, table: Table) -> None:
        create()
        answer = create({**ADA, "name": "Eve"}, caller="sub-eve")
        assert answer.status == 409
        assert answer.body == problem(409, "Conflict", "already-exists", "the userId 'ada' is taken: choose another")
        assert table.items() == [ADA_ITEM]

    def test_refuses_a_second_request_of_the_same_owner_without_a_key(self, table: Table) -> None:
        create()
        assert create().status == 409
        assert table.items() == [ADA_ITEM]

    def test_refuses_a_caller_without_claims(self, table: Table) -> None:
        answer = create(caller=None)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.body["code"] == "unauthenticated"
        assert table.calls == []

    @pytest.mark.parametrize("body", ["", "{", '{"a":}', "\ufeff{}", "[" * 100_000, "nul"])
    def test_refuses_what_is_no_json(self, table: Table, body: str) -> None:
        answer = create(body)
        assert answer.status == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.body == problem(400, "Bad Request", "invalid-request", "the body must be a JSON object in UTF-8")
        assert table.calls == []

    @pytest.mark.parametrize("body", ["!", "/w==", "e30"])
    def test_refuses_a_base64_body_that_is_no_base64_or_no_utf_8(self, table: Table, body: str) -> None:
        sent = event("POST /users", body="", caller="sub-ada") | {"body": body, "isBase64Encoded": True}
        assert call(create_user, sent).status == 400
        assert table.calls == []

    @pytest.mark.parametrize("body", ["[]", '"x"', "null", "1e3"])
    def test_refuses_json_that_is_no_object(self, table: Table, body: str) -> None:
        assert create(body).body["detail"] == "the body must be a JSON object in UTF-8"
        assert table.calls == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("userId", "a"),
            ("userId", "a" * 41),
            ("userId", "Ada"),
            ("userId", "_ada"),
            ("userId", "ada\n"),
            ("userId", "ada#1"),
            ("userId", 7),
            ("userId", None),
            ("name", ""),
            ("name", " "),
            ("name", " Ada"),
            ("name", "Ada\x00"),
            ("name", "Ada\u202e"),
            ("name", "Ada\u200f"),
            ("name", "Ada\u2028Lovelace"),
            ("name", "\u200b"),
            ("name", "\u200b\ufeff\u00ad"),
            ("name", "Ada\ud800"),
            ("name", "a" * 101),
            ("name", ["Ada"]),
            ("email", "ada"),
            ("email", "ada@example"),
            ("email", "a@b@example.com"),
            ("email", "ada @example.com"),
            ("email", "ada@example.com\n"),
            ("email", "a" * 250 + "@b.de"),
            ("email", True),
        ],
    )
    def test_names_the_field_that_is_wrong(self, table: Table, field: str, value: object) -> None:
        answer = create({**ADA, field: value})
        assert answer.status == 400
        assert answer.body["code"] == "invalid-request"
        assert [error["field"] for error in answer.body["errors"]] == [field]
        assert table.calls == []

    def test_says_what_a_field_must_be_and_what_it_was(self, table: Table) -> None:
        detail = 'must be 2 to 40 characters out of a-z, 0-9, _ and -, the first of them a letter or a digit, not "Ada"'
        assert create({**ADA, "userId": "Ada"}).body == problem(
            400, "Bad Request", "invalid-request", f"userId {detail}", errors=[{"field": "userId", "detail": detail}]
        )
        assert table.calls == []

    @pytest.mark.parametrize(
        "accepted",
        [
            {"userId": "a1"},
            {"userId": "9" * 40},
            {"userId": "a-b_c"},
            {"name": "é"},
            {"name": "\U0001f469\u200d\U0001f680"},
            {"name": "x" * 100},
            {"email": "a" * 242 + "@example.com"},
            {"email": "a.b+c@mail.example.com"},
        ],
    )
    def test_accepts_what_is_just_within_the_rules(self, table: Table, accepted: dict[str, str]) -> None:
        assert create({**ADA, **accepted}).status == 201
        assert len(table.items()) == 1

    def test_names_all_that_is_missing_unknown_or_wrong_at_once(self, table: Table) -> None:
        answer = create({"name": "", "admin": True, "owner": "sub-eve"})
        assert [error["field"] for error in answer.body["errors"]] == ["admin", "owner", "userId", "email", "name"]
        assert table.calls == []

    @pytest.mark.parametrize("name", ["\ud800", "admin\udfff"])
    def test_answers_in_utf_8_whatever_an_unknown_field_is_called(self, table: Table, name: str) -> None:
        """RFC 8259, section 8.2: JSON may escape a lone surrogate, which has no encoding of its own."""
        sent = event("POST /users", body=json.dumps({**ADA, name: 1}), caller="sub-ada")
        answer = cast("dict[str, str]", create_user.handler(sent, Context()))
        assert answer["body"].encode()
        assert [error["field"] for error in json.loads(answer["body"])["errors"]] == [name]
        assert table.calls == []

    def test_names_ten_unknown_fields_and_counts_the_others(self, table: Table) -> None:
        answer = create({**ADA, **{f"f{number:05}": 1 for number in range(50_000)}})
        assert [error["field"] for error in answer.body["errors"]] == [*(f"f{number:05}" for number in range(10)), "…"]
        assert answer.body["errors"][-1]["detail"] == "and 49990 more are unknown: use userId, name, email"
        assert len(json.dumps(answer.body)) < 2_000
        assert table.calls == []

    def test_answers_busy_while_a_transaction_holds_the_item(self, table: Table) -> None:
        with Stubber(client_of(create_user)) as stub:
            stub.add_client_error("put_item", "TransactionConflictException")
            answer = create()
        assert (answer.status, answer.body["code"]) == (409, "concurrent-request")
        assert table.items() == []


class TestIdempotencyKey:
    def test_gives_the_first_answer_again_and_stores_nothing_more(self, table: Table, clock: Clock) -> None:
        first = create(idempotency_key="key-1")
        stored = table.items()
        clock.advance(timedelta(hours=1))
        assert create(idempotency_key="key-1") == first
        assert table.items() == stored
        assert [item["SK"] for item in stored] == ["RECEIPT", "PROFILE"]
        assert stored[1] == ADA_ITEM

    def test_leaves_a_receipt_that_holds_neither_the_owner_nor_the_key_nor_the_content(self, table: Table) -> None:
        create(idempotency_key="key-1")
        receipt = table.items()[0]
        assert set(receipt) == {"PK", "SK", "fingerprint", "createdAt", "expiresAt"}
        assert receipt["expiresAt"] == str(1795467600 + 24 * 3600)
        assert not [value for value in receipt.values() if "ada" in value or "key-1" in value]

    def test_counts_quoted_and_bare_as_the_same_key(self, table: Table) -> None:
        assert create(idempotency_key='"key-1"') == create(idempotency_key="key-1")
        assert len(table.items()) == 2

    def test_gives_the_first_answer_even_after_the_user_changed_and_went(self, table: Table) -> None:
        first = create(idempotency_key="key-1")
        update({"name": "Ada King"})
        assert create(idempotency_key="key-1") == first
        delete(if_match="*")
        assert create(idempotency_key="key-1") == first
        assert table.items()[1:] == [GONE]

    @pytest.mark.parametrize("change", [{"userId": "ada2"}, {"name": "Ada King"}, {"email": "a@example.com"}])
    def test_refuses_the_key_with_another_body(self, table: Table, change: dict[str, str]) -> None:
        create(idempotency_key="key-1")
        stored = table.items()
        answer = create({**ADA, **change}, idempotency_key="key-1")
        assert answer.body == problem(
            422,
            "Unprocessable Content",
            "idempotency-key-reused",
            "this Idempotency-Key came with another body: take a new key",
        )
        assert table.items() == stored

    def test_belongs_to_its_caller(self, table: Table) -> None:
        create(idempotency_key="key-1")
        answer = create({**ADA, "userId": "eve"}, caller="sub-eve", idempotency_key="key-1")
        assert answer.status == 201
        assert [item["SK"] for item in table.items()].count("RECEIPT") == 2

    def test_leaves_no_receipt_where_the_handle_is_taken(self, table: Table) -> None:
        create()
        assert create(caller="sub-eve", idempotency_key="key-1").status == 409
        assert table.items() == [ADA_ITEM]

    def test_is_free_again_after_a_day_though_the_table_still_holds_its_receipt(
        self, table: Table, clock: Clock
    ) -> None:
        create(idempotency_key="key-1")
        clock.advance(timedelta(days=1, seconds=1))
        assert create({**ADA, "userId": "ada2"}, idempotency_key="key-1").status == 201
        assert len(table.items()) == 3

    def test_answers_busy_while_the_first_request_is_under_way(self, table: Table) -> None:
        with Stubber(client_of(create_user)) as stub:
            stub.add_client_error(
                "transact_write_items",
                "TransactionCanceledException",
                modeled_fields={"CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}]},
            )
            answer = create(idempotency_key="key-1")
        assert (answer.status, answer.body["code"]) == (409, "concurrent-request")
        assert table.items() == []

    @pytest.mark.parametrize("key", ["", " ", "a b", "é", '""', "k" * 256, '"key-1', 'key-1"'])
    def test_is_refused_when_malformed(self, table: Table, key: str) -> None:
        answer = create(idempotency_key=key)
        assert answer.status == 400
        assert [error["field"] for error in answer.body["errors"]] == ["Idempotency-Key"]
        assert table.calls == []


class TestGet:
    def test_shows_strangers_the_public_part_only(self, table: Table) -> None:
        create()
        answer = get()
        assert answer == Received(
            200,
            {
                "content-type": "application/json",
                "cache-control": "public, max-age=60",
                "x-request-id": "request-1",
                "etag": '"1"',
            },
            ADA_PUBLIC,
        )
        assert table.items() == [ADA_ITEM]

    def test_says_that_there_is_no_such_user(self, table: Table) -> None:
        answer = get("nobody")
        assert answer.status == 404
        assert answer.headers["cache-control"] == "no-store"
        assert answer.body == problem(404, "Not Found", "not-found", "there is no user 'nobody'")
        assert table.items() == []

    def test_refuses_a_handle_that_none_can_have_without_asking_the_table(self, table: Table) -> None:
        answer = get("RECEIPT#1")
        assert answer.status == 400
        assert [error["field"] for error in answer.body["errors"]] == ["userId"]
        assert table.calls == []


class TestUpdate:
    @pytest.mark.parametrize("if_match", ['"1"', 'W/"1"', "*"])
    def test_changes_what_is_given_and_the_version(self, table: Table, clock: Clock, if_match: str) -> None:
        create()
        clock.advance(timedelta(minutes=1))
        answer = update({"name": "Ada King"}, if_match=if_match)
        changed = {"name": "Ada King", "updatedAt": "2026-11-23T21:01:00.123Z"}
        assert answer.status == 200
        assert answer.headers["etag"] == '"2"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.body == {**ADA_PUBLIC, **changed, "email": "ada@example.com"}
        assert table.items() == [{**ADA_ITEM, **changed, "version": "2"}]

    @pytest.mark.parametrize(
        ("request_", "status", "code"),
        [
            ({"caller": None}, 401, "unauthenticated"),
            ({"caller": "sub-eve"}, 403, "forbidden"),
            ({"caller": "sub-eve", "if_match": "*"}, 403, "forbidden"),
            ({"caller": "sub-eve", "if_match": '"9"'}, 403, "forbidden"),
            ({"user_id": "nobody"}, 404, "not-found"),
            ({"user_id": "nobody", "if_match": "*"}, 404, "not-found"),
            ({"if_match": '"2"'}, 412, "stale-version"),
            ({"if_match": None}, 428, "version-required"),
            ({"if_match": "1"}, 400, "invalid-request"),
            ({"if_match": '"1", "2"'}, 400, "invalid-request"),
            ({"if_match": '"0"'}, 400, "invalid-request"),
            ({"user_id": "NOBODY"}, 400, "invalid-request"),
        ],
    )
    def test_refuses_and_changes_nothing(self, table: Table, request_: dict[str, Any], status: int, code: str) -> None:
        create()
        answer = update({"name": "Eve"}, **request_)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert "sub-" not in json.dumps(answer.body)
        assert table.items() == [ADA_ITEM]

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, []),
            ({"userId": "ada"}, ["userId"]),
            ({"owner": "sub-eve"}, ["owner"]),
            ({"version": 9, "name": "Eve"}, ["version"]),
            ({"name": None}, ["name"]),
            ({"name": "", "email": ""}, ["name", "email"]),
        ],
    )
    def test_refuses_a_body_that_may_not_be(self, table: Table, body: dict[str, object], fields: list[str]) -> None:
        create()
        answer = update(body)
        assert answer.status == 400
        assert [error["field"] for error in answer.body.get("errors", [])] == fields
        assert table.items() == [ADA_ITEM]

    def test_loses_no_update_when_two_change_the_same_version(self, table: Table) -> None:
        create()
        assert update({"name": "First"}).status == 200
        assert update({"name": "Second"}).status == 412
        assert [(item["name"], item["version"]) for item in table.items()] == [("First", "2")]

    def test_answers_busy_while_a_transaction_holds_the_item(self, table: Table) -> None:
        create()
        with Stubber(client_of(update_user)) as stub:
            stub.add_client_error("update_item", "TransactionConflictException")
            assert update({"name": "Eve"}).status == 409
        assert table.items() == [ADA_ITEM]


class TestDelete:
    @pytest.mark.parametrize("if_match", ['"1"', "*", None])
    def test_removes_all_of_the_user_but_that_its_handle_was_taken(self, table: Table, if_match: str) -> None:
        create()
        assert delete(if_match=if_match) == Received(
            204, {"cache-control": "no-store", "x-request-id": "request-1"}, None
        )
        assert table.items() == [GONE]

    def test_leaves_nothing_to_read_change_or_delete(self, table: Table) -> None:
        create()
        delete()
        assert [get().status, update({"name": "Ada"}, if_match="*").status, delete(if_match="*").status] == [404] * 3
        assert table.items() == [GONE]

    @pytest.mark.parametrize("caller", ["sub-ada", "sub-eve"])
    def test_gives_the_handle_to_nobody_again(self, table: Table, caller: str) -> None:
        create()
        delete()
        assert create(caller=caller).status == 409
        assert table.items() == [GONE]

    @pytest.mark.parametrize(
        ("request_", "status", "code"),
        [
            ({"caller": None}, 401, "unauthenticated"),
            ({"caller": "sub-eve"}, 403, "forbidden"),
            ({"user_id": "nobody"}, 404, "not-found"),
            ({"if_match": '"2"'}, 412, "stale-version"),
            ({"if_match": "1"}, 400, "invalid-request"),
            ({"if_match": None, "caller": "sub-eve"}, 403, "forbidden"),
            ({"user_id": "RECEIPT#1"}, 400, "invalid-request"),
        ],
    )
    def test_refuses_and_removes_nothing(self, table: Table, request_: dict[str, Any], status: int, code: str) -> None:
        create()
        answer = delete(**request_)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert table.items() == [ADA_ITEM]

    def test_answers_busy_while_a_transaction_holds_the_item(self, table: Table) -> None:
        create()
        with Stubber(client_of(delete_user)) as stub:
            stub.add_client_error("put_item", "TransactionConflictException")
            assert delete().status == 409
        assert table.items() == [ADA_ITEM]
