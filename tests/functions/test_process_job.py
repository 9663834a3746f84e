"""Batches of rows on a table in memory: each row is written once in effect, and what fails is reported by itself."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import create_user
import delete_post
import delete_user
import process_job
import update_user
from blog.imports.jobs import Jobs
from blog.table import ContendedError
from tests.functions.api import Context, Table, call, event
from tests.functions.conftest import Clock

ADA = {"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.com", "owner": "sub-ada"}
NOTES = {"author": "ada", "title": "On engines", "text": "They weave.\n", "createdAt": "2026-03-01T01:00:00+01:00"}


@pytest.fixture(autouse=True)
def clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the other functions, which are called too."""
    monkeypatch.setattr(process_job.jobs, "_now", clock)
    return clock


def row(values: object, kind: str = "users", **more: object) -> dict[str, Any]:
    return {"upload": "u1", "line": 2, "kind": kind, "values": values, "unreadable": None, **more}


def user(**changes: str) -> dict[str, Any]:
    return row({**ADA, **changes})


def post(**changes: str) -> dict[str, Any]:
    return row({**NOTES, **changes}, "posts")


def take(*rows: object) -> list[int]:
    """Hand over a batch; return the numbers of the rows that are reported as failed."""
    bodies = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    answer = process_job.handler({"Records": records}, Context())
    assert set(answer) == {"batchItemFailures"}
    return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


def stored(table: Table) -> list[dict[str, Any]]:
    """What is in the table but receipts."""
    return [item for item in table.items() if item["SK"] != "RECEIPT"]


def test_a_user_is_stored_as_one_that_the_api_creates(table: Table) -> None:
    assert take(user()) == []
    [imported] = stored(table)
    body = json.dumps({name: ADA[name] for name in ("userId", "name", "email")} | {"userId": "eve"})
    call(create_user, event("POST /users", body=body, caller="sub-ada"))
    created = next(item for item in stored(table) if item["userId"] == "eve")
    assert imported == {**created, "PK": "USER#ada", "userId": "ada"}


def test_a_post_is_its_authors_and_stands_at_the_time_at_which_it_was_written(table: Table) -> None:
    assert take(user(), post()) == []
    [imported, _] = stored(table)
    post_id = imported["postId"]
    assert imported == {
        "PK": f"POST#{post_id}",
        "SK": "METADATA",
        "GSI1PK": "AUTHOR#ada",
        "GSI1SK": f"2026-03-01T00:00:00.000Z#{post_id}",
        "postId": post_id,
        "userId": "ada",
        "title": "On engines",
        "text": "They weave.\n",
        "owner": "sub-ada",
        "version": "1",
        "createdAt": "2026-03-01T00:00:00.000Z",
    }


def test_the_id_of_a_post_is_made_of_what_it_says_and_when(table: Table) -> None:
    same = [post(), post(createdAt="2026-03-01T00:00:00Z"), post(createdAt="2026-03-01T00:00:00.000000Z")]
    others = [post(title="Other"), post(text="Other"), post(createdAt="2026-03-01T00:00:01Z")]
    assert take(user(), *same, *others) == []
    posts = [item for item in stored(table) if item["SK"] == "METADATA"]
    assert len({item["postId"] for item in posts}) == len(posts) == 1 + len(others)
    assert all(len(item["postId"]) == 32 for item in posts)


