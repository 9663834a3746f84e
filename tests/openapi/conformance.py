"""Whether an answer is one that the description of the API has."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DESCRIPTION = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())


def check(route: str, status: int, headers: Mapping[str, str], body: object) -> None:
    """Check the status, headers and body of an answer of a route, such as `GET /users/{userId}`.

    Raises:
        AssertionError: The description has no such answer.
    """
    method, path = route.split(" ")
    responses = DESCRIPTION["paths"][path][method.lower()]["responses"]
    assert str(status) in responses, f"{route} answers {status}, which openapi.json does not have"
    answer = resolve(responses[str(status)])
    required = [name for name, header in answer["headers"].items() if header.get("required")]
    assert [name for name in required if name not in headers] == []
    if "content" not in answer:
        assert body is None
        return
    validate(answer["content"][headers["content-type"]]["schema"], body)


def resolve(part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the description."""
    if "$ref" not in part:
        return part
    found: Any = DESCRIPTION
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def is_valid(schema: dict[str, Any], value: object) -> bool:
    """Whether a value is one of a schema of the description, which may refer to others there."""
    return _validator(json.dumps(schema)).is_valid(value)


def validate(schema: dict[str, Any], value: object) -> None:
    """Check a value against a schema of the description, which may refer to others there.

    Raises:
        ValidationError: The value is none of the schema.
    """
    _validator(json.dumps(schema)).validate(value)


@cache
def _validator(schema: str) -> Any:
    return Draft202012Validator({**json.loads(schema), "components": DESCRIPTION["components"]})
