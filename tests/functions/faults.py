"""Faults between the functions and AWS: a call that fails, is lost, throttled or killed, or meets another invocation.

A call is counted where it would leave the machine, each attempt of it by the SDK for itself. moto answers there.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

type Mode = Literal["fail once", "fail", "lose", "lose all", "throttle", "kill", "kill after", "repeat", "delay"]

MODES: tuple[Mode, ...] = (
    "fail once",
    "fail",
    "lose",
    "lose all",
    "throttle",
    "kill",
    "kill after",
    "repeat",
    "delay",
)
"""What may become of a call: not carried out, once or by all attempts; carried out without an answer, once or by all
attempts; refused for lack of capacity; not returned from, before or after it was carried out, because the function is
killed; preceded by the whole of another invocation, or by a long time."""

ATTEMPTS = 3
"""Of the SDK for each call, as `blog.client` configures it."""


class KilledError(BaseException):
    """The function is killed: nothing that it has prepared for failures runs, other than what always does."""


class Calls:
    """The attempts of calls, counted from 0, and the faults of some of them.

    Args:
        faults: Modes by the number of the attempt.
        events: What happens before a call in the modes `repeat` and `delay`.
    """

    def __init__(self, faults: dict[int, Mode], events: dict[str, Callable[[], None]]) -> None:
        self.names: list[str] = []
        self._faults = faults
        self._events = events
        self._continued: tuple[Mode, str, int] | None = None
        self.paused = False
        """Whether calls meet no faults, and do not count."""

    def answer(self, operation: str, carry_out: Callable[[], Any], url: str) -> Any:
        """Answer a call with its fault, or as AWS does."""
        if self.paused:
            return carry_out()
        mode = self._mode(operation)
        if mode in ("repeat", "delay"):
            self.paused = True
            self._events[mode]()
            self.paused = False
        elif mode in ("lose", "lose all", "kill after"):
            carry_out()
        if mode in ("kill", "kill after"):
            raise KilledError
        if mode in ("fail once", "fail"):
            return None, ConnectionClosedError(endpoint_url=url)
        if mode in ("lose", "lose all"):
            return None, ReadTimeoutError(endpoint_url=url)
        if mode == "throttle":
            error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            parsed = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}
            return (AWSResponse(url, 400, HTTPHeaders(), None), parsed), None
        return carry_out()

    def _mode(self, operation: str) -> Mode | None:
        """Count a call, and find its fault; some faults are those of the attempts after it, too."""
        mode = self._faults.get(len(self.names))
        self.names.append(operation)
        if mode in ("fail", "lose all", "throttle"):
            self._continued = mode, operation, ATTEMPTS
        if self._continued is None:
            return mode
        continued, of, left = self._continued
        if left and of == operation and mode in (None, continued):
            self._continued = continued, of, left - 1
            return continued
        self._continued = None
        return mode


type Answer = Callable[[str, Callable[[], Any], str], Any]
"""Answers an attempt of a call, from its operation, what carries it out, and its address."""


@contextmanager
def answered(answer: Answer) -> Generator[None]:
    """Have the calls of all clients answered so; the pauses between their attempts take no time."""
    unpatched: Any = Endpoint
    carry_out = unpatched._get_response

    def get_response(endpoint: Endpoint, request: Any, operation_model: Any, context: Any) -> Any:
        return answer(operation_model.name, lambda: carry_out(endpoint, request, operation_model, context), request.url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Endpoint, "_get_response", get_response)
        patch.setattr("botocore.endpoint.time.sleep", float)
        yield


@contextmanager
def injected(faults: dict[int, Mode], **events: Callable[[], None]) -> Generator[Calls]:
    """Let the calls of all clients meet faults."""
    calls = Calls(faults, events)
    with answered(calls.answer):
        yield calls
