"""The rules as policies of Pulumi's SDK, asked by the SDK's own servicer: they find what the fast analyzer finds."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy import EnforcementLevel, PolicyPack
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]  the judge itself

from serverless_guard import policies
from serverless_guard.analyzer import Analyzer
from serverless_guard.pack import Pack
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.least_privilege.waivers import waiver_valid
from serverless_guard.rules.rule import Example, Rule, subject
from tests.policies.project import PACK
from tests.policies.verdicts import SAME_CAUSE, read_detail

STACK = proto.AnalyzerStackConfigureRequest(project="shop", stack="prod", dry_run=True)
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2-correct-horse"}
KEY, TABLE, FUNCTION = "aws:kms/key:Key", "aws:dynamodb/table:Table", "aws:lambda/function:Function"
RULES = {rule.id for rule in every_rule()}
ALSO = re.compile("also undecided: .*")
Diagnostics = Iterable[proto.AnalyzeDiagnostic]


def servicer(pack: Pack, *, production: bool | None = True, names: Sequence[str] = ()) -> Any:
    """The SDK's servicer, as `PolicyPack` starts it."""
    chosen = [one for one in policies(pack, production=production) if not names or one.name in names]
    return _PolicyAnalyzerServicer("theirs", "1.0.0", chosen, EnforcementLevel.ADVISORY)


def fast(pack: Pack) -> Analyzer:
    analyzer = Analyzer(pack)
    analyzer.ConfigureStack(STACK, None)
    return analyzer


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::shop::{kind}::{name}"


def request(kind: str, name: str, /, **properties: Any) -> proto.AnalyzeRequest:
    wire = struct_pb2.Struct()
    wire.update(properties)
    return proto.AnalyzeRequest(type=kind, name=name, urn=urn(kind, name), properties=wire)


def wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: wire(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [wire(item) for item in cast("Sequence[Any]", value)]
    return UNKNOWN_STRING if value is UNKNOWN else value


def example_requests(rules: Iterable[Rule]) -> Iterator[proto.AnalyzeRequest]:
    """The first good and bad example of each rule, as resources of one program."""
    for rule in rules:
        for verdict, example in (("good", rule.good[0]), ("bad", rule.bad[0])):
            for position, record in enumerate(records(rule, example)):
                given = request(record.type, f"{rule.id}-{verdict}-{position}", **wire(dict(record.props.values)))
                given.options.protect = record.options.protect
                given.options.ignoreChanges.extend(record.options.ignore_changes)
                given.provider.properties.update(wire(dict(record.provider.values)))
                yield given


def records(rule: Rule, example: Example) -> tuple[Resource, ...]:
    made = subject(rule, example)
    return (made,) if isinstance(made, Resource) else made.resources


def analyzed(analyzer: Any, requests: Sequence[proto.AnalyzeRequest]) -> list[proto.AnalyzeDiagnostic]:
    """What is found of each resource and then of the stack."""
    found: list[proto.AnalyzeDiagnostic] = []
    for one in requests:
        for diagnostic in analyzer.Analyze(one, None).diagnostics:
            diagnostic.urn = one.urn
            found.append(diagnostic)
    resources = [
        proto.AnalyzerResource(
            type=one.type,
            name=one.name,
            urn=one.urn,
            properties=one.properties,
            options=one.options,
            provider=one.provider,
        )
        for one in requests
    ]
    return [*found, *analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None).diagnostics]


def decided(diagnostics: Diagnostics) -> dict[tuple[str, str, str], tuple[str, int, int]]:
    """What was found in which words, with message, level and severity.

    The fast analyzer gives one diagnostic for all findings of one cause: those of further rules have no message here.
    """
    return {
        found: ("" if SAME_CAUSE in one.message else one.message, one.enforcementLevel, one.severity)
        for one in diagnostics
        if "cannot decide" not in one.message
        for found in read_detail(one.policyName, one.urn, one.message)
    }


def undecided(diagnostics: Diagnostics) -> set[tuple[str, str]]:
    """Each rule that could not decide; the fast analyzer gives one finding for all that wait for the same value."""
    return {
        (name, one.urn)
        for one in diagnostics
        if "cannot decide" in one.message
        for name in (one.policyName, *re.findall(r"[a-z0-9-]+", (ALSO.search(one.message) or [""])[0]))
        if name in RULES
    }


