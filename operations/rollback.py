"""Gives callers of a function an earlier version of its code at once, without a deployment."""

from typing import Any, cast

import boto3

from operations.stack import OperationError, Stack

ALIAS = "live"


def roll_back(stack: Stack, function: str, version: str = "") -> int:
    """Point the alias that callers use to an earlier version.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html

    Args:
        stack: The stack.
        function: The function without the prefix, such as `get-user`.
        version: The version; by default the one before the present one.

    Returns:
        The exit status, 0.

    Raises:
        OperationError: There is no such version, or none before the present one.
    """
    name = f"{stack.prefix}-{function}"
    session = cast("Any", boto3.Session())
    client = session.client("lambda", region_name=stack.outputs()["region"])
    present = client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"]
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    versions = sorted(int(one["Version"]) for page in pages for one in page["Versions"] if one["Version"] != "$LATEST")
    earlier = [number for number in versions if number < int(present)]
    if version and int(version) not in versions:
        raise OperationError(f"{name} has no version {version}; it has {', '.join(map(str, versions))}")
    if not version and not earlier:
        raise OperationError(f"{name} has no version before {present}")
    chosen = version or str(earlier[-1])
    client.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=chosen)
    print(f"{name}: callers have version {chosen} instead of {present}")
    return 0
