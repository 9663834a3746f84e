"""Checks for the rules that only compare a property, so that such a rule is a declaration.

Each function returns a check: from a resource to a message for each violation. A message repeats a value only where
the property is a number or has a fixed set of values, none of which is secret: a worse value is another finding.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from serverless_guard.program import Program
from serverless_guard.record import Block, Resource, UndecidedError
from serverless_guard.rules.rule import ResourceCheck, StackCheck


def any_holds(*tests: Callable[[], bool]) -> bool:
    """Tell whether one of several tests holds, whichever of them needs a value that is not known.

    Raises:
        UndecidedError: None holds of those that could be decided, and another one could not be.
    """
    undecided: UndecidedError | None = None
    for test in tests:
        try:
            if test():
                return True
        except UndecidedError as error:
            undecided = undecided or error
    if undecided:
        raise undecided
    return False


def unless(exempt: Callable[[Resource], bool], check: ResourceCheck) -> ResourceCheck:
    """Ask for something of all resources that are not exempt; what is known of either decides."""

    def decide(resource: Resource) -> Iterator[str]:
        found: list[str] = []

        def passes() -> bool:
            found.extend(check(resource))
            return not found

        if not any_holds(passes, lambda: exempt(resource)):
            yield from found

    return decide


def together(paths: Sequence[str], state: str) -> Iterator[str]:
    """Word one finding for all properties that are in the same state."""
    if paths:
        yield f"{', '.join(paths)} {'is' if len(paths) == 1 else 'are'} {state}"


def is_true(*paths: str) -> ResourceCheck:
    """Ask for booleans that are true; an absent one is a violation."""

    def check(resource: Resource) -> Iterator[str]:
        return together([path for path in paths if resource.props.flag(path) is not True], "not true")

    return check


def is_not(path: str, unwanted: bool) -> ResourceCheck:
    """Refuse one value of a boolean whose absence is fine."""

    def check(resource: Resource) -> Iterator[str]:
        if resource.props.flag(path) is unwanted:
            yield f"{path} is {str(unwanted).lower()}"

    return check


def is_set(*paths: str) -> ResourceCheck:
    """Ask for properties that are there; an unknown value is the output of a resource, so it is there."""

    def check(resource: Resource) -> Iterator[str]:
        return together([path for path in paths if not resource.props.has(path)], "not set")

    return check


def is_on(path: str, *off: str) -> ResourceCheck:
    """Ask for a property that is there and has none of the values that switch its feature off."""

    def check(resource: Resource) -> Iterator[str]:
        value = resource.props.text(path) if resource.props.has(path) else None
        if value is None or value.upper() in off:
            yield f"{path} is {value or 'not set'}"

    return check


def any_set(*paths: str) -> ResourceCheck:
    """Ask for at least one of the properties."""

    def check(resource: Resource) -> Iterator[str]:
        if not any(resource.props.has(path) for path in paths):
            yield f"{' or '.join(paths)} is not set"

    return check


def is_one_of(path: str, *allowed: str) -> ResourceCheck:
    """Ask for a string with one of the given values; an absent one is a violation."""

    def check(resource: Resource) -> Iterator[str]:
        value = resource.props.text(path)
        if value not in allowed:
            yield f"{path} is {f'{value}, ' if value else ''}not {' or '.join(allowed)}"

    return check


def is_none_of(path: str, *refused: str) -> ResourceCheck:
    """Refuse the given values of a string or of a list of strings; absence is fine."""

    def check(resource: Resource) -> Iterator[str]:
        return (f"{path} has {value}" for value in resource.props.texts(path) if value in refused)

    return check


def is_known_and_none_of(path: str, *refused: str) -> ResourceCheck:
    """Refuse the given values of a string that may be unknown, as the id of another resource is."""

    def check(resource: Resource) -> Iterator[str]:
        value = resource.props.values.get(path)
        return (f"{path} is {one}" for one in refused if value == one)

    return check


def at_least(path: str, option: str, *, unit: str) -> ResourceCheck:
    """Ask for a number not below an option of the rule; an absent one is a violation."""

    def check(resource: Resource) -> Iterator[str]:
        number = resource.props.number(path)
        least = resource.settings[option]
        if number is None or number < least:
            yield f"{path} is {'absent' if number is None else f'{number:g}'}, below the minimum of {least} {unit}"

    return check


def at_most(path: str, option: str, *, unit: str) -> ResourceCheck:
    """Ask for a number not above an option of the rule; an absent one is a violation."""

    def check(resource: Resource) -> Iterator[str]:
        number = resource.props.number(path)
        most = resource.settings[option]
        if number is None or number > most:
            yield f"{path} is {'absent' if number is None else f'{number:g}'}, above the maximum of {most} {unit}"

    return check


def forbidden(why: str) -> ResourceCheck:
    """Refuse every resource of the rule's types."""

    def check(_resource: Resource) -> Iterator[str]:
        yield why

    return check


AWS_MANAGED_KEY: Final = re.compile(r"(?:arn:[\w-]+:kms:[\w-]*:\d*:)?(?:alias/)?aws/\S+")
"""Alias of a key that AWS manages for a service, as its name or ARN. AWS KMS Developer Guide, "Aliases": the prefix
`alias/aws/` is reserved for AWS managed keys."""


def aws_managed_key(value: object) -> bool:
    """Tell whether a key is known to be one that AWS manages, which all resources of a service share."""
    return isinstance(value, str) and AWS_MANAGED_KEY.fullmatch(value) is not None


def own_key(block: Block, path: str) -> Iterator[str]:
    """Ask for a customer managed KMS key; one that is unknown is a resource that does not exist yet."""
    if not block.has(path):
        yield f"{block.path}{path} is not set"
    elif aws_managed_key(value := block.known_text(path)):
        yield f"{block.path}{path} is the AWS managed key {value}"


def has_own_key(path: str) -> ResourceCheck:
    """Ask for a customer managed KMS key, as `own_key` does."""
    return lambda resource: own_key(resource.props, path)


def every(*checks: ResourceCheck) -> ResourceCheck:
    """Ask for all of several checks."""

    def check(resource: Resource) -> Iterator[str]:
        return (message for one in checks for message in one(resource))

    return check


def has_companion(
    subject: str,
    companion: str,
    by: str,
    *,
    which: Callable[[Resource], bool] = lambda _: True,
    inline: Callable[[Resource], bool] = lambda _: False,
    missing: str,
) -> StackCheck:
    """Ask that each resource of a type has another one that refers to it, as providers split one thing into several.

    Args:
        subject: The type of what must have a companion.
        companion: The companion's type.
        by: The companion's property that names the subject.
        which: What the companion must look like to count.
        inline: Whether the subject says it itself, by a property of an older version of the provider.
        missing: The message.
    """

    def check(stack: Program) -> Iterator[tuple[Resource, str]]:
        for resource in stack.of(subject):
            if not any(which(one) for one in stack.referring(resource, by, companion)) and not inline(resource):
                yield resource, missing

    return check
