"""What a check found, as SARIF 2.1.0, which code hosts show on the lines of a pull request.

Source of the format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; of what a host needs of
it: GitHub docs, "SARIF support for code scanning".
"""

import hashlib
import json
from typing import Any, Final

from serverless_guard.check import CheckResult, source
from serverless_guard.pack_files import Pack
from serverless_guard.rules.rule import RULE_FAILED, Category, Finding, Rule, Severity

SCORES: Final[dict[Severity, str]] = {"low": "3.0", "medium": "5.0", "high": "8.0", "critical": "9.5"}
"""GitHub's `security-severity`: over 9.0 is critical, 7.0 high, 4.0 medium."""
SECURITY: Final[frozenset[Category]] = frozenset(
    {"least-privilege", "encryption", "deletion-protection", "network-exposure"}
)
"""Categories about security, whose severity a host shows; all of them are below "Protect" in AWS Security Hub.

Source: AWS Security Hub user guide, "Control categories"."""
LEVELS: Final = {"mandatory": "error", "advisory": "warning"}
PROGRAM: Final = ("Pulumi.yaml", 1)
"""Where a finding stands whose line is not known: a host refuses a result that stands nowhere."""


def as_sarif(result: CheckResult) -> str:
    """Write the rules that the stack enforces, and a result for each finding; what is waived is a suppressed one."""
    rules = [rule for rule in result.enforcement.rules if result.enforcement.level(rule) != "disabled"]
    positions = {rule.id: index for index, rule in enumerate(rules)}
    results = [_result(result, finding, positions) for finding in result.findings]
    results += [
        _result(result, finding, positions)
        | {"suppressions": [{"kind": "external", "status": "accepted", "justification": waiver.words}]}
        for waiver, finding in result.waived
    ]
    broken = [finding.message for finding in result.findings if finding.message.startswith(RULE_FAILED)]
    notifications = [{"level": "error", "message": {"text": words}} for words in broken]
    notifications += [
        {"level": "note", "descriptor": {"id": note.name}, "message": {"text": note.words}} for note in result.notes
    ]
    return _log(result.pack, [_rule(result, rule) for rule in rules], results, notifications)


def as_failed_run(pack: Pack, reason: str) -> str:
    """Write a log without results, which says why nothing was judged: a host would take no log for no findings."""
    return _log(pack, [], [], [{"level": "error", "message": {"text": reason}}])


def _log(
    pack: Pack, rules: list[dict[str, Any]], results: list[dict[str, Any]], notifications: list[dict[str, Any]]
) -> str:
    failed = any(one["level"] == "error" for one in notifications)
    run = {
        "tool": {"driver": {"name": pack.name, "version": pack.version, "rules": rules}},
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notifications}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps(
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}, indent=2
    )


def _rule(result: CheckResult, rule: Rule) -> dict[str, Any]:
    level = "error" if result.enforcement.blocks(rule) else "warning"
    help_text = "\n".join((rule.fix, *(f"Source: {one}" for one in rule.sources)))
    about_security = {"security-severity": SCORES[rule.severity]} if rule.category in SECURITY else {}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}."},
        "help": {"text": help_text, "markdown": f"**Fix.** {help_text}"},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": [*(["security"] if about_security else []), rule.category],
            "problem.severity": level,
            **about_security,
        },
    }


def _result(result: CheckResult, finding: Finding, positions: dict[str, int]) -> dict[str, Any]:
    path, line = source(finding) or PROGRAM
    urn = finding.resource.urn if finding.resource else ""
    name = {"fullyQualifiedName": urn or finding.label, "kind": "resource"}
    physical = {"artifactLocation": {"uri": path}, "region": {"startLine": line}}
    also = (f"It breaks {one.rule.id} too: {one.message}." for one in finding.also)
    fingerprint = hashlib.sha256(f"{finding.rule.id}\n{urn}\n{finding.message}".encode()).hexdigest()
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": positions[finding.rule.id],
        "level": LEVELS[result.level(finding)],
        "message": {"text": " ".join((f"{finding.label}: {finding.message}.", *also, finding.fix))},
        "locations": [{"physicalLocation": physical, "logicalLocations": [name]}],
        "partialFingerprints": {"finding/v1": fingerprint},
        "properties": {"decided": finding.decided, "rules": [rule.id for rule in finding.rules]},
    }
