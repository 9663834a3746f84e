"""Runs a rule on an example of it, and words the findings as examples pin them."""

from serverless_guard.program import Program
from serverless_guard.rules.rule import ANY_TYPE, THE_STACK, Example, Finding, Rule, subject


def decide(rule: Rule, example: Example) -> list[Finding]:
    """Give the findings of a rule about an example; none where the rule is not about such a resource."""
    record = subject(rule, example)
    about = record.resources[0] if isinstance(record, Program) else record
    applies = rule.stack or ANY_TYPE in rule.types or about.type in rule.types
    return rule.findings(record, example.settings) if applies else []


def words(example: Example, found: list[Finding]) -> tuple[str | tuple[str, str], ...]:
    """Word findings as `Example.finds` does."""
    return tuple(
        one.message
        if one.resource is not None and one.resource.urn == example.name
        else (one.resource.name if one.resource else THE_STACK, one.message)
        for one in found
    )
