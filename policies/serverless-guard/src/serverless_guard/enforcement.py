"""Which rules a stack enforces, how strictly, and with which options.

A rule's own metadata says where it is mandatory; the `enforcement.yaml` of a pack says what it sets differently.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE, Finding, Level, Rule
from serverless_guard.yaml_file import YamlFileError, parse

SECTIONS = ("every", "production", "development")
UNDECIDED: Final = "undecided"
"""The key, of a section or of a rule in it, that says how findings are enforced that could not be decided."""
TYPES: Final[dict[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    list: "a list of strings",
}
"""What an option must be, by the type of its default."""
UNJUDGED: Final = "unjudged"
"""The key of a section that says how resources are enforced that no rule covers."""
UNJUDGED_RULE: Final = "resource-type-judged"
Advice = Literal["advisory", "mandatory"]


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
        undecided: How findings are enforced that a rule could not decide, by rule id; under `""` for all other rules.
            A rule that is only advisory stays so.
        remediating: Whether any of them is to be remediated.
    """

    production: bool
    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    rules: tuple[Rule, ...] = field(default_factory=every_rule)
    undecided: Mapping[str, Advice] = field(default_factory=dict[str, Advice])
    remediating: bool = field(init=False)
    _by_type: dict[str, tuple[Rule, ...]] = field(init=False, default_factory=dict[str, tuple[Rule, ...]], repr=False)

    def __post_init__(self) -> None:
        """Find out once what the pack is asked for each resource."""
        object.__setattr__(self, "remediating", any(self.level(rule) == "remediate" for rule in self.rules))

    def level(self, rule: Rule) -> Level:
        """Say how the stack enforces a rule."""
        configured = bool(self.settings.get(rule.id))
        return self.levels.get(rule.id, rule.level(production=self.production, configured=configured))

    def blocks(self, rule: Rule) -> bool:
        """Tell whether a violation fails the stack; what could not be remediated does."""
        return self.level(rule) in {"mandatory", "remediate"}

    def is_mandatory(self, finding: Finding) -> bool:
        """Tell whether a finding fails the stack: one of its rules says so."""
        if finding.decided:
            return any(self.blocks(rule) for rule in finding.rules)
        return any(self.blocks(rule) and self.undecided_level(rule) == "mandatory" for rule in finding.rules)

    def undecided_level(self, rule: Rule) -> Advice:
        """Say how the stack enforces a mandatory rule that cannot decide."""
        return self.undecided.get(rule.id, self.undecided.get("", "mandatory"))

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
        content = _parsed(file.read_text(encoding="utf-8"), file.name)
    except FileNotFoundError:
        content = None
    except YamlFileError as error:
        raise EnforcementError(str(error)) from None
    sections = _mapping({} if content is None else content, file.name)
    for name in sections:
        if name not in SECTIONS:
            raise EnforcementError(f"{file.name}: there is no section {name}; use {', '.join(SECTIONS)}")
    levels: dict[str, Level] = {}
    settings: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    undecided: dict[str, Advice] = {}
    for name in SECTIONS:
        given = _read_section(sections.get(name, {}), f"{file.name}: {name}")
        if name in {"every", "production" if production else "development"}:
            levels.update(given.levels)
            undecided.update(given.undecided)
            for rule_id, options in given.settings.items():
                settings[rule_id].update(options)
    return Enforcement(production, levels, settings, undecided=undecided)


@dataclass(frozen=True, slots=True)
class _Section:
    levels: dict[str, Level] = field(default_factory=dict[str, Level])
    settings: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    undecided: dict[str, Advice] = field(default_factory=dict[str, Advice])


def _read_section(given: object, where: str) -> _Section:
    section = _Section()
    for key, value in _mapping(given, where).items():
        if key == UNDECIDED:
            section.undecided[""] = _advice(value, f"{where}.{key}")
            continue
        if key == UNJUDGED:
            rule = known(UNJUDGED_RULE, where)
            section.levels[rule.id] = check_level(rule, value, f"{where}.{key}")
            continue
        values = dict(_mapping(value, f"{where}.{key}"))
        rule = known(key, where)
        if (level := values.pop("level", None)) is not None:
            section.levels[rule.id] = check_level(rule, level, f"{where}.{key}.level")
        if (advice := values.pop(UNDECIDED, None)) is not None:
            section.undecided[rule.id] = _advice(advice, f"{where}.{key}.{UNDECIDED}")
        section.settings[rule.id] = check_options(rule, values, f"{where}.{key}")
    return section


def _advice(value: object, where: str) -> Advice:
    if value not in get_args(Advice):
        raise EnforcementError(f"{where} is {written(value)}, must be {choices(get_args(Advice))}")
    return cast("Advice", value)


@lru_cache(maxsize=1)
def _parsed(text: str, name: str) -> object:
    """Read once what the pack reads anew when it learns which stack it is."""
    return parse(text, name)[0]


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
    from difflib import get_close_matches  # noqa: PLC0415  only a mistake needs it, and each start would pay for it

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
        checked[name] = _typed(rule.options[name].default, value, f"{where}.{name}")
        _check_value(rule, name, checked[name], f"{where}.{name}")
    return checked


def _typed(default: object, value: object, where: str) -> object:
    """Check that a value has the type of an option's default; the engine sends every number as a float."""
    expected = type(default)
    if expected is int and isinstance(value, float) and value.is_integer():
        return int(value)
    fits = isinstance(value, expected) and isinstance(value, bool) == isinstance(default, bool)
    if not fits or (expected is list and not all(isinstance(item, str) for item in cast("list[object]", value))):
        raise EnforcementError(f"{where} is {written(value)}, must be {TYPES[expected]}")
    return value


def _check_value(rule: Rule, name: str, value: object, where: str) -> None:
    """Refuse values that would leave nothing of a rule: whoever wants that disables it, which each preview shows."""
    option = rule.options[name]
    disable = f"give `level: disabled` for {rule.id} where it should not hold, which each preview shows"
    if isinstance(value, list) and not option.more_is_stricter:
        for item in cast("list[object]", value):
            if isinstance(item, str) and not item.strip(" *?"):
                raise EnforcementError(f"{where}: {item!r} stands for everything; {disable}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if option.least is not None and value < option.least:
            raise EnforcementError(f"{where} is {value:g}, {option.least:g} is the least; {disable}")
        if option.most is not None and value > option.most:
            raise EnforcementError(f"{where} is {value:g}, {option.most:g} is the most; {disable}")


def check_level(rule: Rule, value: object, where: str) -> Level:
    """Check that a rule can be enforced at a level.

    Raises:
        EnforcementError: There is no such level, or the rule has no remedy.
    """
    if value not in get_args(Level):
        raise EnforcementError(f"{where} is {written(value)}, must be {choices(get_args(Level))}")
    if value == "remediate" and rule.remedy is None:
        raise EnforcementError(f"{where} is {written(value)}, but {rule.id} has no remedy; use mandatory")
    return cast("Level", value)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise EnforcementError(f"{where} is {written(value)}, must be a mapping")
    return cast("Mapping[str, Any]", value)


def written(value: object) -> str:
    """Write a value as it stands in a file, for an error message."""
    return json.dumps(value, default=str)


def choices(names: Sequence[str]) -> str:
    """List what is possible: `a, b or c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
