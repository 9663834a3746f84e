"""Remedies: each mends what its rule calls bad, and nothing is changed that cannot be seen."""

from dataclasses import replace
from typing import Any

import pytest

from serverless_guard.enforcement import Enforcement
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.remediation import Remediation, mended, remediations
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Example, Rule, subject
from serverless_guard.waivers import Waivers
from serverless_guard.wire import SECRET, SIGNATURE

REMEDIABLE = [rule for rule in every_rule() if rule.remedy]
BAD = [pytest.param(rule, bad, id=f"{rule.id}-{i}") for rule in REMEDIABLE for i, bad in enumerate(rule.bad)]
GOOD = [pytest.param(rule, good, id=f"{rule.id}-{i}") for rule in REMEDIABLE for i, good in enumerate(rule.good)]


def done(rule: Rule, record: Resource, **settings: Any) -> list[Remediation]:
    enforcement = Enforcement(record.production, {rule.id: "remediate"}, {rule.id: settings}, (rule,))
    waivers = Waivers(enforcement, "prod", ())
    return list(remediations(enforcement, waivers, record, record.props.values))


def record(rule: Rule, example: Example) -> Resource:
    made = subject(rule, example)
    assert isinstance(made, Resource)
    return made


def pitr(**props: Any) -> Resource:
    return Resource("aws:dynamodb/table:Table", "table", Block(props))


PITR = next(rule for rule in REMEDIABLE if rule.id == "dynamodb-pitr")


@pytest.mark.parametrize(("rule", "bad"), BAD)
def test_a_remedy_makes_the_bad_example_keep_its_rule(rule: Rule, bad: Example):
    (one,) = done(rule, record(rule, bad), **bad.settings)
    assert rule.findings(replace(record(rule, bad), props=Block(one.props)), bad.settings) == []


@pytest.mark.parametrize(("rule", "good"), GOOD)
def test_what_keeps_its_rule_is_not_changed(rule: Rule, good: Example):
    assert done(rule, record(rule, good), **good.settings) == []


@pytest.mark.parametrize(("rule", "bad"), [(rule, bad) for rule in REMEDIABLE for bad in rule.bad if bad.props])
def test_what_is_unknown_is_not_changed(rule: Rule, bad: Example):
    changed = done(rule, record(rule, replace(bad, props=dict.fromkeys(bad.props, UNKNOWN))))
    assert [path for one in changed for path in one.paths if path.split(".")[0] in bad.props] == []


def test_no_log_is_chosen_for_an_engine_that_is_not_known():
    (rule,) = (one for one in REMEDIABLE if one.id == "rds-log-exports")
    assert done(rule, record(rule, Example({"engine": UNKNOWN}))) == []


def test_a_remedy_leaves_the_other_properties_as_they_are():
    (one,) = done(PITR, pitr(name="users", pointInTimeRecovery={"enabled": False, "recoveryPeriodInDays": 20}))
    assert one.props == {"name": "users", "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 20}}
    assert one.paths == ("pointInTimeRecovery.enabled", "pointInTimeRecovery.recoveryPeriodInDays")


def test_a_remedy_takes_the_options_of_the_stack():
    (one,) = done(PITR, pitr(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 1}), minimumDays=14)
    assert one.props["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 14}


def test_only_the_values_that_break_the_rule_are_replaced():
    rule = next(rule for rule in REMEDIABLE if rule.id == "cloudfront-viewer-https")
    behaviours = [{"viewerProtocolPolicy": "https-only"}, {"viewerProtocolPolicy": "allow-all"}]
    example = Example({"orderedCacheBehaviors": behaviours, "defaultCacheBehavior": behaviours[0]})
    (one,) = done(rule, record(rule, example))
    assert one.props["defaultCacheBehavior"] == {"viewerProtocolPolicy": "https-only"}
    assert [item["viewerProtocolPolicy"] for item in one.props["orderedCacheBehaviors"]] == [
        "https-only",
        "redirect-to-https",
    ]


@pytest.mark.parametrize("closed", [{SIGNATURE: SECRET, "value": {"enabled": False}}, "unknown", 1, [{}, {}]])
def test_what_stands_within_a_value_that_cannot_be_seen_is_not_changed(closed: object):
    assert mended({"pointInTimeRecovery": closed}, {"pointInTimeRecovery.enabled": True}) is None


@pytest.mark.parametrize(
    ("props", "path", "after"),
    [
        ({}, "a.b", {"a": {"b": 1}}),
        ({}, "a?.b", {}),
        ({"a": {}}, "a?.b", {"a": {"b": 1}}),
        ({"a": {}}, "a.b?", {"a": {}}),
        ({}, "a[*].b", {}),
        ({"a": [{}, {"b": 0, "c": 2}]}, "a[*].b", {"a": [{"b": 1}, {"b": 1, "c": 2}]}),
        ({"a": [{"b": 0}]}, "a.b", {"a": [{"b": 1}]}),
    ],
)
def test_a_path_says_what_is_changed(props: dict[str, Any], path: str, after: dict[str, Any]):
    assert mended(props, {path: 1}) == after
