"""Findings that were there when the pack was adopted: `baseline.json`.

A recorded finding is not reported again, so that only new or worse ones fail. An entry covers the finding of its rule
for its resource with exactly its words, because a worse value has other words; `a and 3 more` covers `a and 2 more`.
The file has a section for each stack, written by `serverless-guard baseline`, and the totals of each day on which it
was written: the burn-down.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

from serverless_guard.enforcement import EnforcementError
from serverless_guard.rules.rule import Finding, Severity

VERSION: Final = 1
MORE: Final = re.compile(r" and (\d+) more")
"""The end of a list that names its first items and counts the others."""
PLACES: Final = re.compile(
    r"cannot decide: (?P<places>(?P<property>\w+).*?)(?: places)? (?:is|are) not known at preview"
)
"""The words of a finding that could not be decided, as undecided.py has them."""
SEVERITIES: Final = tuple(reversed(get_args(Severity)))
"""The most severe first: the order of the file."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One recorded finding.

    Attributes:
        severity: The severity of its rule when it was recorded.
        rule: The rule's id; those of all rules, with commas between, where several could not decide for one reason.
        resource: The resource's URN, or `the stack`.
        finding: Its exact words.
    """

    severity: Severity
    rule: str
    resource: str
    finding: str

    @classmethod
    def of(cls, finding: Finding) -> "Entry":
        """Record a finding."""
        resource = finding.resource.urn if finding.resource else finding.label
        return cls(finding.rule.severity, ", ".join(rule.id for rule in finding.rules), resource, finding.message)

    @property
    def key(self) -> tuple[str, str]:
        """What a finding is looked up by: its resource, and its words without what `covers` compares."""
        unknown = PLACES.fullmatch(self.finding)
        return self.resource, unknown["property"] if unknown else MORE.sub("", self.finding)

    @property
    def places(self) -> set[str]:
        """The places of an undecided finding that it names as not known."""
        unknown = PLACES.fullmatch(self.finding)
        return set(MORE.sub("", unknown["places"]).split(", ")) if unknown else set()

    @property
    def more(self) -> int:
        """How many its words count without naming them."""
        return sum(int(number) for number in MORE.findall(self.finding))

    def covers(self, other: "Entry") -> bool:
        """Tell whether a finding with the same key is this one or a part of it.

        A part counts fewer, or names fewer rules and places of what is not known: the pack merges undecided findings
        of one resource, `check` those of the stack.
        """
        if not set(other.rule.split(", ")) <= set(self.rule.split(", ")):
            return False
        if self.finding == other.finding:
            return True
        return other.places <= self.places if self.places else other.more < self.more


@dataclass(slots=True)
class Baseline:
    """The recorded findings of one stack, and which of them have occurred so far.

    Attributes:
        entries: The recorded findings.
        totals: How many there were of each severity, by day.
        covered: The findings that have occurred, by the position of the entry that covers them.
    """

    entries: tuple[Entry, ...] = ()
    totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    covered: dict[int, Entry] = field(default_factory=dict[int, Entry])
    _recorded: dict[tuple[str, str], list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the entries."""
        self._recorded = {}
        for position, entry in enumerate(self.entries):
            self._recorded.setdefault(entry.key, []).append(position)

    def remaining(self, findings: Sequence[Finding]) -> list[Finding]:
        """Give the findings that are not recorded, and remember the others.

        A finding that occurs more often in one resource than it was recorded is new.
        """
        if not self.entries:
            return list(findings)
        free: dict[tuple[str, str], list[int]] = {}
        new: list[Finding] = []
        for finding in findings:
            occurring = Entry.of(finding)
            candidates = free.setdefault(occurring.key, list(self._recorded.get(occurring.key, ())))
            position = next((one for one in candidates if self.entries[one].covers(occurring)), None)
            if position is None:
                new.append(finding)
            else:
                candidates.remove(position)
                self.covered[position] = occurring
        return new

    @property
    def gone(self) -> list[Entry]:
        """The entries that have not occurred, once the whole stack has been seen."""
        return [entry for position, entry in enumerate(self.entries) if position not in self.covered]

    @property
    def occurring(self) -> list[Entry]:
        """The findings that have occurred, as they are worded now."""
        return [self.covered[position] for position in sorted(self.covered)]

    def describe(self) -> str:
        """Count in one line what is covered, empty where nothing is."""
        if not self.covered:
            return ""
        return f"baseline: {len(self.covered)} recorded findings are not shown: {describe_counts(self.occurring)}"

    def describe_gone(self) -> str:
        """Count in one line what has been fixed since, empty where nothing has."""
        number = len(self.gone)
        return (
            f"baseline: {number} recorded findings no longer occur; `baseline FILE --update` drops them"
            if number
            else ""
        )


