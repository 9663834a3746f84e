"""Items of every shape that a release has written, or will: each is read, and none fails a request."""

import json
from pathlib import Path
from typing import Any

import pytest

import get_post
import get_user
import list_posts
import update_user
from tests.functions.api import TABLE, Table, call, event

SHAPES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))
POST = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("kept", SHAPES, ids=[kept["shape"] for kept in SHAPES])
def test_an_item_of_any_release_is_read(table: Table, kept: dict[str, Any]) -> None:
    table.client.put_item(TableName=TABLE, Item=kept["item"])
    if kept["item"]["SK"]["S"] == "PROFILE":
        answer = call(get_user, event("GET /users/{userId}", path={"userId": "ada"}))
    else:
        answer = call(get_post, event("GET /posts/{postId}", path={"postId": POST}))
    if kept["read"] is None:
        assert answer.status == 404
    else:
        assert (answer.status, answer.body, answer.headers["etag"]) == (200, kept["read"], kept["etag"])


@pytest.mark.parametrize("kept", [kept for kept in SHAPES if "GSI1PK" in kept["item"]], ids=["whole", "least"])
def test_a_post_of_any_release_is_listed(table: Table, kept: dict[str, Any]) -> None:
    table.client.put_item(TableName=TABLE, Item=kept["item"])
    answer = call(list_posts, event("GET /users/{userId}/posts", path={"userId": "ada"}, query={"limit": "5"}))
    assert answer.status == 200
    assert [post["postId"] for post in answer.body["posts"]] == [POST]


def test_a_user_without_a_version_is_changed_into_its_second(table: Table) -> None:
    [least] = [kept for kept in SHAPES if kept["shape"].startswith("the least that is a user")]
    table.client.put_item(TableName=TABLE, Item=least["item"])
    changed = event(
        "PATCH /users/{userId}",
        path={"userId": "ada"},
        body='{"name": "Ada"}',
        caller="sub-ada",
        headers={"if-match": "*"},
    )
    answer = call(update_user, changed)
    assert (answer.status, answer.body["name"], answer.headers["etag"]) == (200, "Ada", '"2"')
