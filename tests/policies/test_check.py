"""What `python -m policies check` writes in each format, and what it does with files that are none."""

import io
import json
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest

from serverless_guard import cli
from serverless_guard.formats import FORMATS
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Severity
from tests.policies.project import PACK, main

KEY = "aws:kms/key:Key"
URN = f"urn:pulumi:prod::blog::blog:key:Key${KEY}::blog-prod-data"
FRAMES = [{"sourcePosition": f"project:///{place}"} for place in (".venv/lib/site-packages/pulumi_aws/kms/key.py#9",)]
WAIVER = """
- rule: kms-no-lockout-bypass
  resource: aws:kms/key:Key::blog-prod-data
  finding: bypassPolicyLockoutSafetyCheck is true
  reason: The key is made anew each night.
  owner: blog-team
  ticket: SEC-42
  expires: {}
"""


def key(**changes: Any) -> dict[str, Any]:
    inputs = {"bypassPolicyLockoutSafetyCheck": True, "enableKeyRotation": True}
    trace = [*FRAMES, {}, {"sourcePosition": "project:///components/access/key.py#41"}]
    return {"urn": URN, "type": KEY, "inputs": inputs, **FRAMES[0], "stackTrace": trace} | changes


def written(folder: Path, content: object) -> str:
    file = folder / "stack.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def checked(folder: Path, capsys: pytest.CaptureFixture[str], kind: str, *states: dict[str, Any], status: int) -> str:
    file = written(folder, {"deployment": {"resources": list(states)}})
    pack = replace(PACK, folder=folder) if (folder / "waivers.yaml").exists() else PACK
    assert cli.main(["check", file, "--format", kind], pack) == status
    return capsys.readouterr().out


@pytest.fixture
def waived(tmp_path: Path) -> str:
    """A waiver of the key's finding; its expiry."""
    expires = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    file = tmp_path / "waivers.yaml"
    file.write_text(WAIVER.format(expires), "utf-8")
    return expires


def test_text_names_resource_line_rule_finding_level_and_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shown = checked(tmp_path, capsys, "text", key(), status=1)
    assert (
        "aws:kms/key:Key::blog-prod-data (components/access/key.py:41): [kms-no-lockout-bypass] "
        "bypassPolicyLockoutSafetyCheck is true (mandatory, critical)\n  fix: Leave bypassPolicyLockoutSafetyCheck out."
    ) in shown


def test_json_is_a_list_of_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = json.loads(checked(tmp_path, capsys, "json", key(), status=1))
    assert next(row for row in rows if row["rule"] == "kms-no-lockout-bypass") == {
        "rule": "kms-no-lockout-bypass",
        "rules": ["kms-no-lockout-bypass"],
        "severity": "critical",
        "level": "mandatory",
        "urn": URN,
        "type": KEY,
        "finding": "bypassPolicyLockoutSafetyCheck is true",
        "cause": "kms-no-lockout-bypass",
        "fix": "Leave bypassPolicyLockoutSafetyCheck out.",
        "decided": True,
    }


def test_sarif_has_each_rule_with_help_and_each_result_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    log = json.loads(checked(tmp_path, capsys, "sarif", key(), status=1))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == (PACK.name, PACK.version)
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert rules["kms-no-lockout-bypass"]["defaultConfiguration"] == {"level": "error"}
    assert rules["kms-no-lockout-bypass"]["properties"]["security-severity"] == "9.5"
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules.values())
    result = next(one for one in run["results"] if one["ruleId"] == "kms-no-lockout-bypass")
    assert driver["rules"][result["ruleIndex"]]["id"] == "kms-no-lockout-bypass"
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "components/access/key.py"},
        "region": {"startLine": 41},
    }
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": URN, "kind": "resource"}]


def test_sarif_puts_what_has_no_line_into_the_project_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = json.loads(checked(tmp_path, capsys, "sarif", key(), status=1))
    result = next(one for one in log["runs"][0]["results"] if one["ruleId"] == "budget-present")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.yaml"


def test_a_workflow_of_github_shows_findings_on_their_lines_errors_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    lines = checked(tmp_path, capsys, "github", key(), status=1).splitlines()
    assert (
        "::error file=components/access/key.py,line=41,title=kms-no-lockout-bypass::aws:kms/key:Key::blog-prod-data: "
        "bypassPolicyLockoutSafetyCheck is true. Fix: Leave bypassPolicyLockoutSafetyCheck out."
    ) in lines
    kinds = [line.split()[0] for line in lines[:-1]]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)
    assert lines[-3].startswith("::notice title=settings-loosened::looser than the rules' defaults")
    assert any(line.startswith("::error title=budget-present::the stack: ") for line in lines)


