"""A waiver names a finding by its exact words, so these must change when the violation becomes worse.

Each bad example of a rule is made worse by simple operators: a wider CIDR, more ports, more actions, everybody instead
of somebody, a number further from the bound. Where the worse value has a finding with the same words, a waiver of the
first would cover it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import pytest

from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Example, Rule, subject

Path = tuple[str | int, ...]


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield each value within properties, with its path; a JSON document is looked into, except for what it denies."""
    document = decoded(value)
    yield path, value
    if isinstance(document, Mapping):
        fields = cast("Mapping[str, object]", document)
        for key, item in fields.items() if fields.get("Effect") != "Deny" else ():
            yield from leaves(item, (*path, key))
    elif isinstance(document, list | tuple):
        for index, item in enumerate(cast("Sequence[object]", document)):
            yield from leaves(item, (*path, index))


def decoded(value: object) -> object:
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return cast("object", json.loads(value))
        except ValueError:
            return value
    return value


def changed(value: Any, path: Path, new: object) -> Any:
    """Copy properties with another value at a path, within JSON documents too."""
    if not path:
        return new
    document = decoded(value)
    head, *rest = path
    if isinstance(document, Mapping):
        fields = cast("Mapping[str | int, Any]", document)
        copy: Any = {**fields, head: changed(fields[head], tuple(rest), new)}
    else:
        copy = list(cast("Sequence[Any]", document))
        copy[cast("int", head)] = changed(copy[head], tuple(rest), new)
    return json.dumps(copy) if isinstance(value, str) else copy


def widest_cidr(path: Path, value: object) -> object:
    """Every address instead of some."""
    del path
    return "0.0.0.0/0" if isinstance(value, str) and re.fullmatch(r"[\d.]+/\d+", value) else None


def all_ports(path: Path, value: object) -> object:
    """A range that reaches to the end."""
    return {"fromPort": 0, "toPort": 65535}.get(str(path[-1])) if isinstance(value, int | float) else None


def all_actions(path: Path, value: object) -> object:
    """Every action instead of some."""
    trust = "assumeRolePolicy" in path  # where there are only the actions of STS
    return "*" if path[-1] == "Action" and isinstance(value, str | list) and not trust else None


def all_resources(path: Path, value: object) -> object:
    """Every resource instead of some."""
    return "*" if path[-1] == "Resource" and isinstance(value, str | list) else None


def everybody(path: Path, value: object) -> object:
    """Everybody instead of somebody."""
    return "*" if path[-1] == "Principal" and isinstance(value, Mapping) else None


def no_condition(path: Path, value: object) -> object:
    """No condition instead of one."""
    return {} if path[-1] == "Condition" and isinstance(value, Mapping) and value else None


def fewer(path: Path, value: object) -> object:
    """Nothing instead of too little."""
    del path
    return 0 if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


def far_more(path: Path, value: object) -> object:
    """A thousand times too much."""
    del path
    return value * 1000 if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


@dataclass(frozen=True)
class Operator:
    """A way to make a value worse.

    Attributes:
        worsen: Gives the worse value, None where it does not apply.
        about: What the words of a finding say that such a value makes worse.
        worst: What they say where it is the worst already.
    """

    worsen: Callable[[Path, object], object]
    about: str
    worst: str = "(?!)"


GRANTS: Final = r"\b(allows|opens|lets|trusts|may|shared|assumed)\b"
OPERATORS: Final = {
    "widest CIDR": Operator(widest_cidr, GRANTS, r"every address|everybody"),
    "all ports": Operator(all_ports, GRANTS, r"every port|all ports"),
    "all actions": Operator(all_actions, GRANTS, r"every action|:\*|everything"),
    "all resources": Operator(all_resources, GRANTS, r"(every|all) \w+|everything|all that it does not name"),
    "everybody": Operator(everybody, GRANTS, "everybody"),
    "no condition": Operator(no_condition, GRANTS, "without a condition"),
    "fewer": Operator(fewer, r"below|at least|fewer"),
    "far more": Operator(far_more, r"above|at most|more than"),
}


def words(rule: Rule, example: Example) -> set[str]:
    found = rule.findings(subject(rule, example), example.settings)
    return {f"{one.label}: {one.message}" for one in found if one.decided}


def worse(rule: Rule, example: Example) -> Iterator[tuple[str, str]]:
    """Yield each operator that makes an example worse without a change of the words, with these."""
    before = words(rule, example)
    for path, value in leaves(example.props):
        for name, operator in OPERATORS.items() if path else ():
            new = operator.worsen(path, value)
            if new is None or new == value:
                continue
            after = words(rule, replace(example, props=changed(example.props, path, new)))
            concerned = {
                one
                for one in after
                if re.search(operator.about, one)
                and not re.search(operator.worst, one)
                and (operator.about.startswith(GRANTS) or str(path[-1]) in one)
            }
            if after <= before:
                yield from ((name, one) for one in concerned)


NOT_WORSE: Final = {
    ("elasticache-multi-az", "fewer"): "zero clusters are a number that is not set, which stands for one",
    ("iam-no-resource-star-on-scopable-action", "no condition"): "the condition of the example narrows nothing",
    ("iam-passrole-scoped", "no condition"): "the condition of the example narrows nothing",
    ("iam-passrole-scoped", "all actions"): "the rule is about iam:PassRole alone; other rules are about the others",
    ("iam-kms-decrypt-scoped", "all actions"): "the rule is about decryption alone, and names what it allows",
    ("iam-lambda-logs-scoped", "all actions"): "the rule is about the actions of logs alone, and names them",
    ("iam-lambda-logs-scoped", "all resources"): "creating log groups concerns any of them, and so does a wildcard",
    (
        "iam-no-credentials-exposure",
        "all actions",
    ): "the rule is about credentials alone, and names the actions for them",
    ("iam-no-data-exfiltration", "all actions"): "the example's other statement names what the finding is about",
}
"""Where an operator does not make worse what the rule is about, with the reason."""


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.id)
def test_the_words_of_a_finding_change_when_it_becomes_worse(rule: Rule):
    covered = {(rule.id, name): words for example in rule.bad for name, words in worse(rule, example)}
    assert {key: words for key, words in covered.items() if key not in NOT_WORSE} == {}


def test_only_what_rules_still_say_is_excused():
    rules = {rule.id for rule in every_rule()}
    assert {rule for rule, _ in NOT_WORSE} <= rules
    assert {operator for _, operator in NOT_WORSE} <= set(OPERATORS)
