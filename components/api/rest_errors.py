"""What a REST API answers by itself, in the words of the HTTP API and of the functions."""

import json
from collections.abc import Mapping

from pulumi_aws import apigateway

from components.api.rest_parts import Parts

NO_JSON_OBJECT = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "invalid-request",
    "detail": "the body must be a JSON object",
    "requestId": "$context.requestId",
}
"""The functions' problem details (RFC 9457), for what does not reach them."""


def add_errors(parts: Parts, cors: Mapping[str, str]) -> None:
    """Set what the gateway answers where no function does.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    Args:
        parts: The parts of the API.
        cors: Headers by which pages may read the answer.
    """
    _answer(parts, "BAD_REQUEST_BODY", 400, NO_JSON_OBJECT, cors)
    _answer(parts, "UNAUTHORIZED", 401, {"message": "Unauthorized"}, {**cors, "WWW-Authenticate": "Bearer"})
    # The gateway takes a path that it does not have for one that it would have to be asked for with a signature.
    _answer(parts, "MISSING_AUTHENTICATION_TOKEN", 404, {"message": "Not Found"}, cors)
    for family in ("DEFAULT_4XX", "DEFAULT_5XX") if cors else ():
        parts.add(apigateway.Response, family, response_type=family, response_parameters=_headers(cors))


def _answer(parts: Parts, kind: str, status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> None:
    parts.add(
        apigateway.Response,
        kind,
        response_type=kind,
        status_code=str(status),
        response_templates={"application/json": json.dumps(body)},
        response_parameters=_headers(headers),
    )


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()}
