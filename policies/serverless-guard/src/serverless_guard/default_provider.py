"""The provider that the engine makes of a stack's config for resources that name none; no program registers it."""

import re
from typing import Any, Final

import pulumi
from pulumi.runtime import config

from serverless_guard.record import Block, Resource

PROVIDERS: Final = "pulumi:providers:"


def default_provider(kind: str, options: pulumi.ResourceOptions, *, production: bool) -> Resource:
    """Give the default provider of a resource.

    Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (newRegisterDefaultProviderEvent) for its inputs, and
    pkg/resource/deploy/providers/provider.go (DefaultName) for its name.

    Args:
        kind: The resource's type.
        options: The resource's options, whose version is the provider's.
        production: Whether the stack is production.
    """
    package = kind.partition(":")[0]
    name = "_".join(["default", *re.split(r"[.+-]", options.version or "")]).rstrip("_")
    type_ = f"{PROVIDERS}{package}"
    urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{type_}::{name}"
    given: dict[str, Any] = {**config.get_config_env(), **config.CONFIG.get()}
    prefix = f"{package}:"
    inputs = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
    return Resource(type=type_, name=name, props=Block(inputs, owner=urn), urn=urn, production=production)