def test_each_rule_has_the_level_severity_fix_and_options_that_the_fast_analyzer_describes():
    theirs = servicer(PACK).GetAnalyzerInfo(empty_pb2.Empty(), None).policies
    ours = {one.name: one for one in fast(PACK).GetAnalyzerInfo(empty_pb2.Empty(), None).policies}
    assert {one.name for one in theirs} == {*ours, "accepted-findings"}
    for one in theirs:
        if one.name not in {"accepted-findings", "waiver-valid"}:
            assert json_format.MessageToDict(one) == json_format.MessageToDict(ours[one.name])


def test_the_examples_of_all_rules_get_the_same_findings_and_words():
    requests = list(example_requests(rule for rule in every_rule() if rule is not waiver_valid))
    theirs, ours = analyzed(servicer(PACK), requests), analyzed(fast(PACK), requests)
    single, every = decided(ours), decided(theirs)
    assert len(single) > len(every_rule())
    assert set(every) == set(single)
    assert {found: every[found] for found in single if single[found][0]} == {
        found: said for found, said in single.items() if said[0]
    }
    assert undecided(theirs) == undecided(ours)


def test_an_unknown_value_keeps_the_rule_s_own_level():
    table = request(TABLE, "t", serverSideEncryption={"enabled": UNKNOWN_STRING})
    (found,) = servicer(Pack(), names=["dynamodb-cmk"]).Analyze(table, None).diagnostics
    assert found.enforcementLevel == proto.MANDATORY
    assert found.message.splitlines()[1] == "cannot decide: serverSideEncryption.enabled is not known at preview"


def test_an_unknown_value_is_advice_where_the_settings_say_so(tmp_path: Path):
    (tmp_path / "enforcement.yaml").write_text("every: {undecided: advisory}\n")
    table = request(TABLE, "t", serverSideEncryption={"enabled": UNKNOWN_STRING})
    (found,) = servicer(Pack(tmp_path), names=["dynamodb-cmk"]).Analyze(table, None).diagnostics
    assert found.enforcementLevel == proto.ADVISORY
    assert found.message.endswith(
        "during preview: string value at .serverSideEncryption.enabled can't be known during preview"
    )
    decided = request(TABLE, "t", serverSideEncryption={"enabled": False})
    (found,) = servicer(Pack(tmp_path), names=["dynamodb-cmk"]).Analyze(decided, None).diagnostics
    assert found.enforcementLevel == proto.MANDATORY


def configured(pack: Any, name: str, level: proto.EnforcementLevel.ValueType, **options: Any) -> Any:
    config = proto.PolicyConfig(enforcementLevel=level)
    config.properties.update(options)
    pack.Configure(proto.ConfigureAnalyzerRequest(policyConfig={name: config}), None)
    return pack


def test_what_the_engine_configures_wins_over_the_pack_s_settings(tmp_path: Path):
    (tmp_path / "enforcement.yaml").write_text("every: {dynamodb-pitr: {level: advisory, minimumDays: 7}}\n")
    table = request(TABLE, "t", pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 14})
    subject = servicer(Pack(tmp_path), names=["dynamodb-pitr"])
    assert list(subject.Analyze(table, None).diagnostics) == []
    (found,) = configured(subject, "dynamodb-pitr", proto.MANDATORY, minimumDays=35.0).Analyze(table, None).diagnostics
    assert found.enforcementLevel == proto.MANDATORY


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"enableKeyRotation": True}),
        ({"policy": UNKNOWN_STRING}, {"policy": UNKNOWN_STRING, "enableKeyRotation": True}),
        ({"description": SECRET}, {"description": SECRET, "enableKeyRotation": True}),
    ],
)
def test_a_remediation_gives_what_the_fast_analyzer_gives(given: dict[str, Any], expected: dict[str, Any]):
    for pack in (servicer(Pack()), fast(Pack())):
        answer = configured(pack, "kms-rotation", proto.REMEDIATE).Remediate(request(KEY, "k", **given), None)
        (remediation,) = answer.remediations
        assert remediation.policyName == "kms-rotation"
        assert json_format.MessageToDict(remediation.properties) == expected


def test_what_keeps_the_rule_is_not_remediated():
    subject = configured(servicer(Pack()), "kms-rotation", proto.REMEDIATE)
    assert list(subject.Remediate(request(KEY, "k", enableKeyRotation=True), None).remediations) == []


