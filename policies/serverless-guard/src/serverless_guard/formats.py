"""What a check found, as text, JSON, JUnit XML and commands of a GitHub workflow; sarif.py has the fifth format."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from serverless_guard.check import CheckResult, source
from serverless_guard.report import describe_also, describe_waived
from serverless_guard.rules.rule import SEVERITIES, Finding, Rule
from serverless_guard.sarif import as_sarif


def as_text(result: CheckResult) -> str:
    """Write findings for people: what, where, and the fix."""
    lines: list[str] = []
    for finding in result.findings:
        where = source(finding)
        place = f" ({where[0]}:{where[1]})" if where else ""
        rule = finding.rule
        lines.append(
            f"{finding.label}{place}: [{rule.id}] {finding.message} ({result.level(finding)}, {rule.severity})"
        )
        lines.extend(f"  {line}" for line in (*describe_also(finding), f"fix: {finding.fix}"))
    waived = describe_waived(result.waived)
    count = sum(result.level(finding) == "mandatory" for finding in result.findings)
    lines.extend(filter(None, (waived, *result.baseline_lines)))
    lines.extend(note.words for note in result.notes)
    lines.append(f"{count} mandatory, {len(result.findings) - count} advisory")
    return "\n".join(lines)


def as_json(result: CheckResult) -> str:
    """Write an object for each rule that is broken, as programs look for rules; those of one cause name its first rule.

    What is waived is left out, and so are notes, which go to standard error.
    """
    rows = (_row(result, one, finding.rule) for finding in result.findings for one in (finding, *finding.also))
    return json.dumps(list(rows), indent=2)


def _row(result: CheckResult, finding: Finding, cause: Rule) -> dict[str, object]:
    resource = finding.resource
    return {
        "rule": finding.rule.id,
        "rules": [rule.id for rule in finding.rules],
        "severity": finding.rule.severity,
        "level": result.level(finding),
        "urn": resource.urn if resource else "",
        "type": resource.token if resource else "",
        "finding": finding.message,
        "cause": cause.id,
        "fix": finding.fix,
        "decided": finding.decided,
    }


def as_junit(result: CheckResult) -> str:
    """Write a test case for each rule that is kept, and one for each finding.

    A mandatory finding is a failure, advice is the output of a case that passes. What is waived is a skipped case, and
    so is a rule that could not decide, or is broken, for the reason that the case of another rule gives. No two cases
    have one name, for whatever reads the report tells cases apart by it: it is made of what a waiver names, and of a
    number where two resources of one type and name have the same finding.
    """
    found = _by_rule(result)
    suites = ET.Element("testsuites", name="policies")
    cases: defaultdict[str, list[ET.Element]] = defaultdict(list)
    names: Counter[str] = Counter()
    for rule in result.enforcement.rules:
        if result.enforcement.level(rule) == "disabled":
            continue
        for skipped, finding in found[rule.id]:
            case = _case(rule.category, _name(rule, finding, names))
            if skipped:
                ET.SubElement(case, "skipped", message=_clean(f"{finding.message}; {skipped}"))
            else:
                _describe_case(result, finding, case)
            cases[rule.category].append(case)
        if not found[rule.id]:
            cases[rule.category].append(_case(rule.category, rule.id))
    for category, several in sorted(cases.items()):
        suite = ET.SubElement(suites, "testsuite", name=category, tests=str(len(several)), errors="0")
        suite.set("failures", str(sum(case.find("failure") is not None for case in several)))
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in several)))
        suite.extend(several)
    suites.extend(_notes(result))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _by_rule(result: CheckResult) -> defaultdict[str, list[tuple[str, Finding]]]:
    """Sort findings by the rules that have them, each with the reason for which its case is skipped."""
    found: defaultdict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for finding in result.findings:
        found[finding.rule.id].append(("", finding))
        counted = f"counted for {finding.rule.id}"
        for rule in finding.others:
            found[rule.id].append((counted, finding))
        for one in finding.also:
            found[one.rule.id].append((counted, one))
    for waiver, finding in result.waived:
        found[finding.rule.id].append((waiver.words, finding))
    return found


def _name(rule: Rule, finding: Finding, names: Counter[str]) -> str:
    name = f"{rule.id}: {finding.label}: {finding.message}"
    names[name] += 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def _notes(result: CheckResult) -> Iterator[ET.Element]:
    """Write the notes as the output of a suite without cases."""
    for note in result.notes:
        suite = ET.Element("testsuite", name=note.name, tests="0", errors="0", failures="0", skipped="0")
        ET.SubElement(suite, "system-out").text = _clean(note.words)
        yield suite


def _describe_case(result: CheckResult, finding: Finding, case: ET.Element) -> None:
    text = "\n".join(filter(None, (finding.message, *describe_also(finding), f"fix: {finding.fix}")))
    if result.level(finding) == "mandatory":
        ET.SubElement(case, "failure", message=_clean(finding.message), type=finding.rule.severity).text = _clean(text)
    else:
        ET.SubElement(case, "system-out").text = _clean(f"advice ({finding.rule.severity}): {text}")


def _case(category: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=f"policies.{category}", name=_clean(name), time="0")


def _clean(text: str) -> str:
    """Leave out what XML 1.0 has no way to write."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def as_github(result: CheckResult) -> str:
    """Write commands of a GitHub workflow, which show each finding on its line of a pull request, errors first.

    GitHub shows ten annotations of each kind for a step: the most severe come first. Source: GitHub docs, "Workflow
    commands for GitHub Actions". A finding whose line is not known names no file.
    """
    ordered = sorted(result.findings, key=lambda one: -SEVERITIES.index(one.rule.severity))
    mandatory = [one for one in ordered if result.level(one) == "mandatory"]
    advisory = [one for one in ordered if result.level(one) == "advisory"]
    lines = [
        *(_command("error", one, f"Fix: {one.fix}") for one in mandatory),
        *(_command("warning", one, f"Fix: {one.fix}") for one in advisory),
        *(_command("notice", one, f"It is {waiver.words}") for waiver, one in result.waived),
        *(f"::notice title={note.name}::{_escaped(note.words)}" for note in result.notes),
    ]
    return "\n".join([*lines, *result.baseline_lines, f"{len(mandatory)} mandatory, {len(advisory)} advisory"])


def _command(kind: str, finding: Finding, more: str) -> str:
    where = source(finding)
    place = {"file": where[0], "line": str(where[1])} if where else {}
    named = (f"{name}={_escaped(value, ':,')}" for name, value in (place | {"title": finding.rule.id}).items())
    also = (f"{line[0].upper()}{line[1:]}." for line in describe_also(finding))
    text = " ".join((f"{finding.label}: {finding.message}.", *also, more))
    return f"::{kind} {','.join(named)}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{more}" else char for char in text)


FORMATS: dict[str, Callable[[CheckResult], Any]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "github": as_github,
}
