"""HTTP and WebSocket APIs that only those reach who should."""

import re
from collections.abc import Iterator, Sequence

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.exposure.openapi import QUICK_CREATE, open_operations
from serverless_guard.rules.exposure.origins import any_origin
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

ROUTE, API = "aws:apigatewayv2/route:Route", "aws:apigatewayv2/api:Api"


def _exempt(route: str) -> bool:
    """Tell whether a route is for preflight requests or health checks, or one of a WebSocket API after `$connect`."""
    websocket = route == "$disconnect" or bool(re.fullmatch(r"[^\s$/]+", route))
    return websocket or route.startswith("OPTIONS ") or route == "GET /health"


@resource_rule(
    "apigateway-http-route-authorization",
    title="API Gateway HTTP API routes require authorization unless listed as public",
    types=(ROUTE, API),
    category="network-exposure",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-APIG4",
        "checkov:CKV_AWS_309",
        "trivy:AWS-0004",
        "fsbp:APIGateway.8",
    ),
    fix="Set authorizationType to JWT, AWS_IAM or CUSTOM; a route that is public on purpose goes to the rule's option "
    "publicRoutes in enforcement.yaml.",
    options={"publicRoutes": Option([], 'Route keys that answer without a token, such as "GET /users/{userId}".')},
    good=(
        Example({"routeKey": "POST /users", "authorizationType": "JWT"}),
        Example({"routeKey": "OPTIONS /users"}),
        Example({"routeKey": "GET /health"}),
        Example({"routeKey": "GET /posts"}, settings={"publicRoutes": ["GET /posts"]}),
        Example({"routeKey": "sendMessage"}),
        Example({"protocolType": "HTTP"}, type=API),
        Example({"target": "arn", "routeKey": "GET /posts"}, type=API, settings={"publicRoutes": ["GET /posts"]}),
        Example({"body": '{"paths": {"/x": {"post": {"security": [{"jwt": []}]}, "options": {}}}}'}, type=API),
        Example({"body": "security: [{jwt: []}]\npaths: {/x: {get: {}, parameters: []}}"}, type=API),
        Example({"routeKey": "$disconnect"}),
    ),
    bad=(
        Example({"routeKey": "POST /users"}, finds=("authorizationType is not set for the route POST /users",)),
        Example(
            {"routeKey": "GET /users", "authorizationType": "NONE"},
            finds=("authorizationType is not set for the route GET /users",),
        ),
        Example({"routeKey": "$default"}, finds=("authorizationType is not set for the route $default",)),
        Example({"routeKey": "$connect"}, finds=("authorizationType is not set for the route $connect",)),
        Example({}, finds=("authorizationType is not set for the route ",)),
        Example(
            {"protocolType": "HTTP", "target": "arn"},
            type=API,
            finds=("target creates the route $default without authorization",),
        ),
        Example(
            {"target": "arn", "routeKey": "ANY /x"},
            type=API,
            finds=("target creates the route ANY /x without authorization",),
        ),
        Example(
            {"body": '{"paths": {"/x": {"post": {}, "get": {"security": [{}]}}}, "security": []}'},
            type=API,
            finds=("body has the route POST /x without security", "body has the route GET /x without security"),
        ),
        Example(
            {"body": "paths:\n  /$default:\n    x-amazon-apigateway-any-method: {}\n"},
            type=API,
            finds=("body has the route $default without security",),
        ),
        Example(
            {"body": "paths: {/x: {parameters: [], put: {}, delete: {}, head: {}, patch: {}, trace: {}}}"},
            finds=(
                "body has the route PUT /x without security",
                "body has the route DELETE /x without security",
                "body has the route HEAD /x without security",
                "body has the route PATCH /x without security",
                "body has the route TRACE /x without security",
            ),
            type=API,
        ),
        Example(
            {"body": '{"paths": {"/x": {"get": {"security": [{"jwt": []}, {}]}}}}'},
            finds=("body has the route GET /x without security",),
            type=API,
        ),
        Example({"body": "nothing"}, finds=("body is not an OpenAPI document",), type=API),
    ),
)
def apigateway_http_route_authorization(resource: Resource) -> Iterator[str]:
    """A route asks who calls, unless the repository lists it as public.

    An API makes routes by itself from its `target` (quick create) and from the OpenAPI document in its `body`. Of a
    WebSocket API, only `$connect` takes an authorization.
    """
    public, props = resource.settings["publicRoutes"], resource.props
    if resource.type == API:
        if props.has("target"):
            opened = [(props.text("routeKey") or QUICK_CREATE, "target creates the route {} without authorization")]
        else:
            found = open_operations(props) if props.has("body") else ()
            opened = [(route, "body has the route {} without security") for route, _ in found]
    elif any_holds(
        lambda: (props.text("authorizationType") or "NONE") != "NONE",
        lambda: _is_public(props.text("routeKey") or "", public),
    ):
        opened = []
    else:
        opened = [(props.text("routeKey") or "", "authorizationType is not set for the route {}")]
    yield from (words.format(route) for route, words in opened if not _is_public(route, public))


