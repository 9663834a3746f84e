"""Runs components against a monitor that records what they register, without an engine."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from pulumi.runtime import mocks, rpc


@dataclass
class Registration:
    """One resource as a component registered it."""

    type: str
    name: str
    urn: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    protect: bool
    retain_on_delete: bool
    outputs: dict[str, Any] | None = None
    depends_on: list[str] = field(default_factory=list[str])
    ignore_changes: list[str] = field(default_factory=list[str])
    delete_before_replace: bool = False


class _Answers(mocks.Mocks):
    """Answers as AWS would, with outputs that tell where they come from.

    Args:
        answers: What the functions answer that may be called, by token; a component calls none.
    """

    def __init__(self, answers: Mapping[str, dict[str, Any]]) -> None:
        super().__init__()
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        assert args.token in self._answers, f"a component calls {args.token}: what it needs to know is passed to it"
        return self._answers[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = {
            "arn": f"arn:{args.name}",
            "invokeArn": f"invoke:{args.name}",
            "version": "1",
            "keyId": "key",
            "streamArn": f"stream:{args.name}",
        }
        outputs |= {"masterUserSecrets": [{"secretArn": f"secret:{args.name}"}], "port": 5432}
        outputs |= {
            "executionArn": f"execution:{args.name}",
            "endpoint": "issuer.example",
            "invokeUrl": "https://api",
            "domainName": "edge",
            "domainValidationOptions": [
                {"resourceRecordName": "_x.example.com.", "resourceRecordType": "CNAME", "resourceRecordValue": "_y."}
            ],
            "endpoints": [{"address": "cache.example", "port": 6379}],
        }
        inputs = cast("dict[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType]
        return f"{args.name}-id", {**outputs, **inputs}


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: _Answers) -> None:
        super().__init__(answers)
        self.registrations: list[Registration] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the monitor's own method
        response: Any = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if request.type != "pulumi:pulumi:Stack":
            inputs: dict[str, Any] = rpc.deserialize_properties(request.object)
            self.registrations.append(
                Registration(
                    type=request.type,
                    name=request.name,
                    urn=response.urn,
                    parent=request.parent,
                    custom=request.custom,
                    inputs=inputs,
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    depends_on=list(request.dependencies),
                    ignore_changes=list(request.ignoreChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # the monitor's own method
        for registration in self.registrations:
            if registration.urn == request.urn:
                registration.outputs = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def record(
    program: Callable[[], object], *, stack: str = "test", answers: Mapping[str, dict[str, Any]] | None = None
) -> list[Registration]:
    """Run a program that creates components; return what it registered, in that order.

    Args:
        program: The program.
        stack: The stack's name.
        answers: What the functions answer that the program may call, by token.
    """
    mocked = _Answers(answers or {})
    monitor = _Monitor(mocked)
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(mocked, project="blog", stack=stack, preview=False, monitor=monitor)

    def run() -> None:
        program()

    pulumi.runtime.test(run)()  # pyright: ignore[reportUnknownMemberType]
    asyncio.get_event_loop().close()
    return monitor.registrations
