"""What the rules of a stack cost grows with the stack, not with its square."""

import sys
from dataclasses import replace
from types import FrameType

import pytest

from serverless_guard.program import Program
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Example, Rule, subject

NAMES = ("id", "arn", "name", "bucket", "functionName", "url")
RULES = [rule for rule in every_rule() if rule.stack]
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{i}")
    for rule in RULES
    for i, example in enumerate((*rule.good, *rule.bad))
]


def copies(stack: Program, count: int) -> Program:
    """The stack several times over, with names and references of their own."""
    resources = [
        replace(
            one,
            name=f"{one.name}-{i}",
            urn=f"{one.urn}-{i}",
            props=replace(
                one.props,
                values={
                    key: f"{value}-{i}" if key in NAMES and isinstance(value, str) else value
                    for key, value in one.props.values.items()
                },
            ),
            depends={path: frozenset(f"{urn}-{i}" for urn in urns) for path, urns in one.depends.items()},
        )
        for i in range(count)
        for one in stack.resources
    ]
    return replace(stack, resources=tuple(resources))


def calls(rule: Rule, stack: Program, example: Example) -> int:
    """Count the calls that a rule makes, which is the same in each run, on each machine."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        rule.findings(stack, example.settings)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_twice_the_stack_is_twice_the_work(rule: Rule, example: Example):
    stack = subject(rule, example)
    assert isinstance(stack, Program)
    small, large = (calls(rule, copies(stack, count), example) for count in (40, 80))
    assert large < 2.2 * small
