"""API Gateway, CloudFront and WAF.

Sources: https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/,
https://aws.amazon.com/waf/pricing/.
"""

from collections.abc import Iterator
from math import ceil
from typing import Any

from cost.charges import HOURS, Charge, Formula, each
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"

HTTP_METER_KB = 512
"""HTTP APIs count a request again for each 512 KB of it."""

FREE_INVALIDATIONS = 1000
PAID_RULE_GROUPS = {
    "AWSManagedRulesBotControlRuleSet": "waf.bot-control",
    "AWSManagedRulesATPRuleSet": "waf.fraud-control",
    "AWSManagedRulesACFPRuleSet": "waf.fraud-control",
}


def _requests(usage: Usage) -> float:
    return usage["api.requests"]


def _transfer(usage: Usage, stack: Stack) -> Iterator[Charge]:
    """Answers to the internet; to CloudFront they cost nothing, https://aws.amazon.com/cloudfront/pricing/."""
    if not stack.of_type(DISTRIBUTION):
        yield Charge("transfer.out-gb", _requests(usage) * usage["api.response-kilobytes"] / 1024**2)


def _http_api(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    if one.inputs.get("protocolType") == "WEBSOCKET":
        yield Charge("api.websocket-message", _requests(usage))
    else:
        yield Charge("api.http-request", _requests(usage) * max(1, ceil(usage["api.kilobytes"] / HTTP_METER_KB)))
    yield from _transfer(usage, stack)


def _rest_api(_one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    yield Charge("api.rest-request", _requests(usage))
    yield from _transfer(usage, stack)


def _stage(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    if one.inputs.get("cacheClusterEnabled") is True:
        yield Charge(f"api.cache-hour.{one.inputs.get('cacheClusterSize')}", HOURS)


def _distribution(_one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("cloudfront.request", usage["cdn.requests"])
    yield Charge("cloudfront.gb", usage["cdn.gb"])
    yield Charge("cloudfront.invalidation", max(0, usage["cdn.invalidations"] - FREE_INVALIDATIONS))


def _web_acl(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("waf.acl", 1)
    yield Charge("waf.rule", len(one.items("rules")))
    requests = usage["cdn.requests"] if one.inputs.get("scope") == "CLOUDFRONT" else _requests(usage)
    yield Charge("waf.request", requests)
    for rule in one.items("rules"):
        if price := PAID_RULE_GROUPS.get(_managed_group(rule)):
            yield Charge(price, 1)


def _managed_group(rule: Any) -> str:
    statement = as_block(as_block(rule).get("statement"))
    return str(as_block(statement.get("managedRuleGroupStatement")).get("name", ""))


FORMULAS: dict[str, tuple[Formula, ...]] = {
    "aws:apigatewayv2/api:Api": (_http_api,),
    "aws:apigateway/restApi:RestApi": (_rest_api,),
    "aws:apigateway/stage:Stage": (_stage,),
    DISTRIBUTION: (_distribution,),
    "aws:cloudfront/function:Function": (each("cloudfront.function-invocation", "cdn.requests"),),
    "aws:wafv2/webAcl:WebAcl": (_web_acl,),
    "aws:wafv2/ruleGroup:RuleGroup": (lambda one, _usage, _stack: [Charge("waf.rule", len(one.items("rules")))],),
}
