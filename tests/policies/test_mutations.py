"""Each rule is broken once in the real program, and exactly that rule fires."""

from functools import cache

import pytest

from serverless_guard.enforcement import Enforcement
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.rule import ANY_TYPE, Finding
from tests.policies import mutations
from tests.policies.mutations import Mutation
from tests.policies.program import ROOT, records
from tests.policies.project import read

STACKS = {
    "prod": ROOT / "Pulumi.prod.yaml",
    "options": ROOT / "tests" / "options" / "Pulumi.options.yaml",
}
"""Settings files, which together make the program register every type that it knows."""
MUTATIONS = tuple(mutations.read())


@cache
def program(name: str) -> tuple[Program, Enforcement]:
    stack = records(STACKS[name])
    return stack, read(production=stack.production)


def said(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {(one.rule.id, one.label, one.message) for one in findings}


@cache
def before(name: str) -> tuple[dict[str, set[tuple[str, str, str]]], set[tuple[str, str, str]]]:
    """What is said of the program as it is, of each resource and of the stack."""
    stack, enforcement = program(name)
    return {one.urn: said(enforcement.evaluate(one)) for one in stack.resources}, said(
        enforcement.evaluate_program(stack)
    )


def broken(mutation: Mutation) -> set[str]:
    """Give the rules that say something which they did not say before."""
    stack, enforcement = program(mutation.stack)
    of_resources, of_stack = before(mutation.stack)
    changed, resources = mutation.applied(stack)
    found = said(enforcement.evaluate_program(changed)) - of_stack
    for one in resources:
        found |= said(enforcement.evaluate(one)) - of_resources.get(one.urn, set())
    return {rule for rule, _, _ in found}


@cache
def applicable() -> dict[str, str]:
    """Name the rules that can be broken in the program, each with a stack: enforced, about its types, and kept now."""
    found: dict[str, str] = {}
    for name in STACKS:
        stack, enforcement = program(name)
        of_resources, of_stack = before(name)
        shown = {rule for every in (*of_resources.values(), of_stack) for rule, _, _ in every}
        types = {ANY_TYPE, *(one.type for one in stack.resources)}
        for rule in enforcement.rules:
            if enforcement.level(rule) != "disabled" and rule.id not in shown and types & {*rule.types}:
                found.setdefault(rule.id, name)
    return found


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_what_breaks_a_rule_breaks_that_rule_alone(mutation: Mutation):
    assert broken(mutation) == {mutation.rule, *mutation.implies}


def test_every_rule_about_the_program_is_broken_once():
    declared = {mutation.rule for mutation in MUTATIONS}
    assert sorted(applicable().keys() - declared) == [], "say in mutations.yaml what breaks them in the program"
    assert sorted(declared - applicable().keys()) == [], "the program has nothing for them, or breaks them already"


@pytest.mark.parametrize("name", STACKS)
def test_the_program_breaks_no_mandatory_rule(name: str):
    stack, enforcement = program(name)
    findings = [one for resource in stack.resources for one in enforcement.evaluate(resource)]
    findings += enforcement.evaluate_program(stack)
    assert [f"{one.rule.id} {one.label} {one.message}" for one in findings if enforcement.blocks(one.rule)] == []


def test_a_path_goes_into_text_that_is_json():
    stack = Program((Resource("t", "n", props=mutations.Block({"policy": '{"Statement": [1]}', "kept": 2}), urn="u"),))
    changes = ({"resource": "t::n", "set": {"policy.Statement.+": 3, "kept": None, "new.deep": 4}},)
    _, [changed] = Mutation("r", "prod", changes).applied(stack)
    assert changed.props.values == {"policy": '{"Statement": [1, 3]}', "new": {"deep": 4}}
