"""Writes whose answer is lost, and calls for which AWS has no capacity: what the client is answered."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

import create_post
import create_user
import delete_post
import delete_user
import get_user
import update_user
from tests.functions.api import Received, Table, call, client_of, event
from tests.functions.faults import answered

type Logs = Callable[[], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("clock")

ADA = {"userId": "ada", "name": "Ada", "email": "ada@example.com"}
POST = {"title": "On engines", "text": "They weave."}
FUNCTIONS = {create_user, create_post, update_user, delete_user, delete_post}


@pytest.fixture
def lost(table: Table) -> Iterator[list[str]]:
    """Lets DynamoDB carry out the first call of each write that is named here, and loses its answer."""
    del table
    names: list[str] = []

    def answer(operation: str, carry_out: Callable[[], Any], url: str) -> Any:
        if operation not in names:
            return carry_out()
        names.remove(operation)
        carry_out()
        return None, ReadTimeoutError(endpoint_url=url)

    with answered(answer):
        yield names


def create(**headers: str) -> Received:
    return call(create_user, event("POST /users", body=json.dumps(ADA), caller="sub-ada", headers=headers))


def post() -> Received:
    sent = event("POST /users/{userId}/posts", path={"userId": "ada"}, body=json.dumps(POST), caller="sub-ada")
    return call(create_post, sent)


def change(if_match: str) -> Received:
    sent = event(
        "PATCH /users/{userId}",
        path={"userId": "ada"},
        body=json.dumps({"name": "Countess"}),
        caller="sub-ada",
        headers={"if-match": if_match},
    )
    return call(update_user, sent)


def test_a_user_that_was_created_is_not_taken_by_itself(table: Table, lost: list[str]) -> None:
    lost.append("PutItem")
    assert create().status == 201
    assert lost == []
    assert [item["userId"] for item in table.items()] == ["ada"]


def test_a_user_of_somebody_else_is_still_taken(table: Table, lost: list[str]) -> None:
    create()
    lost.append("PutItem")
    other = event("POST /users", body=json.dumps({**ADA, "name": "Eve"}), caller="sub-eve")
    assert call(create_user, other).status == 409
    assert [item["owner"] for item in table.items()] == ["sub-ada"]


def test_a_creation_with_a_key_is_answered_as_the_first_time(table: Table, lost: list[str]) -> None:
    lost.append("TransactWriteItems")
    assert create(**{"idempotency-key": "key-1"}).status in {200, 201}
    assert len(table.items()) == 2


@pytest.mark.parametrize("if_match", ['"1"', "*"])
def test_a_change_counts_once(table: Table, lost: list[str], if_match: str) -> None:
    create()
    lost.append("UpdateItem")
    answer = change(if_match)
    assert (answer.status, answer.headers["etag"], answer.body["name"]) == (200, '"2"', "Countess")
    assert [(item["name"], item["version"]) for item in table.items()] == [("Countess", "2")]


def test_a_user_that_was_deleted_is_not_told_as_unknown(table: Table, lost: list[str]) -> None:
    create()
    lost.append("PutItem")
    sent = event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada", headers={"if-match": "*"})
    assert call(delete_user, sent).status == 204
    assert lost == []
    assert [sorted(item) for item in table.items()] == [["PK", "SK", "deletedAt"]]


def test_a_post_that_was_deleted_is_not_told_as_unknown(table: Table, lost: list[str]) -> None:
    create()
    post_id = post().body["postId"]
    lost.append("DeleteItem")
    sent = event("DELETE /posts/{postId}", path={"postId": post_id}, caller="sub-ada")
    assert call(delete_post, sent).status == 204
    assert lost == []
    assert [item["PK"] for item in table.items()] == ["USER#ada"]


def test_a_post_that_never_was_is_unknown_all_the_same(table: Table) -> None:
    sent = event("DELETE /posts/{postId}", path={"postId": "0" * 32}, caller="sub-ada")
    assert call(delete_post, sent).status == 404
    assert table.items() == []


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_a_lack_of_capacity_asks_the_client_to_come_again(table: Table, logs: Logs, code: str) -> None:
    del table
    with Stubber(client_of(get_user)) as stub:
        for _ in range(3):
            stub.add_client_error("get_item", code)
        answer = call(get_user, event("GET /users/{userId}", path={"userId": "ada"}))
    assert (answer.status, answer.body["code"], answer.headers["retry-after"]) == (503, "try-again", "1")
    assert answer.headers["content-type"] == "application/problem+json"
    assert [line["message"] for line in logs()] == ["throttled", "answered"]


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_without_capacity_does_too(table: Table, reason: str) -> None:
    with Stubber(client_of(create_user)) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": "None"}, {"Code": reason}]},
        )
        answer = create(**{"idempotency-key": "key-1"})
    assert (answer.status, answer.body["code"]) == (503, "try-again")
    assert table.items() == []


def test_a_transaction_that_is_under_way_is_a_concurrent_request(table: Table) -> None:
    with Stubber(client_of(create_user)) as stub:
        stub.add_client_error("transact_write_items", "TransactionInProgressException")
        answer = create(**{"idempotency-key": "key-1"})
    assert (answer.status, answer.body["code"]) == (409, "concurrent-request")
    assert table.items() == []
