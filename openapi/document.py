"""The OpenAPI document: routes, handlers and models put together, https://spec.openapis.org/oas/v3.1.0."""

import inspect
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from blog import errors
from openapi.handlers import Handler, HandlerError, read
from openapi.schemas import ANSWERS, BODIES, GATEWAY, PARAMETERS, PROBLEM, Schema
from routes import ROUTES, RouteDefinition

VERSION = "1.0.0"
"""The first number grows with a change on which a client would break."""

_HEADERS: dict[str, tuple[str, Schema]] = {
    "cache-control": ("Who may keep the answer, and for how long.", {"type": "string"}),
    "etag": ("The version, for If-Match.", {"type": "string", "pattern": '^"[1-9][0-9]*"$'}),
    "location": ("The path of what was created.", {"type": "string", "pattern": "^/"}),
    "retry-after": ("Seconds to wait before the request is repeated.", {"type": "string", "pattern": "^[0-9]+$"}),
    "www-authenticate": ("The scheme of the token.", {"type": "string"}),
    "x-request-id": ("Names the request in the logs; the gateway's own answers may lack it.", {"type": "string"}),
}
_BY_GATEWAY = (401, 403, 413, 429, 500, 503)
"""Statuses that API Gateway answers by itself, too: quotas of API Gateway and of Lambda, the JWT authorizer,
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html."""


def document() -> dict[str, Any]:
    """Make the description.

    Raises:
        HandlerError: A handler contradicts its route, or has a form that cannot be described.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, read(route.module))
    schemas = dict([*BODIES.values(), *ANSWERS.values(), ("Problem", PROBLEM), ("GatewayError", GATEWAY)])
    statuses = sorted({int(code) for path in paths.values() for one in path.values() for code in one["responses"]})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Blog API",
            "version": VERSION,
            "description": "Users and their posts. The address is the output `apiUrl` of a stack.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {str(status): _refusal(status) for status in statuses if status >= HTTPStatus.BAD_REQUEST},
            "headers": {name: {"description": text, "schema": schema} for name, (text, schema) in _HEADERS.items()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of the stack's user pool.",
                }
            },
        },
    }


def _operation(route: RouteDefinition, handler: Handler) -> dict[str, Any]:
    if handler.route != route.key or handler.needs_token is route.public:
        wanted = f"be for {route.key!r} and {'not ' if route.public else ''}call request.caller()"
        raise HandlerError(f"functions/{route.module}.py has to {wanted}, as routes.py says")
    first, *rest = route.module.split("_")
    body = {} if handler.reads is None else {"requestBody": _request_body(handler.reads)}
    return {
        "operationId": first + "".join(map(str.capitalize, rest)),
        "summary": handler.summary[0].upper() + handler.summary[1:],
        "description": handler.description,
        "security": [] if route.public else [{"token": []}],
        "parameters": _parameters(route, handler),
        **body,
        "responses": {
            str(handler.status): _success(handler),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _refusals(route, handler)},
        },
    }


def _parameters(route: RouteDefinition, handler: Handler) -> list[Schema]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    wanted = [(name, "path", True) for name in names]
    wanted += [(name, "query", False) for name in route.query]
    wanted += [("Idempotency-Key", "header", False)] if handler.takes_key else []
    wanted += [("If-Match", "header", handler.version == "required")] if handler.version else []
    return [{"name": name, "in": place, "required": must, "schema": PARAMETERS[name]} for name, place, must in wanted]


def _request_body(reader: str) -> Schema:
    name, _ = BODIES[reader]
    return {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _success(handler: Handler) -> Schema:
    headers = sorted({"cache-control", "x-request-id", *handler.headers})
    answer: Schema = {
        "description": HTTPStatus(handler.status).phrase,
        "headers": {name: _header(name, required=True) for name in headers},
    }
    if handler.answers:
        name, _ = ANSWERS[handler.answers]
        answer["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return answer


def _refusals(route: RouteDefinition, handler: Handler) -> list[int]:
    """The statuses of refusals: they follow from what the handler reads of the request."""
    found = {400, 429, 500, 503}
    found |= {413} if handler.reads else set()
    found |= {404} if "{" in route.path else set()
    found |= {401, 403} if handler.needs_token else set()
    found |= {409, 422} if handler.takes_key else set()
    found |= {409, 412} if handler.version else set()
    found |= {428} if handler.version == "required" else set()
    return sorted(found)


def _refusal(status: int) -> Schema:
    """Problem details, and for what the gateway refuses by itself, its own words."""
    codes = _codes().get(status, [])
    problem = {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": {"code": {"enum": codes}}}]}
    gateway = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayError"}}}
    names = {401: ["www-authenticate"], 503: ["retry-after"]}.get(status, [])
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {name: _header(name, required=False) for name in ["x-request-id", *names]},
        "content": {
            **({"application/problem+json": {"schema": problem}} if codes else {}),
            **(gateway if status in _BY_GATEWAY else {}),
        },
    }


def _header(name: str, *, required: bool) -> Schema:
    if not required:
        return {"$ref": f"#/components/headers/{name}"}
    text, schema = _HEADERS[name]
    return {"description": text, "required": True, "schema": schema}


def _codes() -> Mapping[int, list[str]]:
    """The codes of the problem details by their status, as the functions raise them."""
    found: dict[int, list[str]] = {500: ["internal"], 413: ["too-large"], 429: ["too-many-requests"]}
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.RefusedError) and kind is not errors.RefusedError:
            found.setdefault(kind.status, []).append(kind.code)
    return {status: sorted(codes) for status, codes in found.items()}
