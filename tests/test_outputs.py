"""The outputs as a contract: published as a schema, and never broken unnoticed."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest

import contract
from contract import Schema


@dataclass(frozen=True, kw_only=True)
class Example:
    """A contract.

    Attributes:
        api_url: Where the API answers,
            without a slash.
        domain: A name of one's own.
        zones: Where it stands.
        version: Of the contract.
    """

    api_url: pulumi.Output[str]
    domain: pulumi.Output[str] | None
    zones: list[str]
    version: int = 3


def changed(**properties: Any) -> Schema:
    """The schema of the example with other properties; None removes one."""
    base = contract.schema(Example)
    merged = base["properties"] | properties
    return {
        **base,
        "properties": {name: shape for name, shape in merged.items() if shape is not None},
        "required": [name for name in base["required"] if merged[name] is not None],
    }


def test_the_schema_in_the_repository_is_that_of_the_outputs() -> None:
    stale = contract.FILE.read_text() != contract.text(contract.schema())
    assert not stale, "outputs.schema.json is not that of outputs.py: run `make contract`"


def test_the_schema_is_one_that_validators_take() -> None:
    jsonschema.Draft202012Validator.check_schema(contract.schema())


def test_a_field_is_published_with_its_type_its_description_and_whether_it_is_always_there() -> None:
    published = contract.schema(Example)
    assert published["properties"] == {
        "apiUrl": {"type": "string", "description": "Where the API answers, without a slash."},
        "domain": {"type": "string", "description": "A name of one's own."},
        "zones": {"type": "array", "items": {"type": "string"}, "description": "Where it stands."},
        "version": {"type": "integer", "description": "Of the contract.", "const": 3},
    }
    assert published["required"] == ["apiUrl", "zones", "version"]


def test_a_field_without_a_description_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Undescribed:
        secret: str
        version: int = 1

    with pytest.raises(contract.ContractError, match=r"outputs\.py: secret has no description"):
        contract.schema(Undescribed)


def test_a_field_of_a_type_that_other_languages_cannot_read_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Odd:
        """A contract.

        Attributes:
            path: Somewhere.
            version: Of the contract.
        """

        path: Path
        version: int = 1

    with pytest.raises(contract.ContractError, match=r"path is .*Path.*has to be one of str"):
        contract.schema(Odd)


def test_what_is_added_breaks_nobody() -> None:
    assert contract.breaks(contract.schema(Example), changed(queueUrl={"type": "string"})) == []


def test_a_description_may_change() -> None:
    assert contract.breaks(contract.schema(Example), changed(apiUrl={"type": "string", "description": "New."})) == []


def test_an_optional_output_may_become_one_that_is_always_there() -> None:
    always = changed()
    always["required"] = [*always["required"], "domain"]
    assert contract.breaks(contract.schema(Example), always) == []


@pytest.mark.parametrize(
    ("proposed", "reason"),
    [
        (changed(apiUrl=None), "apiUrl is gone"),
        (changed(domain=None), "domain is gone"),
        (changed(apiUrl={"type": "integer"}), "apiUrl was of type string and is now integer"),
        (changed(zones={"type": "string"}), "zones was of type array of string and is now string"),
        ({**changed(), "required": ["zones", "version"]}, "apiUrl was always there and is now optional"),
        (changed(version={"type": "integer", "const": 2}), "version is 2, but 3 has been published"),
    ],
    ids=["removed", "optional removed", "type", "list", "newly optional", "older version"],
)
def test_a_change_on_which_a_reader_would_break_is_refused_with_its_reason(proposed: Schema, reason: str) -> None:
    assert contract.breaks(contract.schema(Example), proposed) == [reason]


def test_the_next_version_may_break() -> None:
    proposed = changed(apiUrl=None, version={"type": "integer", "const": 4})
    assert contract.breaks(contract.schema(Example), proposed) == []


def test_the_command_refuses_to_publish_a_breaking_change_and_leaves_the_schema_as_it_is(tmp_path: Path) -> None:
    for name in ("contract.py", "outputs.schema.json"):
        (tmp_path / name).write_text((contract.FILE.parent / name).read_text())
    source = (contract.FILE.parent / "outputs.py").read_text()
    (tmp_path / "outputs.py").write_text(source.replace("table_name:", "name_of_table:"))
    done = subprocess.run([sys.executable, "-m", "contract"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "tableName is gone" in done.stderr
    assert "raise Outputs.version" in done.stderr
    assert (tmp_path / "outputs.schema.json").read_text() == contract.FILE.read_text()


def test_the_command_compares_with_the_schema_of_another_branch(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    published = contract.schema()
    published["properties"]["queueUrl"] = {"type": "string"}
    for name in ("contract.py", "outputs.py"):
        (tmp_path / name).write_text((contract.FILE.parent / name).read_text())
    (tmp_path / "outputs.schema.json").write_text(json.dumps(published))
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "--message=published")
    (tmp_path / "outputs.schema.json").write_text(contract.FILE.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "contract", "main"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert (done.returncode, "queueUrl is gone" in done.stderr) == (1, True)
