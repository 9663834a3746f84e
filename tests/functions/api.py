"""The HTTP API before the functions, for tests: events as API Gateway sends them, to handlers on a table in memory."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.openapi.conformance import check

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "blog-test"


class Context(LambdaContext):
    @property
    def aws_request_id(self) -> str:
        return "function-request-1"


@dataclass(frozen=True)
class Received:
    """An answer as the client of the API sees it."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Table:
    """The table behind the API, and the calls that reach it: (operation, parameters)."""

    client: "DynamoDBClient"
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list[tuple[str, Mapping[str, Any]]])

    def items(self) -> list[dict[str, Any]]:
        """All items, in the order of their keys, with their values bare."""
        found = self.client.scan(TableName=TABLE)["Items"]
        bare = [{name: next(iter(value.values())) for name, value in item.items()} for item in found]
        return sorted(bare, key=lambda item: (str(item["PK"]), str(item["SK"])))


def event(
    route: str,
    *,
    path: Mapping[str, str] | None = None,
    body: str | None = None,
    encoded: bool = False,
    caller: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An event of an HTTP API, payload format 2.0, as AWS documents it."""
    method, pattern = route.split()
    raw_path = pattern.format(**(path or {}))
    authorizer = {"authorizer": {"jwt": {"claims": {"sub": caller, "token_use": "access"}, "scopes": None}}}
    sent: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": raw_path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "content-type": "application/json",
            "host": "id.execute-api.eu-central-1.amazonaws.com",
        }
        | dict(headers or {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "id",
            **(authorizer if caller is not None else {}),
            "domainName": "id.execute-api.eu-central-1.amazonaws.com",
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "request-1",
            "routeKey": route,
            "stage": "$default",
            "time": "23/Nov/2026:21:00:00 +0000",
            "timeEpoch": 1795467600000,
        },
        "isBase64Encoded": encoded,
    }
    if path:
        sent["pathParameters"] = dict(path)
    if query:
        sent["queryStringParameters"] = dict(query)
    if body is not None:
        sent["body"] = base64.b64encode(body.encode()).decode() if encoded else body
    return sent


def service_of(function: ModuleType) -> Any:
    """What a function of the API answers from: `users` or `posts`."""
    return function.users if hasattr(function, "users") else function.posts


def client_of(function: ModuleType) -> "DynamoDBClient":
    """The client that a function built when it was imported."""
    service = service_of(function)
    return (service._posts if hasattr(service, "_posts") else service._store)._table.client


def call(function: ModuleType, sent: Mapping[str, Any]) -> Received:
    """Invoke a function as the API does; its answer has to be one that the description of the API has."""
    handler = cast("Callable[[Mapping[str, Any], LambdaContext], dict[str, Any]]", function.handler)
    answer = handler(sent, Context())
    assert set(answer) <= {"statusCode", "headers", "body"}
    body = json.loads(answer["body"]) if "body" in answer else None
    route = sent.get("routeKey") or f"{sent['httpMethod']} {sent['resource']}"
    check(route, answer["statusCode"], answer["headers"], body)
    return Received(answer["statusCode"], answer["headers"], body)
