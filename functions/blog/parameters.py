"""Parameters at run time: what may be changed without a deployment of the functions that read it."""

import time
from typing import TYPE_CHECKING, Any, Self, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from blog.client import HASTE
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_SECONDS = 300
# How soon the service is asked again that has just failed.
_PAUSE_SECONDS = 30


class Parameter:
    """A whole number in Parameter Store, kept for five minutes.

    When the service fails or answers something else, the last number goes on serving, and before there is one, the
    default: no request fails for want of a parameter.

    Args:
        client: Where it is asked.
        name: Which parameter.
        default: The number until the first answer.
        seconds: A clock that only moves forward.
    """

    def __init__(
        self, client: Any, name: str, *, default: int, seconds: "Callable[[], float]" = time.monotonic
    ) -> None:
        self._client = client
        self._name = name
        self._number = default
        self._seconds = seconds
        self._ask_again_at = float("-inf")

    @classmethod
    def connect(cls, name: str, *, default: int) -> Self:
        """Build the client too, once a function, outside of its handler."""
        client = cast("Any", boto3).client("ssm", config=HASTE)  # whose stubs are not installed
        return cls(client, name, default=default)

    def number(self) -> int:
        """The number that counts now."""
        now = self._seconds()
        if now >= self._ask_again_at:
            try:
                self._number = int(self._client.get_parameter(Name=self._name)["Parameter"]["Value"])
                self._ask_again_at = now + _KEPT_SECONDS
            except (BotoCoreError, ClientError, ValueError) as error:
                logger.warning("parameter not refreshed", parameter=self._name, error=type(error).__name__)
                self._ask_again_at = now + _PAUSE_SECONDS
        return self._number
