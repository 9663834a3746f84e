"""What the engine can ask of a provider, and what it hears in return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from local.provider.wire import Props


@dataclass(frozen=True)
class Failure:
    """An input that cannot be used: the property's path, and what is wrong with it and what to do."""

    property: str
    reason: str


@dataclass(frozen=True)
class Change:
    """How one input differs: `ADD`, `DELETE` or `UPDATE`, and whether it forces a replacement."""

    kind: str
    replaces: bool = False


@dataclass(frozen=True)
class Difference:
    """How the inputs of a resource differ from those it was made with."""

    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Resource:
    """A resource as it is: its id, its state and the inputs that would make it so."""

    id: str
    state: Props
    inputs: Props


class ProviderError(Exception):
    """What the user has to know about a call that failed; the text goes to the terminal."""


class HalfMadeError(ProviderError):
    """A resource exists but is not all that was asked for; the engine keeps it and repairs it in the next run."""

    def __init__(self, resource: Resource, reason: str) -> None:
        """Take the resource as far as it came, and why it came no further."""
        super().__init__(reason)
        self.resource = resource


class Provider(Protocol):
    """What the engine can ask of a provider. Tokens name types and functions; every call may raise a ProviderError."""

    version: str

    def check_config(self, config: Props) -> list[Failure]:
        """What is wrong with a configuration."""
        ...

    def replaced_config(self, olds: Props, news: Props) -> list[str]:
        """The settings whose change makes another provider, with other resources."""
        ...

    def configure(self, config: Props) -> None:
        """Use a configuration."""
        ...

    def check(self, token: str, name: str, olds: Props, news: Props, seed: bytes) -> tuple[Props, list[Failure]]:
        """Complete the inputs of a resource with defaults, or say what is wrong with them."""
        ...

    def diff(self, token: str, olds: Props, news: Props) -> Difference:
        """Compare the inputs of a resource with new ones."""
        ...

    def plan(self, token: str, olds: Props, state: Props, news: Props) -> Props:
        """The state that an update will lead to, or a creation, of nothing; what is not known yet is left out."""
        ...

    def create(self, token: str, inputs: Props) -> Resource:
        """Make a resource. May raise HalfMadeError."""
        ...

    def read(self, token: str, id_: str, inputs: Props, state: Props) -> Resource | None:
        """Look at a resource; None if it is gone. With neither inputs nor state, find them all out: an import."""
        ...

    def update(self, token: str, id_: str, olds: Props, state: Props, news: Props) -> Resource:
        """Change a resource in place. May raise HalfMadeError."""
        ...

    def delete(self, token: str, id_: str, state: Props) -> None:
        """Remove a resource; one that is gone already is no error."""
        ...

    def invoke(self, token: str, args: Props) -> Props:
        """Call a function."""
        ...
