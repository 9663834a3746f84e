"""Each rule against its own examples, and against what a program may hand it instead."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from serverless_guard.record import UNKNOWN
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Example, Finding, Rule
from tests.policies.examples import decide, words

RULES = every_rule()
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
GOOD = [pytest.param(rule, example, id=f"{rule.id}-{i}") for rule in RULES for i, example in enumerate(rule.good)]
BAD = [pytest.param(rule, example, id=f"{rule.id}-{i}") for rule in RULES for i, example in enumerate(rule.bad)]
DOCUMENT_RULES = [rule for rule in RULES if any(isinstance(one.props.get("policy"), dict) for one in rule.bad)]
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    "",
    "nonsense",
    "{",
    [],
    [None],
    ["x"],
    [["x"]],
    {},
    {"x": 1},
    [{}, {}],
    UNKNOWN,
)
MALFORMED: tuple[Any, ...] = (
    *NONSENSE,
    float("inf"),
    float("nan"),
    10**400,
    "²",
    "٣",
    "9" * 400,
    "1e999",
    "2030-13-45",
    "0.0.0.0/99",
    "::/129",
    "arn:",
    "::::::",
    "${",
    "[a-",
    "(",
    "\x00",
    "null",
    "[[]]",
    '{"Statement": [1]}',
    '{"source": [null]}',
    '{"rules": 1}',
    "rate()",
    "cron()",
    [0],
    [[{}]],
    {"": 1},
    {"x": {}},
    {"Statement": {}},
    [UNKNOWN],
    {"x": UNKNOWN},
)
"""What no property takes, and texts that begin like an address, an ARN, a number, a date, a pattern or JSON."""
JSON = [one for one in MALFORMED if "UNKNOWN" not in repr(one)]


def items(value: Any) -> list[tuple[Any, Any]]:
    """List what an object or a list holds, each with its key or index; nothing for any other value."""
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).items())
    return list(enumerate(cast("list[Any]", value))) if isinstance(value, list) else []


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within properties, the containers included."""
    for key, item in items(value):
        yield (*path, key)
        yield from paths(item, (*path, key))


def places(*examples: Example) -> Iterator[tuple[Example, tuple[Any, ...]]]:
    """Yield every value of the properties of examples by its path, with the example."""
    return ((example, path) for example in examples for path in paths(example.props))


