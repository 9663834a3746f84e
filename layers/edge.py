"""What stands between the internet and the functions: the API, and CloudFront before it."""

from components.function import FunctionDefaults
from components.http_api import HttpApi
from components.identity import Identity
from components.site import Site
from layers.foundation import Foundation
from settings import Settings


def api_of(stack: Settings, foundation: Foundation, identity: Identity) -> HttpApi:
    """The API, without routes yet; those that write need a token of the identity."""
    return HttpApi(
        f"{stack.prefix}-api",
        deployment=foundation.deployment,
        identity=identity,
        cors_origins=stack.cors_origins,
        throttle_rate=stack.throttle_rate,
        throttle_burst=stack.throttle_burst,
        opts=foundation.opts,
    )


def site_of(stack: Settings, foundation: Foundation, defaults: FunctionDefaults, api: HttpApi) -> Site | None:
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
