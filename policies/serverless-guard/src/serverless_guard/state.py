"""From a stack's export, or the JSON of a preview, to the records that rules read: no engine and no cloud needed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Options, Resource
from serverless_guard.wire import UNKNOWNS, unwrapped

PROJECT = "project:///"
"""What the engine begins a source position with that it gives relative to the program's folder."""

EXPECTED = "give the output of `pulumi stack export` or of `pulumi preview --json`"


class StateError(Exception):
    """A file is neither a stack's export nor the JSON of a preview; the message says what to write instead."""


def read(content: object, *, production: bool | None = None) -> Program:
    """Read the resources of a stack.

    Args:
        content: The parsed JSON of `pulumi stack export` or of `pulumi preview --json`.
        production: Whether the stack is production; None takes what the config says that a preview's JSON holds, and
            production where it says nothing.

    Raises:
        StateError: It is neither.
    """
    if not isinstance(content, Mapping):
        raise StateError(EXPECTED)
    body = cast("Mapping[str, Any]", content)
    states = {state["urn"]: state for state in _states(body)}
    production = _production(body) if production is None else production
    resources = {urn: _resource(state, production=production) for urn, state in states.items()}
    given = {urn: str(state.get("provider") or "").rpartition("::")[0] for urn, state in states.items()}
    providers = {urn: resources[name].props for urn, name in given.items() if name in resources}
    return Program(
        tuple(replace(one, provider=providers.get(urn, Block({}))) for urn, one in resources.items()), production
    )


def _production(body: Mapping[str, Any]) -> bool:
    config = _object(body.get("config"))
    said = [str(value).lower() for key, value in config.items() if key.endswith(":production")]
    return "false" not in said


def _states(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the resources that are to exist: none that is about to be deleted, and none that is only read."""
    deployment, steps = body.get("deployment"), body.get("steps")
    if isinstance(deployment, Mapping):
        states = cast("Mapping[str, object]", deployment).get("resources")
    elif isinstance(steps, list):
        states = [one.get("newState") for step in cast("list[object]", steps) if (one := _object(step))]
    else:
        raise StateError(EXPECTED)
    if not isinstance(states, list | None):
        raise StateError(f"deployment.resources is not a list; {EXPECTED}")
    for index, given in enumerate(cast("list[object]", states or [])):
        state = _object(given)
        if given is None or state.get("delete") or state.get("external"):
            continue
        if not isinstance(state.get("urn"), str) or not isinstance(state.get("type"), str):
            raise StateError(f"the resource at position {index} lacks its urn or type; {EXPECTED}")
        yield state


def _resource(state: Mapping[str, Any], *, production: bool) -> Resource:
    urn = cast("str", state["urn"])
    return Resource(
        type=state["type"],
        name=urn.rpartition("::")[2],
        props=Block(_object(_plain(state.get("inputs"))), owner=urn),
        urn=urn,
        options=Options(
            protect=bool(state.get("protect")),
            retain_on_delete=bool(state.get("retainOnDelete")),
            ignore_changes=_texts(state.get("ignoreChanges")),
        ),
        depends={key: frozenset(_texts(urns)) for key, urns in _object(state.get("propertyDependencies")).items()},
        production=production,
        source=_source(state),
    )


def _source(state: Mapping[str, Any]) -> str:
    """Find the program's own line among those that the registration came through, the innermost first."""
    trace = state.get("stackTrace")
    frames = [_object(frame) for frame in cast("list[object]", trace)] if isinstance(trace, list) else []
    for position in (state.get("sourcePosition"), *(frame.get("sourcePosition") for frame in frames)):
        if isinstance(position, str) and position.startswith(PROJECT):
            path, _, line = position.removeprefix(PROJECT).partition("#")
            if not path.startswith("../") and "site-packages" not in path and line.isdigit():
                return f"{path}:{line}"
    return ""


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    items = cast("Sequence[object]", value) if isinstance(value, list) else ()
    return tuple(item for item in items if isinstance(item, str))


def _plain(value: object) -> Any:
    """Turn what the engine writes into plain values; a secret that is encrypted or left out counts as unknown."""
    if isinstance(value, Mapping):
        items = {key: _plain(item) for key, item in cast("Mapping[str, object]", value).items()}
        return UNKNOWN if "ciphertext" in items else unwrapped(items)
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    return UNKNOWN if isinstance(value, str) and (value in UNKNOWNS or value == "[secret]") else value
