"""The queue in which rows wait to be written."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import boto3
from botocore.exceptions import ClientError

from blog.client import PATIENCE
from blog.imports.rows import MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MESSAGES = 10
"""Of a batch at most.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

AT_ONCE = 10
"""Batches under way: as many as a client keeps connections."""

TOO_LONG = "AWS.SimpleQueueService.BatchRequestTooLong"
UNACCEPTABLE = frozenset({"InvalidMessageContents", "InvalidParameterValue", TOO_LONG})
"""Codes that say that SQS will never take a message: it is longer than the queue allows, or has a character that SQS
does not take. KMS's own errors are the sender's fault too, for SQS, but end.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""

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

    def send(self, messages: "Iterable[str]") -> list[int]:
        """Send messages, of ASCII and none longer than MESSAGE_BYTES. When it returns, the queue has them all.

        Returns:
            The numbers, from 0, of the messages that the queue will never take.

        Raises:
            UnsentError: SQS has refused some of them time and again. Others may have been sent.
        """
        return [number for refused in self._senders.map(self._send_batch, _batches(messages)) for number in refused]

    def _send_batch(self, messages: "Mapping[int, str]") -> list[int]:
        unsent = dict(messages)
        refused: list[int] = []
        codes: set[str] = set()
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(PAUSE_SECONDS * 2 ** (attempt - 1))
            failed = self._failures(unsent)
            refused += [number for number, code in failed.items() if code in UNACCEPTABLE]
            unsent = {number: unsent[number] for number, code in failed.items() if code not in UNACCEPTABLE}
            codes = {failed[number] for number in unsent}
            if not unsent:
                return refused
        raise UnsentError(f"{len(unsent)} messages were refused {ATTEMPTS} times: {', '.join(sorted(codes))}")

    def _failures(self, messages: "Mapping[int, str]") -> dict[int, str]:
        """Send a batch, or its halves where it is longer than the queue allows; return the codes of what failed."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body} for number, body in messages.items()
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != TOO_LONG:
                raise
            if len(messages) == 1:
                return dict.fromkeys(messages, TOO_LONG)
            numbers = list(messages)
            middle = len(numbers) // 2
            halves = ({number: messages[number] for number in half} for half in (numbers[:middle], numbers[middle:]))
            return {number: code for half in halves for number, code in self._failures(half).items()}
        return {int(failure["Id"]): failure["Code"] for failure in answer.get("Failed", [])}


def _batches(messages: "Iterable[str]") -> "Iterator[dict[int, str]]":
    batch: dict[int, str] = {}
    size = 0
    for number, message in enumerate(messages):
        if batch and (len(batch) == MESSAGES or size + len(message) > MESSAGE_BYTES):
            yield batch
            batch, size = {}, 0
        batch[number] = message
        size += len(message)
    if batch:
        yield batch
