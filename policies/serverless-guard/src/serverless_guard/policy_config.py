"""The file that `--policy-pack-config` takes: levels and options of rules, and Pulumi's own exceptions.

The engine reads it for the pack, and hands on levels and options; exceptions it applies itself. `check` has no engine,
so it does both here. Two forms exist: rules by name, or `{"version": 2, "policies": {…}, "exceptions": {…}}`, which
engines from 3.276 read. Source: pulumi/pulumi, pkg/resource/analyzer/config.go and exceptions.go.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast, get_args

from serverless_guard.enforcement import (
    Enforcement,
    EnforcementError,
    check_level,
    check_options,
    choices,
    known,
    written,
)
from serverless_guard.rules.rule import Finding, Level

FLAG: Final = "--policy-pack-config"
ALL: Final = "all"
"""Stands for every rule that the file does not name."""
VERSION: Final = 2
FIELDS: Final = {"version", "policies", "exceptions", "environments"}
"""The fields of version 2; the engine passes over any other, which would leave a rule as it is without a word."""


@dataclass(frozen=True, slots=True)
class PolicyException:
    """Findings that are accepted on some resources, whatever their words.

    Attributes:
        id: Its key in the file, for example `EXC-42`.
        reason: Why.
        match: Pairs of rule ids and URNs: a finding is accepted when both are in the same pair.
    """

    id: str
    reason: str
    match: tuple[tuple[frozenset[str], frozenset[str]], ...]

    @property
    def words(self) -> str:
        """Which exception it is and why."""
        return f"excepted by {self.id}: {self.reason}"

    def covers(self, finding: Finding, root: str) -> bool:
        """Tell whether it accepts a finding; one of no single resource belongs to the stack's own URN, `root`."""
        urn = finding.resource.urn if finding.resource else root
        return any(finding.rule.id in rules and urn in urns for rules, urns in self.match)


@dataclass(frozen=True, slots=True)
class PolicyConfig:
    """What a config file sets.

    Attributes:
        policies: Levels and options by rule id, as they stand in the file.
        exceptions: The accepted findings, in the order of their ids.
    """

    policies: Mapping[str, Any] = field(default_factory=dict[str, Any])
    exceptions: tuple[PolicyException, ...] = ()


def read_config(file: Path | None) -> PolicyConfig:
    """Read a config file; without one nothing is set.

    Raises:
        EnforcementError: The file cannot be read, or is not what the engine would take.
    """
    if file is None:
        return PolicyConfig()
    try:
        text = file.read_text(encoding="utf-8")
        content: object = json.loads(text) if text.strip() else {}
    except OSError as error:
        raise EnforcementError(
            f"{FLAG}: {file}: {error.strerror}; name the file that pulumi takes by this flag"
        ) from None
    except ValueError as error:
        raise EnforcementError(f"{FLAG}: {file} is not JSON ({error})") from None
    fields = _object(content, FLAG)
    version = fields.get("version")
    if not isinstance(version, int | float) or isinstance(version, bool):
        return PolicyConfig({name: value for name, value in fields.items() if name != "environments"})
    if version != VERSION:
        raise EnforcementError(f"{FLAG}: version is {version:g}, must be {VERSION}; or leave it out and name the rules")
    if unknown := ", ".join(sorted(set(fields) - FIELDS)):
        raise EnforcementError(f"{FLAG}: version {VERSION} has no field {unknown}; put rules below policies")
    policies, exceptions = (
        _object({} if fields.get(name) is None else fields[name], f"{FLAG}: {name}")
        for name in ("policies", "exceptions")
    )
    return PolicyConfig(
        policies,
        tuple(_exception(name, given) for name, given in sorted(exceptions.items())),
    )


