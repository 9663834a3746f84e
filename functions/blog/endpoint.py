"""From an answerer of requests to the function that the API invokes."""

from functools import wraps
from typing import TYPE_CHECKING, Any

from blog import http
from blog.cors import CORS
from blog.errors import RefusedError, UnavailableError
from blog.telemetry import count, logger
from blog.throttling import is_throttled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


def endpoint(
    answer_to: "Callable[[http.Request], http.Answer]",
) -> "Callable[[Mapping[str, Any], LambdaContext], dict[str, object]]":
    """Make a function of an answerer: parse, answer, log one line.

    A refusal becomes problem details; so does a lack of capacity, with 503 and Retry-After. Any other exception is
    logged with its traceback, counted as ``Fault`` and answered with 500: the invocation itself succeeds, so that
    Lambda's own error count does not see it.

    Args:
        answer_to: Answers a request, or raises RefusedError.
    """

    @wraps(answer_to)
    def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, object]:
        request = http.Request.of(event)
        logger.append_keys(correlation_id=request.id, function_request_id=context.aws_request_id, route=request.route)
        code = None
        try:
            answer = answer_to(request)
        except RefusedError as error:
            answer, code = http.refusal(error, request.id), error.code
        except Exception as error:
            if is_throttled(error):
                busy = UnavailableError("the service is busy: repeat the request in a second")
                logger.warning("throttled", error=type(error).__name__)
                answer, code = http.refusal(busy, request.id), busy.code
            else:
                logger.exception("failed")
                count("Fault")
                answer = http.fault(request.id)
        logger.info("answered", status=answer.status, code=code)
        return answer.event(request.id, CORS)

    return handler
