"""From an answerer of requests to the function that the API invokes."""

from functools import wraps
from typing import TYPE_CHECKING, Any

from blog import http
from blog.cors import CORS
from blog.errors import RefusedError
from blog.telemetry import count, logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


def endpoint(
    answer_to: "Callable[[http.Request], http.Answer]",
) -> "Callable[[Mapping[str, Any], LambdaContext], dict[str, object]]":
    """Make a function of an answerer: parse, answer, log one line.

    A refusal becomes problem details. Any other exception is logged with its traceback, counted as ``Fault`` and
    answered with 500: the invocation itself succeeds, so that Lambda's own error count does not see it.

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
        except Exception:
            logger.exception("failed")
            count("Fault")
            answer = http.fault(request.id)
        logger.info("answered", status=answer.status, code=code)
        return answer.event(request.id, CORS)

    return handler
