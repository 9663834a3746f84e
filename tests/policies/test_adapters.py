"""Pack and `check` find the same in the same resources, whatever form these are in, and secrets hide nothing silently.

tests/engine/test_verdicts.py asks the real engine; here its messages are written from the program's registrations.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from serverless_guard import state
from serverless_guard.analyzer import Analyzer
from serverless_guard.enforcement import Enforcement
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Example, Rule, subject
from serverless_guard.secrecy import describe_passed, merge_hidden
from tests.policies import program
from tests.policies.project import PACK
from tests.policies.verdicts import Found, found_in, read_detail, settings

ROOT = Path(__file__).parents[2]
STACKS = {
    file.stem.removeprefix("Pulumi."): file
    for folder in (ROOT, ROOT / "tests/options")
    for file in sorted(folder.glob("Pulumi.*.yaml"))
}
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE, MARK = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
RETAIN = "the option retain_on_delete is not set: a replacement deletes the data"
"""The engine does not tell a pack of the option."""

each_stack = pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)


def written(value: object) -> Any:
    """Write a value as the engine does."""
    if isinstance(value, Mapping):
        return {key: written(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [written(item) for item in cast("list[object]", value)]
    return UNKNOWN_STRING if value is UNKNOWN else value


def exported(one: Resource, provider: str = "") -> dict[str, Any]:
    """Write a resource as an export has it."""
    return {
        "urn": one.urn,
        "type": one.type,
        "custom": one.custom,
        "inputs": written(one.props.values),
        "protect": one.options.protect,
        "retainOnDelete": bool(one.options.retain_on_delete),
        "ignoreChanges": list(one.options.ignore_changes),
        "propertyDependencies": {key: sorted(urns) for key, urns in one.depends.items()},
        **({"provider": f"{provider}::id"} if provider else {}),
    }


def states(stack: Program) -> list[dict[str, Any]]:
    """Write all resources, each with the provider whose inputs it has."""
    providers = {id(one.props): one.urn for one in stack.resources if one.type.startswith("pulumi:providers:")}
    return [exported(one, providers.get(id(one.provider), "")) for one in stack.resources]


def export(stack: Program, secret: Callable[[object], object] = written) -> dict[str, Any]:
    """Write an export, in which each input is a secret."""
    given = states(stack)
    for one in given:
        one["inputs"] = {key: secret(value) for key, value in one["inputs"].items()}
    return {"version": 3, "deployment": {"resources": given}}


def preview(stack: Program) -> dict[str, Any]:
    steps = [{"op": "create", "urn": one["urn"], "newState": one} for one in states(stack)]
    config = {"blog:production": str(stack.production).lower()}
    return {"config": config, "steps": steps, "changeSummary": {"create": len(steps)}}


def shown(value: object) -> object:
    """Write a secret as `--show-secrets` does."""
    return {SIGNATURE: MARK, "plaintext": json.dumps(value)}


def by_pack(stack: Program) -> Found:
    """Ask the pack as the engine does in a preview."""
    analyzer = Analyzer(PACK)
    name = stack.resources[0].urn.split("::")[0].rpartition(":")[2]
    config = {"blog:production": str(stack.production).lower()}
    configured = proto.AnalyzerStackConfigureRequest(project="blog", stack=name, dry_run=True, config=config)
    analyzer.ConfigureStack(configured, None)
    resources: list[proto.AnalyzerResource] = []
    for one in stack.resources:
        inputs, of_provider = struct_pb2.Struct(), struct_pb2.Struct()
        inputs.update(written(one.props.values))
        of_provider.update(written(one.provider.values))
        options = proto.AnalyzerResourceOptions(
            protect=one.options.protect, ignoreChanges=list(one.options.ignore_changes)
        )
        provider = proto.AnalyzerProviderResource(type="pulumi:providers:aws", properties=of_provider)
        has_provider = one.custom and not one.type.startswith("pulumi:providers:")
        request = proto.AnalyzeRequest(
            type=one.type,
            name=one.name,
            urn=one.urn,
            properties=inputs,
            options=options,
            provider=provider if has_provider else None,
        )
        assert not analyzer.Analyze(request, None).diagnostics
        depends = {key: proto.AnalyzerPropertyDependencies(urns=sorted(urns)) for key, urns in one.depends.items()}
        resources.append(proto.AnalyzerResource(type=one.type, urn=one.urn, propertyDependencies=depends))
    answer = analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None)
    told = answer.diagnostics
    return Counter(key for one in told for key in read_detail(one.policyName, one.urn, one.message))


def without_retain(found: Found) -> Found:
    return Counter({key: count for key, count in found.items() if key[2] != RETAIN})


@each_stack
def test_pack_and_check_of_a_preview_find_the_same(stack: Path) -> None:
    whole = program.records(stack)
    pack = by_pack(whole)
    assert pack
    assert without_retain(found_in(state.read(preview(whole)))) == pack


@each_stack
def test_a_preview_an_export_and_one_that_shows_secrets_have_one_verdict(stack: Path) -> None:
    whole = program.records(stack)
    found = found_in(state.read(preview(whole)))
    assert found_in(state.read(export(whole), production=whole.production)) == found
    assert found_in(state.read(export(whole, shown), production=whole.production)) == found


def test_what_secrets_hide_of_a_stack_is_one_finding_and_one_note() -> None:
    whole = program.records(STACKS["prod"])
    given = state.read(export(whole, lambda _: "[secret]"), production=True)
    enforced = settings(production=True)
    found = merge_hidden(
        [finding for one in given.program.resources for finding in enforced.evaluate(one)], given.secrets, enforced
    )
    (stopped,) = (one for one in found if "a secret hides" in one.message)
    assert len(stopped.rules) > 50
    assert stopped.resource is None
    assert not [one for one in found if one.unknown]


VIOLATIONS = [(rule, example) for rule in every_rule() if not rule.stack for example in rule.bad]


@pytest.mark.parametrize(("rule", "example"), VIOLATIONS, ids=lambda one: one.id if isinstance(one, Rule) else "")
def test_a_violation_in_a_secret_is_undecided_or_noted_and_never_passes_in_silence(
    rule: Rule, example: Example
) -> None:
    """A secret counts as set, so one that holds nothing is left out."""
    resource = subject(rule, example)
    assert isinstance(resource, Resource)
    inputs = cast("dict[str, Any]", written(example.props))
    for name in (name for name, value in inputs.items() if value not in ("", [], {}, None)):
        one = {"urn": f"urn:pulumi:prod::blog::{resource.type}::subject", "type": resource.type}
        given = state.read({"deployment": {"resources": [one | {"inputs": inputs | {name: "[secret]"}}]}})
        (made,) = given.program.resources
        enforced = Enforcement(production=True, rules=(rule,), levels={rule.id: "mandatory"})
        noted = describe_passed(given.program, enforced, given.secrets)
        assert rule.findings(made, example.settings) or f" {rule.id} (subject.{name})" in noted, name