def apply_config(enforcement: Enforcement, config: PolicyConfig) -> Enforcement:
    """Lay a config over how a stack enforces the rules.

    Raises:
        EnforcementError: It names a rule, level or option that does not exist.
    """
    if not config.policies:
        return enforcement
    everywhere = _level(config.policies.get(ALL), f"{FLAG}: {ALL}")
    levels: dict[str, Level] = {rule.id: everywhere for rule in enforcement.rules if everywhere}
    options: dict[str, Mapping[str, Any]] = {}
    for name, given in config.policies.items():
        if name == ALL:
            continue
        rule = known(name, FLAG)
        if level := _level(given, f"{FLAG}: {name}"):
            levels[rule.id] = level
        options[rule.id] = {} if isinstance(given, str) else {
            key: value for key, value in _object(given, f"{FLAG}: {name}").items() if key != "enforcementLevel"
        }  # fmt: skip
    return configure(enforcement, levels, options, everywhere=everywhere)


def _level(given: object, where: str) -> Level | None:
    level = given if isinstance(given, str) else _object(given or {}, where).get("enforcementLevel")
    if level is not None and level not in get_args(Level):
        raise EnforcementError(f"{where} is {written(level)}, must be {choices(get_args(Level))}")
    return cast("Level | None", level)


def configure(
    enforcement: Enforcement,
    levels: Mapping[str, Level],
    options: Mapping[str, Mapping[str, Any]],
    *,
    everywhere: Level | None,
) -> Enforcement:
    """Lay levels and options over how a stack enforces the rules.

    Args:
        enforcement: The rules as the stack enforces them.
        levels: Levels by rule id, those that hold for all rules included.
        options: Options by rule id.
        everywhere: The level that was given for all rules: where it is `remediate`, a rule without a remedy becomes
            mandatory instead of an error.

    Raises:
        EnforcementError: A rule, level or option does not exist.
    """
    laid = dict(enforcement.levels)
    settings = {rule: dict(given) for rule, given in enforcement.settings.items()}
    chosen: set[str] = set()
    for name, given in options.items():
        rule = known(name, FLAG)
        checked = check_options(rule, given, f"{FLAG}: {name}")
        before = enforcement.options(rule)
        if rule.house and any(value != before[option] for option, value in checked.items()):
            chosen.add(rule.id)
        settings[rule.id] = {**settings.get(rule.id, {}), **checked}
    for name, level in levels.items():
        rule = known(name, FLAG)
        if level == "disabled" and rule.id in chosen and everywhere is None:
            continue  # the engine hands on the level of the description, which was made before anything was chosen
        fallback = level == "remediate" and rule.remedy is None and everywhere == level
        laid[rule.id] = "mandatory" if fallback else check_level(rule, level, f"{FLAG}: {name}")
    return replace(enforcement, levels=laid, settings=settings)


def _exception(name: str, given: object) -> PolicyException:
    where = f"{FLAG}: exceptions.{name}"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise EnforcementError(f"{where}: an id has only letters, digits, '-', '.' and '_'")
    fields = _object(given, where)
    reason = fields.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise EnforcementError(f"{where}.reason must not be empty; say why the findings are accepted")
    entries = fields.get("match")
    if not isinstance(entries, list) or not entries:
        raise EnforcementError(f'{where}.match must list at least one {{"policies": […], "targets": […]}}')
    return PolicyException(name, reason, tuple(_match(one, where) for one in cast("list[object]", entries)))


def _match(given: object, where: str) -> tuple[frozenset[str], frozenset[str]]:
    fields = _object(given, f"{where}.match")
    policies, targets = (_texts(fields.get(name), f"{where}.match.{name}") for name in ("policies", "targets"))
    if ALL in policies:
        raise EnforcementError(f'{where}.match.policies: "all" is not possible; name the rules')
    for urn in targets:
        if not urn.startswith("urn:pulumi:"):
            raise EnforcementError(f"{where}.match.targets: {urn} is no URN; `pulumi stack --show-urns` shows them")
    return frozenset(known(one, where).id for one in policies), frozenset(targets)


def _texts(value: object, where: str) -> list[str]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    texts = [item for item in items if isinstance(item, str) and item]
    if not texts or len(texts) != len(items):
        raise EnforcementError(f"{where} must be a list of at least one string, none of them empty")
    return texts


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise EnforcementError(f"{where} is {written(value)}, must be an object")
    return cast("Mapping[str, Any]", value)
