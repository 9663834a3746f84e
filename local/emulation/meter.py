"""Counts what AWS would bill of what really happens: requests, units, seconds and bytes, by resource.

The counts since the emulator's start are in a file, as `{KIND: {NAME: {MEASURE: QUANTITY}}}`, which `cost/meter.py`
prices. What is counted follows AWS's pricing pages:

- Functions: calls, and memory times the time until the answer, https://aws.amazon.com/lambda/pricing/.
- Tables: the units that DynamoDB itself reports as consumed, https://aws.amazon.com/dynamodb/pricing/on-demand/.
- Buckets: PUT, POST and lists as writes, the rest but deletions as reads, https://aws.amazon.com/s3/pricing/.
- Queues: each call, again for each 64 KB of a message, https://aws.amazon.com/sqs/pricing/. Lambda's own calls count
  where they bring messages; the polls of an empty queue do not, for the emulator polls otherwise than AWS.
- APIs: requests and the bytes of their answers. Topics: messages. Secrets: calls. Logs of functions: bytes.
"""

import inspect
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

FLUSH_SECONDS = 0.5
CHUNK = 64 * 1024
"""A queue bills a request for each, https://aws.amazon.com/sqs/pricing/."""

EVENT_BYTES = 26
"""What CloudWatch Logs adds to an event,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html."""

PLATFORM_BYTES = 350
"""About what Lambda itself logs of a call: its start, its end and its report."""

TABLE_READS = ("_get_item", "_query", "_scan", "_batch_get_item", "_transact_get_items")
TABLE_WRITES = ("_put_item", "_delete_item", "_update_item", "_batch_write_item", "_transact_write_items")
QUEUE_CALLS = (
    "SendMessage",
    "SendMessageBatch",
    "ReceiveMessage",
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
)

type Work = Callable[..., Any]


