"""Undecided findings: one for each cause, with all rules that stopped at it; what stays apart, and what is named."""

from serverless_guard.enforcement import Enforcement
from serverless_guard.loosened import contradiction
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Finding, Rule
from serverless_guard.undecided import merge_undecided

ENFORCEMENT = Enforcement(production=True)
RULES = {rule.id: rule for rule in every_rule()}
CRITICAL, HIGH, OTHER = RULES["iam-no-admin-statement"], RULES["iam-passrole-scoped"], RULES["kms-rotation"]
POLICY = Resource("aws:iam/policy:Policy", "p", Block({}), urn="urn:pulumi:dev::blog::aws:iam/policy:Policy::p")


def unknown(rule: Rule, path: str, resource: Resource | None = POLICY) -> Finding:
    return Finding(rule, resource, f"cannot decide: {path} is not known at preview", decided=False, unknown=path)


def merged(*findings: Finding) -> list[tuple[str, list[str], str]]:
    found = merge_undecided(findings, ENFORCEMENT)
    return [(one.rule.id, [rule.id for rule in one.others], one.message) for one in found]


def test_the_most_severe_rule_has_the_finding_and_the_others_are_listed_once():
    assert merged(unknown(HIGH, "policy"), unknown(CRITICAL, "policy"), unknown(HIGH, "policy")) == [
        ("iam-no-admin-statement", ["iam-passrole-scoped"], "cannot decide: policy is not known at preview")
    ]


def test_places_of_one_document_are_named_together_and_those_within_another_are_not():
    paths = ("policy.Statement[0].Action", "policy.Statement[1]", "policy.Statement[1].Resource")
    assert merged(*(unknown(HIGH, path) for path in paths), unknown(CRITICAL, paths[0])) == [
        (
            "iam-no-admin-statement",
            ["iam-passrole-scoped"],
            "cannot decide: policy.Statement[0].Action, policy.Statement[1] are not known at preview",
        )
    ]


def test_many_places_are_counted():
    paths = [f"policy.Statement[{index}].Action" for index in range(5)]
    ((_, _, message),) = merged(*(unknown(HIGH, path) for path in paths))
    assert message == (
        "cannot decide: policy.Statement[0].Action, policy.Statement[1].Action, policy.Statement[2].Action "
        "and 2 more places are not known at preview"
    )


def test_a_merged_finding_stands_where_its_first_one_stood():
    decided = Finding(OTHER, POLICY, "x is y")
    found = merge_undecided([unknown(HIGH, "policy"), decided, unknown(CRITICAL, "policy")], ENFORCEMENT)
    assert [one.rule.id for one in found] == ["iam-no-admin-statement", "kms-rotation"]


def test_a_rule_that_failed_inside_is_a_finding_of_its_own():
    failed = [Finding(rule, POLICY, "the rule itself failed", decided=False) for rule in (HIGH, CRITICAL)]
    assert merge_undecided(failed, ENFORCEMENT) == failed


def test_the_rule_that_blocks_has_the_finding_even_if_a_more_severe_one_advises():
    advising = Enforcement(production=True, levels={CRITICAL.id: "advisory"})
    (one,) = merge_undecided([unknown(CRITICAL, "policy"), unknown(HIGH, "policy")], advising)
    assert one.rule is HIGH
    assert advising.is_mandatory(one)


def stack(*tags: dict[str, str], production: bool) -> Program:
    resources = (Resource("aws:kms/key:Key", f"k{i}", Block({"tags": one})) for i, one in enumerate(tags))
    return Program(tuple(resources), production)


def test_a_stack_that_counts_as_development_and_looks_like_production_is_named():
    told = {"Environment": "Production"}
    assert contradiction(stack(told, told, {"environment": "dev"}, production=False), "dev") == (
        "the stack is judged as development, although 2 of its resources are tagged as production"
    )
    assert contradiction(stack(production=False), "prod") == (
        "the stack is judged as development, although it is called prod"
    )
    assert contradiction(stack(told, production=True), "prod") == ""
    assert contradiction(stack({"environment": "dev"}, {"name": "prod"}, production=False), "dev") == ""


def test_an_unknown_range_of_the_programs_vpc_leaves_the_known_ones_to_be_decided():
    rule = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [UNKNOWN, "0.0.0.0/0"]}
    from_vpc = {"ingress": frozenset({"urn:pulumi:prod::blog::aws:ec2/vpc:Vpc::main"})}
    kind = "aws:ec2/securityGroup:SecurityGroup"
    mixed = Resource(kind, "web", Block({"ingress": [rule]}), depends=from_vpc)
    assert [one.message for one in RULES["sg-no-public-ingress"].findings(mixed)] == [
        "ingress from 0.0.0.0/0 on tcp 22"
    ]
    alone = Resource(kind, "web", Block({"ingress": [rule | {"cidrBlocks": [UNKNOWN]}]}), depends=from_vpc)
    assert RULES["sg-no-public-ingress"].findings(alone) == []
