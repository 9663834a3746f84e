"""Decided findings of one cause are one finding with all rules that it breaks; what has a cause of its own stays."""

import json
from datetime import date
from typing import Any

import pytest

from serverless_guard.baseline import Baseline, Entry
from serverless_guard.causes import EXCESSIVE, REFINED, SETTINGS, split
from serverless_guard.check import CheckResult, check
from serverless_guard.enforcement import Enforcement
from serverless_guard.evaluation import evaluate
from serverless_guard.formats import FORMATS
from serverless_guard.iam.examples import allow, policy
from serverless_guard.pack import Pack
from serverless_guard.policy_config import PolicyException
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Finding
from serverless_guard.state import State
from serverless_guard.waivers import Waiver, Waivers

ENFORCEMENT = Enforcement(production=True)
BUCKET, BLOCK = "aws:s3/bucket:Bucket", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
DATABASE, INLINE = "aws:rds/instance:Instance", "aws:iam/rolePolicy:RolePolicy"
LOGS = allow(["logs:CreateLogGroup", "logs:PutLogEvents"], "*")


def resource(kind: str, name: str, props: dict[str, Any], **depends: str) -> Resource:
    urns = {key: frozenset({f"urn:pulumi:prod::blog::{value}"}) for key, value in depends.items()}
    return Resource(kind, name, Block(props), urn=f"urn:pulumi:prod::blog::{kind}::{name}", depends=urns)


def judged(*resources: Resource, waivers: Waivers | None = None) -> list[Finding]:
    program = Program(tuple(resources), production=True)
    return list(evaluate(program, ENFORCEMENT, waivers or Waivers(ENFORCEMENT, "", ())).findings)


def of_rule(findings: list[Finding], *rules: str) -> list[tuple[str, str, list[str]]]:
    """Give the findings of some rules: the resource, the rule, and the further rules that the cause breaks."""
    return [
        (one.resource.name, one.rule.id, [also.rule.id for also in one.also])
        for one in findings
        if one.resource and not {rule.id for rule in one.rules}.isdisjoint(rules)
    ]


def test_a_database_without_encryption_is_one_finding_that_breaks_the_rule_about_its_key_too():
    found = judged(resource(DATABASE, "db", {}))
    assert of_rule(found, "rds-cmk") == [("db", "rds-storage-encrypted", ["rds-cmk"])]
    encrypted = judged(resource(DATABASE, "db", {"storageEncrypted": True}))
    assert of_rule(encrypted, "rds-cmk") == [("db", "rds-cmk", [])]


def test_findings_of_two_resources_stay_two():
    found = judged(resource(DATABASE, "one", {}), resource(DATABASE, "two", {}))
    assert [name for name, _, _ in of_rule(found, "rds-cmk")] == ["one", "two"]


def test_a_gap_in_the_public_access_block_of_a_bucket_is_one_finding_about_the_block():
    block = resource(BLOCK, "block", {"ignorePublicAcls": True}, bucket=f"{BUCKET}::uploads")
    found = judged(resource(BUCKET, "uploads", {}), resource(BUCKET, "bare", {}), block)
    assert of_rule(found, "s3-public-access-block-attached", "s3-public-access-block-complete") == [
        ("block", "s3-public-access-block-complete", ["s3-public-access-block-attached"]),
        ("bare", "s3-public-access-block-attached", []),
    ]


def test_a_statement_that_allows_too_much_is_one_finding_with_all_rules_about_it():
    found = judged(resource(INLINE, "logs", {"role": "r", **policy(LOGS)}))
    ((_, rule, also),) = of_rule(found, *EXCESSIVE)
    assert sorted({rule, *also}) == [
        "iam-lambda-logs-scoped",
        "iam-no-resource-star-on-scopable-action",
        "iam-no-unconstrained-write",
    ]


def test_two_statements_are_two_findings():
    found = judged(resource(INLINE, "p", {"role": "r", **policy(LOGS, allow("dynamodb:PutItem", "*"))}))
    assert [one.message.split()[0] for one in found if one.rule.id in EXCESSIVE] == [
        "policy.Statement[0]",
        "policy.Statement[1]",
    ]


