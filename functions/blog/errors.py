"""Why a request is refused. Each reason has one HTTP status and one stable code that clients may rely on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of a request.

    Attributes:
        field: Name of the body field, path parameter or header.
        detail: What it has to be and what it was.
    """

    field: str
    detail: str


class RefusedError(Exception):
    """A request that is not served, through no fault of ours.

    Attributes:
        status: The HTTP status that says so.
        code: The reason for programs; it never changes.
        detail: The reason for people.
        fields: The parts of the request that are at fault, if it is theirs.
    """

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(self, detail: str, fields: "Sequence[FieldError]" = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)


class InvalidError(RefusedError):
    """The request cannot be understood or breaks a rule; ``fields`` says where."""

    status = 400
    code = "invalid-request"


class UnauthenticatedError(RefusedError):
    """Nobody is known to have sent this request, and the route needs somebody."""

    status = 401
    code = "unauthenticated"


class ForbiddenError(RefusedError):
    """The caller is known and has no right to this."""

    status = 403
    code = "forbidden"


class NotFoundError(RefusedError):
    """What the path names does not exist."""

    status = 404
    code = "not-found"


class TakenError(RefusedError):
    """The identifier belongs to something that exists already."""

    status = 409
    code = "already-exists"


class BusyError(RefusedError):
    """Another request is changing the same thing at this moment."""

    status = 409
    code = "concurrent-request"


class StaleError(RefusedError):
    """The thing was changed after the caller read it (RFC 9110, section 15.5.13)."""

    status = 412
    code = "stale-version"


class UnavailableError(RefusedError):
    """AWS has no capacity for the request at this moment; the same request may succeed in a second."""

    status = 503
    code = "try-again"


class KeyReusedError(RefusedError):
    """An idempotency key came again with another request (draft-ietf-httpapi-idempotency-key-header, section 2.7)."""

    status = 422
    code = "idempotency-key-reused"


class VersionRequiredError(RefusedError):
    """A change has to say which version it changes, so that none is lost (RFC 6585, section 3)."""

    status = 428
    code = "version-required"
