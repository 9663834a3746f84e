"""Findings that somebody answers for, for a while: `waivers.yaml`.

A waiver covers one finding, by its exact words. It is itself judged, by the rule `waiver-valid`; one that does not
hold covers nothing. A finding that could not be decided cannot be waived: nobody knows what that would allow.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from serverless_guard.baseline import Baseline
from serverless_guard.enforcement import Enforcement, EnforcementError, known
from serverless_guard.record import Block, Resource
from serverless_guard.rules.least_privilege.waivers import WAIVER, waiver_valid
from serverless_guard.rules.rule import Finding
from serverless_guard.yaml_file import YamlFileError, parse


class Acceptance(Protocol):
    """Why a finding is accepted: a waiver, or one of Pulumi's own exceptions."""

    @property
    def words(self) -> str:
        """The reason, with who gives it."""
        ...


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of the file.

    Attributes:
        given: Its fields as they stand there, all as text.
        line: The line that it begins on.
    """

    given: Mapping[str, str]
    line: int

    @property
    def stack(self) -> str:
        """The stack that it is for, empty for every one."""
        resource = self.given.get("resource", "")
        of_urn = resource.split("::")[0].rpartition(":")[2] if resource.startswith("urn:") else ""
        return self.given.get("stack", "") or of_urn

    @property
    def words(self) -> str:
        """Who answers for the finding, how long and why."""
        return f"waived until {self.given['expires']} by {self.given['owner']}: {self.given['reason']}"

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about a finding."""
        return (
            finding.decided
            and self.given.get("rule") in (finding.rule.id, *finding.rule.aliases)
            and self.given.get("finding", "").strip() == finding.message
            and self._names(finding)
        )

    def _names(self, finding: Finding) -> bool:
        given = self.given.get("resource", "")
        if given.startswith("urn:"):
            return finding.resource is not None and given == finding.resource.urn
        return re.fullmatch(re.escape(given).replace(r"\*", ".*"), finding.label) is not None


@dataclass(slots=True)
class Waivers:
    """The waivers, and what they have covered of one stack so far.

    Attributes:
        enforcement: The rules as the stack enforces them.
        stack: The stack's name; empty when it is not known, so that no waiver of a single stack counts as unused.
        all: The waivers.
        today: The day that expiries are compared with.
        covered: The findings that each has covered, by its line.
        baseline: The findings that were there when the pack was adopted, which need no waiver.
    """

    enforcement: Enforcement
    stack: str
    all: tuple[Waiver, ...]
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    covered: dict[int, dict[str, Finding]] = field(default_factory=lambda: defaultdict(dict))
    baseline: Baseline = field(default_factory=Baseline)

    def remaining(self, findings: Sequence[Finding]) -> list[Finding]:
        """Give the findings that neither a waiver in force nor the baseline covers, and remember the others."""
        return self.baseline.remaining([finding for finding in findings if not self._covered(finding)])

    def _covered(self, finding: Finding) -> bool:
        for waiver in self.all:
            if waiver.covers(finding) and waiver.stack in {"", self.stack} and not self._problems(waiver):
                self.covered[waiver.line][finding.label] = finding
                return True
        return False

    def in_force(self) -> list[tuple[Waiver, Finding]]:
        """Give each finding that was covered so far, with its waiver."""
        return [(waiver, finding) for waiver in self.all for finding in self.covered.get(waiver.line, {}).values()]

    def check_waivers(self, *, whole: bool) -> list[Finding]:
        """Judge the waivers themselves.

        Args:
            whole: Whether the whole stack has been seen, so that a waiver that has covered nothing is superfluous.
        """
        if self.enforcement.level(waiver_valid) == "disabled":
            return []
        return [
            Finding(one.rule, None, f"waivers.yaml, line {waiver.line}: {one.message}", decided=one.decided)
            for waiver in self.all
            for one in self._problems(waiver, whole=whole and waiver.stack in {"", self.stack})
        ]

    def _problems(self, waiver: Waiver, *, whole: bool = False) -> list[Finding]:
        props: dict[str, Any] = {**waiver.given, "today": self.today.isoformat()}
        if whole:
            props["covered"] = len(self.covered.get(waiver.line, {}))
        if rule_id := waiver.given.get("rule"):
            try:
                props["severity"] = known(rule_id, "rule").severity
            except EnforcementError as error:
                props["unknownRule"] = str(error)
        record = Resource(WAIVER, waiver.given.get("rule", ""), Block(props), production=self.enforcement.production)
        return waiver_valid.findings(record, self.enforcement.settings.get(waiver_valid.id))


def read(enforcement: Enforcement, *, stack: str, file: Path | None, baseline: Baseline | None = None) -> Waivers:
    """Read `waivers.yaml` for a stack; without the file nothing is waived.

    Args:
        enforcement: The rules as the stack enforces them.
        stack: The stack's name.
        file: The file; None where a pack has none.
        baseline: The findings that were there when the pack was adopted.

    Raises:
        EnforcementError: The file is not a list of waivers.
    """
    empty = Waivers(enforcement, stack, (), baseline=baseline or Baseline())
    if file is None:
        return empty
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return empty
    try:
        content, lines = parse(text, file.name)
    except YamlFileError as error:
        raise EnforcementError(str(error)) from None
    if content is None:
        return empty
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in cast("list[object]", content)):
        raise EnforcementError(f"{file.name}: a list of waivers is expected, each with its fields")
    entries = cast("list[dict[object, object]]", content)
    return replace(
        empty,
        all=tuple(
            Waiver({str(name): "" if value is None else str(value) for name, value in entry.items()}, line)
            for entry, line in zip(entries, lines, strict=True)
        ),
    )
