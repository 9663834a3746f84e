"""What a file says of a stack: the states of its resources, as `pulumi stack export` or `preview --json` wrote them.

A file that does not hold the whole stack is refused, for rules about what is missing would be decided by accident.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

EXPECTED: Final = "give the output of `pulumi stack export` or of `pulumi preview --json --show-sames`"

REMOVING: Final = frozenset({"delete"})
"""Operations after which a resource is gone. Source of all: pulumi/pulumi, pkg/resource/deploy/step.go."""
STATELESS: Final = frozenset(
    {*REMOVING, "delete-replaced", "discard", "discard-replaced", "remove-pending-replace", "refresh"}
)
"""Operations that leave no new state of a resource, or that a later step of the same resource replaces."""

REFUSED: Final = "mandatory policy violations, listed above; the stack is refused"
"""How the guard ends a preview: after everything is registered, so that the preview is complete."""


BY_A_PACK: Final = "error: preview failed"
"""All that a preview's JSON says where a policy pack has failed it."""


class StateError(Exception):
    """A file does not hold a stack that can be judged; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The resources of a stack and what else their file says.

    Attributes:
        states: The resources' states by URN, in the order of the file.
        config: The stack's config, of which an export has none.
        preview: Whether it is a preview: what is to be, and not what is.
        refused: The errors by which the guard has failed the preview; empty where it has not.
    """

    states: Mapping[str, Mapping[str, Any]]
    config: Mapping[str, Any]
    preview: bool
    refused: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The stack, as `project/stack`; empty where no resource tells."""
        whole = (urn for urn in self.states if urn.count("::") > 1)
        urns = sorted(whole, key=lambda urn: self.states[urn]["type"] != "pulumi:pulumi:Stack")
        if not urns:
            return ""
        stack, project, *_ = urns[0].split("::")
        return f"{project}/{stack.rpartition(':')[2]}"

    @property
    def project(self) -> str:
        """The name of the stack's project, empty where no resource tells."""
        return self.name.partition("/")[0]


def read(content: object) -> Snapshot:
    """Read the states of a stack's resources.

    Args:
        content: The parsed JSON of an export, of a preview, or of a stack's file in a backend of one's own.

    Raises:
        StateError: It is none of them, or not the whole stack.
    """
    body = mapping(content)
    config = mapping(body.get("config"))
    deployment = body.get("deployment", mapping(body.get("checkpoint")).get("latest"))
    if isinstance(deployment, Mapping):
        return Snapshot(_exported(cast("Mapping[str, Any]", deployment)), config, preview=False)
    if "steps" in body or "changeSummary" in body:
        return Snapshot(_previewed(body), config, preview=True, refused=_errors(body))
    if "deployment" in body:
        raise StateError(f"the stack has never been deployed; {NOTHING}")
    raise StateError(EXPECTED)


NOTHING: Final = "there is nothing to judge: give the output of `pulumi preview --json --show-sames`"


def _exported(deployment: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the resources of an export: none that is about to be deleted, and none that is only read."""
    given = deployment.get("resources")
    if not isinstance(given, list | None):
        raise StateError(f"deployment.resources is not a list; {EXPECTED}")
    if pending := sequence(deployment.get("pending_operations")):
        first = mapping(mapping(pending[0]).get("resource")).get("urn", "a resource")
        raise StateError(
            f"{len(pending)} operations were interrupted, the first on {first}, so that it is not known what exists; "
            "run `pulumi refresh`, then export again"
        )
    states = [
        _state(state, f"the resource at position {index}")
        for index, state in enumerate(sequence(cast("object", given)))
    ]
    kept = {one["urn"]: one for one in states if not one.get("delete") and not one.get("external")}
    if not kept:
        raise StateError(f"the export has no resources; {NOTHING}")
    return kept


def _previewed(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the resources that are to be: none that is deleted, and none that is only read."""
    steps = [mapping(step) for step in sequence(body.get("steps"))]
    _check_success(body)
    _check_unchanged(body, steps)
    kept: dict[str, Mapping[str, Any]] = {}
    for index, step in enumerate(steps):
        operation, where = step.get("op"), f"the step at position {index}"
        if operation in STATELESS:
            if operation in REMOVING:
                kept.pop(str(step.get("urn")), None)
            continue
        if step.get("newState") is None:
            raise StateError(f"{where} ({operation} of {step.get('urn')}) lacks its newState; {EXPECTED}")
        state = _state(step["newState"], where)
        kept.pop(state["urn"], None)
        if not state.get("external"):
            kept[state["urn"]] = state
    if not kept:
        raise StateError(f"the preview has no resources; {EXPECTED}")
    return kept


def _check_success(body: Mapping[str, Any]) -> None:
    errors = _errors(body)
    if errors == (BY_A_PACK,):
        raise StateError("a policy pack failed the preview; leave --policy-pack out, then preview again")
    if errors and not any(REFUSED in error for error in errors):
        raise StateError(
            f"the preview failed, so that it does not hold the whole stack: {errors[0]}; "
            "correct the program, then preview again"
        )


def _errors(body: Mapping[str, Any]) -> tuple[str, ...]:
    said = [mapping(one) for one in sequence(body.get("diagnostics"))]
    return tuple(str(one.get("message")).strip() for one in said if one.get("severity") == "error")


def _check_unchanged(body: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> None:
    """Compare what the preview counted with the steps that it shows; it hides unchanged resources by default."""
    shown = Counter(step.get("op") for step in steps)
    for operation, count in mapping(body.get("changeSummary")).items():
        missing = count - shown[operation] if isinstance(count, int) else 0
        if missing > 0 and operation == "same":
            raise StateError(
                f"the preview leaves out {missing} unchanged resources; run `pulumi preview --json --show-sames`"
            )
        if missing > 0:
            raise StateError(
                f"the preview counts {count} steps of {operation} and shows {shown[operation]}; {EXPECTED}"
            )


def _state(given: object, where: str) -> Mapping[str, Any]:
    state = mapping(given)
    if not isinstance(state.get("urn"), str) or not isinstance(state.get("type"), str):
        raise StateError(f"{where} lacks its urn or type; {EXPECTED}")
    return state


def sequence(value: object) -> list[object]:
    """Give a list of the file, empty where something else stands there."""
    return cast("list[object]", value) if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object of the file, empty where something else stands there."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
