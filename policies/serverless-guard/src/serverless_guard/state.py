"""From a stack's export, or the JSON of a preview, to the records that rules read: no engine and no cloud needed."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from serverless_guard.program import Program
from serverless_guard.record import Block, Options, Resource
from serverless_guard.secrecy import Secrets
from serverless_guard.serialized import hidden, plain
from serverless_guard.snapshot import EXPECTED, Snapshot, StateError, mapping, sequence
from serverless_guard.snapshot import read as read_snapshot
from serverless_guard.source_lines import program_line

STANDARD_INPUT: Final = Path("-")
PROVIDERS: Final = "pulumi:providers:"


@dataclass(frozen=True, slots=True)
class State:
    """A stack as its file tells it.

    Attributes:
        program: The resources, for the rules.
        name: The stack, as `project/stack`; empty where no resource tells.
        secrets: What secrets hide of the resources.
        refused: The errors by which the guard has failed the preview.
        notes: What the file does not tell and what was assumed instead, a sentence each.
    """

    program: Program
    name: str = ""
    secrets: Secrets = field(default_factory=Secrets)
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def load(file: Path, *, production: bool | None = None) -> State:
    """Read a stack from a file, in any of the encodings that JSON may have; `-` is standard input.

    Args:
        file: What `pulumi stack export` or `pulumi preview --json --show-sames` wrote.
        production: As for `read`.

    Raises:
        StateError: The file cannot be read, is not JSON, or does not hold a stack that can be judged.
    """
    name = "standard input" if file == STANDARD_INPUT else str(file)
    try:
        written = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
        return read(json.loads(written), production=production)
    except OSError as error:
        raise StateError(f"{name}: {error.strerror}; {EXPECTED}") from None
    except (ValueError, RecursionError) as error:
        raise StateError(f"{name} is not JSON ({error}); {EXPECTED}") from None
    except StateError as error:
        raise StateError(f"{name}: {error}") from None


def read(content: object, *, production: bool | None = None) -> State:
    """Read the resources of a stack.

    Args:
        content: The parsed JSON of an export or of a preview.
        production: Whether the stack is production; None takes what its config says under `<project>:production`, and
            production where it says nothing, as an export does.

    Raises:
        StateError: It is neither, or not the whole stack.
    """
    snapshot = read_snapshot(content)
    notes: list[str] = []
    if production is None:
        key = f"{snapshot.project}:production"
        production = str(snapshot.config.get(key, "true")).lower() != "false"
        if key not in snapshot.config and not snapshot.preview:
            notes.append(
                f"An export has no config, so {key} is taken for true: --development judges it as another stack."
            )
    hides = {urn: names for urn, state in snapshot.states.items() if (names := hidden(mapping(state.get("inputs"))))}
    secrets = Secrets(hides, {urn: set[str]() for urn in hides})
    resources = {
        urn: _resource(state, secrets.reads.get(urn), production=production) for urn, state in snapshot.states.items()
    }
    resources |= _default_providers(snapshot, production=production)
    given = {urn: _provider(state) for urn, state in snapshot.states.items()}
    providers = {urn: resources[name].props for urn, name in given.items() if name in resources}
    program = Program(
        tuple(replace(one, provider=providers.get(urn, Block({}))) for urn, one in resources.items()), production
    )
    return State(program, snapshot.name, secrets, snapshot.refused, tuple(notes))


def _provider(state: Mapping[str, Any]) -> str:
    """Give the URN of a resource's provider, which a state has together with the provider's id."""
    return str(state.get("provider") or "").rpartition("::")[0]


def _default_providers(snapshot: Snapshot, *, production: bool) -> dict[str, Resource]:
    """Give the default providers, which a preview leaves out, with the stack's config as their inputs.

    Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (newRegisterDefaultProviderEvent).
    """
    named = {_provider(state) for state in snapshot.states.values()} - snapshot.states.keys() - {""}
    found: dict[str, Resource] = {}
    for urn in sorted(named):
        *_, kind, name = urn.split("::")
        package = kind.removeprefix(PROVIDERS)
        if package == kind:
            continue
        prefix = f"{package}:"
        inputs = {key.removeprefix(prefix): value for key, value in snapshot.config.items() if key.startswith(prefix)}
        props = Block(plain(inputs), owner=urn)
        found[urn] = Resource(type=kind, name=name, props=props, urn=urn, production=production)
    return found


def _resource(state: Mapping[str, Any], reads: set[str] | None, *, production: bool) -> Resource:
    urn: str = state["urn"]
    inputs = mapping(state.get("inputs"))
    return Resource(
        type=state["type"],
        name=urn.rpartition("::")[2],
        props=Block(mapping(plain(inputs, reads)), owner=urn),
        urn=urn,
        options=Options(
            protect=bool(state.get("protect")),
            retain_on_delete=bool(state.get("retainOnDelete")),
            ignore_changes=_strings(state.get("ignoreChanges")),
        ),
        depends=_depends(state, inputs),
        outputs=_outputs(state),
        production=production,
        source=program_line(state),
        custom=bool(state.get("custom", True)),
    )


def _outputs(state: Mapping[str, Any]) -> Mapping[str, Any]:
    outputs, own = mapping(plain(state.get("outputs"))), state.get("id")
    return {**outputs, "id": own} if isinstance(own, str) and own else outputs


def _depends(state: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Give the URNs that each property takes its value from.

    Where a state does not tell them by property, as that of an imported resource, each property counts as made of
    all that the resource depends on, which is how the engine reads it (pkg/resource/deploy/source_eval.go).
    """
    told = mapping(state.get("propertyDependencies"))
    if not told:
        urns = _strings(state.get("dependencies"))
        return dict.fromkeys(inputs, frozenset(urns)) if urns else {}
    return {key: frozenset(_strings(urns)) for key, urns in told.items()}


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in sequence(value) if isinstance(item, str))
