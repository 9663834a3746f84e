"""What is declared of a resource type; `services/` holds the declarations and `lifecycle` carries them out."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from local.provider.aws import Aws
from local.provider.shapes import Names
from local.provider.wire import Props

type Live = dict[str, Any]
"""Members of a request or an answer, under the names of AWS's API."""

type Step = Callable[[Aws, Props], Live | None]
"""A call that botocore's shapes cannot form by themselves. It takes the properties, with the id as `id`."""


def _nothing(_aws: Aws, _props: Props) -> Props:
    return {}


@dataclass(frozen=True, kw_only=True)
class Tags:
    """How a service reads and writes tags.

    Attributes:
        on: The member of its requests that names the resource, and the property that holds the name.
        write: The operation that adds tags, or a step that puts `tagsAll` in the place of all.
        remove: The operation that removes tags by their keys, beside one that adds some.
        read: The operation that lists them, or a step that answers them.
    """

    on: Mapping[str, str] = field(default_factory=dict[str, str])
    write: "str | Step"
    remove: str = ""
    read: "str | Step"


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A part of a resource that AWS reads and writes by operations of its own.

    Attributes:
        inputs: The inputs that it carries. It is written when one of them is given or changes.
        write: Brings it in line with the properties.
        read: Finds its properties out.
        created: Whether creating the resource writes it already.
        with_main: Whether the resource's own update carries the inputs too, before it.
    """

    inputs: frozenset[str]
    write: Callable[[Aws, Props], None]
    read: Callable[[Aws, Props], Props] = _nothing
    created: bool = False
    with_main: bool = False


@dataclass(frozen=True)
class ResourceType:
    """A type of resources. Whatever follows from the names in `pulumi_aws` and botocore is not repeated here.

    Attributes:
        token: Pulumi's name of the type.
        service: botocore's name of the service.
        create: The operation, or a step of its own, that makes one.
        read: That looks at one; a step answers None for one that is gone.
        update: That changes one in place; without it, only facets and tags change in place.
        delete: That removes one.
        keys: The members that name the resource in requests to it, and the properties that hold their values.
        id: How Pulumi's id is made, of properties and of members of the answers to create and read: the first form all
            of whose parts there are.
        import_id: What `pulumi import` takes, in the same way, if that is not the id.
        at: The member of read's answer that holds the resource.
        within: The member of create's and update's requests that wraps the properties.
        names: Members by the paths of properties, where they differ by more than case.
        request: Members of create and update that do not follow from a property of the same name.
        state: Properties that do not follow from a member of the same name; they win over those that do.
        replaces: Inputs whose change makes another resource, as the real provider's schema has it.
        defaults: Values that Pulumi fills in, as the real provider's schema has them.
        absent: What AWS reports for inputs that were not given, which is also written when one is removed.
        computed: Inputs (or paths into them) that AWS chooses where a program says nothing: no drift, no difference.
        unordered: Lists whose order means nothing.
        unread: Inputs that AWS does not report; their state is what was asked for.
        changing: Outputs that an update may change, and inputs of which AWS chooses a part: a preview cannot tell them.
        changing_with: The inputs whose change may change them; any input, where it names none.
        named: The property that is given a unique name where the program gives none.
        facets: The parts with operations of their own.
        tags: How it is tagged, if it can be.
        ready: Whether it can be used, by what read reports.
        twin: Finds the id of one like it, which an interrupted run may have made, where AWS would make a second one.
        namesake: Finds the id of the one that has its name, where AWS refuses a second one but requests name it by id.
        lingers: Whether AWS deletes it in the background, so that a successor has to wait.
        kept: Whether the local AWS has no such thing, so that it has no effect there (see `local.provider.kept`).
    """

    token: str
    _: KW_ONLY
    service: str
    create: str | Step
    read: str | Step
    update: str | Step = ""
    delete: str | Step = ""
    keys: Mapping[str, str]
    id: tuple[str, ...] = ("{name}",)
    import_id: tuple[str, ...] = ()
    at: str = ""
    within: str = ""
    names: Names = field(default_factory=dict[str, str])
    request: Callable[[Props], Live] | None = None
    state: Callable[[Aws, Props, Live], Props] | None = None
    replaces: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    absent: Mapping[str, Any] = field(default_factory=dict[str, Any])
    computed: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()
    changing_with: frozenset[str] = frozenset()
    named: str = "name"
    facets: tuple[Facet, ...] = ()
    tags: Tags | None = None
    ready: Callable[[Live], bool] | None = None
    twin: Callable[[Aws, Props], str | None] | None = None
    namesake: Callable[[Aws, Props], str | None] | None = None
    lingers: bool = False
    kept: bool = False
