"""What all other layers stand on: account and region, key, log bucket, network."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access.key import Key
from components.api.rest_stage import EXECUTION_LOGS
from components.deployment import Deployment
from components.dns.zone import Zone
from components.edge.cdn import edge_logs
from components.iam import Arns
from components.network import Network
from components.storage.bucket import Bucket
from components.storage.log_bucket import log_bucket
from settings import Settings, SettingsError
from settings.stack import key_of


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What every layer is handed.

    Attributes:
        deployment: What all components have in common.
        logs: The bucket that takes access logs.
        network: Where caches and databases stand; None where the stack has neither.
        zone: The hosted zone of the stack's own names; None where certificates are given, or there are no such names.
        opts: Options that make a component the stack's: in its account and region, with its tags.
    """

    deployment: Deployment
    logs: Bucket
    network: Network | None
    zone: Zone | None
    opts: pulumi.ResourceOptions


def provider_of(stack: Settings, *, name: str = "aws", region: str | None = None) -> aws.Provider:
    """The account as the credentials have it, in the stack's region or another, with the stack's tags on everything."""
    tags = aws.ProviderDefaultTagsArgs(tags=stack.tags)
    return aws.Provider(name, region=region or stack.region, default_tags=tags)


def lay(stack: Settings) -> Foundation:
    """Lay the foundation of a stack."""
    provider = provider_of(stack)
    opts = pulumi.ResourceOptions(providers={"aws": provider})
    ask = pulumi.InvokeOptions(provider=provider)
    arns = Arns(
        partition=aws.get_partition(opts=ask).partition,
        region=stack.region,
        account=aws.get_caller_identity(opts=ask).account_id,
    )
    _refuse_certificates_of_other_accounts(stack, arns.account)
    zone = _zone_of(stack, ask)
    key = (
        Key(
            f"{stack.prefix}-data",
            prefix=stack.prefix,
            arns=arns,
            protection=stack.protection,
            log_groups=[EXECUTION_LOGS] if stack.api_type == "rest" else [],
            opts=opts,
        )
        if stack.customer_managed_key
        else None
    )
    deployment = Deployment(
        prefix=stack.prefix,
        arns=arns,
        key_arn=key and key.arn,
        log_retention_days=stack.log_retention_days,
        protection=stack.protection,
    )
    logs = log_bucket(deployment=deployment, services=[edge_logs(deployment)] if stack.cdn else [], opts=opts)
    network = (
        Network(
            stack.prefix,
            deployment=deployment,
            zones=stack.zones,
            available_zones=_zones(ask),
            nat_gateways=stack.nat_gateways,
            opts=opts,
        )
        if stack.networked
        else None
    )
    return Foundation(deployment=deployment, logs=logs, network=network, zone=zone, opts=opts)


def _zone_of(stack: Settings, ask: pulumi.InvokeOptions) -> Zone | None:
    """The hosted zone that the stack names; an account without it is refused before anything is created."""
    if not stack.hosted_zone:
        return None
    found = aws.route53.get_zone(name=stack.hosted_zone, private_zone=False, opts=ask)
    return Zone(name=stack.hosted_zone, id=found.zone_id)


def _refuse_certificates_of_other_accounts(stack: Settings, account: str) -> None:
    """Refuse, before anything is created, what API Gateway and CloudFront refuse after minutes.

    Raises:
        SettingsError: A certificate belongs to another account than the one that is deployed to.
    """
    mistakes = [
        f"  - {stack.project}:{key_of(name)} is {arn!r}, which belongs to the account {arn.split(':')[4]}, but the "
        f"deployment goes to {account}; give a certificate of that account"
        for name in ("certificate_arn", "site_certificate_arn")
        if (arn := getattr(stack, name)) and arn.split(":")[4] != account
    ]
    if mistakes:
        raise SettingsError("The stack's config cannot be used:\n" + "\n".join(mistakes))


def _zones(ask: pulumi.InvokeOptions) -> Sequence[str]:
    """The availability zones of the region, without local ones that an account has opted in to: they lack services."""
    ordinary = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    return aws.get_availability_zones(state="available", filters=[ordinary], opts=ask).names
