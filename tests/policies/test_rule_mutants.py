"""The examples of the rules notice changes of the rules' code."""

import ast
import random

import pytest

from tests.policies.mutate_rules import TARGET, equivalent, killed
from tests.policies.mutation_operators import variants
from tests.policies.rule_mutants import Mutant, compiled, modules, mutants, places

SAMPLE = 60


def changes(code: str) -> list[str]:
    """List what the operators change of code, the outermost first."""
    found = places((ast.parse(code), "body", None))
    return [change for slot, node in found for _, change in variants(node, *slot)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a and b", ["a dropped", "b dropped", "or in a and b"]),
        ("not a", ["not a -> a"]),
        ("a < b", ["a < b -> a <= b"]),
        ("a in b", ["a in b -> a not in b"]),
        ("a is None", ["a is None -> a is not None"]),
        ("any(a)", ["any -> all"]),
        ("a('x')", ["'x' -> 'x~'"]),
        ("a('')", []),
        ("a.strip('x')", ["'x' -> '~'"]),
        ("a(5)", ["5 -> 6"]),
        ("a(True)", ["True -> False"]),
        ("('x', 'y')", ["'x' dropped from ('x', 'y')", "'y' dropped from ('x', 'y')"]),
        ("(a, 'y')", ["'y' -> 'y~'"]),
        ("{'x': a}", ["'x' dropped from {'x': a}"]),
        ("if a: pass", ["a -> not a"]),
        ("[a for a in b if a]", ["a dropped from for a in b if a", "a -> not a"]),
        ("is_true('x', 'y')", ["'x' dropped from is_true('x', 'y')", "'y' dropped from is_true('x', 'y')"]),
        ("def f():\n  yield a", ["yield a dropped"]),
        ("def f():\n  return a", ["return a dropped"]),
    ],
)
def test_a_change_is_made_of_each_part_that_decides(code: str, expected: list[str]):
    assert changes(code) == expected


def mutated() -> list[Mutant]:
    return [one for module in modules() for one in mutants(module)]


def test_a_mutant_can_be_compiled_and_leaves_the_code_as_it_was():
    module = modules()[0]
    before = [one.change for one in mutants(module)]
    for mutant in mutants(module):
        compiled(mutant)
    assert [one.change for one in mutants(module)] == before


def test_each_mutant_that_is_declared_equivalent_exists_and_survives():
    declared = [one for one in mutated() if (one.owner, one.change) in equivalent()]
    assert {(one.owner, one.change) for one in declared if not killed(one)} == equivalent().keys()


def test_the_examples_kill_a_sample_of_the_mutants():
    every = [one for one in mutated() if (one.owner, one.change) not in equivalent()]
    sample = random.Random(11).sample(every, SAMPLE)
    survivors = [f"{one.owner}, line {one.line}: {one.change}" for one in sample if not killed(one)]
    assert len(survivors) <= SAMPLE * (100 - TARGET) / 100, survivors
