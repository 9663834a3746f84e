"""The REST API of the stack options: what it keeps and how it answers, beside what an HTTP API answers."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from local.smoke import Answer, call
from tests.engine.workspace import Workspace

ORIGIN = "https://blog.example.com"


@pytest.fixture(scope="module")
def url(options: Workspace) -> str:
    return options.session("options").outputs()["apiUrl"]


@pytest.fixture(scope="module")
def alice(options: Workspace) -> Iterator[str]:
    """A token of somebody."""
    with options.token("options") as token:
        yield token


@pytest.fixture(scope="module")
def bob(options: Workspace) -> Iterator[str]:
    """A token of somebody else."""
    with options.token("options") as token:
        yield token


@pytest.fixture
def user(url: str, alice: str) -> str:
    """A user of Alice."""
    name = f"user-{secrets.token_hex(4)}"
    created = call("POST", f"{url}/users", token=alice, body=body(name))
    assert created.status == 201, created.body
    return name


def body(name: str) -> dict[str, str]:
    return {"userId": name, "name": "Ada Lovelace", "email": "ada@example.com"}


def problem(answer: Answer) -> tuple[int, str, list[str]]:
    """The status, the code and the fields of problem details, which have to be those of the answer."""
    found = json.loads(answer.body)
    assert found["status"] == answer.status
    assert answer.headers["content-type"] == "application/problem+json"
    assert found["requestId"] == answer.headers["x-request-id"]
    return answer.status, found["code"], [error["field"] for error in found.get("errors", [])]


def test_anybody_reads_and_pages_through_posts(url: str, alice: str, user: str) -> None:
    address = f"{url}/users/{user}/posts"
    for title in ("The first", "The second"):
        assert call("POST", address, token=alice, body={"title": title, "text": "Woven."}).status == 201
    newest = json.loads(call("GET", f"{address}?limit=1").body)
    oldest = json.loads(call("GET", f"{address}?limit=1&cursor={newest['nextCursor']}").body)
    assert [post["title"] for post in (*newest["posts"], *oldest["posts"])] == ["The second", "The first"]
    assert json.loads(call("GET", f"{url}/users/{user}").body)["name"] == "Ada Lovelace"


def test_one_changes_and_deletes_what_is_ones_own_alone(url: str, alice: str, bob: str, user: str) -> None:
    address = f"{url}/users/{user}"
    foreign = call("PATCH", address, token=bob, body={"name": "Bob"}, headers={"if-match": "*"})
    changed = call("PATCH", address, token=alice, body={"name": "Ada King"}, headers={"if-match": '"1"'})
    stale = call("PATCH", address, token=alice, body={"name": "Ada"}, headers={"if-match": '"1"'})
    deleted = call("DELETE", address, token=alice, headers={"if-match": "*"})
    assert problem(foreign)[:2] == (403, "forbidden")
    assert (changed.status, deleted.status) == (200, 204)
    assert problem(stale)[:2] == (412, "stale-version")
    assert problem(call("GET", address))[:2] == (404, "not-found")


def test_refusals_are_the_problem_details_of_the_functions(url: str, alice: str, user: str) -> None:
    taken = call("POST", f"{url}/users", token=alice, body=body(user))
    invalid = call("POST", f"{url}/users", token=alice, body={**body("other"), "email": "nobody"})
    assert problem(taken) == (409, "already-exists", [])
    assert problem(invalid) == (400, "invalid-request", ["email"])


def test_a_body_that_is_no_object_is_refused_in_the_same_words_before_a_function_runs(url: str, alice: str) -> None:
    listed: Any = ["no", "object"]
    refused = call("POST", f"{url}/users", token=alice, body=listed)
    assert problem(refused) == (400, "invalid-request", [])
    assert json.loads(refused.body)["detail"] == "the body must be a JSON object in UTF-8"


@pytest.mark.parametrize("token", [None, "not-a-token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."])
def test_a_write_without_a_token_of_the_pool_is_not_let_through(url: str, token: str | None) -> None:
    name = f"user-{secrets.token_hex(4)}"
    refused = call("POST", f"{url}/users", token=token, body=body(name))
    assert problem(refused) == (401, "unauthenticated", [])
    assert refused.headers["www-authenticate"] == "Bearer"
    assert call("GET", f"{url}/users/{name}").status == 404


def test_a_path_that_the_api_does_not_have_is_not_found(url: str) -> None:
    unknown = call("GET", f"{url}/nothing")
    assert problem(unknown) == (404, "not-found", [])


def test_browsers_hear_before_a_request_what_pages_of_the_origin_may_send(url: str) -> None:
    asked = {"origin": ORIGIN, "access-control-request-method": "PATCH"}
    told = call("OPTIONS", f"{url}/users/ada", headers=asked)
    assert told.status == 204
    allowed = {name: value for name, value in told.headers.items() if name.startswith("access-control")}
    assert allowed == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "GET,POST,PATCH,DELETE",
        "access-control-allow-headers": "authorization,content-type,idempotency-key,if-match",
        "access-control-max-age": "600",
    }


def test_pages_of_the_origin_may_read_answers_refusals_of_functions_and_those_of_the_gateway(
    url: str, user: str
) -> None:
    for answer in (
        call("GET", f"{url}/users/{user}", headers={"origin": ORIGIN}),
        call("GET", f"{url}/users/nobody", headers={"origin": ORIGIN}),
        call("POST", f"{url}/users", body={}, headers={"origin": ORIGIN}),
        call("GET", f"{url}/nothing", headers={"origin": ORIGIN}),
    ):
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "etag" in answer.headers["access-control-expose-headers"].split(",")


def test_the_stage_keeps_public_answers_alone_and_encrypted_on_a_cluster_of_its_size(options: Workspace) -> None:
    client = options.client("options", "apigateway")
    [api] = [one for one in client.get_rest_apis()["items"] if one["name"] == "blog-options-rest-api"]
    stage = client.get_stage(restApiId=api["id"], stageName="live")
    settings = stage["methodSettings"]
    assert (stage["cacheClusterEnabled"], stage["cacheClusterSize"], stage["tracingEnabled"]) == (True, "1.6", True)
    assert sorted(path for path, one in settings.items() if one["cachingEnabled"]) == [
        "posts/{postId}/GET",
        "users/{userId}/GET",
        "users/{userId}/posts/GET",
    ]
    assert {one["cacheDataEncrypted"] for one in settings.values()} == {True}
    assert settings["users/{userId}/posts/GET"]["cacheTtlInSeconds"] == 300


def test_a_firewall_guards_the_stage(options: Workspace) -> None:
    client = options.client("options", "apigateway")
    [api] = [one for one in client.get_rest_apis()["items"] if one["name"] == "blog-options-rest-api"]
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api['id']}/stages/live"
    guard = options.client("options", "wafv2").get_web_acl_for_resource(ResourceArn=arn)
    assert guard["WebACL"]["Name"] == "blog-options-api-firewall"