class Meter:
    """Counts by kind and name, written into a file soon after they change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._counts: defaultdict[str, defaultdict[str, defaultdict[str, float]]]
        self._counts = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
        self._changed = True
        threading.Thread(target=self._flush, name="meter", daemon=True).start()

    def add(self, kind: str, name: str, measure: str, quantity: float = 1) -> None:
        """Count a quantity of a resource."""
        with self._lock:
            self._counts[kind][name][measure] += quantity
            self._changed = True

    def _flush(self) -> None:
        draft = self._file.with_suffix(".new")
        while True:
            with self._lock:
                text, self._changed = (json.dumps(self._counts) if self._changed else None), False
            if text is not None:
                draft.write_text(text, encoding="utf-8")
                draft.rename(self._file)
            time.sleep(FLUSH_SECONDS)


def count_functions(meter: Meter, functions: Any) -> None:
    """Count the calls of functions, their memory and time, and what they log.

    Args:
        meter: Where to count.
        functions: The emulator's module of Lambda.
    """
    dispatch, emit_logs, run_batch = (
        functions._execute_function_dispatch,  # noqa: SLF001  # it has no hook for this
        functions._emit_lambda_logs,  # noqa: SLF001  # as above
        functions._run_sqs_batch,  # noqa: SLF001  # as above
    )

    def execute(func: Any, config: Mapping[str, Any], event: Any, request_id: str, started: float) -> Any:
        begun = time.monotonic()
        result = dispatch(func, config, event, request_id, started)
        milliseconds = ceil((time.monotonic() - begun) * 1000)
        gigabytes = int(config.get("MemorySize") or 128) / 1024
        meter.add("function", config["FunctionName"], "invocations")
        meter.add("function", config["FunctionName"], "gb-seconds", milliseconds / 1000 * gigabytes)
        return result

    def emit(func: Any, request_id: str, log_text: str, *arguments: Any, **more: Any) -> None:
        config: dict[str, Any] = func.get("config") or func
        logging: dict[str, str] = config.get("LoggingConfig") or {}
        group = logging.get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
        size = len(log_text.encode()) + EVENT_BYTES * len(log_text.splitlines())
        meter.add("log-group", group, "bytes", size + PLATFORM_BYTES)
        emit_logs(func, request_id, log_text, *arguments, **more)

    def run_sqs_batch(mapping: Any, func: Any, event: Any, batch: list[Any], *queue: str) -> None:
        run_batch(mapping, func, event, batch, *queue)
        size = sum(len(message["body"].encode()) for message in batch)
        meter.add("queue", queue[-1], "requests", max(1, ceil(size / CHUNK)) + 1)  # a receipt and a deletion

    functions._execute_function_dispatch = execute  # noqa: SLF001  # as above
    functions._emit_lambda_logs = emit  # noqa: SLF001  # as above
    functions._run_sqs_batch = run_sqs_batch  # noqa: SLF001  # as above


def count_tables(meter: Meter, dynamodb: Any) -> None:
    """Count the units that calls of DynamoDB consume, as it reports them itself.

    Args:
        meter: Where to count.
        dynamodb: The emulator's module of the service.
    """
    for measure, names in (("reads", TABLE_READS), ("writes", TABLE_WRITES)):
        for name in names:
            setattr(dynamodb, name, _metered_call(meter, measure, getattr(dynamodb, name)))


def _metered_call(meter: Meter, measure: str, work: Work) -> Work:
    def metered(data: dict[str, Any]) -> Any:
        wanted = data.get("ReturnConsumedCapacity", "NONE") != "NONE"
        status, headers, body = work(data if wanted else {**data, "ReturnConsumedCapacity": "TOTAL"})
        answer = json.loads(body)
        consumed: dict[str, Any] | list[dict[str, Any]] = answer.get("ConsumedCapacity") or []
        for part in consumed if isinstance(consumed, list) else [consumed]:
            meter.add("table", part["TableName"].rpartition("/")[2], measure, part["CapacityUnits"])
        if wanted or "ConsumedCapacity" not in answer:
            return status, headers, body
        del answer["ConsumedCapacity"]
        return status, headers, json.dumps(answer).encode()

    return metered


def count_buckets(meter: Meter, s3: Any) -> None:
    """Count the requests of buckets by what they are billed as.

    Args:
        meter: Where to count.
        s3: The emulator's module of the service.
    """
    handle = s3.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any], *arguments: Any, **more: Any
    ) -> Any:
        bucket, key = s3._parse_bucket_key(path, headers)  # noqa: SLF001  # it has no hook for this
        lists = method == "GET" and not key and ("list-type" in query or not query)
        if bucket and method != "DELETE":
            meter.add("bucket", bucket, "writes" if lists or method in {"PUT", "POST"} else "reads")
        return await handle(method, path, headers, body, query, *arguments, **more)

    s3.handle_request = handle_request


def count_queues(meter: Meter, sqs: Any) -> None:
    """Count the calls of queues.

    Args:
        meter: Where to count.
        sqs: The emulator's module of the service.
    """

    def count(data: Mapping[str, Any], url: str) -> None:
        entries: list[dict[str, Any]] = [dict(data), *(data.get("Entries") or [])]
        size = sum(len(str(entry.get("MessageBody", "")).encode()) for entry in entries)
        meter.add("queue", url.rpartition("/")[2], "requests", max(1, ceil(size / CHUNK)))

    def metered(work: Work) -> Work:
        async def waiting(data: Mapping[str, Any], url: str) -> Any:
            count(data, url)
            return await work(data, url)

        def at_once(data: Mapping[str, Any], url: str) -> Any:
            count(data, url)
            return work(data, url)

        return waiting if inspect.iscoroutinefunction(work) else at_once

    handlers: dict[str, Work] = sqs._HANDLERS  # noqa: SLF001  # it has no hook for this
    for action in QUEUE_CALLS:
        handlers[action] = metered(handlers[action])


def count_calls(meter: Meter, sns: Any, secrets: Any) -> None:
    """Count the messages of topics and the calls about secrets.

    Args:
        meter: Where to count.
        sns: The emulator's module of SNS.
        secrets: That of Secrets Manager.
    """
    publish, call = sns.handle_request, secrets.handle_request

    async def handle_topic(method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any]) -> Any:
        form = parse_qs(body.decode("utf-8", errors="replace"))
        for arn in form.get("TopicArn", []) if form.get("Action") == ["Publish"] else []:
            meter.add("topic", arn.rpartition(":")[2], "messages")
        return await publish(method, path, headers, body, query)

    async def handle_secret(method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any]) -> Any:
        asked: dict[str, Any] = json.loads(body or b"{}")
        secret = str(asked.get("SecretId") or "")
        if secret:
            # An ARN ends in the name and six random characters.
            name = secret.rpartition(":")[2].rpartition("-")[0] if secret.startswith("arn:") else secret
            meter.add("secret", name, "requests")
        return await call(method, path, headers, body, query)

    sns.handle_request, secrets.handle_request = handle_topic, handle_secret


def count_apis(meter: Meter, *apis: Any) -> None:
    """Count the requests of APIs and the bytes of their answers.

    Args:
        meter: Where to count.
        apis: The emulator's modules of HTTP and of REST APIs; both take the API's id first.
    """

    def metered(work: Work) -> Work:
        async def handle_execute(api_id: str, *arguments: Any, **more: Any) -> Any:
            answer = await work(api_id, *arguments, **more)
            meter.add("api", api_id, "requests")
            meter.add("api", api_id, "response-bytes", len(answer[2] or b""))
            return answer

        return handle_execute

    for api in apis:
        api.handle_execute = metered(api.handle_execute)
