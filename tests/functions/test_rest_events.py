"""The events of a REST API, which the handlers of an HTTP API read as well."""

from typing import Any

import pytest

import create_user
import get_user
import list_posts
from blog import cors, endpoint
from blog.http import Request
from components.api.api import CORS_EXPOSED
from tests.functions.api import Table, call, event

ADA = '{"userId":"ada","name":"Ada","email":"ada@example.com"}'


def rest(route: str, **members: Any) -> dict[str, Any]:
    """An event as a REST API hands it over, where what is not there is null."""
    method, resource = route.split()
    authorizer = (
        {"authorizer": {"claims": {"sub": caller, "token_use": "access"}}}
        if (caller := members.pop("caller", None))
        else {}
    )
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json", **members.pop("headers", {})},
        "queryStringParameters": members.pop("query", None),
        "pathParameters": members.pop("path", None),
        "requestContext": {"requestId": "request-1", "resourcePath": resource, "stage": "live", **authorizer},
        "body": members.pop("body", None),
        "isBase64Encoded": False,
        **members,
    }


@pytest.mark.parametrize(
    ("route", "members"),
    [
        ("GET /users/{userId}", {"path": {"userId": "ada"}}),
        ("GET /users/{userId}/posts", {"path": {"userId": "ada"}, "query": {"limit": "1", "cursor": "a+b"}}),
        ("POST /users", {"body": ADA, "caller": "sub-ada"}),
        ("DELETE /posts/{postId}", {"path": {"postId": "0" * 32}, "caller": "sub-ada"}),
    ],
)
def test_the_same_request_reads_the_same_from_both_kinds_of_api(route: str, members: dict[str, Any]) -> None:
    by_http, by_rest = Request.of(event(route, **members)), Request.of(rest(route, **members))
    for name in ("id", "route", "path", "query", "claims", "body"):
        assert getattr(by_rest, name) == getattr(by_http, name)
    assert by_rest.headers["content-type"] == by_http.headers["content-type"]


def test_a_rest_api_leaves_paths_as_they_were_sent_and_an_http_api_has_decoded_them() -> None:
    assert Request.of(rest("GET /users/{userId}", path={"userId": "a%2Fb%25"})).path == {"userId": "a/b%"}
    assert Request.of(event("GET /users/{userId}", path={"userId": "a%2F"})).path == {"userId": "a%2F"}


def test_a_request_without_headers_has_none() -> None:
    bare = rest("GET /users/{userId}", path={"userId": "ada"}) | {"headers": None}
    assert Request.of(bare).headers == {}


def test_a_user_is_created_and_read_and_refusals_are_the_same(table: Table) -> None:
    created = call(create_user, rest("POST /users", body=ADA, caller="sub-ada"))
    taken = call(create_user, rest("POST /users", body=ADA, caller="sub-eve"))
    unsigned = call(create_user, rest("POST /users", body=ADA))
    read = call(get_user, rest("GET /users/{userId}", path={"userId": "ada"}))
    assert [created.status, taken.status, unsigned.status, read.status] == [201, 409, 401, 200]
    assert taken == call(create_user, event("POST /users", body=ADA, caller="sub-eve"))
    assert unsigned == call(create_user, event("POST /users", body=ADA))
    assert read == call(get_user, event("GET /users/{userId}", path={"userId": "ada"}))
    assert len(table.items()) == 1


@pytest.mark.usefixtures("table")
def test_pages_of_the_origin_may_read_answers_and_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "CORS", cors.headers("https://blog.example.com"))
    refused = call(list_posts, rest("GET /users/{userId}/posts", path={"userId": "nobody"}))
    assert refused.status == 404
    assert refused.headers["access-control-allow-origin"] == "https://blog.example.com"
    assert refused.headers["access-control-expose-headers"] == "etag,location,x-request-id"


@pytest.mark.usefixtures("table")
def test_without_an_origin_no_page_may() -> None:
    refused = call(list_posts, rest("GET /users/{userId}/posts", path={"userId": "nobody"}))
    assert [name for name in refused.headers if name.startswith("access-control")] == []


def test_functions_and_gateway_let_pages_read_the_same_headers() -> None:
    assert cors.EXPOSED == CORS_EXPOSED
