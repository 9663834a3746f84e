"""The rules by hand: `python -m policies list|explain|check|docs`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from policies import catalogue, state, waivers
from policies.enforcement import Enforcement, EnforcementError, known, read
from policies.report import describe_waived
from policies.rules.rule import Finding


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        0 when all is well, 1 when a mandatory rule is violated, 2 when what was given cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "list":
                return _list(as_json=options.format == "json")
            case "explain":
                print(catalogue.explain(known(options.rule, "explain")))
                return 0
            case "docs":
                print(catalogue.page(), end="")
                return 0
            case _:
                return _check(options.file, production=not options.development, as_json=options.format == "json")
    except (EnforcementError, state.StateError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies", description="The rules by hand.")
    commands = parser.add_subparsers(dest="command", required=True)
    every = commands.add_parser("list", help="show all rules")
    one = commands.add_parser("explain", help="show a rule with its options, sources and examples")
    one.add_argument("rule", help="its name, for example dynamodb-pitr")
    commands.add_parser("docs", help="write docs/rules.md to standard output")
    check = commands.add_parser("check", help="judge a stack without engine and cloud")
    check.add_argument("file", type=Path, help="what `pulumi stack export` or `pulumi preview --json` wrote")
    check.add_argument("--development", action="store_true", help="the stack is not production")
    for command in (every, check):
        command.add_argument("--format", choices=("text", "json"), default="text")
    return parser


def _list(*, as_json: bool) -> int:
    rules = read(production=True).rules
    if as_json:
        print(
            json.dumps(
                [
                    {"rule": rule.id, "title": rule.title, "severity": rule.severity, "promise": rule.promise}
                    | {
                        "types": rule.types,
                        "env": rule.env,
                        "tier": rule.tier,
                        "sources": rule.sources,
                        "remediable": rule.remedy is not None,
                    }
                    for rule in rules
                ],
                indent=2,
            )
        )
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in rules:
            print(f"{rule.id:{width}}  {rule.severity:8}  {rule.title}")
    return 0


def _check(file: Path, *, production: bool, as_json: bool) -> int:
    enforcement = read(production=production)
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise state.StateError(f"{file}: {error}") from None
    stack = state.read(content, production=production)
    names = {one.urn.split("::")[0].rpartition(":")[2] for one in stack.resources}
    waived = waivers.read(enforcement, stack=min(names, default=""))
    findings = [finding for resource in stack.resources for finding in enforcement.judge(resource)]
    findings = waived.remaining(findings + enforcement.judge_stack(stack)) + waived.judged(whole=True)
    if shown := describe_waived(waived.in_force()):
        print(shown, file=sys.stderr)
    rows = [_row(finding, enforcement) for finding in findings]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        for row, finding in zip(rows, findings, strict=True):
            print(f"{finding.label}: [{row['rule']}] {row['finding']} ({row['level']}, {row['severity']})")
            print(f"  fix: {row['fix']}")
    return 1 if any(row["level"] == "mandatory" for row in rows) else 0


def _row(finding: Finding, enforcement: Enforcement) -> dict[str, object]:
    resource = finding.resource
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity,
        "level": "mandatory" if enforcement.blocks(finding.rule) else enforcement.level(finding.rule),
        "urn": resource.urn if resource else "",
        "type": resource.type if resource else "",
        "finding": finding.message,
        "fix": finding.rule.fix,
        "decided": finding.decided,
    }
