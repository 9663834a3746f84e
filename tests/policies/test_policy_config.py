"""The file that `--policy-pack-config` takes, read by `check` as the engine and the pack read it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from serverless_guard import cli
from serverless_guard.analyzer import Analyzer
from serverless_guard.pack import Pack

KEY = "aws:kms/key:Key"
URN = f"urn:pulumi:prod::shop::{KEY}::main"
OTHER = f"urn:pulumi:prod::shop::{KEY}::other"
STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"
MATCH = [{"policies": ["kms-rotation"], "targets": [URN]}]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Check a stack of two keys with a config file: the status, the output and the errors."""
    monkeypatch.chdir(tmp_path)
    resources: list[dict[str, Any]] = [{"urn": urn, "type": KEY, "inputs": {}} for urn in (URN, OTHER)]
    Path("stack.json").write_text(json.dumps({"deployment": {"resources": resources}}))

    def command(config: object, *words: str) -> tuple[int, str, str]:
        Path("rules.json").write_text(config if isinstance(config, str) else json.dumps(config))
        status = cli.main([*(words or ("check", "stack.json")), "--policy-pack-config", "rules.json"])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return command


def rules(shown: str) -> set[tuple[str, str]]:
    return {(row["rule"], row["level"]) for row in json.loads(shown)}


AS_JSON = ("check", "stack.json", "--format", "json")


def test_a_level_for_all_rules_holds_unless_a_rule_has_its_own(run: Callable[..., Any]):
    status, shown, _ = run({"all": "disabled", "kms-rotation": "advisory"}, *AS_JSON)
    assert status == 0
    assert rules(shown) == {("kms-rotation", "advisory")}


def test_remediating_all_rules_makes_those_without_a_remedy_mandatory(run: Callable[..., Any]):
    status, shown, _ = run({"all": {"enforcementLevel": "remediate"}}, *AS_JSON)
    assert status == 1
    assert {level for _, level in rules(shown)} == {"mandatory"}


def test_both_versions_of_the_file_and_an_empty_one_are_read(run: Callable[..., Any]):
    first = {"all": "disabled", "kms-rotation": {"enforcementLevel": "mandatory"}, "environments": ["shared/dev"]}
    second = {
        "version": 2,
        "policies": {"all": "disabled", "kms-rotation": "mandatory"},
        "environments": ["shared/dev"],
    }
    assert rules(run(first, *AS_JSON)[1]) == rules(run(second, *AS_JSON)[1]) == {("kms-rotation", "mandatory")}
    assert len(rules(run("", *AS_JSON)[1])) == len(rules(run({}, *AS_JSON)[1])) > 1


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "--policy-pack-config: rules.json is not JSON ("),
        ("[]", "--policy-pack-config is [], must be an object"),
        (
            {"kms-rotatoin": "advisory"},
            "--policy-pack-config: there is no rule kms-rotatoin; did you mean kms-rotation?",
        ),
        (
            {"kms-rotation": "off"},
            '--policy-pack-config: kms-rotation is "off", must be disabled, advisory, mandatory or remediate',
        ),
        ({"kms-rotation": 3}, "--policy-pack-config: kms-rotation is 3, must be an object"),
        (
            {"dynamodb-cmk": "remediate"},
            '--policy-pack-config: dynamodb-cmk is "remediate", but dynamodb-cmk has no remedy; use mandatory',
        ),
        (
            {"dynamodb-pitr": {"days": 3}},
            "--policy-pack-config: dynamodb-pitr: dynamodb-pitr has no option days; it has ",
        ),
        (
            {"dynamodb-pitr": {"minimumDays": "week"}},
            '--policy-pack-config: dynamodb-pitr.minimumDays is "week", must be a whole number',
        ),
        (
            {"version": 2, "kms-rotation": "advisory"},
            "--policy-pack-config: version 2 has no field kms-rotation; put rules below policies",
        ),
        ({"version": 3}, "--policy-pack-config: version is 3, must be 2"),
        ({"version": 2, "exceptions": []}, "--policy-pack-config: exceptions is [], must be an object"),
        ({"version": 2, "exceptions": {"a b": {}}}, "exceptions.a b: an id has only letters, digits, '-', '.' and '_'"),
        ({"version": 2, "exceptions": {"E": {"match": MATCH}}}, "exceptions.E.reason must not be empty; say why"),
        ({"version": 2, "exceptions": {"E": {"reason": "x"}}}, "exceptions.E.match must list at least one"),
        (
            {"version": 2, "exceptions": {"E": {"reason": "x", "match": [{"policies": ["all"], "targets": [URN]}]}}},
            'exceptions.E.match.policies: "all" is not possible; name the rules',
        ),
        (
            {
                "version": 2,
                "exceptions": {"E": {"reason": "x", "match": [{"policies": ["kms-rotation"], "targets": []}]}},
            },
            "exceptions.E.match.targets must be a list of at least one string, none of them empty",
        ),
        (
            {"version": 2, "exceptions": {"E": {"reason": "x", "match": [MATCH[0] | {"targets": ["main"]}]}}},
            "exceptions.E.match.targets: main is no URN; `pulumi stack --show-urns` shows them",
        ),
    ],
)
def test_what_the_file_cannot_say_is_refused_with_field_value_and_fix(
    run: Callable[..., Any], config: object, message: str
):
    status, shown, refused = run(config)
    assert (status, shown) == (2, "")
    assert message in refused


