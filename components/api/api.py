"""What an API is, whichever kind serves it: its routes, who may call it, how often, and under which name."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.identity import Identity
from components.compute.function import Function
from components.deployment import Deployment
from components.protection import stateful

CORS_METHODS = ("GET", "POST", "PATCH", "DELETE")
CORS_HEADERS = ("authorization", "content-type", "idempotency-key", "if-match")
CORS_EXPOSED = ("etag", "location", "x-request-id")
CORS_SECONDS = 600
"""What pages of the allowed origins may send and read, and for how long browsers remember it,
https://developer.mozilla.org/docs/Web/HTTP/CORS."""


@dataclass(frozen=True)
class Route:
    """Requests of one method and path, and the function that answers them.

    Attributes:
        key: Method and path, such as `GET /users/{userId}`.
        function: What answers.
        public: Whether it answers without a token.
        query: The query parameters that its answers depend on.
        body: Name and JSON Schema of the body that it takes, if it takes one.
    """

    key: str
    function: Function
    public: bool = False
    query: Sequence[str] = ()
    body: tuple[str, Mapping[str, Any]] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.key.split(" ")[0]

    @property
    def path(self) -> str:
        """The path, with its parameters in braces."""
        return self.key.split(" ")[1]


@dataclass(frozen=True, kw_only=True)
class ApiDefinition:
    """What both kinds of API are made from.

    Attributes:
        deployment: What the API shares with the other parts.
        identity: Whose tokens are taken.
        routes: What it answers; with a token, unless a route is public.
        cors_origins: Origins of the web pages that may call it.
        throttle_rate: Requests a second in the long run.
        throttle_burst: Requests at once.
        default_address: Whether it answers at the address that AWS gives it; not where it has a name of its own, or
            callers could go around the name and what stands before it.
    """

    deployment: Deployment
    identity: Identity
    routes: Sequence[Route]
    cors_origins: Sequence[str]
    throttle_rate: int
    throttle_burst: int
    default_address: bool

    @property
    def functions(self) -> list[Function]:
        """The functions that answer, each once."""
        return list(dict.fromkeys(route.function for route in self.routes))


def path_patterns(routes: Sequence[Route]) -> list[str]:
    """List the CloudFront path patterns that match the paths of the routes, and as few others as patterns can.

    A pattern that another one includes is left out, for a distribution has at most 75 cache behaviors.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    patterns = list(dict.fromkeys(re.sub(r"{\w+}", "*", route.path) for route in routes))
    return [one for one in patterns if not any(one != other and fnmatchcase(one, other) for other in patterns)]


def access_logs(
    name: str, *, deployment: Deployment, parent: pulumi.Resource, log_name: str | pulumi.Output[str] = ""
) -> aws.cloudwatch.LogGroup:
    """Make the log group of an API.

    Args:
        name: The API's.
        deployment: What it shares with the other parts.
        parent: The component that it belongs to.
        log_name: Its physical name where AWS prescribes one.
    """
    return aws.cloudwatch.LogGroup(
        f"{name}-errors" if log_name else name,
        # Below /aws/vendedlogs/, log groups share one resource policy instead of filling it up to its size limit.
        name=log_name or f"/aws/vendedlogs/apigateway/{name}",
        retention_in_days=deployment.log_retention_days,
        kms_key_id=deployment.key_arn,
        deletion_protection_enabled=deployment.protection,
        opts=stateful(parent, protection=deployment.protection),
    )


def log_format(fields: Mapping[str, str]) -> str:
    """Write the format of the access log: what both kinds of API know of a request, and fields of one kind."""
    return json.dumps(
        {
            "requestId": "$context.requestId",
            "ip": "$context.identity.sourceIp",
            "subject": "$context.authorizer.claims.sub",
            "requestTime": "$context.requestTime",
            "status": "$context.status",
            "responseLength": "$context.responseLength",
            "latency": "$context.responseLatency",
            "integrationError": "$context.integrationErrorMessage",
            **fields,
        }
    )


def invoked_by_api(
    name: str, route: Route, source_arn: pulumi.Output[str], *, statement_prefix: str = "", opts: pulumi.ResourceOptions
) -> aws.lambda_.Permission:
    """Let a route, and nothing else of API Gateway, invoke its function.

    Args:
        name: The name in the program.
        route: The route.
        source_arn: What AWS says of a request of the route.
        statement_prefix: What tells the kinds of API apart in the function's policy, while one takes over from another.
        opts: Options of the permission.
    """
    return aws.lambda_.Permission(
        name,
        statement_id=statement_prefix + "-".join(re.findall(r"\w+", route.key)),
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        function=route.function.alias.function_name,
        qualifier=route.function.alias.name,
        source_arn=source_arn,
        opts=opts,
    )
