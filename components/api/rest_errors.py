"""Problem details (RFC 9457) for what a REST API answers by itself, as the functions answer."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from pulumi_aws import apigateway

from components.api.rest_parts import Parts

_ANSWERS = {
    "BAD_REQUEST_BODY": (400, "invalid-request", "the body must be a JSON object in UTF-8"),
    "UNAUTHORIZED": (401, "unauthenticated", "send a token of the user pool: Authorization: Bearer <token>"),
    "ACCESS_DENIED": (403, "forbidden", "the token does not allow this"),
    "WAF_FILTERED": (403, "forbidden", "the firewall refuses this request"),
    # The gateway takes a path that it does not have for one that needs a signature.
    "MISSING_AUTHENTICATION_TOKEN": (404, "not-found", "there is no such operation"),
    "INVALID_SIGNATURE": (404, "not-found", "there is no such operation"),
    "RESOURCE_NOT_FOUND": (404, "not-found", "there is no such operation"),
    "REQUEST_TOO_LARGE": (413, "too-large", "the request must have at most 10 MB"),
    "THROTTLED": (429, "too-many-requests", "repeat the request in a second"),
    "INTEGRATION_FAILURE": (500, "internal", "the request failed on our side: tell us its requestId"),
    "INTEGRATION_TIMEOUT": (503, "try-again", "the service is busy: repeat the request in a second"),
    "DEFAULT_4XX": (400, "invalid-request", "API Gateway cannot read the request"),
    "DEFAULT_5XX": (500, "internal", "the request failed on our side: tell us its requestId"),
}
"""Status, code and detail of each type of gateway response.

DEFAULT_4XX has one status too: the statuses of the types that it stands for vary, and no variable of a template holds
them.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

_HEADERS = {401: {"WWW-Authenticate": "'Bearer'"}, 429: {"Retry-After": "'1'"}, 503: {"Retry-After": "'1'"}}
"""Further headers of a status, as the expressions that API Gateway maps."""


def add_errors(parts: Parts, cors: Mapping[str, str]) -> None:
    """Set what the gateway answers where no function does.

    Templates are text with variables, https://docs.aws.amazon.com/apigateway/latest/developerguide/
    api-gateway-gatewayResponse-definition.html.

    Args:
        parts: The parts of the API.
        cors: Headers by which pages may read the answer.
    """
    shared = {name: f"'{value}'" for name, value in cors.items()}
    for kind, (status, code, detail) in _ANSWERS.items():
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": detail,
            "requestId": "$context.requestId",
        }
        parts.add(
            apigateway.Response,
            kind,
            response_type=kind,
            status_code=str(status),
            response_templates={"application/json": json.dumps(problem)},
            response_parameters=_headers(
                {
                    **shared,
                    "Cache-Control": "'no-store'",
                    "Content-Type": "'application/problem+json'",
                    "X-Request-Id": "context.requestId",
                    **_HEADERS.get(status, {}),
                }
            ),
        )


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {f"gatewayresponse.header.{name}": value for name, value in headers.items()}
