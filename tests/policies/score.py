"""Score the rules on labelled cases: `python -m tests.policies.score CASES.jsonl`.

A line is a JSON object: `check` (an id of Checkov), `expect` (PASS or FAIL), `type`, `name`, `props`, `deps` (the names
that a property refers to) and `stack` (the other resources). The rule whose sources name the check is scored: a finding
about the resource, or about the stack as a whole, counts as FAIL.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from policies.record import UNKNOWN, Block, Resource, Stack
from policies.rules import every_rule
from policies.rules.rule import ANY_TYPE, Rule
from policies.wire import UNKNOWNS


def plain(value: Any) -> Any:
    """Mark what is unknown, be it a whole value or a part of a text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and any(mark in value for mark in UNKNOWNS) else value


def resources(case: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield the case's resource, then the others of its stack."""
    every = [case, *case["stack"]]
    urns: defaultdict[str, set[str]] = defaultdict(set)
    for one in every:
        urns[one["name"]].add(f"{one['type']}::{one['name']}")
    for one in every:
        depends = {
            key: frozenset(urn for name in names for urn in urns[name.rpartition(".")[2]])
            for key, names in one["deps"].items()
        }
        urn = f"{one['type']}::{one['name']}"
        yield Resource(one["type"], one["name"], Block(plain(one["props"]), owner=urn), urn=urn, depends=depends)


def flagged(rule: Rule, case: Mapping[str, Any]) -> bool:
    """Tell whether a rule finds fault with a case's resource."""
    every = tuple(resources(case))
    if rule.stack:
        found = rule.findings(Stack(every))
        return any(one.resource is None or one.resource.urn == every[0].urn for one in found)
    return (ANY_TYPE in rule.types or every[0].type in rule.types) and bool(rule.findings(every[0]))


def main(file: Path) -> None:
    """Print a line for each check, then precision and recall over all."""
    by_check = {source.removeprefix("checkov:"): rule for rule in every_rule() for source in rule.sources}
    scores: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("tp", "fn", "fp", "tn"), 0)
    )
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        rule = by_check.get(case["check"])
        if rule:
            wrong, found = case["expect"] == "FAIL", flagged(rule, case)
            scores[case["check"], rule.id]["tp" if wrong and found else "fn" if wrong else "fp" if found else "tn"] += 1
    for (check, rule_id), counts in sorted(scores.items()):
        print(f"{check:14} {rule_id:45} {counts}")
    total = {key: sum(counts[key] for counts in scores.values()) for key in ("tp", "fn", "fp", "tn")}
    precision, recall = total["tp"] / (total["tp"] + total["fp"]), total["tp"] / (total["tp"] + total["fn"])
    print(
        f"{sum(total.values())} cases of {len(scores)} checks: precision {precision:.2f}, recall {recall:.2f}, {total}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
