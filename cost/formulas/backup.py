"""AWS Backup, https://aws.amazon.com/backup/pricing/.

A copy of a DynamoDB table is a full one, and each that is kept is billed,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backup-restore-billing.html. What databases cost by it
stands with them.
"""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cost.charges import Charge, Formula
from cost.formulas.schedule import runs_a_day
from cost.formulas.table import TABLE
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block, as_items

PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"

DAYS_OF_A_YEAR = 365
"""How long a copy without an end is taken to be kept."""


def _rules(selection: Resource, stack: Stack) -> list[Mapping[str, Any]]:
    plans = stack.referred(selection, "planId", PLAN)
    return [as_block(rule) for plan in plans for rule in plan.items("rules")]


def _days(lifecycle: object) -> float:
    days = as_block(lifecycle).get("deleteAfter")
    return float(days) if isinstance(days, (int, float)) else DAYS_OF_A_YEAR


def _selected(selection: Resource, stack: Stack, *types: str) -> list[Resource]:
    """What a selection names, by reference or by ARN.

    Where it says neither, as in a preview's event log or where it goes by tags, it is taken to name all of the types.
    """
    urns = selection.references.get("resources", ())
    arns = [str(arn) for arn in selection.items("resources") if str(arn).startswith(("arn:", "*"))]
    found = stack.of_type(*types)
    if not urns and not arns:
        return found
    return [one for one in found if one.urn in urns or any(_names(arn, one) for arn in arns)]


def _names(arn: str, one: Resource) -> bool:
    """Whether an ARN, which may have a wildcard, ends in a name of a resource: .../NAME or ...:NAME."""
    end = re.split("[:/]", arn)[-1]
    return any(fnmatchcase(str(name), end) for name in one.names)


def longest_kept(one: Resource, stack: Stack) -> float:
    """How many days a resource's copies are kept, a copy a day; 0 without any."""
    selections = [each for each in stack.of_type(SELECTION) if one in _selected(each, stack, one.type)]
    copies = [
        _days(rule.get("lifecycle")) * min(1.0, runs_a_day(str(rule.get("schedule"))))
        for each in selections
        for rule in _rules(each, stack)
    ]
    return max(copies, default=0)


def _selection(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    gigabytes = usage["table.gb"] * len(_selected(one, stack, TABLE))
    for rule in _rules(one, stack):
        runs = runs_a_day(str(rule.get("schedule")))
        yield Charge("backup.table-gb-month", gigabytes * runs * _days(rule.get("lifecycle")))
        for copy in as_items(rule.get("copyActions")):
            # arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME
            arn = str(as_block(copy).get("destinationVaultArn", "")).split(":")
            region = arn[3] if len(arn) > 3 else ""  # noqa: PLR2004  # the fourth part
            quantity = gigabytes * runs * _days(as_block(copy).get("lifecycle"))
            yield Charge("backup.table-gb-month", quantity, region)


FORMULAS: dict[str, tuple[Formula, ...]] = {SELECTION: (_selection,)}
