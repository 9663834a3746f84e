"""Requests generated from the description (schemathesis), sent to the deployed API of both kinds.

The seed is fixed, so that each run sends the same requests. Both kinds get them in the same order, and have to give the
same answers: those of the description.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from schemathesis import GenerationMode

from local.smoke import call
from tests.engine.workspace import Workspace
from tests.openapi.conformance import DESCRIPTION

EXAMPLES = 12
"""Requests of each operation and kind of data: eight operations, three kinds of data, two APIs."""

schemathesis: Any = import_module("schemathesis")  # its types are partly unknown
checks: Any = import_module("schemathesis.specs.openapi.checks")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.content_type_conformance,
    checks.negative_data_rejection,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()]
KNOWN = {"userId": "fuzzed-user", "postId": "0" * 32}
"""What stands in a request for the user and the post that are there; of the post, each API chooses its own id."""

VARYING = ("createdAt", "updatedAt", "postId", "requestId", "nextCursor")
"""What tells two answers to the same request apart by nature."""


@dataclass(frozen=True)
class Api:
    """A deployed API and a token of somebody."""

    url: str
    token: str

    def create(self, user: str) -> str:
        """Create a user with a post, and give the id of the post."""
        body = {"userId": user, "name": "Ada", "email": "ada@example.com"}
        assert call("POST", f"{self.url}/users", token=self.token, body=body).status == 201
        post = {"title": "Notes", "text": "Woven."}
        created = call("POST", f"{self.url}/users/{user}/posts", token=self.token, body=post)
        assert created.status == 201
        return json.loads(created.body)["postId"]

    def answer(self, case: Any, user: str, post: str) -> tuple[int, object]:
        """Send a request, check the answer against the description, and give what both kinds have to agree on."""
        sent = case.path_parameters
        case.path_parameters = {
            name: {KNOWN["userId"]: user, KNOWN["postId"]: post}.get(value, value) for name, value in sent.items()
        }
        headers = {"authorization": f"Bearer {self.token}"} if case.operation.definition.raw["security"] else {}
        response = case.call(base_url=self.url, headers=headers)
        case.validate_response(response, checks=CHECKS)
        case.path_parameters = sent
        # Nobody can change what an HTTP API answers without a function.
        by_gateway = response.status_code == 401
        text = response.content.decode().replace(post, KNOWN["postId"]).replace(user, KNOWN["userId"])
        return response.status_code, None if by_gateway or not text else constant(json.loads(text))


@pytest.fixture(scope="module")
def apis(workspace: Workspace, options: Workspace) -> Iterator[tuple[Api, Api]]:
    """The HTTP API of one stack and the REST API of another."""
    workspace.up("dev")
    with workspace.token("dev") as first, options.token("options") as second:
        yield (
            Api(workspace.session("dev").outputs()["apiUrl"], first),
            Api(options.session("options").outputs()["apiUrl"], second),
        )


def constant(body: Any) -> Any:
    """A body without what differs from one answer to the next."""
    if isinstance(body, dict):
        members = cast("dict[str, Any]", body)
        return {name: constant(value) for name, value in members.items() if name not in VARYING}
    return [constant(each) for each in cast("list[Any]", body)] if isinstance(body, list) else body


@pytest.mark.parametrize("data", ["valid", "valid of what is there", "invalid"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_both_kinds_answer_alike_and_as_described(apis: tuple[Api, Api], operation: Any, data: str) -> None:
    mode = GenerationMode.NEGATIVE if data == "invalid" else GenerationMode.POSITIVE
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path}
    chosen = {"path_parameters": known} if data == "valid of what is there" and known else {}
    user = f"fuzzed-{secrets.token_hex(4)}"
    posts = [api.create(user) for api in apis]

    @seed(20261123)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=operation.as_strategy(generation_mode=mode, **chosen))
    def send(case: Any) -> None:
        # The local AWS decodes a percent sign in a path by one kind of API alone.
        assume("%25" not in case.as_curl_command().partition("?")[0])
        by_http, by_rest = (api.answer(case, user, post) for api, post in zip(apis, posts, strict=True))
        assert by_http == by_rest, case.as_curl_command()
        # A cursor that the description allows is still one that nobody has signed.
        assert data == "invalid" or "cursor" in case.query or by_http[0] != 400, by_http

    send()
