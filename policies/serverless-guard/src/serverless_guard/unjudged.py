"""Resources that no rule covers: they are counted and named, for what nobody judges must not look like a pass.

A role that the Cloud Control API creates, or a stack of CloudFormation, may hold whatever a rule refuses of the type of
the same service in pulumi-aws.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from serverless_guard.enforcement import UNJUDGED_RULE, Enforcement, known
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.unjudged import is_unjudged

SHOWN_NAMES: Final = 3
"""How many resources of a type are named; all are counted."""


def unjudged_line(resources: Sequence[Resource], enforcement: Enforcement) -> str:
    """Count and name the resources that no rule covers, by type; empty where there are none.

    Where the rule `resource-type-judged` is enforced each of them is a finding, and no line is needed.
    """
    rule = known(UNJUDGED_RULE, "")
    if enforcement.level(rule) != "disabled":
        return ""
    accepted = enforcement.options(rule)["accepted"]
    by_type: defaultdict[str, list[str]] = defaultdict(list)
    for one in resources:
        if is_unjudged(one, accepted):
            by_type[one.type].append(one.name)
    if not by_type:
        return ""
    count = sum(map(len, by_type.values()))
    listed = "; ".join(f"{kind} ({_names(names)})" for kind, names in sorted(by_type.items()))
    return f"unjudged: {count} resource{'s' if count > 1 else ''} of types that no rule covers: {listed}"


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    shown, more = ordered[:SHOWN_NAMES], len(ordered) - SHOWN_NAMES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
