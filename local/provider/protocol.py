"""The plugin protocol between the engine and a provider, without any knowledge of AWS.

Source: https://pulumi-developer-docs.readthedocs.io/latest/docs/references/provider-protocol.html
"""

import json
import re
from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol, cast

import grpc
from google.protobuf import any_pb2, empty_pb2, message_factory
from google.rpc import status_pb2  # pyright: ignore[reportMissingTypeStubs]  (the package has none)
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from local.provider.interface import Failure, HalfMadeError, Provider, ProviderError
from local.provider.wire import Secrets

_LARGEST_MESSAGE = 400 << 20  # What the engine takes, too.
_CALLS_AT_ONCE = 32


class Servicer:
    """Answers the engine's calls by asking a provider."""

    def __init__(self, provider: Provider, stop: Callable[[], None]) -> None:
        """Take the provider to ask, and what to call when the engine cancels."""
        self._provider = provider
        self._stop = stop

    def handshake(
        self, _request: provider_pb2.ProviderHandshakeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Agree on what values may be: secrets are marked, everything else is plain."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def attach(self, _request: plugin_pb2.PluginAttach, _context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Serve an engine that did not start this process."""
        return empty_pb2.Empty()

    def cancel(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Stop, once the calls under way are done."""
        self._stop()
        return empty_pb2.Empty()

    def get_plugin_info(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def get_schema(
        self, _request: provider_pb2.GetSchemaRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Tell the name of the package; programs bring their own types along."""
        schema = {"name": "aws", "version": self._provider.version}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def get_mapping(
        self, _request: provider_pb2.GetMappingRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingResponse:
        """Map nothing: no programs are converted here."""
        return provider_pb2.GetMappingResponse()

    def check_config(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Check the settings of the provider itself; they go back unchanged."""
        with _reporting(context) as secrets:
            failures = self._provider.check_config(secrets.decode(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures, secrets))

    def diff_config(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare settings of the provider itself."""
        with _reporting(context) as secrets:
            olds, news = secrets.decode(request.old_inputs), secrets.decode(request.news)
            replaces = self._provider.replaced_config(olds, news)
        kinds = provider_pb2.DiffResponse
        changes = kinds.DIFF_NONE if olds == news else kinds.DIFF_SOME
        return provider_pb2.DiffResponse(changes=changes, replaces=replaces)

    def configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Take the settings of the provider itself."""
        with _reporting(context) as secrets:
            self._provider.configure(secrets.decode(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Complete and check the inputs of a resource."""
        with _reporting(context) as secrets:
            olds, news = secrets.decode(request.olds), secrets.decode(request.news)
            name = request.name or request.urn.rsplit("::", 1)[-1]
            inputs, failures = self._provider.check(_type(request), name, olds, news, request.randomSeed)
        return provider_pb2.CheckResponse(inputs=secrets.encode(inputs), failures=_failures(failures, secrets))

    def diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare the inputs of a resource. The engine has put the old values in for what the program ignores."""
        with _reporting(context) as secrets:
            olds, news = secrets.decode(request.old_inputs), secrets.decode(request.news)
            difference = self._provider.diff(_type(request), olds, news)
        changes = difference.changes
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(
            changes=kinds.DIFF_SOME if changes else kinds.DIFF_NONE,
            diffs=list(changes),
            replaces=[name for name, change in changes.items() if change.replaces],
            detailedDiff={
                name: provider_pb2.PropertyDiff(
                    kind=provider_pb2.PropertyDiff.Kind.Value(change.kind + "_REPLACE" * change.replaces),
                    inputDiff=True,
                )
                for name, change in changes.items()
            },
            hasDetailedDiff=True,
            deleteBeforeReplace=difference.delete_before_replace,
        )

    def create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Make a resource, or say in a preview what is known of it."""
        with _reporting(context) as secrets:
            inputs = secrets.decode(request.properties)
            if request.preview:
                planned = self._provider.plan(_type(request), {}, {}, inputs)
                return provider_pb2.CreateResponse(properties=secrets.encode(planned))
            made = self._provider.create(_type(request), inputs)
        return provider_pb2.CreateResponse(id=made.id, properties=secrets.encode(made.state))

    def read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Look at a resource, for a refresh or an import; an empty id says that it is gone."""
        with _reporting(context) as secrets:
            inputs, state = secrets.decode(request.inputs), secrets.decode(request.properties)
            found = self._provider.read(_type(request), request.id, inputs, state)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=secrets.encode(found.state), inputs=secrets.encode(found.inputs)
        )

    def update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change a resource in place, or say in a preview what is known of it."""
        with _reporting(context) as secrets:
            olds, state = secrets.decode(request.old_inputs), secrets.decode(request.olds)
            news = secrets.decode(request.news)
            if request.preview:
                planned = self._provider.plan(_type(request), olds, state, news)
                return provider_pb2.UpdateResponse(properties=secrets.encode(planned))
            changed = self._provider.update(_type(request), request.id, olds, state, news)
        return provider_pb2.UpdateResponse(properties=secrets.encode(changed.state))

    def delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remove a resource."""
        with _reporting(context) as secrets:
            self._provider.delete(_type(request), request.id, secrets.decode(request.properties))
        return empty_pb2.Empty()

    def invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Call a function."""
        with _reporting(context) as secrets:
            result = Secrets().encode(self._provider.invoke(request.tok, secrets.decode(request.args)))
        return provider_pb2.InvokeResponse(**cast("Any", {"return": result}))


class Server:
    """A gRPC server on a free port of this machine, for one engine.

    Attributes:
        port: Its port.
    """

    def __init__(self, servicer: Servicer) -> None:
        """Start to serve the methods of a servicer under their names in the protocol, `Check` for `check`."""
        untyped = cast("Any", grpc)  # grpc-stubs leave the types of the messages open.
        service = provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"]
        methods = {
            method.name: untyped.unary_unary_rpc_method_handler(
                getattr(servicer, name),
                request_deserializer=message_factory.GetMessageClass(method.input_type).FromString,
                response_serializer=message_factory.GetMessageClass(method.output_type).SerializeToString,
            )
            for method in service.methods
            if hasattr(servicer, name := re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower())
        }
        self._server = untyped.server(
            futures.ThreadPoolExecutor(_CALLS_AT_ONCE),
            handlers=[untyped.method_handlers_generic_handler(service.full_name, methods)],
            options=[
                ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
                ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ],
        )
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self, grace: float) -> None:
        """Let the calls under way end for some seconds, and stop."""
        self._server.stop(grace).wait()


class _Typed(Protocol):
    type: str
    urn: str


def _type(request: _Typed) -> str:
    """The type's token; the URN holds it too, after the tokens of the parents."""
    return request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]


def _failures(failures: list[Failure], secrets: Secrets) -> list[provider_pb2.CheckFailure]:
    """The failures. The engine prints the value of the property that one names: a secret one is in the reason only."""
    return [
        provider_pb2.CheckFailure(
            property="" if secrets.holds(failure.property) else failure.property, reason=secrets.redact(failure.reason)
        )
        for failure in failures
    ]


@contextmanager
def _reporting(context: grpc.ServicerContext) -> Generator[Secrets]:
    """Answer errors as the engine shows them to the user, without the secrets of the call."""
    secrets = Secrets()
    try:
        yield secrets
    except HalfMadeError as error:
        _abort_half_made(context, error, secrets)
    except ProviderError as error:
        context.abort(grpc.StatusCode.UNKNOWN, secrets.redact(str(error)))
    except Exception as error:  # noqa: BLE001 (the engine must hear of a bug as an error of the resource)
        context.abort(grpc.StatusCode.INTERNAL, secrets.redact(f"{type(error).__name__}: {error}"))


def _abort_half_made(context: grpc.ServicerContext, error: HalfMadeError, secrets: Secrets) -> NoReturn:
    reason = secrets.redact(str(error))
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.resource.id,
            properties=secrets.encode(error.resource.state),
            inputs=secrets.encode(error.resource.inputs),
            reasons=[reason],
        )
    )
    code: int = grpc.StatusCode.UNKNOWN.value[0]
    status = status_pb2.Status(code=code, message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