def test_a_name_cannot_give_commands_to_the_workflow(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shown = checked(tmp_path, capsys, "github", key(urn=f"{URN}%\n::error file=a"), status=1)
    assert "aws:kms/key:Key::error file=a: bypassPolicyLockoutSafetyCheck is true" in shown
    shown = checked(tmp_path, capsys, "github", key(urn=f"{URN}%\r\nend"), status=1)
    assert "blog-prod-data%25%0D%0Aend: bypassPolicyLockoutSafetyCheck is true" in shown
    assert [line for line in shown.splitlines()[:-1] if not re.match("::(error|warning|notice) ", line)] == []


def test_junit_has_a_failure_for_what_is_mandatory_and_a_pass_for_what_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shown = checked(tmp_path, capsys, "junit", key(), status=1)
    suites = ET.fromstring(shown)  # noqa: S314  written by the code under test
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    subject = "aws:kms/key:Key::blog-prod-data"
    failure = cases[f"kms-no-lockout-bypass: {subject}: bypassPolicyLockoutSafetyCheck is true"].find("failure")
    assert failure is not None
    assert failure.get("message") == "bypassPolicyLockoutSafetyCheck is true"
    assert len(cases["kms-rotation"]) == 0
    assert cases[f"kms-description-present: {subject}: description is not set"].find("system-out") is not None
    for suite in suites:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))


def test_what_is_waived_is_told_apart_in_each_format(tmp_path: Path, capsys: pytest.CaptureFixture[str], waived: str):
    words = f"waived until {waived} by blog-team: The key is made anew each night."
    text = checked(tmp_path, capsys, "text", key(), status=1)
    assert (
        f"[kms-no-lockout-bypass] aws:kms/key:Key::blog-prod-data: bypassPolicyLockoutSafetyCheck is true; {words}"
        in text
    )
    rows = json.loads(checked(tmp_path, capsys, "json", key(), status=1))
    assert "kms-no-lockout-bypass" not in {row["rule"] for row in rows}
    results = json.loads(checked(tmp_path, capsys, "sarif", key(), status=1))["runs"][0]["results"]
    suppressed = [one for one in results if "suppressions" in one]
    assert [one["ruleId"] for one in suppressed] == ["kms-no-lockout-bypass"]
    assert suppressed[0]["suppressions"][0]["justification"] == words
    assert words in checked(tmp_path, capsys, "junit", key(), status=1)
    notice = "::notice file=components/access/key.py,line=41,title=kms-no-lockout-bypass::"
    assert notice in checked(tmp_path, capsys, "github", key(), status=1)


def test_what_is_about_to_be_deleted_or_only_read_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    stack = {"urn": "urn:pulumi:prod::blog::pulumi:pulumi:Stack::blog-prod", "type": "pulumi:pulumi:Stack"}
    nothing = checked(tmp_path, capsys, "json", stack, status=0)
    assert checked(tmp_path, capsys, "json", stack, key(delete=True), key(external=True), status=0) == nothing


def test_a_preview_s_config_tells_whether_it_is_production(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table = {"urn": "urn:pulumi:dev::blog::aws:dynamodb/table:Table::t", "type": "aws:dynamodb/table:Table"}
    steps = {"steps": [{"op": "create", "newState": table}, {"op": "delete"}], "config": {"blog:production": "false"}}

    def level(*flags: str) -> str:
        main(["check", written(tmp_path, steps), "--format", "json", *flags])
        rows = json.loads(capsys.readouterr().out)
        return next(row["level"] for row in rows if row["rule"] == "dynamodb-pitr")

    assert (level(), level("--production"), level("--development")) == ("advisory", "mandatory", "advisory")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "1",
        "{}",
        '{"deployment": {"resources": {}}}',
        '{"deployment": {"resources": [1]}}',
        '{"deployment": {"resources": [{"urn": "x"}]}}',
        '{"deployment": {"resources": [{"urn": 1, "type": "x"}]}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_stack_ends_with_status_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
):
    assert main(["check", written(tmp_path, content)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_that_cannot_be_read_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(tmp_path / "absent.json")]) == 2
    assert main(["check", str(tmp_path)]) == 2
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert main(["check", str(binary)]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_may_have_any_encoding_of_json_such_as_that_of_powershell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
):
    plain = checked(tmp_path, capsys, "json", key(), status=1)
    file = tmp_path / "stack.json"
    file.write_bytes(file.read_text("utf-8").encode(encoding))
    assert main(["check", str(file), "--format", "json"]) == 1
    assert capsys.readouterr().out == plain