def test_a_post_lives_from_its_import_on(table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: Any = process_job.jobs
    monkeypatch.setattr(process_job, "jobs", Jobs(parts._users, parts._posts, timedelta(days=1), clock))
    assert take(user(), post()) == []
    assert stored(table)[0]["expiresAt"] == str(int((clock.now + timedelta(days=1)).timestamp()))


def test_repeated_rows_change_nothing(table: Table, clock: Clock) -> None:
    take(user(), post())
    before = table.items()
    clock.advance(timedelta(hours=1))
    assert take(user(), post(), user(), post()) == []
    clock.advance(timedelta(days=2))
    assert take(user(), post()) == []
    assert stored(table) == [item for item in before if item["SK"] != "RECEIPT"]


def test_a_row_that_is_delivered_again_does_not_bring_back_what_was_deleted(table: Table) -> None:
    take(user(), post())
    post_id = stored(table)[0]["postId"]
    for function, route, path in (
        (delete_post, "DELETE /posts/{postId}", {"postId": post_id}),
        (delete_user, "DELETE /users/{userId}", {"userId": "ada"}),
    ):
        deleted = call(function, event(route, path=path, caller="sub-ada", headers={"if-match": "*"}))
        assert deleted.status == 204
    take(user(), post())
    assert [(item["PK"], "deletedAt" in item) for item in stored(table)] == [("USER#ada", True)]


def test_a_user_who_is_there_already_stays_as_it_is(table: Table, clock: Clock) -> None:
    take(user())
    clock.advance(timedelta(days=2))
    assert take(user()) == []
    assert take(user(name="Countess")) == [0]
    assert [item["name"] for item in stored(table)] == ["Ada Lovelace"]


def test_of_rows_with_the_same_new_handle_the_first_is_written_and_one_that_says_something_else_fails(
    table: Table,
) -> None:
    assert take(user(), user(), user(name="Countess"), user(email="countess@example.com")) == [2, 3]
    assert [item["name"] for item in stored(table)] == ["Ada Lovelace"]


def test_a_row_whose_user_was_changed_since_is_not_taken_for_another(table: Table, clock: Clock) -> None:
    take(user())
    changed = event("PATCH /users/{userId}", path={"userId": "ada"}, body='{"name": "Countess"}', caller="sub-ada")
    assert call(update_user, {**changed, "headers": {"if-match": "*"}}).status == 200
    clock.advance(timedelta(days=2))
    assert take(user()) == []
    assert [item["name"] for item in stored(table)] == ["Countess"]


def test_a_handle_that_is_anothers_or_was_is_not_taken_over(table: Table, clock: Clock) -> None:
    take(user())
    assert take(user(owner="sub-eve")) == [0]
    call(
        delete_user,
        event("DELETE /users/{userId}", path={"userId": "ada"}, caller="sub-ada", headers={"if-match": "*"}),
    )
    clock.advance(timedelta(days=2))
    assert take(user(owner="sub-eve"), user()) == [0, 1]
    assert "owner" not in stored(table)[0]


def test_a_post_waits_for_its_author(table: Table) -> None:
    assert take(post()) == [0]
    assert take(user()) == []
    assert take(post()) == []
    assert [item["SK"] for item in stored(table)] == ["METADATA", "PROFILE"]


def test_of_a_batch_only_the_rows_that_failed_are_reported_and_the_others_are_written(table: Table) -> None:
    nothing = "never closes"
    batch = [
        user(),
        user(userId="A!"),
        row(None, unreadable=nothing),
        "no json",
        "[]",
        "{}",
        row(ADA, "comments"),
        row({"userId": "eve"}),
        row({**ADA, "userId": 1}),
        post(createdAt="2026-02-30T00:00:00Z"),
        post(createdAt="1999-12-31T00:00:00Z"),
        post(createdAt="2026-03-01T00:00:00"),
        user(owner=""),
        user(userId="eve"),
    ]
    assert take(*batch) == list(range(1, len(batch) - 1))
    assert [item["PK"] for item in stored(table)] == ["USER#ada", "USER#eve"]


def test_a_row_that_another_message_is_writing_comes_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: Any = process_job.jobs

    def contended(*_: object) -> None:
        raise ContendedError

    with monkeypatch.context() as patch:
        patch.setattr(parts._users, "create", contended)
        assert take(user()) == [0]
    assert take(user()) == []
    assert len(stored(table)) == 1


def test_the_log_says_where_and_why_a_row_failed_and_nothing_of_what_it_holds(
    table: Table, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    secret = "lovelace@private"
    take(
        user(email=secret, name=""),
        row(None, unreadable="it is not in UTF-8", line=9),
        f'{{"{secret}"',
        post(author="nobody", title=secret),
        user(userId="eve", owner="sub-eve"),
        user(userId="eve", owner="sub-mallory"),
    )
    lines = [line for line in logs() if line["message"] == "not imported"]
    named = ("message_id", "upload", "line", "columns", "reason")
    assert [tuple(line.get(name) for name in named) for line in lines] == [
        ("0", "u1", 2, ["name", "email"], "InvalidError"),
        ("1", "u1", 9, [], "it is not in UTF-8"),
        ("2", "", 0, [], "the message is no row: JSONDecodeError"),
        ("3", "u1", 2, [], "there is no user that is its author"),
        ("5", "u1", 2, [], "the userId is taken, or was"),
    ]
    assert secret not in json.dumps(lines)
    assert len(stored(table)) == 1


def test_what_was_written_and_what_failed_is_counted(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    take(user(), post(), post(), user(userId="A!"))
    counted: dict[str, float] = {}
    for line in capsys.readouterr().out.splitlines():
        metric = json.loads(line)
        [name] = (one["Name"] for one in metric["_aws"]["CloudWatchMetrics"][0]["Metrics"])
        counted[name] = metric[name][0]
    assert counted == {"UsersImported": 1, "PostsImported": 1, "RowsFailed": 1}
    assert len(stored(table)) == 2


def test_every_line_about_a_row_has_the_id_of_its_upload(
    table: Table, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    take(user(), {**post(author="nobody"), "upload": "u2", "line": 7}, user(), "{}")
    named = ("message", "correlation_id", "line", "message_id", "new")
    assert [tuple(line.get(name) for name in named) for line in logs()] == [
        ("imported", "u1", 2, "0", True),
        ("not imported", "u2", 7, "1", None),
        ("imported", "u1", 2, "2", False),
        ("not imported", "", 0, "3", None),
    ]
    assert len(stored(table)) == 1
