"""Tells a resource that an interrupted run has made, but could not record, from another's."""

from local.provider.check import DEFAULTS
from local.provider.comparison import same
from local.provider.interface import ProviderError, Resource
from local.provider.resource import ResourceType
from local.provider.wire import Props, nested


def left_behind(type_: ResourceType, inputs: Props, found: Resource) -> bool:
    """Whether a resource is what an interrupted run of this program has made.

    It is if it carries all the tags that are asked for, the provider's default tags among them, or, where a type has
    no tags, if it differs in nothing. What else differs can then be brought in line.

    Args:
        type_: Its type.
        inputs: What is asked for.
        found: What is there.
    """
    differing = _differing(type_, inputs, found)
    if type_.tags is None:
        return not differing
    wanted, live = nested(inputs, "tagsAll"), nested(found.state, "tagsAll")
    return bool(wanted) and wanted.items() <= live.items() and not differing & type_.replaces


def refusal(type_: ResourceType, inputs: Props, found: Resource, import_id: str) -> ProviderError:
    """The error for a resource that is in the way of a new one and is another's; it says how to import it."""
    differing = sorted(_differing(type_, inputs, found) | ({"tags"} if type_.tags else set()))
    return ProviderError(
        f"{type_.token} {found.id!r} exists already, and this program has not made it (compare its "
        f"{', '.join(differing)}). Choose another name, or take it over with: "
        f"pulumi import --generate-code=false {type_.token} NAME {import_id}"
    )


def _differing(type_: ResourceType, inputs: Props, found: Resource) -> set[str]:
    return {
        name
        for name in inputs.keys() - type_.unread - {DEFAULTS, "tags", "tagsAll"}
        if not same(inputs[name], found.inputs.get(name), unordered=type_.unordered, computed=type_.computed, path=name)
    }
