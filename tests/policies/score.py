"""Score the rules on labelled cases, and explain where they disagree: `python -m tests.policies.score [CASES.jsonl]`.

`corpus/README.md` says what a line of the file holds. Scored is the rule whose sources name the case's check: a finding
about the case's resource, or about the stack as a whole, counts as FAIL.

`disagreements.yaml` holds the reason for each case that a rule decides otherwise.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import Rule
from serverless_guard.wire import UNKNOWNS

HERE = Path(__file__).parent
CASES, REASONS = HERE / "corpus" / "cases.jsonl", HERE / "disagreements.yaml"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a rule says of a case.

    Attributes:
        check: The check that the case is labelled by.
        rule: The rule that stands for it.
        case: The case, as `disagreements.yaml` names it: `FAIL aws:s3/bucket:Bucket::public`.
        wrong: Whether the label is FAIL.
        found: Whether the rule has a finding.
    """

    check: str
    rule: str
    case: str
    wrong: bool
    found: bool

    @property
    def outcome(self) -> str:
        """The cell of the confusion matrix: tp, fn, fp or tn."""
        return ("tp" if self.found else "fn") if self.wrong else ("fp" if self.found else "tn")


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
    subject, *others = resources(case)
    if rule.stack:
        found = rule.findings(Program((subject, *others)))
        return any(one.resource is None or one.resource.urn == subject.urn for one in found)
    return subject.type in rule.types and bool(rule.findings(subject))


def judged(file: Path) -> list[CheckResult]:
    """Decide every case whose check some rule carries."""
    by_check = {source.removeprefix("checkov:"): rule for rule in every_rule() for source in rule.sources}
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        CheckResult(
            check=case["check"],
            rule=rule.id,
            case=f"{case['expect']} {case['type']}::{case['name']}",
            wrong=case["expect"] == "FAIL",
            found=flagged(rule, case),
        )
        for case in cases
        if (rule := by_check.get(case["check"]))
    ]


def reasons(file: Path = REASONS) -> dict[tuple[str, str], str]:
    """Read why rules disagree: by check and case, the reason."""
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        (check, case): entry["reason"]
        for check, entries in content.items()
        for entry in entries
        for case in entry["cases"]
    }


def report(verdicts: Iterable[CheckResult], explained: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Yield a line for each check with its disagreements below it, then precision and recall over all."""
    by_check: defaultdict[tuple[str, str], list[CheckResult]] = defaultdict(list)
    for one in verdicts:
        by_check[one.check, one.rule].append(one)
    for (check, rule), every in sorted(by_check.items()):
        yield f"{check:14} {rule:40} {_score(every)}"
        for one in every:
            if one.wrong != one.found:
                said = "no finding" if one.wrong else "a finding"
                yield f"    {one.case}: {said}. {explained.get((check, one.case), 'UNEXPLAINED')}"
    whole = [one for every in by_check.values() for one in every]
    yield f"{len(whole)} cases of {len(by_check)} checks: {_score(whole)}"


def _score(verdicts: list[CheckResult]) -> str:
    tp, fn, fp, tn = (sum(one.outcome == name for one in verdicts) for name in ("tp", "fn", "fp", "tn"))
    precision = f"{tp / (tp + fp):.2f}" if tp + fp else "-"
    recall = f"{tp / (tp + fn):.2f}" if tp + fn else "-"
    return f"precision {precision}, recall {recall} (tp {tp}, fn {fn}, fp {fp}, tn {tn})"


if __name__ == "__main__":
    for line in report(judged(Path(sys.argv[1]) if sys.argv[1:] else CASES), reasons()):
        print(line)
