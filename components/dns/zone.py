"""A hosted zone of Route 53 that exists already, and the records that a stack adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import route53


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A public hosted zone.

    Attributes:
        name: The domain, such as `example.com`.
        id: Its id, such as `Z0123456789ABCDEFGHIJ`.
    """

    name: str
    id: str

    def add_alias(
        self,
        name: str,
        *,
        target: pulumi.Input[str],
        target_zone_id: pulumi.Input[str],
        types: Sequence[str],
        parent: pulumi.Resource,
    ) -> None:
        """Create alias records, which cost nothing to ask for.

        Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html

        Args:
            name: The name that is looked up, such as `blog.example.com`.
            target: The host that AWS gave the resource.
            target_zone_id: The hosted zone of that host.
            types: `A` for a resource that answers by IPv4, `AAAA` for one that answers by IPv6.
            parent: The component that the records belong to.
        """
        for type_ in types:
            route53.Record(
                f"{name} {type_}",
                zone_id=self.id,
                name=name,
                type=type_,
                aliases=[route53.RecordAliasArgs(name=target, zone_id=target_zone_id, evaluate_target_health=False)],
                opts=pulumi.ResourceOptions(parent=parent),
            )
