"""The description says what the handlers do, is published as it is, and tells what a client would break on."""

import copy
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from blog.posts.model import CURSOR, LIMIT
from openapi import __main__ as publishing
from openapi import handlers
from openapi.changes import breaks
from openapi.document import document
from openapi.page import page
from openapi.schemas import BODIES, PARAMETERS
from tests.openapi.conformance import is_valid, validate

PUBLISHED = json.loads(publishing.FILE.read_text())


def test_the_published_description_and_its_page_are_those_of_the_code() -> None:
    assert publishing.FILE.read_text() == publishing.text(document())
    assert publishing.PAGE.read_text() == page(document())


def test_a_branch_without_a_description_has_no_clients_to_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for command in (["init", "--initial-branch=main"], [*identity, "commit", "--allow-empty", "--message=first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.setattr(publishing, "ROOT", tmp_path)
    assert publishing.main(["main"]) == 0
    assert capsys.readouterr().out == ("No openapi.json has been published there: there are no clients to break\n")


def test_writes_need_a_token_and_reads_do_not() -> None:
    needs = {
        f"{method.upper()} {path}": bool(operation["security"])
        for path, item in PUBLISHED["paths"].items()
        for method, operation in item.items()
    }
    assert needs == {
        "POST /users": True,
        "GET /users/{userId}": False,
        "PATCH /users/{userId}": True,
        "DELETE /users/{userId}": True,
        "POST /users/{userId}/posts": True,
        "GET /users/{userId}/posts": False,
        "GET /posts/{postId}": False,
        "DELETE /posts/{postId}": True,
    }


def test_an_update_requires_the_version_and_names_every_refusal() -> None:
    update = PUBLISHED["paths"]["/users/{userId}"]["patch"]
    header = next(one for one in update["parameters"] if one["name"] == "If-Match")
    assert (header["in"], header["required"]) == ("header", True)
    assert list(update["responses"]) == [
        *("200", "400", "401", "403", "404", "409", "412", "413", "428", "429", "500", "503")
    ]


def test_each_code_stands_with_its_status() -> None:
    problems = {
        status: response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        for status, response in PUBLISHED["components"]["responses"].items()
    }
    assert problems == {
        "400": ["invalid-request"],
        "401": ["unauthenticated"],
        "403": ["forbidden"],
        "404": ["not-found"],
        "409": ["already-exists", "concurrent-request"],
        "412": ["stale-version"],
        "413": ["too-large"],
        "422": ["idempotency-key-reused"],
        "428": ["version-required"],
        "429": ["too-many-requests"],
        "500": ["internal"],
        "503": ["try-again"],
    }


def test_every_example_is_valid_and_every_reference_leads_somewhere() -> None:
    for schema in PUBLISHED["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        for example in schema.get("examples", []):
            validate(schema, example)
    for reference in re.findall(r'"\$ref": "#/components/(\w+)/([\w-]+)"', json.dumps(PUBLISHED)):
        assert reference[1] in PUBLISHED["components"][reference[0]]


@pytest.mark.parametrize(
    ("body", "value", "valid"),
    [
        ("new_user", {"userId": "ada", "name": "Ada", "email": "ada@example.com"}, True),
        ("new_user", {"userId": "ada", "name": "Ada"}, False),
        ("new_user", {"userId": "Ada", "name": "Ada", "email": "ada@example.com"}, False),
        ("new_user", {"userId": "ada", "name": "Ada\nByron", "email": "ada@example.com"}, False),
        ("user_changes", {"name": "Ada"}, True),
        ("user_changes", {}, False),
        ("new_post", {"title": "A", "text": "B", "owner": "C"}, False),
    ],
)
def test_the_schemas_of_bodies_take_and_refuse_what_the_models_do(
    body: str, value: dict[str, str], valid: bool
) -> None:
    assert is_valid(BODIES[body][1], value) is valid


def test_a_limit_is_the_same_number_in_the_description_and_in_the_model() -> None:
    schema = PARAMETERS["limit"]
    assert (schema["minimum"], schema["maximum"]) == (1, 100)
    taken = [number for number in range(-1, 200) if LIMIT.pattern.fullmatch(str(number))]
    assert (taken[0], taken[-1], len(taken)) == (1, 100, 100)
    assert is_valid(PARAMETERS["cursor"], "a" * 200)
    assert not is_valid(PARAMETERS["cursor"], "a" * 201)
    assert CURSOR.name == "cursor"


def test_patterns_need_no_surrogates_which_many_engines_cannot_compile() -> None:
    assert re.findall(r"\\+u[dD][89a-fA-F]", publishing.FILE.read_text()) == []


def _at(*path: str) -> Callable[[Any], Any]:
    def find(whole: Any) -> Any:
        for name in path:
            whole = whole[name]
        return whole

    return find


_UPDATE = _at("paths", "/users/{userId}", "patch")
_NEW_POST = _at("components", "schemas", "NewPost")
_POST = _at("components", "schemas", "Post")


CHANGES: list[tuple[Callable[[Any], object], list[str]]] = [
    (
        lambda one: one["paths"].pop("/posts/{postId}"),
        ["GET /posts/{postId} is gone", "DELETE /posts/{postId} is gone"],
    ),
    (
        lambda one: one["paths"]["/posts/{postId}"]["get"].update(security=[{"token": []}]),
        ["GET /posts/{postId} needs a token now"],
    ),
    (
        lambda one: _UPDATE(one)["parameters"].pop(),
        ["PATCH /users/{userId} no longer takes If-Match in the header"],
    ),
    (
        lambda one: _UPDATE(one)["parameters"][0]["schema"].update(pattern="^a"),
        ["PATCH /users/{userId} takes other values of userId in the path"],
    ),
    (
        lambda one: one["paths"]["/users"]["post"]["parameters"][0].update(required=True),
        ["POST /users requires Idempotency-Key in the header now"],
    ),
    (
        lambda one: _NEW_POST(one)["properties"].pop("text"),
        ["POST /users/{userId}/posts no longer takes text in the body"],
    ),
    (
        lambda one: _NEW_POST(one)["properties"]["title"].update(pattern="^.{1,10}$"),
        ["POST /users/{userId}/posts takes other values of title in the body"],
    ),
    (
        lambda one: (
            _NEW_POST(one)["properties"].update(tag={"type": "string"}),
            _NEW_POST(one)["required"].append("tag"),
        ),
        ["POST /users/{userId}/posts requires tag in the body now"],
    ),
    (
        lambda one: one["paths"]["/posts/{postId}"]["get"]["responses"].pop("200"),
        ["GET /posts/{postId} no longer answers 200"],
    ),
    (
        lambda one: one["paths"]["/posts/{postId}"]["get"]["responses"]["200"]["headers"].pop("etag"),
        ["GET /posts/{postId} no longer sends etag with 200"],
    ),
    (
        lambda one: _POST(one)["properties"].pop("title"),
        [
            "GET /users/{userId}/posts answers 200 without posts[].title",
            "POST /users/{userId}/posts answers 201 without title",
            "GET /posts/{postId} answers 200 without title",
        ],
    ),
    (
        lambda one: _POST(one)["required"].remove("title"),
        [
            "GET /users/{userId}/posts answers 200 with an optional posts[].title",
            "POST /users/{userId}/posts answers 201 with an optional title",
            "GET /posts/{postId} answers 200 with an optional title",
        ],
    ),
    (
        lambda one: _at("components", "schemas", "Page", "properties", "nextCursor")(one).update(type="integer"),
        ["GET /users/{userId}/posts answers 200 with another type of nextCursor"],
    ),
    (
        lambda one: one["info"].update(version="0.9.0"),
        ["the version is 0.9.0, but 1.0.0 has been published"],
    ),
    (lambda one: (one["paths"].pop("/users"), one["info"].update(version="2.0.0")), []),
    (lambda one: one["paths"].update({"/tags": {"get": {}}}), []),
    (lambda one: _POST(one)["properties"].update(tag={"type": "string"}), []),
    (lambda one: _NEW_POST(one)["properties"].update(tag={"type": "string"}), []),
    (lambda one: _NEW_POST(one)["properties"]["title"].update(description="The first line."), []),
]


@pytest.mark.parametrize(("change", "reasons"), CHANGES)
def test_a_change_breaks_clients_or_it_does_not(change: Callable[[Any], object], reasons: list[str]) -> None:
    changed = copy.deepcopy(PUBLISHED)
    change(changed)
    assert breaks(PUBLISHED, changed) == reasons


def test_a_breaking_change_is_refused_with_what_to_do_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.deepcopy(PUBLISHED)
    before["paths"]["/tags"] = {"get": {"security": []}}
    file = tmp_path / "openapi.json"
    file.write_text(publishing.text(before))
    monkeypatch.setattr(publishing, "FILE", file)
    assert publishing.main([]) == 1
    assert capsys.readouterr().err == (
        "clients of the API would break:\n  - GET /tags is gone\n"
        "Keep what was there and add what is new; or, if it must break, raise the first number of VERSION in"
        " openapi/document.py, say so in CHANGELOG.md, and run `make contract`.\n"
    )
    assert json.loads(file.read_text()) == before


def test_a_reference_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert publishing.main(["no-such-reference"]) == 1
    assert capsys.readouterr().err.startswith("git ls-tree --name-only no-such-reference openapi.json: fatal: ")


def test_a_handler_that_cannot_be_described_is_named_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "get_tag.py").write_text('"""Reads a tag."""\n')
    monkeypatch.setattr(handlers, "FUNCTIONS", tmp_path)
    wanted = "functions/get_tag.py: start its docstring with the route, and define one `handler`"
    with pytest.raises(handlers.HandlerError, match=re.escape(wanted)):
        handlers.read("get_tag")
