"""Identities of those who deploy, which rules about what runs leave alone."""

from collections.abc import Iterator
from typing import Final

from serverless_guard.iam.effective import EffectiveDocument, EffectiveDocuments
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.rule import Option

DEPLOYERS: Final = Option([], "Beginnings of the names of policies and roles of those who deploy, and do not run.")


def deploys(stack: Program, *resources: Resource | None) -> bool:
    """Tell whether one of some resources belongs to those who deploy."""
    names = tuple(stack.settings["deployers"])
    return any(resource is not None and resource.name.startswith(names) for resource in resources)


def documents_of_others(stack: Program) -> Iterator[EffectiveDocument]:
    """Yield the documents of all identities but of those who deploy."""
    names = tuple(stack.settings["deployers"])
    return (one for one in stack.derived(EffectiveDocuments) if not one.belongs_to(names))