def _is_public(route: str, public: Sequence[str]) -> bool:
    return route in public or _exempt(route)


@resource_rule(
    "apigateway-cors-restricted",
    title="API Gateway HTTP APIs do not allow all CORS origins, or in production all methods or headers",
    types=("aws:apigatewayv2/api:Api",),
    category="network-exposure",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    fix="List the origins, methods and headers that the pages use.",
    good=(Example({}), Example({"corsConfiguration": {"allowOrigins": ["https://blog.example.com"]}})),
    bad=(
        Example({"corsConfiguration": {"allowOrigins": ["*"]}}, finds=("corsConfiguration.allowOrigins has *",)),
        Example(
            {"corsConfiguration": {"allowOrigins": ["https://blog.example.com", "https://*", "http://*"]}},
            finds=("corsConfiguration.allowOrigins has https://*, http://*",),
        ),
        Example({"corsConfiguration": {"allowMethods": ["*"]}}, finds=("corsConfiguration.allowMethods has *",)),
        Example(
            {"corsConfiguration": {"allowOrigins": ["*"], "allowCredentials": True}},
            finds=("corsConfiguration.allowOrigins has *, together with allowCredentials",),
        ),
        Example({"corsConfiguration": {"allowHeaders": ["*"]}}, finds=("corsConfiguration.allowHeaders has *",)),
    ),
)
def apigateway_cors_restricted(resource: Resource) -> Iterator[str]:
    """Pages of any origin may not call the API."""
    yield from any_origin(resource, "corsConfiguration")
    for name in ("allowMethods", "allowHeaders") if resource.production else ():
        if "*" in resource.props.texts(f"corsConfiguration.{name}"):
            yield f"corsConfiguration.{name} has *"


@stack_rule(
    "apigateway-disable-default-endpoint",
    title="API Gateway APIs with a custom domain have the default execute-api endpoint disabled",
    types=(
        "aws:apigatewayv2/api:Api",
        "aws:apigateway/restApi:RestApi",
        "aws:apigatewayv2/apiMapping:ApiMapping",
    ),
    category="network-exposure",
    severity="medium",
    env="prod-only",
    fix="Set disableExecuteApiEndpoint to true.",
    good=(
        Example({}),
        Example(
            {"disableExecuteApiEndpoint": True},
            others=(Example({}, type="aws:apigatewayv2/apiMapping:ApiMapping", depends={"apiId": ("subject",)}),),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("a domain is mapped and disableExecuteApiEndpoint is not true",),
            others=(Example({}, type="aws:apigatewayv2/apiMapping:ApiMapping", depends={"apiId": ("subject",)}),),
        ),
        Example(
            {},
            finds=("a domain is mapped and disableExecuteApiEndpoint is not true",),
            type="aws:apigateway/restApi:RestApi",
            others=(
                Example({}, type="aws:apigateway/basePathMapping:BasePathMapping", depends={"restApi": ("subject",)}),
            ),
        ),
    ),
)
def apigateway_disable_default_endpoint(stack: Program) -> Iterator[tuple[Resource, str]]:
    """An API with a domain of its own cannot be reached around it."""
    for api in stack.of("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi"):
        mapped = stack.referring(api, "apiId", "aws:apigatewayv2/apiMapping:ApiMapping") or stack.referring(
            api, "restApi", "aws:apigateway/basePathMapping:BasePathMapping"
        )
        if mapped and api.props.flag("disableExecuteApiEndpoint") is not True:
            yield api, "a domain is mapped and disableExecuteApiEndpoint is not true"
