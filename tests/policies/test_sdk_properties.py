"""The types and properties of the rules beside the classes of pulumi_aws: no rule reads what the SDK does not have.

Read are the properties of every example, those that a rule asks for while it decides its examples, those that its
remedy sets, and those that its fix and its messages name.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast
from unittest import mock

import pytest

from local.provider.schema import Kind, schema
from serverless_guard.program import Program
from serverless_guard.record import Block
from serverless_guard.references import IDENTITIES
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE, Example, Rule, subject

RULES = every_rule()
TYPED = [rule for rule in RULES if any(kind.startswith("aws:") for kind in rule.types)]
LEGACY = {("aws:s3/bucket:Bucket", "loggings"), ("aws:s3/bucketV2:BucketV2", "loggings")}
"""Names of pulumi-aws 6, which a record has no more when a rule reads it (serverless_guard/legacy.py)."""
SHARED = ("resourcePolicy",)
"""Properties that the reader of resource policies asks each type for; those that have `policy` lack it."""
OF_PROVIDERS = ("allowedAccountIds",)
"""Properties that a rule reads from the provider of a resource, which is a resource of the program too."""


@cache
def inputs(kind: str) -> Mapping[str, Kind]:
    """Give the inputs of a resource type, and what other resources refer to it by."""
    found = schema(kind)
    return {name: one for name, one in found.properties.items() if name in found.inputs or name in IDENTITIES}


def missing(kind: str, path: str) -> str:
    """Give the part of a property path that a type does not have; empty where it has all of it."""
    fields, walked = inputs(kind), list[str]()
    for step in re.sub(r"\[[\d*]*\]", "", path).split("."):
        walked.append(step)
        if step not in fields:
            return ".".join(walked)
        item = fields[step]
        while item.name == "list":
            item = item.item
        if item.name != "object":
            return ""
        fields = item.fields
    return ""


def written(value: Any, within: str = "") -> Iterator[str]:
    """Yield the path of each property that an example sets."""
    if isinstance(value, Mapping):
        for name, item in cast("Mapping[str, Any]", value).items():
            yield f"{within}{name}"
            yield from written(item, f"{within}{name}.")
    elif isinstance(value, (list, tuple)):
        for item in cast("list[Any]", value):
            yield from written(item, within)


def all_examples(rule: Rule) -> Iterator[tuple[str, Example]]:
    default = next((kind for kind in rule.types if kind != ANY_TYPE), "aws:dynamodb/table:Table")
    for example in (*rule.good, *rule.bad):
        for one in (example, *example.others):
            yield one.type or default, one


class _Read(dict[str, Any]):
    """Properties that note what is asked for by name."""

    def __init__(self, values: Mapping[str, Any], noted: set[str]) -> None:
        super().__init__(values)
        self.noted = noted

    def get(self, key: str, default: Any = None) -> Any:
        self.noted.add(key)
        return super().get(key, default)


def read(rule: Rule) -> set[str]:
    """Give the paths of the properties that a rule asks for while it decides its examples."""
    noted = set[str]()
    walk = Block._walk  # pyright: ignore[reportPrivateUsage]

    def note(block: Block, path: str, *, whole: bool) -> Any:
        noted.add(block.path + path)
        return walk(block, path, whole=whole)

    with mock.patch.object(Block, "_walk", note):
        for example in (*rule.good, *rule.bad):
            record = subject(rule, example)
            for one in record.resources if isinstance(record, Program) else (record,):
                object.__setattr__(one.props, "values", _Read(one.props.values, noted))
            rule.findings(record, example.settings)
    return noted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_type_of_a_rule_is_one_of_the_sdk(rule: Rule):
    named = {kind for kind, _ in all_examples(rule)} | set(rule.types)
    assert [kind for kind in named if kind.startswith("aws:") and not inputs(kind)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_property_of_an_example_is_one_of_its_type(rule: Rule):
    """An example may also mix up the rule's types, to show that the rule keeps them apart."""
    for kind, example in all_examples(rule):
        for path in (*written(example.props), *example.depends) if kind.startswith("aws:") else ():
            others = [one for one in rule.types if one.startswith("aws:") and not missing(one, path)]
            unknown = missing(kind, path)
            assert not unknown or others or (kind, unknown) in LEGACY, (kind, path)


@pytest.mark.parametrize("rule", TYPED, ids=lambda rule: rule.id)
def test_a_rule_asks_for_properties_that_one_of_its_types_has(rule: Rule):
    kinds = {kind for kind in (*rule.types, *(kind for kind, _ in all_examples(rule))) if kind.startswith("aws:")}
    asked = {path for path in read(rule) if path not in {*IDENTITIES, *SHARED, *OF_PROVIDERS}}
    assert [path for path in sorted(asked) if all(missing(kind, path) for kind in kinds)] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.remedy], ids=lambda rule: rule.id)
def test_a_remedy_changes_properties_that_the_type_has(rule: Rule):
    assert rule.remedy is not None
    for example in rule.bad:
        record = subject(rule, example)
        resource = record.resources[0] if isinstance(record, Program) else record
        settings = rule.settings(production=True) | dict(example.settings)
        object.__setattr__(resource, "settings", settings)
        assert [path for path in rule.remedy(resource) if missing(resource.type, path.replace("?", ""))] == []
