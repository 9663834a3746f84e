"""What stands between the internet and the functions: the API, and CloudFront before it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.access.identity import Identity
from components.api.api import ApiDefinition, Route, path_patterns
from components.api.api_domain import ApiDomain
from components.api.http_api import HttpApi
from components.api.rest_api import RestApi
from components.api.rest_stage import StageCache
from components.compute.function import FunctionDefaults
from components.edge.firewall import Firewall
from components.edge.site import Site
from layers.foundation import Foundation
from settings import Settings

type Api = HttpApi | RestApi


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the API answers.

    Attributes:
        url: Without a slash at the end.
        host: What the DNS record of the API's own name points to; None where AWS gives the API its name.
    """

    url: pulumi.Output[str]
    host: pulumi.Output[str] | None


def api_of(stack: Settings, foundation: Foundation, identity: Identity, routes: Sequence[Route]) -> Api:
    """The API of the kind that the stack has chosen; routes that are not public need a token of the identity."""
    definition = ApiDefinition(
        deployment=foundation.deployment,
        identity=identity,
        routes=routes,
        cors_origins=stack.cors_origins,
        throttle_rate=stack.throttle_rate,
        throttle_burst=stack.throttle_burst,
        default_address=stack.domain_name is None,
    )
    if stack.api_type == "http":
        return HttpApi(f"{stack.prefix}-api", definition, opts=foundation.opts)
    cache = StageCache(gigabytes=stack.api_cache_size, seconds=stack.api_cache_seconds)
    api = RestApi(f"{stack.prefix}-rest-api", definition, cache=cache if cache.seconds else None, opts=foundation.opts)
    if stack.waf:
        Firewall(deployment=foundation.deployment, stage_arn=api.stage_arn, opts=foundation.opts)
    return api


def address_of(stack: Settings, foundation: Foundation, api: Api) -> Address:
    """The address of the API: under a name of the stack's own, or as AWS gives it."""
    certificate = foundation.zone or stack.certificate_arn
    if not (stack.domain_name and certificate):
        return Address(url=api.url, host=None)
    domain = ApiDomain(
        deployment=foundation.deployment,
        domain_name=stack.domain_name,
        certificate=certificate,
        api_id=api.id,
        stage=api.stage,
        opts=foundation.opts,
    )
    return Address(url=domain.url, host=domain.host)


def site_of(
    stack: Settings, foundation: Foundation, defaults: FunctionDefaults, address: Address, routes: Sequence[Route]
) -> Site | None:
    """Assets and API under one name, if the stack has one."""
    certificate = foundation.zone or stack.site_certificate_arn
    if not (stack.cdn and stack.site_domain_name and certificate):
        return None
    return Site(
        defaults=defaults,
        logs=foundation.logs,
        api_url=address.url,
        api_paths=path_patterns(routes),
        api_query=list(dict.fromkeys(name for route in routes for name in route.query)),
        domain_name=stack.site_domain_name,
        certificate=certificate,
        firewall=stack.waf,
        opts=foundation.opts,
    )
