"""An existing stack adopts the pack: what is recorded does not fail, what is new or worse does."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from serverless_guard import baseline, cli
from serverless_guard.analyzer import Analyzer
from serverless_guard.baseline import Baseline, Entry
from serverless_guard.pack import Pack
from serverless_guard.record import Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Finding

BUCKET, KEY, QUEUE, ROLE_POLICY = (
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:sqs/queue:Queue",
    "aws:iam/rolePolicy:RolePolicy",
)
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RULE = next(rule for rule in every_rule() if rule.id == "kms-rotation")
LOW, OTHER, *_ = (rule for rule in every_rule() if rule.severity == "low")


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::legacy::{kind}::{name}"


def resource(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    return {"urn": urn(kind, name), "type": kind, "inputs": inputs}


def legacy(count: int) -> list[dict[str, Any]]:
    """Resources as somebody made them before there were rules."""
    kinds: list[tuple[str, dict[str, str]]] = [
        (BUCKET, {}),
        (KEY, {}),
        (QUEUE, {}),
        (ROLE_POLICY, {"role": "app", "policy": json.dumps(ADMIN)}),
    ]
    return [resource(kind, f"{kind[-3:]}{number}", **inputs) for number in range(count) for kind, inputs in kinds]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command on a stack in an empty folder: its status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str, stack: list[dict[str, Any]] | None = None) -> tuple[int, str, str]:
        Path("stack.json").write_text(json.dumps({"deployment": {"resources": stack or []}}))
        status = cli.main(words)
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return command


def recorded() -> dict[str, Any]:
    return json.loads(Path("baseline.json").read_text())["stacks"]["legacy/prod"]


def test_recorded_findings_do_not_fail_and_are_counted_in_one_line(run: Callable[..., Any]):
    stack = legacy(2)
    assert run("check", "stack.json", stack=stack)[0] == 1
    status, shown, _ = run("baseline", "stack.json", stack=stack)
    number = len(recorded()["findings"])
    assert status == 0
    assert shown.splitlines()[0].startswith(f"baseline.json: {number} findings of legacy/prod are recorded: ")
    status, shown, _ = run("check", "stack.json", stack=stack)
    assert status == 0
    first, *_, last = shown.splitlines()
    assert first.startswith(f"baseline: {number} recorded findings are not shown: ")
    assert last == "0 mandatory, 0 advisory"


def test_critical_findings_are_recorded_too_and_listed_first(run: Callable[..., Any]):
    _, shown, _ = run("baseline", "stack.json", stack=legacy(1))
    assert shown.splitlines()[1] == "critical, to be fixed first:"
    assert "  aws:iam/rolePolicy:RolePolicy::icy0: [iam-no-admin-statement] " in shown
    severities = [one["severity"] for one in recorded()["findings"]]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)
    assert severities[0] == "critical"


def test_a_new_resource_fails_beside_the_recorded_ones(run: Callable[..., Any]):
    run("baseline", "stack.json", stack=legacy(1))
    status, shown, _ = run("check", "stack.json", "--format", "json", stack=[*legacy(1), resource(KEY, "new")])
    assert status == 1
    assert {row["urn"] for row in json.loads(shown)} == {urn(KEY, "new")}


def test_a_worse_value_of_a_recorded_resource_fails(run: Callable[..., Any]):
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    before = [resource(ROLE_POLICY, "app", role="app", policy=json.dumps(narrow))]
    run("baseline", "stack.json", stack=before)
    assert run("check", "stack.json", stack=before)[0] == 0
    status, shown, _ = run(
        "check", "stack.json", stack=[resource(ROLE_POLICY, "app", role="app", policy=json.dumps(ADMIN))]
    )
    assert status == 1
    assert "[iam-no-admin-statement] policy.Statement[0] allows every action on every resource" in shown


def test_a_finding_that_could_not_be_decided_can_be_recorded(run: Callable[..., Any]):
    unknown = [resource(ROLE_POLICY, "app", role="app", policy=UNKNOWN)]
    assert "cannot decide" in run("check", "stack.json", stack=unknown)[1]
    run("baseline", "stack.json", stack=unknown)
    assert run("check", "stack.json", stack=unknown)[0] == 0


def test_what_is_fixed_is_reported_and_dropped_by_an_update(run: Callable[..., Any]):
    run("baseline", "stack.json", stack=legacy(2))
    before = len(recorded()["findings"])
    status, shown, _ = run("check", "stack.json", stack=legacy(1))
    gone = int(next(line for line in shown.splitlines() if "no longer occur" in line).split()[1])
    assert status == 0
    status, shown, _ = run("baseline", "stack.json", "--update", stack=legacy(1))
    assert status == 0
    assert f"{gone} recorded findings no longer occur and are dropped, {before - gone} remain: " in shown
    assert f"  dropped [kms-rotation] {urn(KEY, 'Key1')}: enableKeyRotation is not true" in shown
    assert len(recorded()["findings"]) == before - gone
    assert "no longer occur" not in run("check", "stack.json", stack=legacy(1))[1]


def test_a_dropped_finding_that_comes_back_fails(run: Callable[..., Any]):
    run("baseline", "stack.json", stack=legacy(2))
    run("baseline", "stack.json", "--update", stack=legacy(1))
    assert run("check", "stack.json", stack=legacy(2))[0] == 1


def test_an_update_adds_nothing_and_names_what_is_new(run: Callable[..., Any]):
    run("baseline", "stack.json", stack=legacy(1))
    before = recorded()["findings"]
    _, shown, _ = run("baseline", "stack.json", "--update", stack=[*legacy(1), resource(KEY, "new")])
    assert recorded()["findings"] == before
    assert "new, and not covered:\n  aws:kms/key:Key::new: " in shown


def test_a_stack_is_recorded_anew_only_when_that_is_asked_for(run: Callable[..., Any]):
    run("baseline", "stack.json", stack=legacy(1))
    number = len(recorded()["findings"])
    status, _, refused = run("baseline", "stack.json", stack=legacy(2))
    assert status == 2
    assert refused == (
        f"baseline.json has a baseline of legacy/prod with {number} findings; --update drops what no longer occurs, "
        "--replace records the stack anew\n"
    )
    assert run("baseline", "stack.json", "--replace", stack=legacy(2))[0] == 0
    assert len(recorded()["findings"]) > number


def test_an_update_needs_a_baseline_and_a_baseline_needs_a_stack(run: Callable[..., Any]):
    status, _, refused = run("baseline", "stack.json", "--update", stack=legacy(1))
    assert (status, refused) == (2, "baseline.json has no baseline of legacy/prod; `baseline FILE` records one\n")
    status, _, refused = run("baseline")
    assert status == 2
    assert refused.startswith("baseline: no file is given; give what `pulumi stack export` or ")
    status, _, refused = run("baseline", "--burn-down")
    assert (status, refused) == (2, "baseline.json does not exist; `baseline FILE` records today's findings\n")


def test_the_burn_down_shows_the_totals_of_each_day(tmp_path: Path, run: Callable[..., Any]):
    file = tmp_path / "baseline.json"
    first, second = (
        [Entry("critical", RULE.id, urn(KEY, str(number)), "x") for number in range(count)] for count in (4, 1)
    )
    baseline.write(file, "legacy/prod", [*first, Entry("low", LOW.id, urn(KEY, "a"), "x")], date(2026, 11, 30))
    baseline.write(file, "legacy/prod", second, date(2026, 12, 7))
    assert run("baseline", "--burn-down")[1].splitlines() == [
        "legacy/prod  critical      high    medium       low   total",
        "2026-11-30          4         0         0         1       5  ########################################",
        "2026-12-07          1         0         0         0       1  ########",
    ]


def test_a_stack_s_section_leaves_the_others_as_they_are(tmp_path: Path):
    file = tmp_path / "baseline.json"
    entry = Entry("high", RULE.id, urn(KEY, "a"), "x")
    baseline.write(file, "legacy/prod", [entry], date(2026, 11, 30))
    baseline.write(file, "legacy/dev", [], date(2026, 11, 30))
    assert baseline.read(file, "legacy/prod").entries == (entry,)
    assert baseline.read(file, "legacy/dev").entries == ()
    assert baseline.read(file, "other/prod") == Baseline()


def test_a_preview_that_the_guard_refused_before_it_was_recorded_passes_afterwards(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
):
    steps = [{"op": "create", "urn": one["urn"], "newState": one} for one in legacy(1)]
    words = "1 mandatory policy violations, listed above; the stack is refused"
    refused = {"steps": steps, "changeSummary": {"create": len(steps)}}
    run("list")
    Path("preview.json").write_text(json.dumps(refused | {"diagnostics": [{"severity": "error", "message": words}]}))
    assert cli.main(["baseline", "preview.json"]) == 0
    assert cli.main(["check", "preview.json"]) == 0
    Path("baseline.json").unlink()
    assert cli.main(["check", "preview.json"]) == 1
    capsys.readouterr()


def test_a_waiver_s_own_faults_are_never_recorded(tmp_path: Path, run: Callable[..., Any]):
    (tmp_path / "waivers.yaml").write_text("- rule: kms-rotation\n  reason: none\n")
    run("baseline", "stack.json", stack=legacy(1))
    assert "waiver-valid" not in {one["rule"] for one in recorded()["findings"]}
    status, shown, _ = run("check", "stack.json", stack=legacy(1))
    assert status == 1
    assert "[waiver-valid]" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not a baseline (JSONDecodeError: "),
        ("[]", "is not a baseline (TypeError: "),
        ('{"version": 1}', "is not a baseline (KeyError: 'stacks')"),
        (
            (
                '{"version": 1, "stacks": {"legacy/prod": {"totals": {}, "findings": '
                '[{"severity": "grave", "rule": "x", "resource": "x", "finding": "x"}]}}}'
            ),
            "is not a baseline (ValueError: severity is grave, must be one of critical, high, medium, low)",
        ),
        ('{"version": 2, "stacks": {}}', "version is 2, must be 1; upgrade serverless-guard"),
    ],
)
def test_a_damaged_file_covers_nothing_and_says_what_to_do(run: Callable[..., Any], text: str, message: str):
    Path("baseline.json").write_text(text)
    status, _, refused = run("check", "stack.json", stack=legacy(1))
    assert status == 2
    assert message in refused


def finding(words: str, name: str = "a") -> Finding:
    return Finding(RULE, Resource(KEY, name, Block({}), urn=urn(KEY, name)), words)


def covers(words: str, now: str) -> bool:
    return Baseline((Entry.of(finding(words)),)).remaining([finding(now)]) == []


def test_words_that_count_fewer_are_better_and_others_are_new():
    assert covers("it is shared with a and 8 more", "it is shared with a and 7 more")
    assert covers("it is shared with a and 8 more", "it is shared with a")
    assert not covers("it is shared with a and 8 more", "it is shared with a and 9 more")
    assert not covers("it is shared with a", "it is shared with a and 1 more")
    assert not covers("it is shared with a and 8 more", "it is shared with b and 7 more")
    assert not covers("retentionInDays is 7", "retentionInDays is 3")


def test_a_finding_that_occurs_twice_needs_two_entries():
    assert Baseline((Entry.of(finding("x")),)).remaining([finding("x"), finding("x")]) == [finding("x")]
    assert Baseline((Entry.of(finding("x")),) * 2).remaining([finding("x"), finding("x")]) == []


def test_rules_that_could_not_decide_for_one_reason_are_one_entry_whoever_merges_them():
    """The pack merges what it finds of one resource, `check` what it finds of the stack."""
    words = "cannot decide: policy is not known at preview"
    merged = Finding(RULE, finding(words).resource, words, decided=False, others=(LOW, OTHER))
    subject = Baseline((Entry.of(merged),))
    assert [one.rule for one in subject.entries] == [f"{RULE.id}, {LOW.id}, {OTHER.id}"]
    assert subject.remaining([merged]) == []
    assert subject.remaining([replace(merged, rule=LOW, others=())]) == []
    one_more = replace(merged, others=(*merged.others, every_rule()[-1]))
    assert subject.remaining([one_more]) == [one_more]


@pytest.mark.parametrize(
    ("now", "covered"),
    [
        ("policy.Statement[0].Resource is", True),
        ("policy.Statement[0].Resource, policy.Statement[1].Resource are", True),
        ("policy.Statement[2].Resource is", False),
        ("policy.Statement[0].Resource, policy.Statement[2].Resource are", False),
        ("policy is", False),
        ("assumeRolePolicy is", False),
    ],
)
def test_an_unknown_place_that_was_not_recorded_is_new(now: str, covered: bool):
    places = "policy.Statement[0].Resource, policy.Statement[1].Resource are"
    assert (
        covers(f"cannot decide: {places} not known at preview", f"cannot decide: {now} not known at preview") is covered
    )


def test_looking_at_a_resource_twice_uses_no_entry_up():
    subject = Baseline((Entry.of(finding("x")),))
    assert subject.remaining([finding("x")]) == []
    assert subject.remaining([finding("x")]) == []
    assert len(subject.occurring) == 1


def test_an_entry_of_another_resource_or_rule_covers_nothing():
    subject = Baseline((Entry.of(finding("x")),))
    other_rule = Finding(LOW, finding("x").resource, "x")
    assert subject.remaining([finding("x", "b"), other_rule]) == [finding("x", "b"), other_rule]
    assert [one.finding for one in subject.gone] == ["x"]


def test_undecided_findings_that_check_has_recorded_pass_in_the_pack(run: Callable[..., Any], tmp_path: Path):
    partly = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": UNKNOWN}],
    }
    documents = {"whole": UNKNOWN, "partly": json.dumps(partly)}
    stack = [resource(ROLE_POLICY, name, role="app", policy=document) for name, document in documents.items()]
    assert "cannot decide" in run("check", "stack.json", stack=stack)[1]
    run("baseline", "stack.json", stack=stack)
    analyzer = Analyzer(Pack(tmp_path))
    analyzer.ConfigureStack(proto.AnalyzerStackConfigureRequest(project="legacy", stack="prod", dry_run=True), None)
    found: list[proto.AnalyzeDiagnostic] = []
    raw: list[proto.AnalyzerResource] = []
    for name, document in documents.items():
        given = struct_pb2.Struct()
        given.update({"role": "app", "policy": document})
        one = proto.AnalyzerResource(type=ROLE_POLICY, name=name, urn=urn(ROLE_POLICY, name), properties=given)
        request = proto.AnalyzeRequest(type=one.type, name=name, urn=one.urn, properties=given)
        found += analyzer.Analyze(request, None).diagnostics
        raw.append(one)
    found += analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=raw), None).diagnostics
    assert [one.message for one in found if "cannot decide" in one.message] == []


def test_the_pack_knows_the_stack_by_its_resources_where_the_engine_does_not_tell_it(
    run: Callable[..., Any], tmp_path: Path
):
    """`pulumi policy analyze` analyzes a file and configures no stack."""
    run("baseline", "stack.json", stack=[resource(KEY, "old")])
    analyzer = Analyzer(Pack(tmp_path))
    for name, rules in (("old", set[str]()), ("new", {"kms-rotation"})):
        request = proto.AnalyzeRequest(type=KEY, name=name, urn=urn(KEY, name))
        assert {one.policyName for one in analyzer.Analyze(request, None).diagnostics} & {"kms-rotation"} == rules


def test_the_pack_does_not_refuse_what_is_recorded_and_counts_it_in_a_preview(run: Callable[..., Any], tmp_path: Path):
    stack = [resource(KEY, "old")]
    run("baseline", "stack.json", stack=stack)
    analyzer = Analyzer(Pack(tmp_path))
    analyzer.ConfigureStack(proto.AnalyzerStackConfigureRequest(project="legacy", stack="prod", dry_run=True), None)
    for name in ("old", "new"):
        provider = proto.AnalyzerProviderResource(type="pulumi:providers:aws")
        analyzer.Analyze(proto.AnalyzeRequest(type=KEY, name=name, urn=urn(KEY, name), provider=provider), None)
    raw = [proto.AnalyzerResource(type=KEY, name=name, urn=urn(KEY, name)) for name in ("old", "new")]
    shown = analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=raw), None).diagnostics
    assert [one.urn for one in shown if one.policyName == "kms-rotation"] == [urn(KEY, "new")]
    (line,) = (one for one in shown if one.policyName == "baseline")
    assert line.enforcementLevel == proto.ADVISORY
    assert re.fullmatch(r"baseline: \d recorded findings are not shown: 1 high, 1 medium, 3 low", line.message)
