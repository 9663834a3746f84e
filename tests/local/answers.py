"""Inputs and answers that several tests of the plugin share."""

from typing import Any, cast

import grpc
import pytest

from local.provider.wire import SIGNATURE, Props
from tests.local.plugin import Plugin

TABLE = "aws:dynamodb/table:Table"
ROLE = "aws:iam/role:Role"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "tr0ub4dor"}


def table(**more: Any) -> Props:
    key = {"billingMode": "PAY_PER_REQUEST", "hashKey": "PK", "attributes": [{"name": "PK", "type": "S"}]}
    return {**key, **more}


def failures(plugin: Plugin, token: str, inputs: Props) -> dict[str, str]:
    return {failure.property: failure.reason for failure in plugin.check(token, "x", inputs).failures}


def refusal(error: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    return str(cast("Any", error.value).details())
