"""What a rule reads that looks at how resources relate: all of them, and who points at whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from serverless_guard.record import Resource
from serverless_guard.references import References

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Program:
    """All resources of a program, for the rules that look at how they relate.

    Attributes:
        resources: The resources, in the order of their registration.
        production: Whether the stack declares itself production.
        settings: Options of the rule that reads the record.
        references: Who points at whom; copies of the stack with other settings share it.
    """

    resources: tuple[Resource, ...]
    production: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    references: References = field(default_factory=lambda: References(()), repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look for references anew where the resources are others."""
        if self.references.resources is not self.resources:
            object.__setattr__(self, "references", References(self.resources))

    def of(self, *types: str) -> tuple[Resource, ...]:
        """Give the resources of the given types."""
        return self.references.of(types)

    def refers(self, source: Resource, path: str, target: Resource) -> bool:
        """Tell whether a property of one resource points at another one.

        Args:
            source: The resource that holds the property.
            path: The property; a dependency counts for the whole top-level property that it stands in.
            target: The resource pointed at, by dependency or by the value of its name, id or ARN; a function also
                through its alias.
        """
        return self.references.points(source, path, target)

    def referring(self, target: Resource, path: str, *types: str) -> list[Resource]:
        """Give the resources of the given types whose property points at a resource, as `refers` has it.

        Where a rule looks for them among all, this takes the time of one look instead of one for each.
        """
        return self.references.sources(target, path, types)

    def referred(self, source: Resource, path: str, *types: str) -> list[Resource]:
        """Give the resources of the given types that a property of a resource points at, as `refers` has it."""
        return self.references.targets(source, path, types)

    def derived(self, make: "Callable[[Program], T]") -> T:
        """Give what is computed of all resources once for all rules, such as the identities with their rights.

        Args:
            make: What computes it; the same one gives the same answer again.
        """
        known = self.references.derived
        if make not in known:
            known[make] = make(self)
        return known[make]
