"""From a stack's export, or the JSON of a preview, to the records that rules read: no engine and no cloud needed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from policies.record import UNKNOWN, Block, Options, Resource, Stack
from policies.wire import UNKNOWNS, unwrapped


class StateError(Exception):
    """A file is neither a stack's export nor the JSON of a preview; the message says what to write instead."""


def read(content: object, *, production: bool) -> Stack:
    """Read the resources of a stack.

    Args:
        content: The parsed JSON of `pulumi stack export` or of `pulumi preview --json`.
        production: Whether the stack is production.

    Raises:
        StateError: It is neither.
    """
    states = _states(content)
    resources = {state["urn"]: _resource(state, production=production) for state in states}
    given = {state["urn"]: str(state.get("provider") or "").rpartition("::")[0] for state in states}
    providers = {urn: resources[name].props for urn, name in given.items() if name in resources}
    return Stack(
        tuple(replace(one, provider=providers.get(urn, Block({}))) for urn, one in resources.items()), production
    )


def _states(content: object) -> list[Mapping[str, Any]]:
    body = cast("Mapping[str, Any]", content if isinstance(content, Mapping) else {})
    deployment, steps = body.get("deployment"), body.get("steps")
    if isinstance(deployment, Mapping):
        return list(cast("Mapping[str, list[Mapping[str, Any]]]", deployment).get("resources") or [])
    if isinstance(steps, list):
        return [step["newState"] for step in cast("list[Mapping[str, Any]]", steps) if step.get("newState")]
    raise StateError("give the output of `pulumi stack export` or of `pulumi preview --json`")


def _resource(state: Mapping[str, Any], *, production: bool) -> Resource:
    urn = cast("str", state["urn"])
    depends = cast("Mapping[str, Sequence[str]]", state.get("propertyDependencies") or {})
    return Resource(
        type=state["type"],
        name=urn.rpartition("::")[2],
        props=Block(cast("Mapping[str, Any]", _plain(state.get("inputs") or {})), owner=urn),
        urn=urn,
        options=Options(
            protect=bool(state.get("protect")),
            retain_on_delete=bool(state.get("retainOnDelete")),
            ignore_changes=tuple(state.get("ignoreChanges") or ()),
        ),
        depends={key: frozenset(urns or ()) for key, urns in depends.items()},
        production=production,
    )


def _plain(value: object) -> Any:
    """Turn what the engine writes into plain values; a secret that is encrypted or left out counts as unknown."""
    if isinstance(value, Mapping):
        items = {key: _plain(item) for key, item in cast("Mapping[str, object]", value).items()}
        return UNKNOWN if "ciphertext" in items else unwrapped(items)
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    return UNKNOWN if isinstance(value, str) and (value in UNKNOWNS or value == "[secret]") else value
