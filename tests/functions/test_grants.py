"""What the functions do to the table, against what they are granted."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

import pytest

import create_post
import create_user
import delete_post
import delete_user
import get_post
import get_user
import list_posts
import process_job
import process_upload
import update_user
from access_patterns import ACCESS_PATTERNS
from blog import clock
from blog.imports.progress import Progress
from blog.imports.records import START
from blog.imports.rows import Row
from blog.imports.upload import Upload
from components.data.table import AccessPattern
from tests.functions.api import Context, Table, call, event

ADA = '{"userId":"ada","name":"Ada","email":"ada@example.com"}'
KEY = {"idempotency-key": "key-1"}
VERSION = {"if-match": '"1"'}
PATH = {"userId": "ada"}
GRANTED = {"create_post": ["create-post", "check-author"], "list_posts": ["list-posts", "get-user"]}
MEMBERS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


POST = '{"title":"On engines","text":"They weave."}'
POST_PATH = {"postId": "0" * 32}


def touched(table: Table) -> set[tuple[str, str | None, str]]:
    """The IAM action, the index and the partition key of each thing that reached the table."""
    return {one for operation, params in table.calls for one in _parts(operation, params)}


def _parts(operation: str, params: Any) -> Iterator[tuple[str, str | None, str]]:
    # A transaction is authorised as the single operations that it is made of.
    parts = [(MEMBERS[member], part) for item in params.get("TransactItems", ()) for member, part in item.items()]
    for action, part in parts or [(operation, params)]:
        if action == "Query":
            key = part["ExpressionAttributeValues"][":author"]
        else:
            key = (part.get("Key") or part["Item"])["PK"]
        yield action, part.get("IndexName"), key["S"]


@pytest.mark.parametrize(
    ("function", "sent"),
    [
        (create_user, [event("POST /users", body=ADA, caller="ada"), event("POST /users", body=ADA, caller="eve")]),
        (create_user, [event("POST /users", body=ADA, caller="ada", headers=KEY)] * 2),
        (get_user, [event("GET /users/{userId}", path=PATH)]),
        (
            update_user,
            [
                event("PATCH /users/{userId}", path=PATH, body='{"name":"A"}', caller=caller, headers=VERSION)
                for caller in ("ada", "eve", "ada")
            ],
        ),
        (
            delete_user,
            [
                event("DELETE /users/{userId}", path=PATH, caller=caller, headers=VERSION)
                for caller in ("eve", "ada", "ada")
            ],
        ),
        (
            create_post,
            [
                event("POST /users/{userId}/posts", path=PATH, body=POST, caller=caller, headers=headers)
                for caller, headers in (("ada", {}), ("eve", {}), ("ada", KEY), ("ada", KEY))
            ],
        ),
        (get_post, [event("GET /posts/{postId}", path=POST_PATH)]),
        (delete_post, [event("DELETE /posts/{postId}", path=POST_PATH, caller="ada", headers=VERSION)]),
        (list_posts, [event("GET /users/{userId}/posts", path=PATH)]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, ModuleType) else "",
)
def test_a_function_touches_the_table_only_as_its_access_pattern_grants(
    table: Table, function: ModuleType, sent: list[dict[str, object]]
) -> None:
    if function is not create_user:
        call(create_user, event("POST /users", body=ADA, caller="ada"))
        table.calls.clear()
    for one in sent:
        assert call(function, one).status < 500
    held_to(table, *GRANTED.get(function.__name__, [function.__name__.replace("_", "-")]))


def test_rows_are_written_only_as_the_access_patterns_of_the_queues_function_grant(table: Table) -> None:
    post = {"author": "ada", "title": "On engines", "text": "They weave.", "createdAt": "2026-11-24T08:00:00Z"}
    users = [{**json.loads(ADA), "owner": owner} for owner in ("ada", "ada", "eve")]
    rows = [Row("u1", 2, "users", user) for user in users] + [Row("u1", 2, "posts", post)] * 2
    records = [{"messageId": str(number), "body": row.message()} for number, row in enumerate(rows)]
    assert process_job.handler({"Records": records}, Context()) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    held_to(table, "create-user", "get-user", "create-post")


def test_imports_are_kept_only_as_their_access_pattern_grants(table: Table) -> None:
    imports: Any = process_upload.imports
    upload = Upload("users.csv", "1", 10)
    imports._store.keep(upload, Progress(("userId",), START, 0), clock.utc())
    imports._store.finish(upload, 0, clock.utc())
    assert imports.run(upload) == 0
    held_to(table, "keep-import")


def held_to(table: Table, *access_patterns: str) -> None:
    """Hold what has reached the table to access patterns: none does more, and none grants more."""
    patterns = [ACCESS_PATTERNS[name] for name in access_patterns]
    unused = [
        (action, pattern)
        for pattern in patterns
        for action in pattern.actions
        if not any(_granted(one, action, pattern) for one in touched(table))
    ]
    assert unused == []
    assert [
        one for one in touched(table) if not any(_granted(one, action, p) for p in patterns for action in p.actions)
    ] == []


def _granted(one: tuple[str, str | None, str], action: str, pattern: AccessPattern) -> bool:
    return one[:2] == (action, pattern.index) and fnmatchcase(one[2], pattern.leading_keys or "")
