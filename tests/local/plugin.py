"""Does with the plugin what the engine does with it, over the real protocol, without a program."""

import hashlib
from types import TracebackType
from typing import Any, Self, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2

from local.provider.protocol import Server, Servicer
from local.provider.provider import AwsProvider
from local.provider.wire import Props, Secrets


class Plugin:
    """One configured provider, in a server of its own."""

    def __init__(self, **config: Any) -> None:
        self._config = config
        self._server = Server(Servicer(AwsProvider(), lambda: None))
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._server.port}")

    def __enter__(self) -> Self:
        self.ask("Configure", provider_pb2.ConfigureResponse, provider_pb2.ConfigureRequest(args=struct(self._config)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()
        self._server.stop(0)

    def ask[T: Message](self, method: str, answer: type[T], request: Message) -> T:
        """Call a method of the protocol."""
        call = cast("Any", self._channel).unary_unary(
            f"/pulumirpc.ResourceProvider/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        return cast("T", call(request))

    def check(self, token: str, name: str, news: Props, olds: Props | None = None) -> provider_pb2.CheckResponse:
        """Check inputs as they come from a program."""
        return self.ask(
            "Check",
            provider_pb2.CheckResponse,
            provider_pb2.CheckRequest(
                urn=urn(token, name),
                type=token,
                name=name,
                news=struct(news),
                olds=struct(olds or {}),
                randomSeed=hashlib.sha256(name.encode()).digest(),
            ),
        )

    def checked(self, token: str, name: str, news: Props, olds: Props | None = None) -> Props:
        """The completed inputs; they have no failures."""
        answer = self.check(token, name, news, olds)
        assert [(failure.property, failure.reason) for failure in answer.failures] == []
        return plain(answer.inputs)

    def diff(self, token: str, id_: str, olds: Props, state: Props, news: Props) -> provider_pb2.DiffResponse:
        """Compare inputs."""
        return self.ask(
            "Diff",
            provider_pb2.DiffResponse,
            provider_pb2.DiffRequest(
                id=id_,
                urn=urn(token, "x"),
                type=token,
                olds=struct(state),
                old_inputs=struct(olds),
                news=struct(news),
            ),
        )

    def create(self, token: str, inputs: Props, *, preview: bool = False) -> tuple[str, Props]:
        """Make a resource of checked inputs."""
        made = self.ask(
            "Create",
            provider_pb2.CreateResponse,
            provider_pb2.CreateRequest(
                urn=urn(token, "x"), type=token, properties=struct(inputs), preview=preview, timeout=60
            ),
        )
        return made.id, plain(made.properties)

    def read(
        self, token: str, id_: str, inputs: Props | None = None, state: Props | None = None
    ) -> tuple[str, Props, Props]:
        """Look at a resource: its id, inputs and state."""
        found = self.ask(
            "Read",
            provider_pb2.ReadResponse,
            provider_pb2.ReadRequest(
                id=id_,
                urn=urn(token, "x"),
                type=token,
                inputs=None if inputs is None else struct(inputs),
                properties=None if state is None else struct(state),
            ),
        )
        return found.id, plain(found.inputs), plain(found.properties)

    def update(self, token: str, id_: str, olds: Props, state: Props, news: Props, *, preview: bool = False) -> Props:
        """Change a resource in place; its new state."""
        changed = self.ask(
            "Update",
            provider_pb2.UpdateResponse,
            provider_pb2.UpdateRequest(
                id=id_,
                urn=urn(token, "x"),
                type=token,
                olds=struct(state),
                old_inputs=struct(olds),
                news=struct(news),
                preview=preview,
                timeout=60,
            ),
        )
        return plain(changed.properties)

    def delete(self, token: str, id_: str, inputs: Props, state: Props) -> None:
        """Remove a resource."""
        self.ask(
            "Delete",
            empty_pb2.Empty,
            provider_pb2.DeleteRequest(
                id=id_, urn=urn(token, "x"), type=token, old_inputs=struct(inputs), properties=struct(state), timeout=60
            ),
        )

    def invoke(self, token: str, **args: Any) -> Props:
        """Call a function."""
        answer = self.ask(
            "Invoke", provider_pb2.InvokeResponse, provider_pb2.InvokeRequest(tok=token, args=struct(args))
        )
        return plain(getattr(answer, "return"))


def urn(token: str, name: str) -> str:
    """The URN of a resource of some stack."""
    return f"urn:pulumi:dev::blog::{token}::{name}"


def struct(properties: Props) -> struct_pb2.Struct:
    """Properties as they travel."""
    return Secrets().encode(properties)


def plain(properties: struct_pb2.Struct) -> Props:
    """Properties as Python values, secrets unwrapped."""
    return Secrets().decode(properties)
