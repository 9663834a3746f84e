"""Tags: what a program gives a resource, together with what the provider gives all of them."""

from collections.abc import Mapping
from typing import cast

from botocore.model import Shape, StructureShape

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, Step, Tags
from local.provider.shapes import Names, pairs, plain, request
from local.provider.wire import Props, nested


class Tagging:
    """Reads and writes the tags of one type's resources.

    Args:
        service: botocore's name of the service.
        tags: How it tags.
        names: Members by properties, as the type declares them.
        aws: The region.
        defaults: The tags that the provider puts on every resource.
    """

    def __init__(self, service: str, tags: Tags, names: Names, aws: Aws, defaults: Mapping[str, str]) -> None:
        """See the class."""
        self._service = service
        self._tags = tags
        self._names = names
        self._aws = aws
        self._defaults = defaults

    def written_by(self, step: str | Step) -> bool:
        """Whether an operation takes the tags along."""
        if callable(step):
            return False
        shape = self._aws.operation(self._service, step).input_shape
        member = self._names.get("tags", "tags")
        return shape is not None and plain(member) in {plain(name) for name in shape.members}

    def write(self, props: Props, olds: Mapping[str, str]) -> None:
        """Bring the tags in line with `tagsAll`; of the others, only the old ones are removed."""
        if callable(self._tags.write):
            self._tags.write(self._aws, props)
            return
        news = cast("dict[str, str]", props.get("tagsAll") or {})
        if gone := sorted(olds.keys() - news.keys()):
            member, shape = self._member(self._tags.remove, "keys")
            self._aws.call(self._service, self._tags.remove, **self._on(props), **{member: request(shape, gone, {})})
        if news:
            member, shape = self._member(self._tags.write, "tags")
            self._aws.call(self._service, self._tags.write, **self._on(props), **{member: request(shape, news, {})})

    def read(self, known: Props, *, own: Mapping[str, str]) -> Props:
        """All tags, and those that are the resource's own: they are no defaults, or the program gives them too."""
        try:
            answer = self._listed(known)
        except AwsError as error:
            if not error.gone:
                raise
            answer = {}
        members = {**nested(answer, "TagInfoForResource"), **answer}  # The firewall wraps them.
        listed = [value for name, value in members.items() if plain(name).endswith(("tags", "taglist", "tagset"))]
        tags = pairs(listed[0]) if listed else {}
        live = {key: value for key, value in tags.items() if not key.startswith("aws:")}
        return {
            "tags": {k: v for k, v in live.items() if k in own or self._defaults.get(k) != v},
            "tagsAll": live,
        }

    def _listed(self, known: Props) -> Live:
        if callable(self._tags.read):
            return self._tags.read(self._aws, known) or {}
        return self._aws.call(self._service, self._tags.read, **self._on(known))

    def _on(self, props: Props) -> dict[str, str]:
        return {member: props[name] for member, name in self._tags.on.items()}

    def _member(self, operation: str, ending: str) -> tuple[str, Shape]:
        shape = cast("StructureShape", self._aws.operation(self._service, operation).input_shape)
        return next((name, member) for name, member in shape.members.items() if plain(name).endswith(ending))
