from pathlib import Path

import pytest

from serverless_guard.enforcement import EnforcementError, read
from serverless_guard.record import Block, Resource
from serverless_guard.rules import every_rule
from tests.policies import project

TABLE = "aws:dynamodb/table:Table"


def written(folder: Path, text: str) -> Path:
    file = folder / "enforcement.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def level(rule_id: str, *, production: bool) -> str:
    enforcement = project.read(production=production)
    return next(enforcement.level(rule) for rule in enforcement.rules if rule.id == rule_id)


def test_the_repository_s_own_file_is_valid_for_every_stack():
    assert project.read(production=True).rules == project.read(production=False).rules == every_rule()


def test_a_rule_for_every_environment_is_mandatory_outside_of_production_too():
    assert level("iam-no-admin-statement", production=False) == "mandatory"


def test_a_rule_for_production_is_off_elsewhere():
    assert level("dynamodb-cmk", production=True) == "mandatory"
    assert level("dynamodb-cmk", production=False) == "disabled"


def test_a_rule_that_is_mandatory_in_production_may_advise_elsewhere():
    assert level("dynamodb-pitr", production=True) == "mandatory"
    assert level("dynamodb-pitr", production=False) == "advisory"


def test_a_section_of_the_stack_wins_over_the_section_of_all(tmp_path: Path):
    file = written(
        tmp_path,
        "every: {dynamodb-pitr: {minimumDays: 14}}\nproduction: {dynamodb-pitr: {minimumDays: 35, level: advisory}}\n",
    )
    production, development = read(production=True, file=file), read(production=False, file=file)
    assert production.settings["dynamodb-pitr"] == {"minimumDays": 35}
    assert production.levels == {"dynamodb-pitr": "advisory"}
    assert development.settings["dynamodb-pitr"] == {"minimumDays": 14}
    assert development.levels == {}


def test_an_empty_file_sets_nothing(tmp_path: Path):
    assert read(production=True, file=written(tmp_path, "")).settings == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("all: {}", "there is no section all; use every, production, development"),
        ("every: {dynamodb-pitter: {}}", "there is no rule dynamodb-pitter; did you mean dynamodb-pitr?"),
        ("every: {table: {}}", "there is no rule table; `serverless-guard list` shows them"),
        ("every: {dynamodb-pitr: {days: 1}}", "dynamodb-pitr has no option days; it has minimumDays"),
        ("every: {dynamodb-pitr: {minimumDay: 1}}", "no option minimumDay; did you mean minimumDays?"),
        ("every: {dynamodb-pitr: {minimumDays: week}}", "minimumDays: str given, int expected"),
        (
            "every: {dynamodb-pitr: {level: off}}",
            "no such level; use disabled, advisory, mandatory, remediate",
        ),
        (
            "every: {dynamodb-cmk: {level: remediate}}",
            "level: dynamodb-cmk has no remedy; use mandatory",
        ),
        ("every: {dynamodb-pitr: mandatory}", "every.dynamodb-pitr: a mapping is expected"),
        ("development: {dynamodb-pitter: {}}", "development: there is no rule dynamodb-pitter; did you mean"),
        ("every: []", "every: a mapping is expected"),
        ("- x", "a mapping is expected"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_fix(tmp_path: Path, text: str, message: str):
    with pytest.raises(EnforcementError) as error:
        read(production=True, file=written(tmp_path, text))
    assert message in str(error.value)


def test_a_resource_is_judged_by_the_rules_of_its_type_only():
    enforcement = project.read(production=True)
    about_tables = {rule.id for rule in enforcement.of_type(TABLE)}
    assert "dynamodb-pitr" in about_tables
    assert "required-tags" in about_tables
    assert "lambda-memory-sized" not in about_tables


def test_options_of_the_stack_reach_the_rule(tmp_path: Path):
    file = written(tmp_path, "every: {dynamodb-pitr: {minimumDays: 35}}")
    props = Block({"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 30}})
    messages = [one.message for one in read(production=True, file=file).evaluate(Resource(TABLE, "table", props))]
    assert "pointInTimeRecovery.recoveryPeriodInDays is 30, below the minimum of 35 days" in messages