def test_a_file_that_is_not_there_is_refused(run: Callable[..., Any], capsys: pytest.CaptureFixture[str]):
    del run
    assert cli.main(["check", "stack.json", "--policy-pack-config", "none.json"]) == 2
    assert capsys.readouterr().err == (
        "--policy-pack-config: none.json: No such file or directory; name the file that pulumi takes by this flag\n"
    )


def excepted(match: list[dict[str, list[str]]]) -> dict[str, Any]:
    policies = {"all": "disabled", "kms-rotation": "mandatory", "budget-present": "mandatory"}
    return {
        "version": 2,
        "policies": policies,
        "exceptions": {"EXC-42": {"reason": "Rotated by hand.", "match": match}},
    }


def test_an_exception_accepts_its_rule_on_its_resource_and_nothing_else(run: Callable[..., Any]):
    status, shown, _ = run(excepted(MATCH), *AS_JSON)
    assert status == 1
    assert {(row["rule"], row["urn"]) for row in json.loads(shown)} == {("kms-rotation", OTHER), ("budget-present", "")}


def test_an_exception_is_shown_with_its_id_and_reason(run: Callable[..., Any]):
    _, shown, _ = run(excepted(MATCH))
    assert f"[kms-rotation] {KEY}::main: enableKeyRotation is not true; excepted by EXC-42: Rotated by hand." in shown


def test_a_finding_of_no_single_resource_is_accepted_by_the_stack_s_own_urn(run: Callable[..., Any]):
    everything = [
        {"policies": ["kms-rotation"], "targets": [URN, OTHER]},
        {"policies": ["budget-present"], "targets": [STACK]},
    ]
    assert run(excepted(everything))[0] == 0


WAIVER = f"""
- rule: kms-rotation
  resource: {KEY}::main
  finding: enableKeyRotation is not true
  reason: The partner rotates this key by hand every quarter.
  owner: payments
  expires: EXPIRES
"""


def test_waivers_are_written_as_exceptions_that_check_accepts(run: Callable[..., Any], tmp_path: Path, expires: str):
    (tmp_path / "waivers.yaml").write_text(WAIVER.replace("EXPIRES", expires))
    given = {"version": 2, "policies": {"all": "disabled", "kms-rotation": "mandatory"}, "exceptions": {}}
    status, written, warned = run(given, "exceptions", "stack.json")
    assert status == 0
    assert json.loads(written) == given | {
        "exceptions": {
            "kms-rotation-1": {
                "reason": f"The partner rotates this key by hand every quarter. (payments, until {expires})",
                "match": MATCH,
            }
        }
    }
    assert warned == (
        "1 waivers are written as exceptions, which do not expire and cover worse values of the same resource too\n"
    )
    (tmp_path / "waivers.yaml").unlink()
    _, shown, _ = run(written, *AS_JSON)
    assert [row["urn"] for row in json.loads(shown)] == [OTHER]


@pytest.fixture
def expires() -> str:
    """A day that a waiver may reach."""
    return (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


def test_a_house_rule_holds_once_its_option_is_given_in_the_pack_and_in_check(run: Callable[..., Any]):
    config = {"required-tags": {"keys": ["owner"]}}
    assert ("required-tags", "mandatory") in rules(run(config, *AS_JSON)[1])
    assert "required-tags" not in {rule for rule, _ in rules(run({}, *AS_JSON)[1])}
    pack = Analyzer(Pack())
    # The engine lays the file over the levels and defaults of the description, and hands on all rules.
    described = {one.name: one for one in pack.GetAnalyzerInfo(empty_pb2.Empty(), None).policies}
    assert described["required-tags"].enforcementLevel == proto.DISABLED
    for keys, found in ((["owner"], {"required-tags"}), ([], set[str]())):
        given = {name: proto.PolicyConfig(enforcementLevel=one.enforcementLevel) for name, one in described.items()}
        given["required-tags"].properties.update({"keys": keys})
        subject = Analyzer(Pack())
        subject.Configure(proto.ConfigureAnalyzerRequest(policyConfig=given), None)
        answer = subject.Analyze(proto.AnalyzeRequest(type=KEY, name="main", urn=URN), None)
        assert {one.policyName for one in answer.diagnostics} & {"required-tags"} == found


def test_all_rules_disabled_leaves_a_house_rule_off_unless_it_is_given_a_level(run: Callable[..., Any]):
    config: dict[str, Any] = {"all": "disabled", "required-tags": {"keys": ["owner"]}}
    assert rules(run(config, *AS_JSON)[1]) == set()
    config["required-tags"] = {"keys": ["owner"], "enforcementLevel": "advisory"}
    assert rules(run(config, *AS_JSON)[1]) == {("required-tags", "advisory")}
