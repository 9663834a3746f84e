"""Findings that could not be decided: one for each cause, however many rules stopped at it.

A policy document that is built from an output of a resource not yet created stops each rule that reads it. That is one
thing to change, so it is one finding, which lists the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from serverless_guard.enforcement import Enforcement
from serverless_guard.rules.rule import SEVERITIES, Finding

SHOWN_PLACES: Final = 3
"""How many unknown places of one property a finding names."""


def merge_undecided(findings: Iterable[Finding], enforcement: Enforcement) -> list[Finding]:
    """Merge the undecided findings of one resource that wait for the same property, and keep all others.

    Properties count by their first name: what is unknown in two statements of `policy` is one document. The merged
    finding stands where the first of them stood; its rule is the most severe one that blocks, the others are its
    `others`.
    """
    merged: list[Finding] = []
    causes: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.decided or not finding.unknown:
            merged.append(finding)
            continue
        urn = finding.resource.urn if finding.resource else ""
        several = causes[f"{urn} {finding.label}", _property(finding.unknown)]
        if not several:
            merged.append(finding)
        several.append(finding)
    first = {id(several[0]): several for several in causes.values()}
    return [_merged(first[id(one)], enforcement) if id(one) in first else one for one in merged]


def _merged(several: Sequence[Finding], enforcement: Enforcement) -> Finding:
    order = sorted(
        {one.rule.id: one for one in several}.values(),
        key=lambda one: (not enforcement.is_mandatory(one), -SEVERITIES.index(one.rule.severity), one.rule.id),
    )
    messages = {one.message for one in several}
    message = messages.pop() if len(messages) == 1 else _words([one.unknown for one in several])
    return replace(order[0], message=message, others=tuple(one.rule for one in order[1:]))


def _words(paths: Sequence[str]) -> str:
    """Name the places that are not known, without those inside of another one."""
    places = sorted(set(paths))
    outer = [one for one in places if not any(one != other and _within(one, other) for other in places)]
    named, more = outer[:SHOWN_PLACES], len(outer) - SHOWN_PLACES
    listed = ", ".join(named) + (f" and {more} more places" if more > 0 else "")
    return f"cannot decide: {listed} {'is' if len(outer) == 1 else 'are'} not known at preview"


def _within(path: str, outer: str) -> bool:
    return path.startswith((f"{outer}.", f"{outer}["))


def _property(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
