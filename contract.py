"""Publishes `outputs.py` as a JSON Schema, and refuses a change on which a reader of the outputs would break.

`make contract` compares the outputs with the schema that is there, and writes the new one. `python -m contract REF`
compares them with the schema at a git reference, such as the branch that a pull request goes to, and writes nothing.
"""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pulumi

from outputs import Outputs, camel

FILE = Path(__file__).parent / "outputs.schema.json"

type Schema = dict[str, Any]

_SHAPES: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    list[str]: {"type": "array", "items": {"type": "string"}},
    dict[str, str]: {"type": "object", "additionalProperties": {"type": "string"}},
}


class ContractError(Exception):
    """The outputs cannot be published as they are; the message has a line for each reason, and what to do."""


def schema(outputs: type = Outputs) -> Schema:
    """Describe the outputs as a JSON Schema, https://json-schema.org/draft/2020-12.

    Args:
        outputs: A dataclass with a field for each output, each described under "Attributes" of its docstring. A field
            that may be None is an output that not every stack has. The default of `version` is the contract's version.

    Raises:
        ContractError: A field has no description, or a type that other projects cannot read.
    """
    attributes = (inspect.getdoc(outputs) or "").partition("Attributes:\n")[2]
    described: dict[str, str] = dict(re.findall(r"^ {4}(\w+): (.+(?:\n {8,}.+)*)", attributes, re.MULTILINE))
    version: int = outputs.__dict__["version"]
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for name, hint in get_type_hints(outputs).items():
        if name not in described:
            raise ContractError(f"outputs.py: {name} has no description; add one under Attributes")
        (kind, *others), optional = _kinds(hint)
        if others or kind not in _SHAPES:
            known = ", ".join(getattr(shape, "__name__", str(shape)) for shape in _SHAPES)
            raise ContractError(f"outputs.py: {name} is {hint}, but has to be one of {known}, or an Output of it")
        properties[camel(name)] = {**_SHAPES[kind], "description": " ".join(described[name].split())}
        if not optional:
            required.append(camel(name))
    properties["version"]["const"] = version
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Outputs of a stack of the blog, version {version}",
        "type": "object",
        "properties": properties,
        "required": required,
    }


def breaks(published: Schema, proposed: Schema) -> list[str]:
    """Say on which changes a reader of the published outputs would break; none if the version has grown."""
    before, after = published["properties"], proposed["properties"]
    old, new = before["version"]["const"], after["version"]["const"]
    if new > old:
        return []
    if new < old:
        return [f"version is {new}, but {old} has been published"]
    reasons: list[str] = []
    for name, shape in before.items():
        if name not in after:
            reasons.append(f"{name} is gone")
        elif _type(shape) != _type(after[name]):
            reasons.append(f"{name} was of type {_type(shape)} and is now {_type(after[name])}")
        elif name in published["required"] and name not in proposed["required"]:
            reasons.append(f"{name} was always there and is now optional")
    return reasons


def compare(published: Schema, proposed: Schema) -> None:
    """Refuse a breaking change.

    Raises:
        ContractError: A reader of the published outputs would break, and the version says nothing of it.
    """
    if reasons := breaks(published, proposed):
        raise ContractError(
            "other projects that read the outputs would break:\n"
            + "".join(f"  - {reason}\n" for reason in reasons)
            + "Keep what was there and add what is new beside it; or, if it must break, raise Outputs.version in"
            " outputs.py, say so in CHANGELOG.md, and run `make contract`."
        )


def text(proposed: Schema) -> str:
    """Write a schema as the file has it."""
    return json.dumps(proposed, indent=2) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Compare with a git reference, or else with the file, which is then written anew; return the exit status."""
    try:
        proposed = schema()
        if arguments:
            compare(_published(arguments[0]), proposed)
            print(f"Whoever reads the outputs of {arguments[0]} can read these")
        else:
            compare(json.loads(FILE.read_text(encoding="utf-8")), proposed)
            FILE.write_text(text(proposed), encoding="utf-8")
            print(f"{FILE.name} is up to date, version {proposed['properties']['version']['const']}")
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _published(reference: str) -> Schema:
    command = ["git", "show", f"{reference}:{FILE.name}"]
    done = subprocess.run(command, cwd=FILE.parent, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ContractError(f"{' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def _kinds(hint: Any) -> tuple[list[object], bool]:
    """Give the types that a field may have, seen through Output, and whether it may be None."""
    if get_origin(hint) is pulumi.Output:
        return _kinds(get_args(hint)[0])
    if get_origin(hint) not in (Union, UnionType):  # `Output[str] | None` is the former, `str | None` the latter
        return [hint], False
    kinds = [kind for member in get_args(hint) if member is not NoneType for kind in _kinds(member)[0]]
    return kinds, NoneType in get_args(hint)


def _type(shape: Schema) -> str:
    return shape["type"] if "items" not in shape else f"array of {_type(shape['items'])}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