def without(value: Any, path: tuple[Any, ...]) -> Any:
    """Copy properties without the value at a path."""
    head, *rest = path
    kept = {k: without(v, tuple(rest)) if k == head else v for k, v in items(value) if rest or k != head}
    return kept if isinstance(value, dict) else list(kept.values())


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Copy properties with another value at a path."""
    if not path:
        return new
    head, *rest = path
    copy = {k: put(v, tuple(rest), new) if k == head else v for k, v in items(value)}
    return copy if isinstance(value, dict) else list(copy.values())


def put_key(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """Copy properties with a value at a path of keys, whether it is there already or not."""
    if not path:
        return new
    inner = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {**inner, path[0]: put_key(inner.get(path[0]), path[1:], new)}


def stands_for_a_name(path: tuple[Any, ...]) -> bool:
    """Tell whether an unknown value at a path is a name within a policy document, or says nothing about rights."""
    keys = [key for key in path if isinstance(key, str)]
    if "Condition" in keys:
        operator = keys[keys.index("Condition") + 1 :][:1]
        return len(path) > path.index("Condition") + 2 and operator[0].rpartition(":")[2].startswith(("String", "Arn"))
    return bool({"Resource", "NotResource"} & set(keys)) or (len(keys) > 1 and keys[-1] in {"Sid", "Version"})


def failed(findings: list[Finding]) -> list[str]:
    return [finding.message for finding in findings if "the rule itself failed" in finding.message]


@EACH_RULE
def test_a_rule_has_an_example_that_breaks_it_and_one_that_keeps_it(rule: Rule):
    assert rule.bad
    assert rule.good


@EACH_RULE
def test_a_rule_says_what_it_asks_for_and_how_to_fix_a_violation(rule: Rule):
    assert rule.title
    assert rule.title[0].isupper()
    assert rule.fix.endswith(".")


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_a_good_example_keeps_its_rule(rule: Rule, example: Example):
    assert words(example, decide(rule, example)) == example.finds == ()


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_a_bad_example_breaks_its_rule_with_the_words_that_it_pins(rule: Rule, example: Example):
    assert words(example, decide(rule, example)) == example.finds != ()


@EACH_RULE
def test_a_missing_property_never_crashes_a_rule(rule: Rule):
    for example, path in places(*rule.good, *rule.bad):
        assert failed(decide(rule, replace(example, props=without(example.props, path)))) == []


@EACH_RULE
def test_a_value_of_the_wrong_type_never_crashes_a_rule(rule: Rule):
    for example, path in places(*rule.good, *rule.bad):
        for value in NONSENSE:
            assert failed(decide(rule, replace(example, props=put(example.props, path, value)))) == []


@EACH_RULE
def test_a_violation_does_not_pass_because_its_properties_are_unknown(rule: Rule):
    for example in rule.bad:
        unknown = replace(example, props=dict.fromkeys(example.props, UNKNOWN))
        assert decide(rule, unknown) or rule.unknown_passes_because, example


@EACH_RULE
def test_a_violation_does_not_pass_because_one_of_its_values_is_unknown(rule: Rule):
    for example, path in places(*rule.bad):
        unknown = replace(example, props=put(example.props, path, UNKNOWN))
        assert decide(rule, unknown) or rule.unknown_passes_because or stands_for_a_name(path), (example, path)


@EACH_RULE
def test_what_mends_a_violation_does_not_while_it_is_unknown(rule: Rule):
    for example in rule.bad:
        for good, path in places(*rule.good):
            if good.type == example.type and all(isinstance(key, str) for key in path):
                mended = replace(example, props=put_key(example.props, path, UNKNOWN))
                assert decide(rule, mended) or rule.unknown_passes_because or stands_for_a_name(path), (example, path)


@EACH_RULE
def test_a_rule_that_cannot_decide_names_the_property(rule: Rule):
    for example, path in places(*rule.bad):
        named = {
            ".".join(key for key in named if isinstance(key, str)) for _, named in places(example, *example.others)
        }
        for finding in decide(rule, replace(example, props=put(example.props, path, UNKNOWN))):
            if not finding.decided:
                asked = finding.message.removeprefix("cannot decide: ").partition(" is not known")[0]
                assert any(re.sub(r"\[\d+\]", "", asked).startswith(one) for one in named), (example, asked)


def malformed(props: dict[str, Any], names: list[str], seeded: random.Random) -> dict[str, Any]:
    """Copy properties with up to three malformed values, in the place of values or of properties that are not set."""
    for _ in range(seeded.randint(1, 3)):
        path = seeded.choice([*paths(props), *((name,) for name in names)])
        props = put_key(props, path, None) if path[0] not in props else props
        props = put(props, path, seeded.choice(MALFORMED))
    return props


@EACH_RULE
def test_malformed_values_never_crash_a_rule(rule: Rule):
    seeded = random.Random(rule.id)
    examples = (*rule.good, *rule.bad)
    names = sorted({"x", *(name for one in examples for name in one.props)})
    for example in examples:
        for _ in range(20):
            others = tuple(
                replace(one, props=malformed(dict(one.props), ["x"], seeded)) if seeded.random() < 0.5 else one
                for one in example.others
            )
            props = malformed(dict(example.props), names, seeded)
            assert failed(decide(rule, replace(example, props=props, others=others))) == []


@pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.id)
def test_random_documents_never_crash_a_rule_as_text_either(rule: Rule):
    seeded = random.Random(rule.id)
    for example in (one for one in (*rule.good, *rule.bad) if isinstance(one.props.get("policy"), dict)):
        every = list(paths(example.props["policy"]))
        for _ in range(20):
            document = example.props["policy"]
            for _ in range(seeded.randint(1, 3)):
                document = put(document, seeded.choice(every), seeded.choice(JSON))
            props = {**example.props, "policy": json.dumps(document, default=lambda _: UNKNOWN_STRING)}
            assert failed(decide(rule, replace(example, props=props))) == []
