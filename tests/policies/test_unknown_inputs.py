"""What is known decides: an input that is not known at preview changes nothing unless its value could.

Each input that a rule reads is made unknown in each example of the rule, one at a time. Where the rule cannot decide
then, some value of that input must change what it finds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, cast

import pytest

from serverless_guard.record import UNKNOWN
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE, Example, Rule, subject
from tests.policies.test_sdk_properties import all_examples, missing, read

OTHERS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    1,
    5,
    30,
    365,
    10**6,
    "",
    "x",
    "*",
    [],
    {},
    ["x"],
    [{}],
    {"x": "y"},
)
"""Values that are tried for each input, after those that examples give to an input of its name."""
COULD: Final = {
    ("dynamodb-replica-protected", "replicas"): "a replica could lack what the table has",
}
"""Inputs whose values could change a finding although no value that is tried does, with the reason."""


def put(value: Any, steps: Sequence[str], new: object) -> Any:
    """Copy properties with another value at a path; a list of one object reads like the object."""
    if not steps:
        return new
    if isinstance(value, list | tuple) and len(cast("Sequence[Any]", value)) == 1:
        return [put(cast("Sequence[Any]", value)[0], steps, new)]
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(steps[0])
    fields = cast("Mapping[str, Any]", value or {})
    return {**fields, steps[0]: put(fields.get(steps[0]), steps[1:], new)}


def written(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values within properties by the names of theirs."""
    if name:
        yield name, value
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from written(item, key)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[Any]", value):
            yield from written(item, name)


@cache
def values() -> Mapping[str, list[Any]]:
    """Give all values of the examples of all rules by the name of the input."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for rule in every_rule():
        for _, example in all_examples(rule):
            for name, value in written(example.props):
                found[name].append(value)
    return found


def words(rule: Rule, example: Example, steps: Sequence[str], value: object) -> list[str]:
    changed = replace(example, props=put(example.props, steps, value))
    return [f"{one.label}: {one.message}" for one in rule.findings(subject(rule, changed), example.settings)]


def could_change(rule: Rule, example: Example, steps: Sequence[str], known: list[str]) -> bool:
    """Tell whether some value of an input changes what a rule finds, other than that the value is malformed."""
    for value in (*values().get(steps[-1], ()), *OTHERS):
        found = words(rule, example, steps, value)
        if found != known and not any(" is not a" in one for one in found):
            return True
    return False


def needlessly_undecided(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield the inputs of which a rule needs no value that it asks for, each with an example."""
    default = next((kind for kind in rule.types if kind != ANY_TYPE), "aws:dynamodb/table:Table")
    for path in sorted(one for one in read(rule) if one and "[" not in one):
        steps = path.split(".")
        for example in (*rule.good, *rule.bad):
            kind = example.type or default
            if not kind.startswith("aws:") or missing(kind, path):
                continue
            try:
                unknown = words(rule, example, steps, UNKNOWN)
            except ValueError:
                continue  # the example has something else there
            known = [f"{one.label}: {one.message}" for one in rule.findings(subject(rule, example), example.settings)]
            undecided = any("cannot decide" in one for one in unknown) and unknown != known
            if undecided and not could_change(rule, example, steps, known):
                yield path, str(example.props)
                break


RULES = [rule for rule in every_rule() if all(kind.startswith("aws:") for kind in rule.types)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_unknown_input_changes_nothing_unless_its_value_could(rule: Rule):
    found = {path: example for path, example in needlessly_undecided(rule) if (rule.id, path) not in COULD}
    assert found == {}


def test_only_inputs_that_rules_read_are_excused():
    every = {rule.id: rule for rule in every_rule()}
    assert [one for one in COULD if one[1] not in read(every[one[0]])] == []
