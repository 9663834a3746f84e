"""Compares the evaluator with its judges."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.policies.proof import enumeration, local_aws, solver, subject
from tests.policies.proof.cases import ACTIONS, Case, cases, document


@dataclass
class Requests:
    """How single requests were decided.

    Attributes:
        decisions: How often each decision was made.
        unlike_enumeration: Cases that the interpreter of `enumeration` decides otherwise.
        explained: The classes in which the local AWS decides otherwise than AWS documents, with how often they touch a
            disagreement.
        unexplained: Cases that the local AWS decides otherwise, and not because of these classes.
    """

    decisions: Counter[str] = field(default_factory=Counter[str])
    unlike_enumeration: list[str] = field(default_factory=list[str])
    explained: Counter[str] = field(default_factory=Counter[str])
    unexplained: list[str] = field(default_factory=list[str])


def compare_requests(seed: int, count: int) -> Requests:
    """Decide random requests by the evaluator and both judges."""
    every, found = list(cases(seed, count)), Requests()
    for case, local in zip(every, local_aws.judge(every), strict=True):
        decision = subject.decision(case)
        found.decisions[decision] += 1
        if decision != enumeration.judge(case):
            found.unlike_enumeration.append(f"{decision}: {case}")
        if decision != local:
            _explain(case, local, found)
    return found


def _explain(case: Case, local: str, found: Requests) -> None:
    steps = list(local_aws.as_local_aws(case))
    if not steps or subject.decision(steps[-1][1]) != local:
        found.unexplained.append(f"the local AWS says {local}: {case}")
    found.explained.update(name for name, _ in steps)


@dataclass
class Grants:
    """How the grants of random documents compare with what the documents allow.

    Attributes:
        missed: Documents that allow a request of which no grant tells: never right.
        wider: Documents with a grant for a request that they do not allow: where a denial covers a part of a pattern,
            and where what two patterns have in common is no pattern.
        undecided: How often the solver gave up.
    """

    missed: list[str] = field(default_factory=list[str])
    wider: list[str] = field(default_factory=list[str])
    undecided: int = 0


def compare_grants(seed: int, count: int) -> Grants:
    """Look for requests that tell random documents and their grants apart."""
    chance, found = random.Random(seed), Grants()
    for _ in range(count):
        identity = [_modelled(chance) for _ in range(chance.randint(1, 2))]
        limit = [_modelled(chance)] if chance.random() < 0.3 else None
        action = chance.choice(ACTIONS)
        for extra, to in ((False, found.missed), (True, found.wider)):
            request = solver.difference(identity, limit, action, extra=extra)
            found.undecided += request is None
            if request:
                to.append(f"{action} {json.dumps([identity, limit])}: {request}")
    return found


def _modelled(chance: random.Random) -> Any:
    """Write a random document all of whose parts the solver models."""
    while True:
        written = document(chance)
        if not any(part in json.dumps(written) for part in solver.UNMODELLED):
            return written
