"""What pack, guard and `check` find of a stack, in one form, so that they can be compared."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from serverless_guard import enforcement, state
from serverless_guard.causes import split
from serverless_guard.check import check
from serverless_guard.enforcement import Enforcement
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import THE_STACK
from serverless_guard.state import State
from tests.policies.project import PACK

Found = Counter[tuple[str, str, str]]
"""How often each rule was found for a resource (the end of its URN) in which words."""
SAME_CAUSE = "also breaks"
"""How a line begins that names a further rule with its words."""
TITLES = {rule.id: rule.title for rule in every_rule()}


def settings(*, production: bool) -> Enforcement:
    """The rules as the project enforces them."""
    return enforcement.read(production=production, file=PACK.enforcement_file)


def by_check(file: Path, *, production: bool | None = None) -> Found:
    """Give what `check` finds in an export or a preview."""
    return found_in(state.load(file, production=production))


def found_in(given: State) -> Found:
    """Give what `check` finds in a stack."""
    result = check(given, settings(production=given.program.production), PACK)
    found = split(result.findings)
    return Counter((rule.id, one.label, one.message) for one in found for rule in one.rules)


def notes_in(given: State) -> dict[str, str]:
    """Give what `check` says about a stack beside its findings."""
    result = check(given, settings(production=given.program.production), PACK)
    return {note.name: note.words for note in result.notes}


def by_pack(events: Path) -> Found:
    """Give what the pack told the engine, from the engine's log of events."""
    logged = map(json.loads, events.read_text(encoding="utf-8").splitlines())
    told = [event["policyEvent"] for event in logged if "policyEvent" in event]
    return Counter(key for one in told for key in read_detail(one["policyName"], one["resourceUrn"], one["message"]))


def read_detail(rule: str, urn: str, words: str) -> list[tuple[str, str, str]]:
    """Read the words of `report.detail` back: title, message, rules that are undecided too, and the fix."""
    if rule not in TITLES:
        return []  # a note
    words, _, _ = words.strip().removeprefix(f"{TITLES[rule]}\n").partition("\n  fix: ")
    words, *same_cause = words.split(f"\n  {SAME_CAUSE} ")
    words, _, others = words.partition("\n  also undecided: ")
    more = [(one, label(urn), said) for one, _, said in (line.partition(": ") for line in same_cause)]
    return [*((one, label(urn), words) for one in (rule, *others.split(", ")) if one), *more]


def by_guard(preview: Path) -> Found:
    """Give the mandatory findings that the guard has logged, from the diagnostics of a preview's JSON."""
    said = json.loads(preview.read_text(encoding="utf-8"))["diagnostics"]
    return Counter(key for one in said if one["severity"] == "error" for key in _logged(one))


def _logged(diagnostic: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Read the words of `report.describe` back; what has no object in the program is named in the first line."""
    found: list[tuple[str, str, str]] = []
    rules: list[str] = []
    about = label(diagnostic.get("urn", ""))
    for line in diagnostic["message"].removeprefix("error: ").splitlines():
        if named := re.match(r"\[([a-z0-9, -]+)\] .*\(?mandatory", line):
            rules = named[1].split(", ")
        elif line.startswith(f"  {SAME_CAUSE} "):
            rule, _, words = line.removeprefix(f"  {SAME_CAUSE} ").partition(": ")
            found.append((rule, about, words))
        elif rules and line.startswith("  ") and not line.startswith("  fix: "):
            found.extend((rule, about, line.strip()) for rule in rules)
        elif not rules and "::" in line:
            about = line
    return found


def label(urn: str) -> str:
    """Give a resource as findings name it: its type and its name."""
    _, _, kinds, name = urn.split("::") if urn.count("::") > 2 else ("", "", "pulumi:pulumi:Stack", "")
    kind = kinds.rpartition("$")[2]
    return THE_STACK if kind == "pulumi:pulumi:Stack" else f"{kind}::{name}"


def mandatory(found: Found, *, production: bool) -> Found:
    """Keep what fails a stack."""
    rules = settings(production=production)
    blocking = {rule.id for rule in rules.rules if rules.blocks(rule)}
    return Counter({key: count for key, count in found.items() if key[0] in blocking})


def advisory(folder: Path, *, production: bool) -> Path:
    """Write a config with which the pack advises only, so that a preview with findings does not end early."""
    rules = settings(production=production)
    file = folder / f"advisory-{production}.json"
    file.write_text(json.dumps({rule.id: "advisory" for rule in rules.rules if rules.blocks(rule)}), encoding="utf-8")
    return file