def count(entries: Iterable[Entry]) -> dict[str, int]:
    """Count entries by severity, the most severe first."""
    counts = Counter[str](entry.severity for entry in entries)
    return {severity: counts[severity] for severity in SEVERITIES}


def describe_counts(entries: Iterable[Entry]) -> str:
    """Count entries in words, the most severe first: `4 critical, 120 high`."""
    return ", ".join(f"{number} {severity}" for severity, number in count(entries).items() if number) or "none"


def read(file: Path | None, stack: str) -> Baseline:
    """Read the section of a stack; without the file, or without the section, nothing is recorded.

    Args:
        file: The file; None where a pack has none.
        stack: The stack, as `project/stack`.

    Raises:
        EnforcementError: The file is not what `serverless-guard baseline` writes.
    """
    return read_all(file).get(stack) or Baseline()


def read_all(file: Path | None) -> dict[str, Baseline]:
    """Read the sections of all stacks, by `project/stack`.

    Raises:
        EnforcementError: The file is not what `serverless-guard baseline` writes.
    """
    if file is None or not file.is_file():
        return {}
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise EnforcementError(
                f"{file}: version is {content['version']}, must be {VERSION}; upgrade serverless-guard"
            )
        return {stack: _section(given) for stack, given in content["stacks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnforcementError(
            f"{file} is not a baseline ({type(error).__name__}: {error}); restore it, or delete it and record it anew "
            "by `serverless-guard baseline FILE`"
        ) from None


def _section(given: Mapping[str, Any]) -> Baseline:
    entries = tuple(
        Entry(*(one[name] for name in ("severity", "rule", "resource", "finding"))) for one in given["findings"]
    )
    if unknown := {entry.severity for entry in entries} - set(SEVERITIES):
        raise ValueError(f"severity is {', '.join(map(str, unknown))}, must be one of {', '.join(SEVERITIES)}")
    return Baseline(entries, {day: dict(totals) for day, totals in given["totals"].items()})


def write(file: Path, stack: str, entries: Iterable[Entry], today: date) -> None:
    """Write the section of a stack, the most severe findings first, and add its totals of today to the burn-down.

    The sections of other stacks stay as they are. Each finding is a line of its own, so that a review shows what was
    added and what is gone.
    """
    sections = read_all(file)
    before = sections.get(stack, Baseline())
    ordered = tuple(
        sorted(entries, key=lambda one: (SEVERITIES.index(one.severity), one.rule, one.resource, one.finding))
    )
    sections[stack] = Baseline(ordered, {**before.totals, today.isoformat(): count(ordered)})
    written = ",\n".join(_written(name, section) for name, section in sorted(sections.items()))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{{\n"version": {VERSION},\n"stacks": {{\n{written}\n}}\n}}\n', encoding="utf-8")


def _written(stack: str, section: Baseline) -> str:
    totals = ",\n".join(f"  {json.dumps(day)}: {json.dumps(counts)}" for day, counts in sorted(section.totals.items()))
    findings = ",\n".join(
        "  "
        + json.dumps({"severity": one.severity, "rule": one.rule, "resource": one.resource, "finding": one.finding})
        for one in section.entries
    )
    return f'{json.dumps(stack)}: {{\n "totals": {{\n{totals}\n }},\n "findings": [\n{findings}\n ]\n}}'


def burn_down(sections: Mapping[str, Baseline]) -> str:
    """Draw how the recorded findings of each stack became fewer: a line for each day, its total as a bar."""
    lines: list[str] = []
    for stack, section in sorted(sections.items()):
        most = max((sum(counts.values()) for counts in section.totals.values()), default=0) or 1
        lines.append(f"{stack:10}  {'  '.join(f'{severity:>8}' for severity in SEVERITIES)}  {'total':>6}")
        for day, counts in sorted(section.totals.items()):
            total = sum(counts.values())
            numbers = "  ".join(f"{counts.get(severity, 0):8}" for severity in SEVERITIES)
            lines.append(
                f"{day:{max(10, len(stack))}}  {numbers}  {total:6}  {'#' * round(40 * total / most)}".rstrip()
            )
    return "\n".join(lines)
