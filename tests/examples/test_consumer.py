"""What another project reads of the blog is checked, typed, and part of the blog's contract."""

import ast
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import blog_outputs
from blog_outputs import BlogOutputs, BlogOutputsError, parse

ROOT = Path(__file__).parents[2]
CONSUMER = ROOT / "examples/consumer"
EXPORTED: dict[str, object] = {"apiUrl": "https://api.example.com", "region": "eu-central-1", "version": 1.0}
STACK = "organization/blog/dev"


def refusal(outputs: dict[str, object]) -> str:
    with pytest.raises(BlogOutputsError) as raised:
        parse(outputs, stack=STACK)
    return str(raised.value)


def test_the_outputs_come_with_their_types_and_what_is_not_needed_is_left_out() -> None:
    read = parse({**EXPORTED, "tableName": "blog-dev-table"}, stack=STACK)
    assert read == BlogOutputs(api_url="https://api.example.com", region="eu-central-1")


def test_what_it_needs_is_part_of_the_published_contract() -> None:
    contract: dict[str, Any] = json.loads((ROOT / "outputs.schema.json").read_text())
    assert contract["properties"]["version"]["const"] == blog_outputs.VERSION
    assert {field.name for field in fields(BlogOutputs)} == {"api_url", "region"}
    for name in ("apiUrl", "region"):
        assert contract["properties"][name]["type"] == "string"
        assert name in contract["required"]


def test_it_imports_nothing_of_the_blog() -> None:
    allowed = {"pulumi", "pulumi_aws", "blog_outputs", *sys.stdlib_module_names}
    files = list(CONSUMER.glob("*.py"))
    assert {file.name for file in files} == {"__main__.py", "blog_outputs.py"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed


def test_a_stack_that_was_never_deployed_is_named() -> None:
    assert refusal({}) == f"{STACK} exports nothing: deploy it first, with `pulumi up` in the blog's project"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (2.0, "exports version 2 of the contract, but this project reads version 1: see the blog's CHANGELOG.md"),
        (0.0, "exports version 0 of the contract, but this project reads version 1: deploy a newer blog"),
        (None, "exports no version of the contract, but this project reads version 1: deploy a newer blog"),
    ],
    ids=["newer", "older", "none"],
)
def test_another_version_of_the_contract_is_refused_with_what_to_do(version: float | None, said: str) -> None:
    assert said in refusal({**EXPORTED, "version": version})


@pytest.mark.parametrize("value", [None, 7.0], ids=["missing", "of another type"])
def test_an_output_that_cannot_be_used_is_named(value: object) -> None:
    assert "exports no text apiUrl: " in refusal({**EXPORTED, "apiUrl": value})


@pytest.mark.parametrize("name", ["dev", "blog/dev", "organization//dev", ""])
def test_the_name_of_a_stack_has_to_be_a_whole_one(name: str) -> None:
    with pytest.raises(BlogOutputsError, match="must be the whole name of a stack, such as organization/blog/dev"):
        blog_outputs.read(name)


def test_it_pins_the_versions_of_the_blog() -> None:
    pinned = (CONSUMER / "requirements.txt").read_text().splitlines()
    assert pinned
    assert [pin for pin in pinned if f'"{pin}"' not in (ROOT / "pyproject.toml").read_text()] == []
