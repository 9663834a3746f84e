"""Waivers: they cover what they say, only that, only for a while, and those that lie fail the check."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from serverless_guard import waivers
from serverless_guard.enforcement import Enforcement, EnforcementError
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.rule import Finding
from serverless_guard.waivers import Waiver, Waivers

TABLE = "aws:dynamodb/table:Table"
TODAY = date(2026, 11, 1)
ENFORCEMENT = Enforcement(production=True)
PITR = {
    "rule": "dynamodb-pitr",
    "resource": f"{TABLE}::blog-cache",
    "finding": "pointInTimeRecovery.enabled is not true",
    "reason": "Holds what can be computed again.",
    "owner": "blog-team",
    "expires": "2026-12-31",
}


def table(name: str = "blog-cache", **props: object) -> Resource:
    return Resource(TABLE, name, Block(props), urn=f"urn:pulumi:prod::blog::{TABLE}::{name}")


def findings(resource: Resource) -> list[Finding]:
    return [one for one in ENFORCEMENT.evaluate(resource) if one.rule.id.startswith("dynamodb-")]


def of(*entries: dict[str, str], stack: str = "prod") -> Waivers:
    return Waivers(ENFORCEMENT, stack, tuple(Waiver(one, line) for line, one in enumerate(entries, 1)), today=TODAY)


def problems(subject: Waivers, *, whole: bool = True) -> list[str]:
    return [one.message for one in subject.check_waivers(whole=whole)]


def test_a_waiver_covers_its_finding_and_no_other_of_the_same_resource():
    before = [(one.rule.id, one.message) for one in findings(table())]
    subject = of(PITR)
    after = [(one.rule.id, one.message) for one in subject.remaining(findings(table()))]
    assert [one for one in before if one not in after] == [("dynamodb-pitr", PITR["finding"])]
    assert problems(subject) == []


def test_a_waiver_covers_no_other_finding_of_the_same_rule():
    subject = of(PITR)
    short = table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 1})
    assert "dynamodb-pitr" in {one.rule.id for one in subject.remaining(findings(short))}
    assert len(problems(subject)) == 1


def test_a_waiver_covers_no_other_resource():
    assert "dynamodb-pitr" in {one.rule.id for one in of(PITR).remaining(findings(table("blog-table")))}


def test_a_waiver_may_name_its_resource_by_its_urn():
    subject = of(PITR | {"resource": table().urn})
    assert "dynamodb-pitr" not in {one.rule.id for one in subject.remaining(findings(table()))}
    assert problems(subject) == []


def test_a_waiver_may_name_few_resources_by_a_pattern():
    subject = of(PITR | {"resource": f"{TABLE}::blog-cache-*"})
    for name in ("blog-cache-a", "blog-cache-b"):
        assert "dynamodb-pitr" not in {one.rule.id for one in subject.remaining(findings(table(name)))}
    assert problems(subject) == []


def test_a_waiver_that_covers_many_findings_is_too_wide():
    subject = of(PITR | {"resource": f"{TABLE}::blog-cache-*"})
    for number in range(6):
        subject.remaining(findings(table(f"blog-cache-{number}")))
    assert problems(subject) == [
        "waivers.yaml, line 1: resource is too wide: it covers 6 findings, at most 5 are allowed"
    ]


def test_a_finding_that_could_not_be_decided_cannot_be_waived():
    unknown = table(pointInTimeRecovery=UNKNOWN)
    message = next(one.message for one in findings(unknown) if one.rule.id == "dynamodb-pitr")
    subject = of(PITR | {"finding": message})
    assert message in {one.message for one in subject.remaining(findings(unknown))}


def test_a_waiver_is_in_force_with_its_owner_reason_and_expiry():
    subject = of(PITR)
    subject.remaining(findings(table()))
    ((waiver, finding),) = subject.in_force()
    assert waiver.words == "waived until 2026-12-31 by blog-team: Holds what can be computed again."
    assert finding.label == f"{TABLE}::blog-cache"


def test_a_waiver_of_another_stack_is_neither_in_force_nor_superfluous():
    subject = of(PITR | {"stack": "prod"}, stack="dev")
    assert "dynamodb-pitr" in {one.rule.id for one in subject.remaining(findings(table()))}
    assert problems(subject) == []


def test_a_waiver_that_covers_nothing_is_a_failure_once_the_whole_stack_was_seen():
    nothing = "it covers nothing: no finding of the rule is worded so, for this resource in this stack"
    assert problems(of(PITR)) == [f"waivers.yaml, line 1: {nothing}"]
    assert problems(of(PITR), whole=False) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "reason is missing"),
        ({"owner": ""}, "owner is missing"),
        ({"owner": "nobody"}, "owner names nobody: give a team or a person"),
        ({"owner": "Me"}, "owner names nobody: give a team or a person"),
        ({"owner": "-"}, "owner names nobody: give a team or a person"),
        ({"reason": "."}, "reason does not say why: write at least 3 words"),
        ({"reason": "tbd"}, "reason does not say why: write at least 3 words"),
        ({"reason": "1 2 3"}, "reason does not say why: write at least 3 words"),
        ({"ticket": "later"}, "ticket has no number: give its key or address"),
        ({"approvedBy": "blog-team"}, "approvedBy is the owner: somebody else approves a waiver"),
        ({"expires": ""}, "expires is missing"),
        ({"finding": ""}, "finding is missing"),
        ({"rule": ""}, "rule is missing"),
        ({"resource": ""}, "resource is missing"),
        ({"until": "2026-12-31"}, "until is no field of a waiver"),
        ({"expires": "2026-10-31"}, "it expired on 2026-10-31"),
        ({"expires": "2027-12-31"}, "expires is more than 180 days ahead: 2027-04-30 is the latest date"),
        ({"expires": "never"}, "expires is not a date such as 2026-12-31"),
        ({"rule": "dynamodb-pitter"}, "rule: there is no rule dynamodb-pitter; did you mean dynamodb-pitr?"),
        *(
            (
                {"resource": wide},
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as a finding shows it; "
                    "the name may hold one *, beside at least 4 other characters"
                ),
            )
            for wide in (
                "*",
                "blog-cache",
                f"{TABLE}::*",
                f"{TABLE}::blo*",
                f"{TABLE}::*cache*",
                "aws:*::blog-cache",
                "aws:dynamodb/*:Table::blog-cache",
                "urn:pulumi:prod::blog::*::blog-cache",
            )
        ),
    ],
)
def test_a_waiver_that_does_not_hold_is_a_failure_and_covers_nothing(change: dict[str, str], message: str):
    subject = of(PITR | change)
    assert "dynamodb-pitr" in {one.rule.id for one in subject.remaining(findings(table()))}
    assert f"waivers.yaml, line 1: {message}" in problems(subject, whole=False)


def test_a_waiver_cannot_waive_the_rule_about_waivers():
    lie = {"rule": "waiver-valid", "resource": "the stack", "finding": "waivers.yaml, line 1: owner is missing"}
    subject = of(PITR | {"owner": ""}, PITR | lie)
    assert problems(subject, whole=False) == [
        "waivers.yaml, line 1: owner is missing",
        "waivers.yaml, line 2: waiver-valid cannot be waived: correct or delete the waiver that it is about",
    ]


LOCKOUT = PITR | {
    "rule": "kms-no-lockout-bypass",
    "resource": "aws:kms/key:Key::key",
    "finding": "bypassPolicyLockoutSafetyCheck is true",
}


@pytest.mark.parametrize("review", [{"approvedBy": "security-team"}, {"ticket": "https://tickets.example/SEC-42"}])
def test_a_critical_finding_is_waived_only_after_a_review(review: dict[str, str]):
    key = Resource("aws:kms/key:Key", "key", Block({"bypassPolicyLockoutSafetyCheck": True}))
    alone, reviewed = of(LOCKOUT), of(LOCKOUT | review)
    for subject, left in ((alone, True), (reviewed, False)):
        rules = {one.rule.id for one in subject.remaining(ENFORCEMENT.evaluate(key))}
        assert ("kms-no-lockout-bypass" in rules) is left
    assert problems(reviewed) == []
    assert problems(alone, whole=False) == [
        "waivers.yaml, line 1: the rule is critical: name who has approved the waiver in approvedBy, or the ticket"
    ]


def test_a_waiver_may_name_its_rule_by_an_earlier_id():
    (pitr,) = (one for one in ENFORCEMENT.rules if one.id == "dynamodb-pitr")
    finding = Finding(replace(pitr, aliases=("table-pitr",)), table(), PITR["finding"])
    waiver = Waiver(PITR | {"rule": "table-pitr"}, 1)
    assert waiver.covers(finding)
    assert not waiver.covers(replace(finding, rule=pitr))


def test_a_key_that_stands_twice_in_a_waiver_is_refused_with_both_lines(tmp_path: Path):
    file = tmp_path / "waivers.yaml"
    file.write_text("- rule: dynamodb-pitr\n  owner: a\n  owner: b\n", "utf-8")
    with pytest.raises(EnforcementError) as error:
        waivers.read(ENFORCEMENT, stack="prod", file=file)
    assert str(error.value) == (
        "waivers.yaml, line 3: owner stands there again, after line 2; YAML would take the last one only"
    )


def test_the_file_gives_the_lines_and_dates_of_its_entries(tmp_path: Path):
    file = tmp_path / "waivers.yaml"
    file.write_text("# why\n- rule: dynamodb-pitr\n  expires: 2026-12-31\n- rule: kms-rotation\n  owner:\n", "utf-8")
    assert waivers.read(ENFORCEMENT, stack="prod", file=file).all == (
        Waiver({"rule": "dynamodb-pitr", "expires": "2026-12-31"}, 2),
        Waiver({"rule": "kms-rotation", "owner": ""}, 4),
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]"])
def test_an_empty_file_waives_nothing(tmp_path: Path, text: str):
    file = tmp_path / "waivers.yaml"
    file.write_text(text, "utf-8")
    assert waivers.read(ENFORCEMENT, stack="prod", file=file).all == ()
    assert waivers.read(ENFORCEMENT, stack="prod", file=tmp_path / "absent.yaml").all == ()


@pytest.mark.parametrize("text", ["rule: dynamodb-pitr", "- dynamodb-pitr", "- [", "x"])
def test_a_file_that_is_no_list_of_waivers_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "waivers.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(EnforcementError, match=r"waivers\.yaml"):
        waivers.read(ENFORCEMENT, stack="prod", file=file)
