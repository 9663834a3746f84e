"""Costs: `python -m cost estimate FILE` before the bill, `python -m cost report` after it.

FILE is what `pulumi preview --json --show-sames`, or `pulumi stack export`, printed; `-` reads it from standard input.
`report` asks Cost Explorer of the account that the credentials belong to.
"""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import boto3

from cost import report, resources, tables, usage
from cost.estimate import estimate
from cost.render import table
from cost.tables import CostError


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m cost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    estimating = commands.add_parser("estimate", help="price a preview or a state by list prices")
    estimating.add_argument("file")
    reporting = commands.add_parser("report", help="what AWS has billed by service and month")
    reporting.add_argument("--stack", help="only what has the tag `stack` with this value, such as blog-prod")
    reporting.add_argument("--since", type=date.fromisoformat, help="the first day, such as 2026-01-01")
    chosen = parser.parse_args(arguments)
    try:
        print(_estimate(chosen.file) if chosen.command == "estimate" else _report(chosen.stack, chosen.since))
    except (CostError, OSError, json.JSONDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _estimate(file: str) -> str:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    return table(estimate(resources.read(json.loads(text)), usage.read(), tables.prices()))


def _report(stack: str | None, since: date | None) -> str:
    today = datetime.now(UTC).date()
    # Cost Explorer is in one region, whatever the stack's.
    client = cast("Any", boto3.Session()).client("ce", region_name="us-east-1")
    start = since or today.replace(month=1, day=1)
    return report.table(report.costs(client, start=start, end=today, tag=("stack", stack) if stack else None))


if __name__ == "__main__":
    sys.exit(main())
