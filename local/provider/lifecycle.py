"""Makes, reads, changes and removes resources as their types declare it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from botocore.model import StructureShape

from local.provider.aws import Aws, AwsError, wait
from local.provider.check import DEFAULTS
from local.provider.comparison import blank, completed, same
from local.provider.interface import HalfMadeError, ProviderError, Resource
from local.provider.resource import Live, ResourceType, Step
from local.provider.schema import schema
from local.provider.shapes import members, request
from local.provider.tagging import Tagging
from local.provider.wire import Props, nested

_NOT_SENT = frozenset({"tags", "tagsAll", "region", DEFAULTS})


class Lifecycle:
    """What can be done with the resources of one type in one region.

    Args:
        type_: The type.
        aws: The region.
        default_tags: The tags that the provider puts on every resource.
    """

    def __init__(self, type_: ResourceType, aws: Aws, default_tags: Mapping[str, str]) -> None:
        """See the class."""
        self.type = type_
        self.schema = schema(type_.token)
        self._aws = aws
        self._tagging = Tagging(type_.service, type_.tags, type_.names, aws, default_tags) if type_.tags else None

    def create(self, inputs: Props) -> Resource:
        """Make a resource.

        Raises:
            AwsError: AWS refuses. It says `exists` if there is one of the same name.
            HalfMadeError: It exists, but one of its facets could not be written.
        """
        type_ = self.type
        wanted = {**inputs, "tags": inputs.get("tagsAll")}
        answer = self._run(type_.create, wanted) or {}
        id_ = self._id({**wanted, **_flat(answer)})
        props = {**inputs, "id": id_}
        try:
            self._wait_until_ready(props)
            props = {**self._live(props), **props}
            for facet in type_.facets:
                if not facet.created and any(not blank(inputs.get(name)) for name in facet.inputs):
                    facet.write(self._aws, props)
            if self._tagging and not self._tagging.written_by(type_.create):
                self._tagging.write(props, {})
            return self._observed(id_, inputs, {})
        except ProviderError as error:
            raise HalfMadeError(self._half_made(id_, inputs), str(error)) from error

    def read(self, id_: str, inputs: Props, state: Props) -> Resource | None:
        """Look at a resource. Without inputs and state, the id alone says which: it is imported."""
        if not state and not inputs:
            state = self._parsed(id_)
        return self._observe(str(state.get("id", id_)), inputs, state)

    def namesake(self, inputs: Props) -> Resource | None:
        """The resource whose name the inputs give; None if there is none, or if AWS chooses the names."""
        names = set(self.type.keys.values())
        if "id" in names:
            return self._found_by(self.type.namesake, inputs)
        return self._observe("", {}, {name: inputs[name] for name in names if name in inputs})

    def twin(self, inputs: Props) -> Resource | None:
        """A resource beside which AWS would make another one like it; None if there is none, or AWS would refuse."""
        return self._found_by(self.type.twin, inputs)

    def _found_by(self, find: Callable[[Aws, Props], str | None] | None, inputs: Props) -> Resource | None:
        id_ = find(self._aws, inputs) if find else None
        parents = {name: inputs[name] for name in self.type.keys.values() if name in inputs}
        return None if id_ is None else self._observe(id_, {}, {**parents, "id": id_})

    def import_id(self, resource: Resource) -> str:
        """What `pulumi import` takes for a resource."""
        return formed(self.type.import_id or self.type.id, {**resource.state, "id": resource.id})

    def update(self, id_: str, olds: Props, state: Props, news: Props) -> Resource:
        """Change a resource in place.

        Raises:
            AwsError: AWS refuses.
            ProviderError: It is gone.
        """
        type_ = self.type
        changed = {name for name in olds.keys() | news.keys() if not same(news.get(name), olds.get(name))}
        cleared = {name: type_.absent[name] for name in changed - news.keys() if name in type_.absent}
        props = {**self._outputs(state), **cleared, **news, "id": id_}
        carried = frozenset[str]().union(*(facet.inputs for facet in type_.facets if not facet.with_main))
        if type_.update and changed - carried - _NOT_SENT:
            self._run(type_.update, {**props, "tags": None})
            self._wait_until_ready(props)
        for facet in type_.facets:
            if changed & facet.inputs:
                facet.write(self._aws, props)
                self._wait_until_ready(props)
        if self._tagging and "tagsAll" in changed:
            self._tagging.write(props, nested(state, "tagsAll"))
        return self._observed(id_, news, {name: value for name, value in state.items() if name not in type_.changing})

    def delete(self, id_: str, state: Props) -> None:
        """Remove a resource; one that is gone already is no error."""
        props = {**state, "id": id_}
        try:
            if self.type.delete:
                self._run(self.type.delete, props)
        except AwsError as error:
            if not error.gone:
                raise
        if self.type.lingers:
            wait(lambda: self._find(props) is None or None, f"the deletion of {self.type.token} {id_}")

    def _run(self, step: str | Step, props: Props) -> Live | None:
        """Call an operation with the members that the properties give, or a step of the type's own."""
        if callable(step):
            return step(self._aws, props)
        type_ = self.type
        shape = self._aws.operation(type_.service, step).input_shape
        if shape is None:
            return self._aws.call(type_.service, step)
        sent = {
            member: request(shape.members[member], props[name], {})
            for member, name in type_.keys.items()
            if member in shape.members and not blank(props.get(name))
        }
        if step in (type_.create, type_.update):
            sent = {
                **self._formed(shape, props),
                **sent,
                **(type_.request(props) if type_.request else {}),
            }
        return self._aws.call(
            type_.service, step, **{m: value for m, value in sent.items() if m in shape.members and value is not None}
        )

    def _formed(self, shape: StructureShape, props: Props) -> Live:
        within, names = self.type.within, self.type.names
        if not within:
            return cast("Live", request(shape, props, names))
        return {within: request(shape.members[within], props, names)}

    def _find(self, props: Props) -> Live | None:
        """What AWS reports of a resource; None if it is gone."""
        try:
            answer = self._run(self.type.read, props)
        except AwsError as error:
            if error.gone:
                return None
            raise
        return answer[self.type.at] if answer and self.type.at else answer

    def _wait_until_ready(self, props: Props) -> None:
        ready = self.type.ready
        if ready is not None:
            wait(lambda: ready(self._find(props) or {}) or None, f"{self.type.token} {props['id']}")

    def _live(self, props: Props) -> Props:
        """The properties as AWS reports them, without facets and tags."""
        live = self._find(props)
        return {} if live is None else self._properties(props, live)

    def _properties(self, props: Props, live: Live) -> Props:
        found = members(self.schema.properties, live, self.type.names)
        return found | (self.type.state(self._aws, {**props, **found}, live) if self.type.state else {})

    def _observed(self, id_: str, inputs: Props, state: Props) -> Resource:
        found = self._observe(id_, inputs, state)
        if found is None:
            raise ProviderError(
                f"{self.type.token} {id_} is gone: something else has deleted it; run `pulumi refresh`, deploy again"
            )
        return found

    def _observe(self, id_: str, inputs: Props, state: Props) -> Resource | None:
        type_ = self.type
        known = {**(self._outputs(state) if inputs else state), **inputs, "id": id_}
        live = self._find(known)
        if live is None:
            return None
        found = self._properties(known, live)
        for facet in type_.facets:
            found |= facet.read(self._aws, {**known, **found})
        if "region" in self.schema.inputs:
            found["region"] = self._aws.region
        if self._tagging:
            found |= self._tagging.read({**known, **found}, own=nested(inputs, "tags"))
        found |= {name: known[name] for name in type_.unread if known.get(name) is not None}
        now = self._inputs(inputs, found)
        settled = {**found, **{name: completed(value, found[name]) for name, value in now.items() if name in found}}
        if DEFAULTS in inputs:
            now[DEFAULTS] = inputs[DEFAULTS]
        return Resource(self._id({**known, **live, **settled}), settled, now)

    def _outputs(self, state: Props) -> Props:
        return {name: value for name, value in state.items() if name not in self.schema.inputs}

    def _inputs(self, inputs: Props, found: Props) -> Props:
        """The inputs that would make the resource as it is, spelled as before where that means the same.

        Without inputs, at an import, they are all that AWS reports.
        """
        type_ = self.type
        now: Props = {}
        for name in found.keys() & (self.schema.inputs | {"tagsAll"}):
            wanted, live = inputs.get(name), found[name]
            if wanted is not None:
                equal = same(wanted, live, unordered=type_.unordered, computed=type_.computed, path=name)
                now[name] = wanted if equal else live
            elif not self._unsaid(name, live, importing=not inputs):
                now[name] = live
        # What AWS leaves out because it means nothing.
        return {**{name: wanted for name, wanted in inputs.items() if blank(wanted) and name != DEFAULTS}, **now}

    def _unsaid(self, name: str, live: Any, *, importing: bool) -> bool:
        """Whether a live value says no more than that the program left it out."""
        if blank(live) or (name in self.type.computed and not importing):
            return True
        return name in self.type.absent and same(self.type.absent[name], live)

    def _half_made(self, id_: str, inputs: Props) -> Resource:
        try:
            return self._observed(id_, inputs, {})
        except ProviderError:
            carried = frozenset[str]().union(*(facet.inputs for facet in self.type.facets))
            return Resource(id_, inputs, {name: value for name, value in inputs.items() if name not in carried})

    def _id(self, values: Mapping[str, Any]) -> str:
        return formed(self.type.id, values)

    def _parsed(self, id_: str) -> Props:
        """The properties that an id names.

        Raises:
            ProviderError: It has not the form of the type's ids.
        """
        forms = self.type.import_id or self.type.id
        for form in forms:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(form))
            if parsed := re.fullmatch(pattern, id_):
                known = self.schema.properties.keys() | {"id"}
                return {"id": id_, **{name: value for name, value in parsed.groupdict().items() if name in known}}
        shown = " or ".join(repr(form) for form in forms)
        raise ProviderError(f"{id_!r} does not name a {self.type.token}; give an id of the form {shown}")


def _flat(answer: Live) -> Live:
    """The members of an answer, and those of the resource within it."""
    inner = [
        cast("Live", value) for name, value in answer.items() if isinstance(value, dict) and name != "ResponseMetadata"
    ]
    return {**{name: value for members in inner for name, value in members.items()}, **answer}


def formed(forms: Sequence[str], values: Mapping[str, Any]) -> str:
    """The text of the first form all of whose parts there are."""
    form = next((form for form in forms if all(values.get(name) for name in re.findall(r"{(\w+)}", form))), forms[-1])
    return form.format_map(values)
