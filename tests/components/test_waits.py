"""Nothing is created before what it needs: each relation of `waits_*`, in every stack."""

from dataclasses import replace

import pytest

from tests.components import waits_access, waits_services, waits_stores
from tests.components.graph import STACKS, Graph, graph
from tests.components.recording import Registration
from tests.components.waits import Wait

WAITS = [*waits_access.WAITS, *waits_services.WAITS, *waits_stores.WAITS]


def pairs(wait: Wait, stack: Graph) -> list[tuple[Registration, Registration]]:
    """The resources of a stack that belong together by a relation, the waiting one first."""
    needed = [(set(wait.of(one)), one) for one in stack.of_type(wait.needed)]
    return [
        (one, other)
        for one in stack.of_type(wait.waiting)
        for keys, other in needed
        if one is not other and keys & set(wait.by(one))
    ]


def missing(wait: Wait, stack: Graph) -> list[str]:
    """Name the pairs of which the first does not wait for the second."""
    return [
        f"{wait}: {one.name}, {other.name}"
        for one, other in pairs(wait, stack)
        if other.urn not in stack.needs[one.urn]
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_everything_waits_for_what_it_needs(stack: str) -> None:
    assert [line for wait in WAITS for line in missing(wait, graph(stack))] == []


@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_a_relation_concerns_a_stack_and_is_noticed_where_it_is_missing(wait: Wait) -> None:
    concerned = [graph(stack) for stack in STACKS if pairs(wait, graph(stack))]
    assert concerned, "no stack has resources of this relation"
    one, _ = pairs(wait, concerned[0])[0]
    hasty = replace(concerned[0], needs={**concerned[0].needs, one.urn: frozenset()})
    assert missing(wait, hasty) != []


@pytest.mark.parametrize("stack", STACKS)
def test_nobody_waits_for_a_resource_that_waits_for_it(stack: str) -> None:
    needs = graph(stack).needs
    assert [urn for urn, needed in needs.items() if urn in needed] == []
