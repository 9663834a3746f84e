"""HTTP as the handlers see it: a request in, an answer out, whatever event format the API speaks."""

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import unquote

from blog.errors import FieldError, InvalidError, RefusedError, UnauthenticatedError, VersionRequiredError

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_AFTER_SECONDS = "1"
"""DynamoDB's capacity is per second (Amazon DynamoDB Developer Guide, "Provisioned capacity mode")."""

# An entity tag of ours. A proxy that compresses an answer marks its tag as weak; it still names the version.
_ETAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,14})"')
# The draft asks for a quoted string; most clients send it bare.
_KEY = re.compile(r'(?P<quote>"?)(?P<key>[!#-~]{1,255})(?P=quote)')


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Attributes:
        id: The API's identifier of the request; logs and answers carry it.
        route: Method and path pattern, such as ``GET /users/{userId}``.
        path: Path parameters by name, decoded.
        query: Query parameters by name, decoded.
        headers: Headers by lower-case name.
        claims: The claims of the token that the API's authorizer verified; empty without one.
        body: The body as it came, and whether it is base64.
    """

    id: str
    route: str
    path: "Mapping[str, str]"
    query: "Mapping[str, str]"
    headers: "Mapping[str, str]"
    claims: "Mapping[str, str]"
    body: tuple[str, bool]

    @classmethod
    def of(cls, event: "Mapping[str, Any]") -> Self:
        """Read an event: of an HTTP API (payload format 2.0) or of a REST API.

        Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
        https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
        """
        context: Mapping[str, Any] = event["requestContext"]
        authorizer: Mapping[str, Any] = context.get("authorizer") or {}
        headers: Mapping[str, str] = event.get("headers") or {}
        path: Mapping[str, str] = event.get("pathParameters") or {}
        return cls(
            id=context["requestId"],
            route=event.get("routeKey") or f"{event['httpMethod']} {event['resource']}",
            # Only HTTP APIs decode them.
            path=path if "routeKey" in event else {name: unquote(value) for name, value in path.items()},
            query=event.get("queryStringParameters") or {},
            # Only HTTP APIs write the names of headers in lower case.
            headers={name.lower(): value for name, value in headers.items()},
            claims=authorizer.get("jwt", authorizer).get("claims") or {},
            body=(event.get("body") or "", event.get("isBase64Encoded", False)),
        )

    def caller(self) -> str:
        """Who sent it: the ``sub`` claim, which identifies a person in the user pool for good.

        Raises:
            UnauthenticatedError: Without a verified token.
        """
        if sub := self.claims.get("sub"):
            return sub
        raise UnauthenticatedError("send a token of the user pool: Authorization: Bearer <token>")

    def json(self) -> dict[str, object]:
        """The body as a JSON object. Read it first: a REST API refuses another body before it calls the function.

        Raises:
            InvalidError: If it is anything else.
        """
        text, encoded = self.body
        try:
            value: object = json.loads(b64decode(text, validate=True) if encoded else text)
        except (ValueError, RecursionError) as error:
            raise InvalidError("the body must be a JSON object in UTF-8") from error
        if not isinstance(value, dict):
            raise InvalidError("the body must be a JSON object in UTF-8")
        return cast("dict[str, object]", value)  # JSON has no other keys than strings

    def version(self, *, required: bool) -> int | None:
        """The version that the caller means, from If-Match; ``*`` gives None: whichever there is.

        Args:
            required: Whether the header must be there; if not, leaving it out means the same as ``*``.

        Raises:
            VersionRequiredError: Without a required header.
            InvalidError: If it is no entity tag of ours.
        """
        tag = self.headers.get("if-match")
        if tag is None and required:
            rule = "send If-Match with the ETag that you read, or * to overwrite any version"
            raise VersionRequiredError(rule, [FieldError("If-Match", "is missing")])
        if tag is None or tag == "*":
            return None
        if match := _ETAG.fullmatch(tag):
            return int(match[1])
        raise _bad_header("If-Match", 'must be one ETag of this API, such as "1", or *')

    def idempotency_key(self) -> str | None:
        """The key under which the caller may repeat this request, or None.

        Raises:
            InvalidError: If it is empty, too long or not printable ASCII.
        """
        key = self.headers.get("idempotency-key")
        if key is None:
            return None
        if match := _KEY.fullmatch(key):
            return match["key"]
        raise _bad_header("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: HTTP status.
        body: What becomes the JSON body; None for none.
        headers: Headers by lower-case name; they win over the defaults.
    """

    status: int
    body: "Mapping[str, object] | None" = None
    headers: "Mapping[str, str]" = field(default_factory=dict[str, str])

    def event(self, request_id: str, cors: "Mapping[str, str]") -> dict[str, object]:
        """The answer as an API expects it from a function: no answer is cached unless it says so.

        Args:
            request_id: The identifier of the request.
            cors: Headers for pages of another origin.
        """
        headers = {"cache-control": "no-store", "x-request-id": request_id, **cors, **self.headers}
        if self.body is None:
            return {"statusCode": self.status, "headers": headers}
        return {
            "statusCode": self.status,
            "headers": {"content-type": "application/json", **headers},
            "body": _encode(self.body),
        }


def _encode(body: "Mapping[str, object]") -> str:
    r"""Write JSON that has a UTF-8 encoding: a lone surrogate that a request held is escaped as ``\ud800``."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()


def etag(version: int) -> dict[str, str]:
    """The header that names a version, for If-Match."""
    return {"etag": f'"{version}"'}


def refusal(error: RefusedError, request_id: str) -> Answer:
    """Say why a request was refused, as problem details (RFC 9457)."""
    fields = [{"field": wrong.field, "detail": wrong.detail} for wrong in error.fields]
    return _problem(error.status, error.code, error.detail, {"errors": fields} if fields else {}, request_id)


def fault(request_id: str) -> Answer:
    """Say that we failed, and nothing of how."""
    return _problem(500, "internal", "the request failed on our side: tell us its requestId", {}, request_id)


def _problem(status: int, code: str, detail: str, members: "Mapping[str, object]", request_id: str) -> Answer:
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **members,
        "requestId": request_id,
    }
    challenge = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    pause = {"retry-after": RETRY_AFTER_SECONDS} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Answer(status, problem, {"content-type": "application/problem+json", **challenge, **pause})


def _bad_header(name: str, rule: str) -> InvalidError:
    return InvalidError(f"{name} {rule}", [FieldError(name, rule)])
