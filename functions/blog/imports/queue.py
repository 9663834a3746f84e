"""The queue in which rows wait to be written."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import boto3

from blog.client import PATIENCE
from blog.imports.rows import MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mypy_boto3_sqs import SQSClient

MESSAGES = 10
"""Of a batch at most.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

AT_ONCE = 10
"""Batches under way: as many as a client keeps connections."""

ATTEMPTS = 5
PAUSE_SECONDS = 0.2
"""Before the second attempt; before each further one, twice as long as before."""


class UnsentError(RuntimeError):
    """SQS has not taken some messages, however often they were sent."""


class JobQueue:
    """The queue.

    Args:
        client: Where it is.
        url: Its address.
        pause: Waits for some seconds.
    """

    def __init__(self, client: "SQSClient", url: str, pause: "Callable[[float], None]" = time.sleep) -> None:
        self._client = client
        self._url = url
        self._pause = pause
        self._senders = ThreadPoolExecutor(AT_ONCE)

    @classmethod
    def connect(cls, url: str) -> Self:
        """Build the client too, once a function, outside of its handler."""
        return cls(boto3.client("sqs", config=PATIENCE), url)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table

    def send(self, messages: "Iterable[str]") -> None:
        """Send messages, of ASCII and none longer than MESSAGE_BYTES. When it returns, the queue has them all.

        Raises:
            UnsentError: SQS has refused some of them time and again. Others may have been sent.
        """
        for _ in self._senders.map(self._send_batch, _batches(messages)):
            pass

    def _send_batch(self, messages: "Sequence[str]") -> None:
        unsent = dict(enumerate(messages))
        codes: set[str] = set()
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(PAUSE_SECONDS * 2 ** (attempt - 1))
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(number), "MessageBody": body} for number, body in unsent.items()],
            )
            failed = answer.get("Failed", [])
            unsent = {int(failure["Id"]): unsent[int(failure["Id"])] for failure in failed}
            codes = {failure["Code"] for failure in failed}
            if not unsent:
                return
        raise UnsentError(f"{len(unsent)} messages were refused {ATTEMPTS} times: {', '.join(sorted(codes))}")


def _batches(messages: "Iterable[str]") -> "Iterator[list[str]]":
    batch: list[str] = []
    size = 0
    for message in messages:
        if batch and (len(batch) == MESSAGES or size + len(message) > MESSAGE_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message)
    if batch:
        yield batch
