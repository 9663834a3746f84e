"""The resources of a stack, as a preview will leave it or as its state has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from cost.tables import CostError
from cost.values import as_block, as_items

UNKNOWN_REGION = ""
"""The region of a resource whose provider does not say one."""


@dataclass(frozen=True)
class Resource:
    """One resource with the inputs that its price depends on.

    Attributes:
        type: Pulumi's type token.
        name: Its name in the program.
        components: The files of the components that it belongs to, the outermost first, such as
            `("imports", "queue", "dead_letters")`; empty for a resource of the program itself.
        inputs: Its inputs under Pulumi's names.
        region: Where it is, from its own input or from its provider.
        urn: Its name in the state.
        parent: The URN of the component that it belongs to.
        id: Its id, once it exists.
        references: URNs of the resources whose outputs an input is made of, by input. A preview's event log has none.
    """

    type: str
    name: str
    components: tuple[str, ...]
    inputs: Mapping[str, Any]
    region: str = UNKNOWN_REGION
    urn: str = ""
    parent: str = ""
    id: str = ""
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @property
    def component(self) -> str:
        """The outermost component, such as `monitoring`."""
        return self.components[0] if self.components else "__main__"

    @property
    def names(self) -> list[object]:
        """The names that AWS knows it by, as far as its inputs say them."""
        given = (self.inputs.get(key) for key in ("name", "identifier", "clusterIdentifier", "bucket"))
        return [name for name in given if name]

    def number(self, name: str, default: float = 0) -> float:
        """An input that is a number; what is left out or not yet known counts as the default."""
        try:
            return float(self.inputs.get(name, default))
        except (TypeError, ValueError):
            return default

    def items(self, name: str) -> Sequence[Any]:
        """An input that is a list."""
        return as_items(self.inputs.get(name))

    def block(self, name: str) -> Mapping[str, Any]:
        """An input that is an object."""
        return as_block(self.inputs.get(name))


@dataclass(frozen=True)
class Stack:
    """All resources of a stack."""

    resources: tuple[Resource, ...]

    def __iter__(self) -> Iterator[Resource]:
        """The resources in their order."""
        return iter(self.resources)

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of any of the types."""
        return [one for one in self.resources if one.type in types]

    def referred(self, by: Resource, name: str, *types: str) -> list[Resource]:
        """The resources of the types that an input names.

        A preview's event log does not say what an unknown input refers to; there, the only one under the same parent
        stands for it.
        """
        found = self.of_type(*types)
        value, urns = by.inputs.get(name), by.references.get(name)
        if urns:
            return [one for one in found if one.urn in urns]
        named = [one for one in found if value and value in one.names]
        beside = [one for one in found if one.parent == by.parent and one is not by]
        return named or (beside if len(beside) == 1 else [])


def read(document: Mapping[str, Any]) -> Stack:
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
    custom = [state for state in states if state and state.get("custom")]
    regions = dict(_provider_regions(custom))
    found = {state["urn"]: _resource(state, regions) for state in custom if not state.get("delete")}
    return Stack(tuple(one for one in found.values() if one.type.startswith("aws:")))


def _provider_regions(states: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for state in states:
        if state["type"] == "pulumi:providers:aws" and (region := as_block(state.get("inputs")).get("region")):
            yield state["urn"], region


def _resource(state: Mapping[str, Any], regions: Mapping[str, str]) -> Resource:
    # urn:pulumi:STACK::PROJECT::TYPES FROM THE OUTERMOST::NAME, https://www.pulumi.com/docs/iac/concepts/resources/names/
    _, _, kinds, name = cast("str", state["urn"]).split("::", 3)
    inputs = as_block(state.get("inputs"))
    # A provider is named by its URN and its id: urn::id.
    provider = (state.get("provider") or "").rpartition("::")[0]
    return Resource(
        type=state["type"],
        name=name,
        components=tuple(kind.split(":")[1] for kind in kinds.split("$")[:-1] if kind.count(":") > 1),
        inputs=inputs,
        region=inputs.get("region") or regions.get(provider, UNKNOWN_REGION),
        urn=state["urn"],
        parent=state.get("parent") or "",
        id=state.get("id") or "",
        references=as_block(state.get("propertyDependencies")),
    )
