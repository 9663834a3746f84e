"""Commands that help an existing stack to adopt the pack: its baseline, and waivers as Pulumi's exceptions."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from serverless_guard import baseline
from serverless_guard.baseline import Baseline, Entry, describe_counts
from serverless_guard.causes import split
from serverless_guard.check import CheckResult, check, stack_urn
from serverless_guard.enforcement import Enforcement, EnforcementError
from serverless_guard.pack_files import Pack
from serverless_guard.policy_config import VERSION, PolicyConfig, PolicyException
from serverless_guard.rules.least_privilege.waivers import waiver_valid
from serverless_guard.rules.rule import Finding
from serverless_guard.state import State
from serverless_guard.waivers import Waiver


def record_baseline(
    stack: State,
    enforcement: Enforcement,
    pack: Pack,
    exceptions: Sequence[PolicyException],
    *,
    replace_it: bool,
) -> None:
    """Record the findings of a stack that neither a waiver nor an exception covers.

    Args:
        stack: The stack, as its file tells it.
        enforcement: The rules as the stack enforces them.
        pack: The pack, for its waivers and the file to write.
        exceptions: Findings that a config file accepts.
        replace_it: Whether an earlier baseline of the stack is given up.

    Raises:
        EnforcementError: The stack has a baseline, which is not to be replaced.
    """
    result = check(stack, enforcement, pack, exceptions, recorded=Baseline())
    before = baseline.read(pack.baseline_file, result.stack)
    if before.entries and not replace_it:
        raise EnforcementError(
            f"{pack.baseline_file} has a baseline of {result.stack} with {len(before.entries)} findings; "
            "--update drops what no longer occurs, --replace records the stack anew"
        )
    findings = [one for one in split(result.findings) if one.rule is not waiver_valid]
    entries = [Entry.of(finding) for finding in findings]
    _write(result, entries)
    print(f"{pack.baseline_file}: {len(entries)} findings of {result.stack} are recorded: {describe_counts(entries)}")
    _print("critical, to be fixed first", [one for one in findings if one.rule.severity == "critical"])


def update_baseline(result: CheckResult) -> None:
    """Drop the recorded findings of a stack that no longer occur; what is new is not added."""
    gone, occurring = result.baseline.gone, result.baseline.occurring
    if not result.baseline.entries:
        raise EnforcementError(
            f"{result.pack.baseline_file} has no baseline of {result.stack}; `baseline FILE` records one"
        )
    _write(result, occurring)
    print(f"{result.pack.baseline_file}: {len(gone)} recorded findings no longer occur and are dropped, "
          f"{len(occurring)} remain: {describe_counts(occurring)}")  # fmt: skip
    for entry in gone:
        print(f"  dropped [{entry.rule}] {entry.resource}: {entry.finding}")
    _print("new, and not covered", split(result.findings))


def print_burn_down(pack: Pack) -> None:
    """Show how the recorded findings of each stack became fewer.

    Raises:
        EnforcementError: There is no baseline.
    """
    sections = baseline.read_all(pack.baseline_file)
    if not sections:
        raise EnforcementError(f"{pack.baseline_file} does not exist; `baseline FILE` records today's findings")
    print(baseline.burn_down(sections))


def write_exceptions(result: CheckResult, config: PolicyConfig) -> None:
    """Write a config file with an exception for each finding that a waiver covers, to standard output.

    An exception has no expiry and covers its rule on the resource whatever the words, so it accepts more than the
    waiver did: a warning on standard error says so.
    """
    exceptions: dict[str, Any] = {
        one.id: {"reason": one.reason, "match": [{"policies": sorted(rules), "targets": sorted(urns)}
                                                 for rules, urns in one.match]}
        for one in config.exceptions
    }  # fmt: skip
    by_waiver: defaultdict[int, list[tuple[Waiver, Finding]]] = defaultdict(list)
    for accepted, finding in result.waived:
        if isinstance(accepted, Waiver):
            by_waiver[accepted.line].append((accepted, finding))
    for several in by_waiver.values():
        waiver = several[0][0]
        urns = sorted({one.resource.urn if one.resource else stack_urn(result.stack) for _, one in several})
        reason = f"{waiver.given['reason']} ({waiver.given['owner']}, until {waiver.given['expires']})"
        rule = several[0][1].rule.id
        exceptions[_free(rule, exceptions)] = {"reason": reason, "match": [{"policies": [rule], "targets": urns}]}
    print(json.dumps({"version": VERSION, "policies": dict(config.policies), "exceptions": exceptions}, indent=2))
    if by_waiver:
        print(f"{len(by_waiver)} waivers are written as exceptions, which do not expire and cover worse values of the "
              "same resource too", file=sys.stderr)  # fmt: skip


def _free(rule: str, taken: dict[str, Any]) -> str:
    numbers = (int(found[1]) for one in taken if (found := re.fullmatch(rf"{rule}-(\d+)", one)))
    return f"{rule}-{max(numbers, default=0) + 1}"


def _write(result: CheckResult, entries: Sequence[Entry]) -> None:
    file = result.pack.baseline_file
    if file is None:
        raise EnforcementError("--baseline: no file is given and the pack has no folder; name the file to write")
    baseline.write(file, result.stack, entries, datetime.now(UTC).date())


def _print(heading: str, findings: Sequence[Finding]) -> None:
    if findings:
        print(f"{heading}:")
    for finding in findings:
        print(f"  {finding.label}: [{finding.rule.id}] {finding.message}")
