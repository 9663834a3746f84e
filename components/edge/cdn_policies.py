"""What CloudFront's caches are keyed by, and the headers by which browsers keep what it serves safe."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import cloudfront

from components.deployment import Deployment

YEAR_SECONDS = 365 * 24 * 60 * 60

CONTENT_SECURITY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
"""A page may load and call what is of its own site only, https://developer.mozilla.org/docs/Web/HTTP/CSP."""


def assets_cache(deployment: Deployment, opts: pulumi.ResourceOptions) -> cloudfront.CachePolicy:
    """Make the cache of files: keyed by the path alone, for as long as each file says."""
    name = f"{deployment.prefix}-assets"
    return cloudfront.CachePolicy(
        name,
        name=name,
        min_ttl=0,
        default_ttl=60,
        max_ttl=YEAR_SECONDS,
        parameters_in_cache_key_and_forwarded_to_origin=_key(headers=[], query=[]),
        opts=opts,
    )


def answers_cache(deployment: Deployment, query: Sequence[str], opts: pulumi.ResourceOptions) -> cloudfront.CachePolicy:
    """Make the cache of the API's answers, which keeps one only for as long as it says.

    Args:
        deployment: What it shares with the other parts.
        query: The query parameters that answers depend on; path and origin are part of the key anyway.
        opts: Options of the policy.
    """
    name = f"{deployment.prefix}-answers"
    return cloudfront.CachePolicy(
        name,
        name=name,
        min_ttl=0,
        default_ttl=0,
        max_ttl=300,
        # The API's CORS headers depend on the origin; without it in the key, one site would get another's.
        parameters_in_cache_key_and_forwarded_to_origin=_key(headers=["Origin"], query=list(query)),
        opts=opts,
    )


def _key(*, headers: list[str], query: list[str]) -> cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs:
    header_names = cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeadersArgs(items=headers)
    query_names = cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStringsArgs(
        items=query
    )
    return cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs(
        headers_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs(
            header_behavior="whitelist" if headers else "none", headers=header_names if headers else None
        ),
        query_strings_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs(
            query_string_behavior="whitelist" if query else "none", query_strings=query_names if query else None
        ),
        cookies_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs(
            cookie_behavior="none"
        ),
        enable_accept_encoding_gzip=True,
        enable_accept_encoding_brotli=True,
    )


def security_headers(deployment: Deployment, opts: pulumi.ResourceOptions) -> cloudfront.ResponseHeadersPolicy:
    """Make the headers of every answer.

    Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
    """
    name = f"{deployment.prefix}-security"
    return cloudfront.ResponseHeadersPolicy(
        name,
        name=name,
        security_headers_config=cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs(
            strict_transport_security=cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
                access_control_max_age_sec=YEAR_SECONDS, include_subdomains=True, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(
                override=True
            ),
            frame_options=cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs(
                frame_option="DENY", override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs(
                referrer_policy="strict-origin-when-cross-origin", override=True
            ),
            content_security_policy=cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs(
                content_security_policy=CONTENT_SECURITY, override=True
            ),
        ),
        opts=opts,
    )