def test_the_parts_of_one_setting_are_one_finding():
    found = judged(resource("aws:cognito/userPool:UserPool", "readers", {}))
    ((_, rule, also),) = of_rule(found, "cognito-password-policy")
    assert (rule, set(also)) == ("cognito-password-policy", {"cognito-password-policy"})


def waiver(finding: Finding) -> Waiver:
    given = {
        "rule": finding.rule.id,
        "resource": finding.label,
        "finding": finding.message,
        "reason": "The database holds public data only.",
        "owner": "press",
        "ticket": "OPS-1",
        "expires": "2030-01-31",
    }
    return Waiver(given, 1)


def test_a_waiver_covers_its_own_rule_and_leaves_the_other_one():
    database = resource(DATABASE, "db", {})
    (main,) = [one for one in judged(database) if one.rule.id == "rds-storage-encrypted"]
    waivers = Waivers(ENFORCEMENT, "", (waiver(main),), today=date(2030, 1, 1))
    assert of_rule(judged(database, waivers=waivers), "rds-storage-encrypted", "rds-cmk") == [("db", "rds-cmk", [])]


def test_the_baseline_records_each_rule_by_itself_and_covers_all_of_them():
    database = resource(DATABASE, "db", {})
    entries = tuple(Entry.of(one) for one in split(judged(database)))
    assert {"rds-storage-encrypted", "rds-cmk"} <= {entry.rule for entry in entries}
    recorded = Waivers(ENFORCEMENT, "", (), baseline=Baseline(entries))
    assert judged(database, waivers=recorded) == []


def checked(*resources: Resource, exceptions: tuple[PolicyException, ...] = ()) -> CheckResult:
    state = State(Program(tuple(resources), production=True), "blog/prod")
    return check(state, ENFORCEMENT, Pack(None), exceptions, recorded=Baseline())


def test_each_format_names_all_rules_of_the_cause_with_their_words():
    result = checked(resource(DATABASE, "db", {}))
    rows = [one for one in json.loads(FORMATS["json"](result)) if one["cause"] == "rds-storage-encrypted"]
    assert [(row["rule"], row["rules"], row["finding"]) for row in rows] == [
        ("rds-storage-encrypted", ["rds-storage-encrypted", "rds-cmk"], "storageEncrypted is not true"),
        ("rds-cmk", ["rds-cmk"], "kmsKeyId is not set"),
    ]
    assert "  also breaks rds-cmk: kmsKeyId is not set\n" in FORMATS["text"](result)
    assert "storageEncrypted is not true. Also breaks rds-cmk: kmsKeyId is not set. Fix: " in FORMATS["github"](result)
    assert 'message="kmsKeyId is not set; counted for rds-storage-encrypted"' in FORMATS["junit"](result)
    assert "storageEncrypted is not true. It breaks rds-cmk too: kmsKeyId is not set. " in FORMATS["sarif"](result)


def test_an_exception_of_one_rule_leaves_the_others_of_the_cause():
    database = resource(DATABASE, "db", {})
    excepted = PolicyException(
        "EXC-1", "public data", ((frozenset({"rds-storage-encrypted"}), frozenset({database.urn})),)
    )
    result = checked(database, exceptions=(excepted,))
    assert of_rule(list(result.findings), "rds-storage-encrypted", "rds-cmk") == [("db", "rds-cmk", [])]
    assert [one.rule.id for _, one in result.waived] == ["rds-storage-encrypted"]


@pytest.mark.parametrize("rule", sorted({*REFINED, *SETTINGS, *EXCESSIVE}))
def test_the_rules_of_the_tables_exist(rule: str):
    assert rule in {one.id for one in every_rule()}


def test_a_refined_rule_is_about_types_of_the_rule_that_it_refines():
    types = {one.id: set(one.types) for one in every_rule()}
    assert [rule for rule, about in REFINED.items() if types[rule].isdisjoint(types[about])] == []
