"""Which rules a stack enforces, how strictly, and with which options.

A rule's own metadata says where it is mandatory; the `enforcement.yaml` of a pack says what it sets differently.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE, Finding, Level, Rule

SECTIONS = ("every", "production", "development")


class EnforcementError(Exception):
    """`enforcement.yaml`, or the config given to the pack, names what does not exist; the message has the fix."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """The rules as one stack enforces them.

    Attributes:
        production: Whether the stack declares itself production.
        levels: Levels that differ from the rules' own, by rule id.
        settings: Options that differ from the rules' defaults, by rule id and option.
        rules: The rules.
        remediating: Whether any of them is to be remediated.
    """

    production: bool
    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    rules: tuple[Rule, ...] = field(default_factory=every_rule)
    remediating: bool = field(init=False)
    _by_type: dict[str, tuple[Rule, ...]] = field(default_factory=dict[str, tuple[Rule, ...]], repr=False)

    def __post_init__(self) -> None:
        """Find out once what the pack is asked for each resource."""
        object.__setattr__(self, "remediating", any(self.level(rule) == "remediate" for rule in self.rules))

    def level(self, rule: Rule) -> Level:
        """Say how the stack enforces a rule."""
        return self.levels.get(rule.id, rule.level(production=self.production))

    def blocks(self, rule: Rule) -> bool:
        """Tell whether a violation fails the stack; what could not be remediated does."""
        return self.level(rule) in {"mandatory", "remediate"}

    def options(self, rule: Rule) -> dict[str, Any]:
        """Give the options of a rule in the stack."""
        return {**rule.settings(production=self.production), **self.settings.get(rule.id, {})}

    def of_type(self, kind: str) -> tuple[Rule, ...]:
        """Give the enforced rules about single resources of a type."""
        if kind not in self._by_type:
            self._by_type[kind] = tuple(
                rule
                for rule in self.rules
                if not rule.stack and (kind in rule.types or ANY_TYPE in rule.types) and self.level(rule) != "disabled"
            )
        return self._by_type[kind]

    def remediates(self, kind: str) -> bool:
        """Tell whether a rule about a type is to be remediated."""
        return any(self.level(rule) == "remediate" for rule in self.of_type(kind))

    def of_stack(self) -> tuple[Rule, ...]:
        """Give the enforced rules about the whole stack."""
        return tuple(rule for rule in self.rules if rule.stack and self.level(rule) != "disabled")

    def evaluate(self, resource: Resource) -> list[Finding]:
        """Decide all rules about one resource."""
        return _decided(self.of_type(resource.type), resource, self.settings)

    def evaluate_program(self, stack: Program) -> list[Finding]:
        """Decide all rules about the stack."""
        return _decided(self.of_stack(), stack, self.settings)


def _decided(
    rules: Iterable[Rule], subject: Resource | Program, settings: Mapping[str, Mapping[str, Any]]
) -> list[Finding]:
    return [finding for rule in rules for finding in rule.findings(subject, settings.get(rule.id))]


def read(*, production: bool, file: Path | None) -> Enforcement:
    """Read `enforcement.yaml` for a stack; without the file each rule has its own level and options.

    Args:
        production: Whether the stack declares itself production: the section `production` applies then, `development`
            otherwise, both over `every`.
        file: The file; None where a pack has none.

    Raises:
        EnforcementError: The file is not YAML, or names a section, rule, option or level that does not exist.
    """
    if file is None:
        return Enforcement(production)
    try:
        content = _parsed(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = None
    except yaml.YAMLError as error:
        raise EnforcementError(f"{file.name} is not YAML: {error}") from None
    sections = _mapping({} if content is None else content, file.name)
    for name in sections:
        if name not in SECTIONS:
            raise EnforcementError(f"{file.name}: there is no section {name}; use {', '.join(SECTIONS)}")
    levels: dict[str, Level] = {}
    settings: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for name in SECTIONS:
        applies = name in {"every", "production" if production else "development"}
        for rule_id, given in _mapping(sections.get(name, {}), f"{file.name}: {name}").items():
            values = dict(_mapping(given, f"{file.name}: {name}.{rule_id}"))
            rule = known(rule_id, f"{file.name}: {name}")
            level = values.pop("level", None)
            if level is not None:
                level = check_level(rule, level, f"{file.name}: {name}.{rule_id}.level")
            options = check_options(rule, values, f"{file.name}: {name}.{rule_id}")
            if applies:
                levels.update({rule.id: level} if level else {})
                settings[rule.id].update(options)
    return Enforcement(production, levels, settings)


@lru_cache(maxsize=1)
def _parsed(text: str) -> object:
    """Read once what the pack reads anew when it learns which stack it is."""
    return cast("object", yaml.safe_load(text))


def known(rule_id: str, where: str) -> Rule:
    """Find a rule by its id.

    Raises:
        EnforcementError: There is none.
    """
    rules = _by_id()
    if rule_id in rules:
        return rules[rule_id]
    meant = nearest(rule_id, rules, otherwise="`serverless-guard list` shows them")
    raise EnforcementError(f"{where}: there is no rule {rule_id}; {meant}")


@cache
def _by_id() -> Mapping[str, Rule]:
    return {name: rule for rule in every_rule() for name in (rule.id, *rule.aliases)}


def nearest(name: str, names: Iterable[str], *, otherwise: str) -> str:
    """Say which name was meant, or something else where none is near."""
    close = get_close_matches(name, list(names), n=1)
    return f"did you mean {close[0]}?" if close else otherwise


def check_options(rule: Rule, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check options against those that a rule has, and give them with whole numbers as such.

    Raises:
        EnforcementError: An option does not exist or has the wrong type.
    """
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in rule.options:
            has = ", ".join(sorted(rule.options)) or "none"
            meant = nearest(name, rule.options, otherwise=f"it has {has}")
            raise EnforcementError(f"{where}: {rule.id} has no option {name}; {meant}")
        expected = cast("type[object]", type(rule.options[name].default))
        whole = expected is int and isinstance(value, float) and value.is_integer()
        if not isinstance(value, expected) and not whole:
            raise EnforcementError(f"{where}.{name}: {type(value).__name__} given, {expected.__name__} expected")
        checked[name] = int(cast("float", value)) if whole else value
    return checked


def check_level(rule: Rule, value: object, where: str) -> Level:
    """Check that a rule can be enforced at a level.

    Raises:
        EnforcementError: There is no such level, or the rule has no remedy.
    """
    if value not in get_args(Level):
        raise EnforcementError(f"{where}: there is no such level; use {', '.join(get_args(Level))}")
    if value == "remediate" and rule.remedy is None:
        raise EnforcementError(f"{where}: {rule.id} has no remedy; use mandatory")
    return cast("Level", value)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise EnforcementError(f"{where}: a mapping is expected")
    return cast("Mapping[str, Any]", value)
