"""Sends dead letters to where they failed: messages to their queue, events to their function."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from operations.stack import OperationError, Stack

type Send = Callable[[Mapping[str, Any]], None]
"""Takes a letter as SQS hands it over."""


def send_again(stack: Stack, name: str) -> int:
    """Empty a dead-letter queue. A letter is deleted when it was taken up elsewhere, so that none is lost on the way.

    SQS has a task of its own for messages of a queue (StartMessageMoveTask), and none for events of functions.

    Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html,
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

    Args:
        stack: The stack.
        name: Whose dead letters, such as `jobs`.

    Returns:
        The exit status, 0.

    Raises:
        OperationError: There is no such queue, or a letter is neither a message of a queue nor an event of a function;
            it stays, and so do those behind it.
    """
    region = stack.outputs()["region"]
    session: Any = boto3.Session()
    sqs, functions = session.client("sqs", region_name=region), session.client("lambda", region_name=region)
    queue = f"{stack.prefix}-{name}-dead-letters"
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        raise OperationError(f"there is no queue {queue}: NAME=jobs is one that there is") from error

    def send(letter: Mapping[str, Any]) -> None:
        source = letter.get("Attributes", {}).get("DeadLetterQueueSourceArn")
        if source:
            target = sqs.get_queue_url(QueueName=source.rpartition(":")[2])["QueueUrl"]
            sqs.send_message(QueueUrl=target, MessageBody=letter["Body"])
        else:
            function, event = _event(letter["Body"])
            functions.invoke(FunctionName=function, Qualifier="live", InvocationType="Event", Payload=event)

    print(f"{queue}: {_empty(sqs, url, send)} sent again")
    return 0


def _empty(sqs: Any, url: str, send: Send) -> int:
    asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 2, "MessageSystemAttributeNames": ["All"]}
    sent = 0
    while letters := sqs.receive_message(QueueUrl=url, **asked).get("Messages"):
        for letter in letters:
            send(letter)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            sent += 1
    return sent


def _event(letter: str) -> tuple[str, bytes]:
    """The name of the function that failed, and the event on which it did."""
    try:
        content = json.loads(letter)
        function = content["requestContext"]["functionArn"].split(":")[6]
        return function, json.dumps(content["requestPayload"]).encode()
    except (ValueError, LookupError, TypeError) as error:
        raise OperationError("a letter is no event that could be sent again: docs/runbooks/failed-events.md") from error