def test_a_dash_stands_for_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    plain = checked(tmp_path, capsys, "json", key(), status=1)
    with (tmp_path / "stack.json").open() as given:
        monkeypatch.setattr("sys.stdin", given)
        assert main(["check", "-", "--format", "json"]) == 1
    assert capsys.readouterr().out == plain
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    assert main(["check", "-"]) == 2
    assert capsys.readouterr().err.startswith("standard input is not JSON (")


def test_no_two_cases_of_junit_have_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    namesake = key(urn=f"urn:pulumi:prod::blog::blog:vault:Vault${KEY}::blog-prod-data")
    statements = [{"Effect": "Allow", "Principal": "*", "Action": f"s3:{verb}", "Resource": "*"} for verb in "ab"]
    inputs = {"bucket": "b", "policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}
    kind = "aws:s3/bucketPolicy:BucketPolicy"
    bucket = {"urn": f"urn:pulumi:prod::blog::{kind}::b", "type": kind, "inputs": inputs}
    shown = checked(tmp_path, capsys, "junit", key(), namesake, bucket, status=1)
    names = [case.get("name") for case in ET.fromstring(shown).iter("testcase")]  # noqa: S314  our own
    assert len(names) == len(set(names))
    assert f"kms-no-lockout-bypass: {KEY}::blog-prod-data: bypassPolicyLockoutSafetyCheck is true (2)" in names


def test_a_workflow_of_github_shows_the_most_severe_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    bucket = {"urn": "urn:pulumi:prod::blog::aws:s3/bucket:Bucket::b", "type": "aws:s3/bucket:Bucket"}
    lines = checked(tmp_path, capsys, "github", bucket, key(), status=1).splitlines()
    severity = {rule.id: rule.severity for rule in every_rule()}
    for kind, severities in (("error", 4), ("warning", 1)):
        named = [severity[found[1]] for line in lines if (found := re.match(f"::{kind} .*title=([^,:]+)::", line))]
        assert len(set(named)) == severities
        assert named == sorted(named, key=lambda one: -get_args(Severity).index(one))


def test_sarif_tags_security_what_is_about_security(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = json.loads(checked(tmp_path, capsys, "sarif", key(), status=1))
    categories = {rule.id: rule.category for rule in every_rule()}
    told: dict[str, bool] = {}
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        properties = rule["properties"]
        assert properties["tags"][-1] == categories[rule["id"]]
        told[categories[rule["id"]]] = "security" in properties["tags"]
        assert ("security-severity" in properties) is told[categories[rule["id"]]]
    assert told == {
        "least-privilege": True,
        "encryption": True,
        "deletion-protection": True,
        "network-exposure": True,
        "resilience": False,
        "logging-observability": False,
        "cost": False,
        "tagging": False,
    }


def test_sarif_says_whether_all_was_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (judged,) = json.loads(checked(tmp_path, capsys, "sarif", key(), status=1))["runs"][0]["invocations"]
    assert judged["executionSuccessful"] is True
    assert [(one["level"], one["descriptor"]["id"]) for one in judged["toolExecutionNotifications"]] == [
        ("note", "settings-loosened"),
        ("note", "file-incomplete"),
    ]
    assert main(["check", written(tmp_path, {"deployment": {"resources": []}}), "--format", "sarif"]) == 2
    shown = capsys.readouterr()
    run = json.loads(shown.out)["runs"][0]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == [shown.err.strip()]
    assert run["results"] == []


def test_a_format_that_does_not_exist_is_a_mistake_of_use(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["check", "stack.json", "--format", "xml"])
    assert ended.value.code == 2
    assert "sarif" in capsys.readouterr().err


NONSENSE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "\u0000",
    [],
    [None],
    [[]],
    {},
    {"x": None},
    {"ciphertext": ""},
    "[secret]",
)


def test_random_states_never_crash_a_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    seeded = random.Random(7)
    for _ in range(150):
        state = key()
        for name in seeded.sample([*state, "provider", "propertyDependencies", "ignoreChanges", "protect"], 3):
            state[name] = seeded.choice(NONSENSE)
        kind = seeded.choice(list(FORMATS))
        assert main(["check", written(tmp_path, {"deployment": {"resources": [state]}}), "--format", kind]) in {0, 1, 2}
        assert "the rule itself failed" not in capsys.readouterr().out
