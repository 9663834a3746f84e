"""The resources of a stack, as a preview will leave it or as its state has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cost.tables import CostError


@dataclass(frozen=True)
class Resource:
    """One resource with the inputs that its price depends on.

    Attributes:
        type: Pulumi's type token.
        name: Its name in the program.
        component: The file of the outermost component that it belongs to, such as `monitoring`.
        inputs: Its inputs under Pulumi's names.
    """

    type: str
    name: str
    component: str
    inputs: Mapping[str, Any]

    def number(self, name: str, default: float = 0) -> float:
        """An input that is a number; what is left out or not yet known counts as the default."""
        try:
            return float(self.inputs.get(name, default))
        except (TypeError, ValueError):
            return default

    def items(self, name: str) -> Sequence[Any]:
        """An input that is a list."""
        value = self.inputs.get(name)
        return cast("list[Any]", value) if isinstance(value, list) else []


def read(document: Mapping[str, Any]) -> tuple[Resource, ...]:
    """The resources in what `pulumi preview --json --show-sames`, or `pulumi stack export`, prints.

    Raises:
        CostError: It is neither.
    """
    if "steps" in document:
        gone = ("delete", "delete-replaced", "discard")
        states = [step.get("newState") for step in document["steps"] if step["op"] not in gone]
    elif "deployment" in document:
        states = document["deployment"].get("resources", [])
    else:
        raise CostError(
            "this is neither a preview nor a state: give what `pulumi preview --json --show-sames`, "
            "or `pulumi stack export`, prints"
        )
    found = {state["urn"]: _resource(state) for state in states if state and state.get("custom")}
    return tuple(resource for resource in found.values() if resource.type.startswith("aws:"))


def _resource(state: Mapping[str, Any]) -> Resource:
    # urn:pulumi:STACK::PROJECT::TYPES FROM THE OUTERMOST::NAME, https://www.pulumi.com/docs/iac/concepts/resources/names/
    _, _, kinds, name = cast("str", state["urn"]).split("::", 3)
    outermost = kinds.split("$")[0]
    component = outermost.split(":")[1] if "$" in kinds else "__main__"
    return Resource(state["type"], name, component, state.get("inputs", {}))