@pytest.mark.parametrize(
    ("production", "config", "level"),
    [
        (True, {}, proto.MANDATORY),
        (False, {}, proto.DISABLED),
        (None, {}, proto.MANDATORY),
        (None, {"shop:production": "false"}, proto.DISABLED),
        (None, {"shop:production": "true"}, proto.MANDATORY),
        (None, {"other:production": "false"}, proto.MANDATORY),
    ],
)
def test_levels_are_those_of_production_unless_something_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    production: bool | None,
    config: dict[str, str],
    level: proto.EnforcementLevel.ValueType,
):
    monkeypatch.setenv("PULUMI_PROJECT", "shop")
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    subject = servicer(Pack(), production=production)
    described = {one.name: one for one in subject.GetAnalyzerInfo(empty_pb2.Empty(), None).policies}
    assert described["dynamodb-cmk"].enforcementLevel == level


WAIVER = f"""
- rule: kms-rotation
  resource: {KEY}::waived
  finding: enableKeyRotation is not true
  reason: The partner rotates this key by hand every quarter.
  owner: payments
  expires: 2026-12-31
- rule: kms-rotation
  resource: {KEY}::gone
  finding: enableKeyRotation is not true
  reason: The partner rotates this key by hand every quarter.
  owner: payments
  expires: 2026-12-31
"""


def test_waivers_and_the_baseline_are_honoured_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("serverless_guard.waivers.datetime", Noon)
    (tmp_path / "waivers.yaml").write_text(WAIVER)
    entry = {
        "severity": "medium",
        "rule": "kms-rotation",
        "resource": urn(KEY, "recorded"),
        "finding": "enableKeyRotation is not true",
    }
    section: dict[str, Any] = {"totals": {}, "findings": [entry]}
    (tmp_path / "baseline.json").write_text(json.dumps({"version": 1, "stacks": {"shop/prod": section}}))
    subject = servicer(Pack(tmp_path), names=["kms-rotation", "waiver-valid", "accepted-findings"])
    found = analyzed(subject, [request(KEY, name) for name in ("waived", "recorded", "new")])
    assert [(one.policyName, one.urn) for one in found if one.policyName == "kms-rotation"] == [
        ("kms-rotation", urn(KEY, "new"))
    ]
    (invalid,) = (one.message for one in found if one.policyName == "waiver-valid")
    assert "waivers.yaml, line 8: it covers nothing" in invalid
    waived, recorded = (one for one in found if one.policyName == "accepted-findings")
    assert f"[kms-rotation] {KEY}::waived: enableKeyRotation is not true; waived until 2026-12-31" in waived.message
    assert "baseline: 1 recorded findings are not shown: 1 medium" in recorded.message
    assert waived.enforcementLevel == recorded.enforcementLevel == proto.ADVISORY


class Noon:
    """Stands in for the clock on a day on which the waivers are in force."""

    @staticmethod
    def now(zone: Any) -> Any:
        from datetime import datetime  # noqa: PLC0415  the module's own name is replaced

        return datetime(2026, 11, 1, 12, tzinfo=zone)


def test_a_resource_that_is_analyzed_again_is_read_again():
    subject = servicer(Pack(), names=["kms-rotation", "kms-deletion-window"])
    assert [one.policyName for one in subject.Analyze(request(KEY, "k"), None).diagnostics][-1:] == ["kms-rotation"]
    assert (
        list(subject.Analyze(request(KEY, "k", enableKeyRotation=True, deletionWindowInDays=30), None).diagnostics)
        == []
    )


def test_the_policies_can_be_put_into_a_pack_with_others(monkeypatch: pytest.MonkeyPatch):
    served: list[str] = []

    class ServedError(Exception):
        pass

    def serve(_: object, name: str, *rest: Any) -> None:
        served.extend([name, *(one.name for one in rest[1])])
        raise ServedError

    monkeypatch.setattr(_PolicyAnalyzerServicer, "__init__", serve)
    with pytest.raises(ServedError):
        PolicyPack("theirs", [*policies()])
    assert served[:2] == ["theirs", every_rule()[0].id]


def test_neither_the_guard_nor_the_pack_nor_a_command_imports_pulumi_policy():
    program = (
        "import sys, serverless_guard.guard, serverless_guard.server, serverless_guard.cli\n"
        "print('pulumi_policy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_without_pulumi_policy_the_error_says_what_to_install():
    program = (
        "import sys; sys.modules['pulumi_policy'] = None\n"
        "import serverless_guard\n"
        "try: serverless_guard.policies()\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == 'policies() needs the package pulumi-policy: pip install "serverless-guard[sdk]"\n'
