"""What the properties of a Pulumi type are called and of which kind they are, read from the classes of `pulumi_aws`."""

import functools
import importlib
import inspect
import sys
import threading
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi
from pulumi import _types as pulumi_types  # pyright: ignore[reportPrivateUsage]  (the SDK's only reader of its classes)

_SCALARS: dict[Any, Literal["string", "integer", "number", "boolean"]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
}

_importing = threading.Lock()
"""The modules of `pulumi_aws` load when they are first touched, which must not happen in two calls at once."""

_IMPORTING = threading.Lock()
"""A module of `pulumi_aws` is loaded at its first use; a second request meanwhile would meet it half loaded."""

type KindName = Literal["string", "integer", "number", "boolean", "file", "list", "map", "object", "any"]


class Kind:
    """What a value of a property is: a scalar, a file (an asset or archive), or a structure of further kinds.

    Attributes:
        name: Which of them.
    """

    def __init__(self, hint: Any) -> None:
        """Read a type hint of the SDK."""
        self._item: Kind | None = None
        self._class: type[Any] | None = None
        hint = pulumi_types.unwrap_type(hint)
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if hint in _SCALARS:
            self.name: KindName = _SCALARS[hint]
        elif origin is typing.Union:  # An enumeration: a string, or a member that stands for one.
            self.name = "string" if str in arguments else "any"
        elif isinstance(origin, type) and issubclass(origin, Sequence):
            self.name, self._item = "list", Kind(arguments[0])
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            self.name, self._item = "map", Kind(arguments[1])
        elif isinstance(hint, type) and issubclass(hint, pulumi.Asset | pulumi.Archive):
            self.name = "file"
        elif isinstance(hint, type) and pulumi_types.is_output_type(hint):
            self.name, self._class = "object", hint
        else:
            self.name = "any"

    @property
    def item(self) -> "Kind":
        """The kind of what a list or map holds.

        Raises:
            TypeError: It is neither.
        """
        if self._item is None:
            raise TypeError(f"a {self.name} holds no items")
        return self._item

    @functools.cached_property
    def fields(self) -> Mapping[str, "Kind"]:
        """The properties of an object, by name."""
        if self._class is None:
            return {}
        return {name: Kind(hint) for name, hint in pulumi_types.output_type_types(self._class).items()}

    @functools.cached_property
    def required(self) -> frozenset[str]:
        """The properties that an object cannot do without when it is given as an input."""
        if self._class is None:
            return frozenset()
        inputs = sys.modules[self._class.__module__.rpartition(".")[0] + "._inputs"]
        return _required(getattr(inputs, self._class.__name__ + "Args", None))


class Schema:
    """The properties of a resource type.

    Attributes:
        properties: Every property, inputs included, and its kind.
        inputs: The names of those that a program may set.
        required: The names of those that it must set.
    """

    def __init__(self, token: str) -> None:
        """Read the classes that a token such as `aws:dynamodb/table:Table` names.

        Raises:
            KeyError: `pulumi_aws` has no such type.
        """
        _, module, name = token.split(":")
        package = module.split("/")[0]
        with _IMPORTING:
            classes = importlib.import_module("pulumi_aws." + {"lambda": "lambda_"}.get(package, package))
            if not hasattr(classes, name):
                raise KeyError(f"pulumi_aws has no type {token}")
        resource = getattr(classes, name)
        own = sys.modules[resource.__module__]
        # Where a nested type has the name of the arguments, such as s3's BucketVersioningArgs, they have another.
        arguments = getattr(own, name + "InitArgs", None) or getattr(own, name + "Args")
        self.properties = {property_: Kind(hint) for property_, hint in pulumi_types.resource_types(resource).items()}
        self.inputs = frozenset(pulumi_types.input_type_types(arguments))
        self.required = _required(arguments)


@functools.cache
def _schema(token: str) -> Schema:
    return Schema(token)


def schema(token: str) -> Schema:
    """The properties of a type, read once.

    Raises:
        KeyError: `pulumi_aws` has no such type.
    """
    with _importing:
        return _schema(token)


def _required(arguments: Any) -> frozenset[str]:
    """The arguments without a default, by their Pulumi names."""
    if arguments is None:
        return frozenset()
    names = pulumi_types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    return frozenset(
        pulumi_name for name, pulumi_name in names.items() if parameters[name].default is inspect.Parameter.empty
    )
