"""The program's resources as the rules see them at a first preview, without an engine: what AWS answers is unknown."""

import asyncio
import gc
import json
import os
import re
import runpy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pulumi
import yaml
from pulumi.runtime import mocks, rpc

from serverless_guard import guard
from serverless_guard.program import Program
from serverless_guard.record import Block, Options, Resource
from serverless_guard.wire import block

ROOT = Path(__file__).parents[2]
ANSWERS: dict[str, dict[str, Any]] = {
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:route53/getZone:getZone": {"zoneId": "Z0123456789ABCDEFGHIJ"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["eu-1a", "eu-1b", "eu-1c"]},
}
"""What the program asks before it creates anything."""


def answers(file: Path) -> dict[str, dict[str, Any]]:
    """`ANSWERS`, by the account to which the certificates belong that a stack's file names."""
    owner = re.search(r":acm:[a-z0-9-]+:(\d{12}):", file.read_text(encoding="utf-8"))
    return ANSWERS | ({"aws:index/getCallerIdentity:getCallerIdentity": {"accountId": owner[1]}} if owner else {})


class _FirstPreview(mocks.Mocks):
    """Answers as the provider does at a first preview: a resource has its inputs, and no id yet."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return self._answers[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return rpc.UNKNOWN, cast("dict[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType]


class _Monitor(mocks.MockMonitor):
    def __init__(self, mocked: _FirstPreview) -> None:
        super().__init__(mocked)
        self.records: dict[str, Resource] = {}
        self.providers: dict[str, str] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Name all components that a resource is part of, as the engine does; the SDK's mocks name the innermost."""
        chain = parent.split("::")[2] if parent else ""
        outer = f"{chain}$" if chain and chain != "pulumi:pulumi:Stack" else ""
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{outer}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the monitor's own method
        response: Any = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        self.providers[response.urn] = request.provider.rpartition("::")[0]
        self.records[response.urn] = Resource(
            type=request.type,
            name=request.name,
            props=block(request.object, response.urn),
            urn=response.urn,
            options=Options(
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                ignore_changes=tuple(request.ignoreChanges),
            ),
            depends={key: frozenset(one.urns) for key, one in request.propertyDependencies.items()},
        )
        return response

    def stack(self, *, production: bool) -> Program:
        """Give what was registered, each with what its provider was told."""
        given = {urn: self.records[name].props for urn, name in self.providers.items() if name in self.records}
        return Program(
            tuple(
                replace(one, provider=given.get(urn, Block({})), production=production)
                for urn, one in self.records.items()
            ),
            production,
        )


def config(file: Path) -> dict[str, str]:
    """Give the config of a stack as the engine does: the defaults of Pulumi.yaml below the stack's values."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    values = {f"blog:{key}": entry["default"] for key, entry in declared.items() if "default" in entry}
    values |= yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


@cache
def records(file: Path) -> Program:
    """Run the program with the settings of a stack's file, and give what it registers."""
    mocked, values = _FirstPreview(answers(file)), config(file)
    monitor = _Monitor(mocked)
    asyncio.set_event_loop(asyncio.new_event_loop())
    name = file.stem.removeprefix("Pulumi.")
    mocks.set_mocks(mocked, project="blog", stack=name, preview=True, monitor=monitor)

    def program() -> None:
        with mock.patch.object(guard, "install"), mock.patch.dict(os.environ, PULUMI_CONFIG=json.dumps(values)):
            runpy.run_path(str(ROOT / "__main__.py"))

    pulumi.runtime.test(program)()  # pyright: ignore[reportUnknownMemberType]
    gc.enable()
    asyncio.get_event_loop().close()
    return monitor.stack(production=values["blog:production"] == "true")
