"""What a cache is handed when it is made, and what it is known by afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi

from components.alarms import Signal
from components.deployment import Deployment

ENGINE = "valkey"
VERSION = "8"
"""Valkey's major version, https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html:
ElastiCache chooses the minor one, and replaces it with each that mends something. Redis costs a quarter more."""

PORT = 6379
NAMESPACE = "AWS/ElastiCache"
SNAPSHOT_DAYS = 7
FULL_PERCENT = 80
"""Of the memory; what comes beyond it soon drives out what is asked for."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where and how a cache is made.

    Attributes:
        name: Its physical name.
        deployment: What it shares with the other parts.
        subnet_ids: The private subnets, one a zone.
        security_group_ids: Who reaches it.
        user_group_id: The users that it knows.
        child: Options of its parts.
        stateful: Options of those that hold data.
    """

    name: str
    deployment: Deployment
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    user_group_id: pulumi.Output[str]
    child: pulumi.ResourceOptions
    stateful: pulumi.ResourceOptions


@dataclass(frozen=True, kw_only=True)
class CacheServer:
    """A cache that was made.

    Attributes:
        host: Where it answers, by TLS only.
        port: On which port.
        signals: What is watched of it.
    """

    host: pulumi.Output[str]
    port: pulumi.Output[int]
    signals: Sequence[Signal]


class CacheEngine(Protocol):
    """A way to have Valkey."""

    def make(self, site: Site) -> CacheServer:
        """Make the cache."""
        ...
