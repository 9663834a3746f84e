"""What waits for what: the resources of a whole stack with all that each depends on, without an engine."""

import gc
import json
import os
import runpy
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest import mock

from serverless_guard import guard
from tests.components.recording import Registration, record
from tests.policies.program import ROOT, answers, config

STACKS = {
    "dev": ROOT / "Pulumi.dev.yaml",
    "prod": ROOT / "Pulumi.prod.yaml",
    "options": ROOT / "tests/options/Pulumi.options.yaml",
    "more": ROOT / "tests/options/Pulumi.more.yaml",
}
"""Settings files that together use every option."""


@dataclass(frozen=True)
class Graph:
    """The resources of a stack.

    Attributes:
        resources: By URN, without components.
        needs: By URN, all URNs that exist before it is created, directly and indirectly.
    """

    resources: Mapping[str, Registration]
    needs: Mapping[str, frozenset[str]]

    def of_type(self, type_: str) -> list[Registration]:
        """The resources of a type such as `lambda/function:Function`."""
        return [one for one in self.resources.values() if one.type == f"aws:{type_}"]


def register(stack: str, *, answered: Mapping[str, dict[str, Any]]) -> list[Registration]:
    """Run the program with the settings of one of `STACKS` and the answers of AWS's functions."""
    settings = config(STACKS[stack])

    def program() -> None:
        with mock.patch.object(guard, "install"), mock.patch.dict(os.environ, PULUMI_CONFIG=json.dumps(settings)):
            runpy.run_path(str(ROOT / "__main__.py"))

    try:
        return record(program, stack=stack, answers=answered)
    finally:
        gc.enable()


@cache
def graph(stack: str) -> Graph:
    """The resources of one of `STACKS`."""
    registered = register(stack, answered=answers(STACKS[stack]))
    direct = {one.urn: frozenset(one.depends_on) for one in registered}
    resources = {one.urn: one for one in registered if one.custom}
    return Graph(resources, {urn: _closure(urn, direct) for urn in resources})


def _closure(urn: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = deque([urn])
    while waiting:
        for needed in direct.get(waiting.popleft(), frozenset()) - found:
            found.add(needed)
            waiting.append(needed)
    return frozenset(found)
