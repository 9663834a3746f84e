"""One case of how a resource reaches the engine, chosen by CASE; with GUARDED=1 the guard is in the program."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi.dynamic
import pulumi_aws as aws
from pulumi import ResourceOptions

from serverless_guard import guard

# The account administers the key by its IAM policies.
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)

KEY = "aws:kms/key:Key"


def key(name: str, *, rotated: bool, opts: ResourceOptions | None = None) -> aws.kms.Key:
    """A key that keeps every rule but, where it is not rotated, one."""
    return aws.kms.Key(
        name, description="a key", enable_key_rotation=rotated, deletion_window_in_days=30, policy=POLICY, opts=opts
    )


def set_rotation(*, rotated: bool) -> None:
    """Register a transform that changes what the guard has seen already."""

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != KEY:
            return None
        return pulumi.ResourceTransformResult(props={**args.props, "enableKeyRotation": rotated}, opts=args.opts)

    pulumi.runtime.register_resource_transform(transform)


async def later() -> None:
    """Register a resource when all others have been registered, and the guard has given its verdict."""
    for _ in range(200):
        await asyncio.sleep(0)
    key("late", rotated=False)


class Provider(pulumi.dynamic.ResourceProvider):
    """Creates nothing."""


class Script(pulumi.dynamic.Resource):
    """What a program does by itself, which no rule covers."""

    def __init__(self, name: str) -> None:
        super().__init__(Provider(), name, {})


def register_by_an_output(after: Callable[[object], Any]) -> None:
    """Register a log group, and do something when its URN is known."""
    logs = aws.cloudwatch.LogGroup("logs", retention_in_days=14)
    logs.urn.apply(after)


CASES: dict[str, Callable[[], object]] = {
    "plain": lambda: key("key", rotated=True),
    "loosened by a transform": lambda: (set_rotation(rotated=False), key("key", rotated=True)),
    "corrected by a transform": lambda: (set_rotation(rotated=True), key("key", rotated=False)),
    "read": lambda: aws.kms.Key.get("key", os.environ["KEY_ID"]),
    "imported": lambda: key("key", rotated=False, opts=ResourceOptions(import_=os.environ["KEY_ID"])),
    "by another provider": lambda: key(
        "key", rotated=False, opts=ResourceOptions(provider=aws.Provider("other", region="us-east-1"))
    ),
    "in a foreign component": lambda: pulumi.ComponentResource("foreign:index:Store", "store", {}, None, remote=True),
    "by an output": lambda: register_by_an_output(lambda _: key("late", rotated=False)),
    "after the verdict": lambda: register_by_an_output(lambda _: later()),
    "dynamic": lambda: Script("migrate"),
}

if os.environ["GUARDED"] == "1":
    guard.install(production=False, settings=Path("pack"))
CASES[os.environ["CASE"]]()
