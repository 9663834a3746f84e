"""Which errors of AWS say that it has no capacity at this moment."""

from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""AWS SDKs and Tools Reference Guide, "Retry behavior": the errors that SDKs take for throttling."""

_REASONS = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})
"""Amazon DynamoDB API Reference, TransactWriteItems: why a transaction was cancelled."""


def is_throttled(error: Exception) -> bool:
    """Tell whether AWS refused a call for lack of capacity, a transaction's part included."""
    if not isinstance(error, ClientError):
        return False
    response = cast("dict[str, Any]", error.response)
    reasons: Sequence[dict[str, Any]] = response.get("CancellationReasons", ())
    return response["Error"]["Code"] in _CODES or any(reason.get("Code") in _REASONS for reason in reasons)
