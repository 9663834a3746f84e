from pathlib import Path

import pytest

from serverless_guard.enforcement import EnforcementError, read
from serverless_guard.loosened import loosened
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.undecided import merge_undecided
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
        ("every: {dynamodb-pitr: {minimumDays: week}}", 'dynamodb-pitr.minimumDays is "week", must be a whole number'),
        (
            "every: {dynamodb-pitr: {level: off}}",
            "dynamodb-pitr.level is false, must be disabled, advisory, mandatory or remediate",
        ),
        (
            "every: {dynamodb-cmk: {level: remediate}}",
            'dynamodb-cmk.level is "remediate", but dynamodb-cmk has no remedy; use mandatory',
        ),
        ("every: {dynamodb-pitr: {minimumDays: true}}", "dynamodb-pitr.minimumDays is true, must be a whole number"),
        ("every: {dynamodb-pitr: {minimumDays: 7.5}}", "dynamodb-pitr.minimumDays is 7.5, must be a whole number"),
        ("every: {region-allowed: {regions: [1]}}", "region-allowed.regions is [1], must be a list of strings"),
        ("every: {region-allowed: {regions: eu-west-1}}", 'regions is "eu-west-1", must be a list of strings'),
        ("every: {dynamodb-pitr: mandatory}", 'every.dynamodb-pitr is "mandatory", must be a mapping'),
        ("development: {dynamodb-pitter: {}}", "development: there is no rule dynamodb-pitter; did you mean"),
        ("every: []", "every is [], must be a mapping"),
        ("every: {}\nevery: {}\n", "enforcement.yaml, line 2: every stands there again, after line 1"),
        ("every:\n  kms-rotation: {}\n  kms-rotation: {}\n", "line 3: kms-rotation stands there again, after line 2"),
        ("every: [", "enforcement.yaml is not YAML: "),
        ("every: {undecided: off}", "every.undecided is false, must be advisory or mandatory"),
        (
            "every: {kms-rotation: {undecided: disabled}}",
            'every.kms-rotation.undecided is "disabled", must be advisory or mandatory',
        ),
        ("every: {unjudged: no}", "every.unjudged is false, must be disabled, advisory, mandatory or remediate"),
        (
            "every: {apigateway-http-route-authorization: {publicRoutes: ['*']}}",
            "publicRoutes: '*' stands for everything; give `level: disabled` for apigateway-http-route-authorization",
        ),
        ("every: {region-allowed: {regions: [eu-west-1, ' * ']}}", "regions: ' * ' stands for everything"),
        ("every: {iam-no-unconstrained-write: {deployers: ['']}}", "deployers: '' stands for everything"),
        ("every: {waiver-valid: {maximumDays: 36500}}", "maximumDays is 36500, 366 is the most"),
        ("- x", 'enforcement.yaml is ["x"], must be a mapping'),
    ],
)
def test_what_does_not_exist_is_refused_with_the_fix(tmp_path: Path, text: str, message: str):
    with pytest.raises(EnforcementError) as error:
        read(production=True, file=written(tmp_path, text))
    assert message in str(error.value)


ROLE_POLICY = Resource("aws:iam/rolePolicy:RolePolicy", "p", Block({"policy": UNKNOWN}))


def mandatory(file: Path) -> list[tuple[str, bool]]:
    """Give the rule of each merged undecided finding, and whether it fails the stack."""
    enforcement = read(production=True, file=file)
    merged = merge_undecided(enforcement.evaluate(ROLE_POLICY), enforcement)
    return [(one.rule.id, enforcement.is_mandatory(one)) for one in merged if not one.decided]


def test_what_could_not_be_decided_is_one_finding_and_mandatory_unless_the_stack_says_otherwise(tmp_path: Path):
    assert mandatory(written(tmp_path, "")) == [("iam-no-action-star", True)]
    assert mandatory(written(tmp_path, "every: {undecided: advisory}")) == [("iam-no-action-star", False)]
    assert mandatory(written(tmp_path, "development: {undecided: advisory}")) == [("iam-no-action-star", True)]


def test_what_one_rule_cannot_decide_may_be_advisory_and_the_others_still_refuse(tmp_path: Path):
    file = written(tmp_path, "every: {iam-no-action-star: {undecided: advisory}}")
    assert mandatory(file) == [("iam-no-admin-statement", True)]
    file = written(tmp_path, "every: {undecided: advisory, iam-no-admin-statement: {undecided: mandatory}}")
    assert mandatory(file) == [("iam-no-admin-statement", True)]


def test_a_decided_finding_stays_mandatory_where_undecided_ones_are_advisory(tmp_path: Path):
    enforcement = read(production=True, file=written(tmp_path, "every: {undecided: advisory}"))
    findings = enforcement.evaluate(Resource("aws:kms/key:Key", "key", Block({"bypassPolicyLockoutSafetyCheck": True})))
    (one,) = (one for one in findings if one.rule.id == "kms-no-lockout-bypass")
    assert enforcement.is_mandatory(one)


def test_undecided_findings_of_other_properties_or_resources_stay_apart():
    enforcement = project.read(production=True)
    both = Resource("aws:iam/role:Role", "r", Block({"assumeRolePolicy": UNKNOWN, "managedPolicyArns": UNKNOWN}))
    found = merge_undecided([*enforcement.evaluate(both), *enforcement.evaluate(ROLE_POLICY)], enforcement)
    assert [(one.label, one.unknown) for one in found if not one.decided] == [
        ("aws:iam/role:Role::r", "assumeRolePolicy"),
        ("aws:iam/role:Role::r", "managedPolicyArns"),
        ("aws:iam/rolePolicy:RolePolicy::p", "policy"),
    ]


def test_a_section_says_how_types_are_enforced_that_no_rule_covers(tmp_path: Path):
    role = Resource("aws-native:iam:Role", "admin", Block({}))
    for text, found in (("", []), ("every: {unjudged: advisory}", [False]), ("every: {unjudged: mandatory}", [True])):
        enforcement = read(production=True, file=written(tmp_path, text))
        findings = [one for one in enforcement.evaluate(role) if one.rule.id == "resource-type-judged"]
        assert [enforcement.is_mandatory(one) for one in findings] == found


LOOSENED = """
every:
  undecided: advisory
  kms-rotation: {level: disabled}
  iam-no-admin-statement: {undecided: advisory}
  apigateway-http-route-authorization: {publicRoutes: [GET /a, GET /b, GET /c, GET /d]}
  required-tags: {keys: [service]}
  dynamodb-pitr: {minimumDays: 3}
  rds-backup-retention: {minimumDays: 35}
production:
  dynamodb-cmk: {level: advisory}
  cognito-password-policy: {minimumLength: 20}
"""


def test_what_is_looser_than_the_defaults_is_listed_and_what_is_stricter_is_not(tmp_path: Path):
    assert loosened(read(production=True, file=written(tmp_path, LOOSENED))).splitlines() == [
        "looser than the rules' defaults, by the settings of the pack:",
        "  [apigateway-http-route-authorization] publicRoutes adds GET /a, GET /b, GET /c and 1 more",
        "  [dynamodb-cmk] advisory instead of mandatory",
        "  [dynamodb-pitr] minimumDays is 3 instead of 7",
        "  [kms-rotation] disabled instead of mandatory",
        "  findings that could not be decided are advisory",
        "  [iam-no-admin-statement] advisory where it cannot decide",
    ]
    assert loosened(read(production=True, file=written(tmp_path, ""))) == ""


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
