"""Takes over a resource that an interrupted run has made but could not record."""

from local.provider.check import DEFAULTS
from local.provider.comparison import same
from local.provider.interface import ProviderError, Resource
from local.provider.lifecycle import Lifecycle
from local.provider.wire import Props, nested


def adopt(lifecycle: Lifecycle, inputs: Props, found: Resource) -> Resource:
    """Take over the resource that is in the way of a new one, if an interrupted run of this program has left it behind.

    It has if it carries all the tags that are asked for, the provider's default tags among them, or, where a type has
    no tags, if it differs in nothing. What differs otherwise is brought in line.

    Args:
        lifecycle: What can be done with it.
        inputs: What was asked for.
        found: What is there.

    Raises:
        ProviderError: It is another's; the error says how to import it.
    """
    type_ = lifecycle.type
    differing = {
        name
        for name in inputs.keys() - type_.unread - {DEFAULTS, "tags"}
        if not same(inputs[name], found.inputs.get(name), unordered=type_.unordered, computed=type_.computed, path=name)
    }
    if type_.tags is None:
        ours = not differing
    else:
        wanted, live = nested(inputs, "tagsAll"), nested(found.state, "tagsAll")
        ours = bool(wanted) and wanted.items() <= live.items() and not differing & type_.replaces
    if not ours:
        raise ProviderError(
            f"{type_.token} {found.id!r} exists already, and this program has not made it: "
            f"it differs in {', '.join(sorted(differing)) or 'its tags'}. Choose another name, or take it over with: "
            f"pulumi import {type_.token} NAME {lifecycle.import_id(found)}"
        )
    return lifecycle.update(found.id, found.inputs, found.state, inputs)
