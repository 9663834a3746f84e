"""How findings are worded for people, in the program and in the pack alike."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args

from serverless_guard.rules.rule import Finding, Level, Severity
from serverless_guard.waivers import Acceptance

REPORTED = "reportedByTheGuard"
"""A property that no resource has: the guard has its changes ignored where it has shown a preview's findings.

The pack then leaves the resource to the end of the preview, which the engine does not reach when the guard has failed
it. So a finding is shown once, and a program that only pretends to be guarded gains nothing."""


SEVERITIES: Final = get_args(Severity)
"""From the least to the most severe."""


def fixes(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with its fix, empty where another one says the same.

    Where rules cannot decide for the same reason, the one that the engine shows first says what to do, the most severe
    by name: an unknown document concerns twenty.
    """
    order = sorted(findings, key=lambda one: (-SEVERITIES.index(one.rule.severity), one.rule.id))
    saying = {(one.label, one.message): one for one in reversed(order) if not one.decided}
    for finding in findings:
        yield finding, "" if saying.get((finding.label, finding.message), finding) is not finding else finding.fix


def detail(finding: Finding, fix: str) -> str:
    """Word what is wrong and what to do about it, for the engine, which shows the rule's name itself."""
    lines = (finding.rule.title if finding.decided else "", finding.message, f"  fix: {fix}" if fix else "")
    return "\n".join(filter(None, lines))


def describe(findings: Iterable[Finding], level: Level) -> str:
    """Word the findings of one resource: rule, finding and fix for each.

    Rules that cannot decide for the same reason are listed together: one unknown document concerns many.
    """
    decided: defaultdict[str, list[Finding]] = defaultdict(list)
    undecided: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.decided:
            decided[finding.rule.id].append(finding)
        else:
            undecided[finding.message].append(finding)
    parts: list[str] = []
    for several in decided.values():
        rule = several[0].rule
        parts.append(f"[{rule.id}] {rule.title} ({level}, {rule.severity})")
        parts.extend(f"  {finding.message}" for finding in several)
        parts.append(f"  fix: {several[0].fix}")
    for message, several in undecided.items():
        names = ", ".join(finding.rule.id for finding in several)
        parts.append(f"[{names}] ({level})\n  {message}\n  fix: {several[0].fix}")
    return "\n".join(parts)


def describe_waived(waived: Iterable[tuple[Acceptance, Finding]]) -> str:
    """Word what is waived, a line a finding; nothing where nothing is."""
    lines = [f"\n  [{one.rule.id}] {one.label}: {one.message}; {waiver.words}" for waiver, one in waived]
    return f"waived, as policies/waivers.yaml says:{''.join(lines)}" if lines else ""
