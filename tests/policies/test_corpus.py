"""The rules beside the labels of another tool: every disagreement has a reason, and every reason a disagreement."""

from functools import cache

from tests.policies.score import CASES, CheckResult, judged, reasons, report


@cache
def verdicts() -> list[CheckResult]:
    return judged(CASES)


def disagreements() -> set[tuple[str, str]]:
    return {(one.check, one.case) for one in verdicts() if one.wrong != one.found}


def test_every_disagreement_has_a_reason():
    assert sorted(disagreements() - reasons().keys()) == []


def test_every_reason_is_of_a_disagreement():
    assert sorted(reasons().keys() - disagreements()) == []
    assert all(reasons().values())


def test_the_rules_find_seven_of_eight_and_are_right_in_seven_of_eight():
    found = [one for one in verdicts() if one.found]
    wrong = [one for one in verdicts() if one.wrong]
    assert sum(one.found for one in wrong) / len(wrong) >= 7 / 8
    assert sum(one.wrong for one in found) / len(found) >= 7 / 8


def test_the_report_shows_each_disagreement_with_its_reason():
    lines = list(report(verdicts(), reasons()))
    assert lines[-1].startswith(f"{len(verdicts())} cases of ")
    assert sum(line.startswith("    ") for line in lines) == sum(one.wrong != one.found for one in verdicts())
    assert not [line for line in lines if "UNEXPLAINED" in line]
    [unexplained, *_] = [line for line in report(verdicts(), {}) if line.startswith("    ")]
    assert unexplained.endswith("UNEXPLAINED")
