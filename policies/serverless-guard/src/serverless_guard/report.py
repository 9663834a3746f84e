"""How findings are worded for people, in the program and in the pack alike."""

from collections import defaultdict
from collections.abc import Iterable

from serverless_guard.rules.rule import Finding, Level
from serverless_guard.waivers import Acceptance


def describe_also(finding: Finding) -> list[str]:
    """Name the rules that could not decide for the same reason, or that the same cause breaks, a line each."""
    undecided = f"also undecided: {', '.join(rule.id for rule in finding.others)}" if finding.others else ""
    return [*filter(None, (undecided,)), *(f"also breaks {one.rule.id}: {one.message}" for one in finding.also)]


def detail(finding: Finding) -> str:
    """Word what is wrong and what to do about it, for the engine, which shows the rule's name itself."""
    title = finding.rule.title if finding.decided else ""
    more = (f"  {line}" for line in describe_also(finding))
    return "\n".join(filter(None, (title, finding.message, *more, f"  fix: {finding.fix}")))


def describe(findings: Iterable[Finding], level: Level) -> str:
    """Word the findings of one resource: rule, finding and fix for each."""
    decided: defaultdict[str, list[Finding]] = defaultdict(list)
    parts: list[str] = []
    undecided: list[str] = []
    for finding in findings:
        if finding.decided:
            decided[finding.rule.id].append(finding)
        else:
            names = ", ".join(rule.id for rule in finding.rules)
            undecided.append(f"[{names}] ({level})\n  {finding.message}\n  fix: {finding.fix}")
    for several in decided.values():
        rule = several[0].rule
        parts.append(f"[{rule.id}] {rule.title} ({level}, {rule.severity})")
        parts.extend(f"  {line}" for finding in several for line in (finding.message, *describe_also(finding)))
        parts.append(f"  fix: {several[0].fix}")
    return "\n".join([*parts, *undecided])


def describe_waived(waived: Iterable[tuple[Acceptance, Finding]]) -> str:
    """Word what is waived, a line a finding; nothing where nothing is."""
    lines = [f"\n  [{one.rule.id}] {one.label}: {one.message}; {waiver.words}" for waiver, one in waived]
    return f"waived, as waivers.yaml says:{''.join(lines)}" if lines else ""
