import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from serverless_guard.frameworks import CIS, fsbp
from serverless_guard.rules import every_rule
from tests.policies.project import main

ROOT = Path(__file__).parents[2]
PROVIDER = "urn:pulumi:prod::blog::pulumi:providers:aws::aws"
TABLE_URN = "urn:pulumi:prod::blog::aws:dynamodb/table:Table::table"
TAGS = {"service": "blog", "environment": "prod", "owner": "web", "cost-centre": "42"}


def export(folder: Path, **inputs: Any) -> str:
    table = {"urn": TABLE_URN, "type": "aws:dynamodb/table:Table", "inputs": inputs, "provider": f"{PROVIDER}::1"}
    provider_inputs = {"region": "eu-central-1", "defaultTags": json.dumps({"tags": TAGS})}
    provider = {"urn": PROVIDER, "type": "pulumi:providers:aws", "inputs": provider_inputs}
    file = folder / "stack.json"
    told = [{"notificationType": kind, "subscriberEmailAddresses": ["web"]} for kind in ("ACTUAL", "FORECASTED")]
    budget = {
        "urn": "urn:pulumi:prod::blog::aws:budgets/budget:Budget::budget",
        "type": "aws:budgets/budget:Budget",
        "inputs": {"budgetType": "COST", "notifications": told},
        "provider": f"{PROVIDER}::1",
    }
    file.write_text(json.dumps({"deployment": {"resources": [provider, table, budget]}}), encoding="utf-8")
    return str(file)


def test_the_list_names_every_rule(capsys: pytest.CaptureFixture[str]):
    assert main(["list", "--format", "json"]) == 0
    assert [row["rule"] for row in json.loads(capsys.readouterr().out)] == [rule.id for rule in every_rule()]


def test_a_rule_is_explained_with_its_examples(capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "dynamodb-pitr"]) == 0
    shown = capsys.readouterr().out
    assert "option    minimumDays: Days that a table can be restored from, at least." in shown
    assert 'breaks it aws:dynamodb/table:Table {"pointInTimeRecovery": {"enabled": false}}' in shown


def test_a_rule_that_does_not_exist_cannot_be_explained(capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "dynamodb-pitter"]) == 2
    assert "there is no rule dynamodb-pitter" in capsys.readouterr().err


def test_a_stack_s_export_is_judged_without_an_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", export(tmp_path, billingMode="PAY_PER_REQUEST"), "--format", "json"]) == 1
    rows = {row["rule"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["dynamodb-pitr"]["urn"] == TABLE_URN
    assert rows["dynamodb-pitr"]["level"] == "mandatory"
    assert rows["dynamodb-pitr"]["decided"] is True
    assert "required-tags" not in rows


def test_advice_alone_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = export(tmp_path, billingMode="PAY_PER_REQUEST")
    assert main(["check", file, "--development"]) == 0
    assert "[dynamodb-pitr] pointInTimeRecovery.enabled is not true (advisory, high)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_what_is_no_stack_is_refused_with_the_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str):
    file = tmp_path / "stack.json"
    file.write_text(text, encoding="utf-8")
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr().err


MATCH = {"policies": ["kms-rotation"], "targets": [TABLE_URN]}
CONFIGS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"all": "advisory", "kms-rotation": "remediate"}, True),
    ({"dynamodb-pitr": {"enforcementLevel": "mandatory", "minimumDays": 35}}, True),
    ({"kms-rotatoin": "advisory"}, False),
    ({"kms-rotation": "off"}, False),
    ({"dynamodb-cmk": "remediate"}, False),
    ({"dynamodb-pitr": {"minimumDay": 35}}, False),
    ({"dynamodb-pitr": {"minimumDays": "week"}}, False),
    ({"all": {"enforcementLevel": "advisory"}}, True),
    ({"version": 2, "policies": {"kms-rotation": "advisory"}, "exceptions": {}}, True),
    ({"version": 2, "kms-rotation": "advisory"}, False),
    ({"version": 3}, False),
    ({"version": 2, "policies": {"kms-rotatoin": "advisory"}}, False),
    ({"version": 2, "exceptions": {"EXC-1": {"reason": "Rotated by hand.", "match": [MATCH]}}}, True),
    ({"version": 2, "exceptions": {"EXC 1": {"reason": "Rotated by hand.", "match": [MATCH]}}}, False),
    ({"version": 2, "exceptions": {"EXC-1": {"reason": "", "match": [MATCH]}}}, False),
    ({"version": 2, "exceptions": {"EXC-1": {"reason": "Rotated by hand.", "match": []}}}, False),
    ({"version": 2, "exceptions": {"EXC-1": {"reason": "x", "match": [MATCH | {"policies": ["all"]}]}}}, False),
    ({"version": 2, "exceptions": {"EXC-1": {"reason": "x", "match": [MATCH | {"targets": ["key"]}]}}}, False),
]


@pytest.mark.parametrize(("config", "valid"), CONFIGS)
def test_the_schema_takes_what_the_pack_takes_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: dict[str, Any], valid: bool
):
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(config) is valid  # pyright: ignore[reportUnknownMemberType]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(config))
    stack = export(tmp_path, billingMode="PAY_PER_REQUEST")
    assert (main(["check", stack, "--policy-pack-config", str(file)]) != 2) is valid


def test_the_schema_has_the_defaults_of_the_stack(capsys: pytest.CaptureFixture[str]):
    levels: list[str] = []
    for kind in ("--production", "--development"):
        main(["schema", kind])
        levels.append(
            json.loads(capsys.readouterr().out)["$defs"]["policies"]["properties"]["dynamodb-cmk"]["anyOf"][0][
                "default"
            ]
        )
    assert levels == ["mandatory", "disabled"]


def pages(folder: Path) -> dict[str, str]:
    files = [folder / "rules.md", *(folder / "rules").iterdir()]
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files}


def test_the_pages_of_rules_are_up_to_date(tmp_path: Path):
    assert main(["docs", str(tmp_path)]) == 0
    assert pages(ROOT / "docs") == pages(tmp_path), "run `python -m policies docs docs`"


def test_each_rule_has_a_section_with_an_example_that_keeps_it_and_one_that_breaks_it(tmp_path: Path):
    main(["docs", str(tmp_path)])
    sections = re.split(r"^## ", "\n".join(pages(tmp_path / ".").values()), flags=re.MULTILINE)
    for rule in every_rule():
        (own,) = (one for one in sections if one.startswith(f"{rule.id}\n"))
        assert re.search(r"^keeps it  .*\{", own, re.MULTILINE), rule.id
        assert re.search(r"^breaks it .*\{", own, re.MULTILINE), rule.id


def test_a_rule_is_mapped_to_the_controls_of_aws_and_the_requirements_of_cis(capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "s3-ssl-requests-only"]) == 0
    shown = capsys.readouterr().out
    assert "fsbp:S3.5" in shown
    assert "CIS       2.1.1 (AWS Foundations Benchmark v5.0.0)" in shown


def test_every_control_that_is_mapped_to_cis_is_decided_by_a_rule():
    assert set(CIS) - {control for rule in every_rule() for control in fsbp(rule)} == set()
