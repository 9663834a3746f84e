"""What stands between the internet and the functions: the API, and CloudFront before it."""

from collections.abc import Sequence

from components.api import ApiDefinition, Domain, Route
from components.function import FunctionDefaults
from components.http_api import HttpApi
from components.identity import Identity
from components.rest_api import RestApi
from components.rest_stage import StageCache
from components.site import Site
from layers.foundation import Foundation
from settings import Settings

type Api = HttpApi | RestApi


def api_of(stack: Settings, foundation: Foundation, identity: Identity, routes: Sequence[Route]) -> Api:
    """The API of the kind that the stack has chosen; routes that are not public need a token of the identity."""
    name = f"{stack.prefix}-api"
    domain = stack.domain_name and stack.certificate_arn and Domain(stack.domain_name, stack.certificate_arn)
    definition = ApiDefinition(
        deployment=foundation.deployment,
        identity=identity,
        routes=routes,
        cors_origins=stack.cors_origins,
        throttle_rate=stack.throttle_rate,
        throttle_burst=stack.throttle_burst,
        domain=domain or None,
    )
    if stack.api_type == "http":
        return HttpApi(name, definition, opts=foundation.opts)
    cache = StageCache(gigabytes=stack.api_cache_size, seconds=stack.api_cache_seconds)
    return RestApi(name, definition, cache=cache if stack.api_cache_seconds else None, opts=foundation.opts)


def site_of(stack: Settings, foundation: Foundation, defaults: FunctionDefaults, api: Api) -> Site | None:
    """Assets and API under one name, if the stack has one."""
    if not (stack.cdn and stack.site_domain_name and stack.site_certificate_arn):
        return None
    return Site(
        defaults=defaults,
        logs=foundation.logs,
        api_url=api.url,
        api_paths=["/users*", "/posts*"],
        domain_name=stack.site_domain_name,
        certificate_arn=stack.site_certificate_arn,
        firewall=stack.waf,
        opts=foundation.opts,
    )
