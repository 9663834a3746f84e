"""No option is only declared: the stacks dev, prod and those of tests/options, which tests deploy, have all values."""

from typing import TypeAliasType, get_args, get_type_hints

import pytest
import yaml

import settings
from settings.stack import key_of
from tests.engine import test_more
from tests.test_settings import ROOT, config_of

OPTIONS = ROOT / "tests/options"
FILES = [("dev", ROOT), ("prod", ROOT), ("options", OPTIONS), ("more", OPTIONS)]
DEPLOYED = [settings.parse(config_of(stack, folder), project="blog", stack=stack) for stack, folder in FILES]

TYPES = get_type_hints(settings.Settings)
CHOICES = {name: get_args(hint.__value__) for name, hint in TYPES.items() if isinstance(hint, TypeAliasType)}
SIZES = {"api_cache_size"}
"""Choices that are sizes: one is as good as another."""


def deployed(name: str) -> set[object]:
    return {getattr(stack, name) for stack in DEPLOYED}


@pytest.mark.parametrize("name", sorted(CHOICES.keys() - SIZES))
def test_each_choice_is_deployed(name: str) -> None:
    assert deployed(name) == set(CHOICES[name])


@pytest.mark.parametrize("name", [name for name, hint in TYPES.items() if hint is bool])
def test_each_switch_is_deployed_on_and_off(name: str) -> None:
    assert deployed(name) == {True, False}


@pytest.mark.parametrize("name", [name for name, hint in TYPES.items() if hint in (str | None, tuple[str, ...])])
def test_what_may_be_left_out_is_deployed_with_and_without(name: str) -> None:
    assert {bool(value) for value in deployed(name)} == {True, False}


def test_each_number_that_means_nothing_by_zero_is_deployed_with_and_without() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    numbers = {key_of(name): name for name, hint in TYPES.items() if hint in (int, float)}
    names = {numbers[key] for key, entry in declared.items() if key in numbers and "; 0 " in entry["description"]}
    # A REST API without a cache takes over in test_more.
    assert "blog:apiCacheSeconds: 0" in test_more.REST
    assert len(names) > 5
    one_sided = {name for name in names if len({bool(value) for value in deployed(name)}) == 1}
    assert one_sided == {"api_cache_seconds"}
