"""What the functions do to the table, against what they are granted."""

from fnmatch import fnmatchcase
from types import ModuleType

import pytest

import create_user
import delete_user
import get_user
import update_user
from access_patterns import ACCESS_PATTERNS
from tests.functions.api import Table, call, event

ADA = '{"userId":"ada","name":"Ada","email":"ada@example.com"}'
KEY = {"idempotency-key": "key-1"}
VERSION = {"if-match": '"1"'}
PATH = {"userId": "ada"}
MEMBERS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def touched(table: Table) -> set[tuple[str, str]]:
    """The IAM action and the partition key of each thing that reached the table."""
    found: set[tuple[str, str]] = set()
    for operation, params in table.calls:
        # A transaction is authorised as the single writes that it is made of.
        parts = [
            (MEMBERS[member], part) for item in params.get("TransactItems", ()) for member, part in item.items()
        ] or [(operation, params)]
        for action, part in parts:
            found.add((action, (part.get("Key") or part["Item"])["PK"]["S"]))
    return found


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
    ],
    ids=["create", "create with a key", "get", "update", "delete"],
)
def test_a_function_touches_the_table_only_as_its_access_pattern_grants(
    table: Table, function: ModuleType, sent: list[dict[str, object]]
) -> None:
    if function is not create_user:
        call(create_user, event("POST /users", body=ADA, caller="ada"))
        table.calls.clear()
    for one in sent:
        assert call(function, one).status < 500
    granted = ACCESS_PATTERNS[function.__name__.replace("_", "-")]
    assert {action for action, _ in touched(table)} == set(granted.actions)
    assert all(fnmatchcase(key, granted.leading_keys) for _, key in touched(table))
    assert granted.index is None
