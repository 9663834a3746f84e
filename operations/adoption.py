"""Takes a resource that exists already into a stack whose program declares it.

Source: https://www.pulumi.com/docs/iac/adopting-pulumi/import/
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from operations.stack import OperationError, Stack


def adopt(stack: Stack, type_: str, name: str, id_: str) -> int:
    """Import a resource under the place that the program has for it; nothing of it changes yet.

    Args:
        stack: The stack, deployed before.
        type_: Pulumi's name of the type, such as `aws:s3/bucket:Bucket`.
        name: The resource's name in the program, such as `blog-dev-media`.
        id_: By which the provider finds it, such as the name of a bucket.

    Returns:
        The exit status of the import.

    Raises:
        OperationError: The program would not create such a resource: it is there already, or not declared.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "import.json"
        stack.answer("preview", "--import-file", str(file))
        wanted: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**wanted, "resources": _chosen(wanted, type_, name, id_)}), encoding="utf-8")
        # The program says what is protected; code for it is written already.
        return stack.pulumi("import", "--yes", "--file", str(file), "--protect=false", "--generate-code=false")


def _chosen(wanted: dict[str, Any], type_: str, name: str, id_: str) -> list[dict[str, Any]]:
    """The resource and the new components around it."""
    new: list[dict[str, Any]] = wanted.get("resources") or []
    found = [one for one in new if one["type"] == type_ and one.get("logicalName", one["name"]) == name]
    if not found:
        raise OperationError(
            f"the program would not create {type_} {name}: declare it first, or look whether the stack has it already"
        )
    around: list[dict[str, Any]] = []
    parent = found[0].get("parent")
    while parent:
        component = next((one for one in new if one["name"] == parent), None)
        if component is None:
            break
        around.insert(0, component)
        parent = component.get("parent")
    return [*around, {**found[0], "id": id_}]
