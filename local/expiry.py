"""Runs the emulator in such a way that what a table's TTL deletes is in the table's stream, as it is at AWS.

The emulator's own reaper deletes expired items without a trace in the stream, once a minute. Here the deletion leaves
the record that AWS leaves, which names DynamoDB as who has deleted, and comes within `SECONDS`; AWS takes up to days.

The emulator's interpreter runs this file; nothing else imports it.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

import runpy
import threading
import time
from importlib import import_module
from types import SimpleNamespace
from typing import Any

SECONDS = 5
"""Between two looks at the tables: often enough to watch, and seldom enough to cost nothing."""

REAPER = "dynamodb-ttl-reaper"
"""The name of the emulator's own thread, by which a deletion by TTL is told from any other."""


def _by_ttl() -> bool:
    return threading.current_thread().name == REAPER


def leave_records(dynamodb: Any, arns: Any, responses: Any) -> None:
    """Make deletions by TTL leave records in streams, and have them done every few seconds.

    Args:
        dynamodb: The emulator's module of the service.
        arns: That of ARNs.
        responses: That which knows whose request is being answered.
    """
    remove, change_record = dynamodb._remove_item, dynamodb._build_change_record  # noqa: SLF001  # it has no hook for this

    def remove_item(table: Any, partition: str, sort: str) -> Any:
        removed = remove(table, partition, sort)
        if removed is not None and _by_ttl():
            arn = arns.parse_arn(table["TableArn"])
            with responses.request_scope(arn.account_id, arn.region):
                dynamodb._emit_stream_event(table["TableName"], "REMOVE", removed, None)  # noqa: SLF001  # as above
        return removed

    def build_change_record(*arguments: Any) -> Any:
        record = change_record(*arguments)
        if _by_ttl():
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return record

    def sleep(seconds: float) -> None:
        time.sleep(SECONDS if _by_ttl() else seconds)

    dynamodb._remove_item, dynamodb._build_change_record = remove_item, build_change_record  # noqa: SLF001  # as above
    dynamodb.time = SimpleNamespace(**{**vars(time), "sleep": sleep})
    # The reaper that the import has started sleeps for its minute first; this one does the same work from now on.
    threading.Thread(target=dynamodb._ttl_reaper, name=REAPER, daemon=True).start()  # noqa: SLF001  # as above


if __name__ == "__main__":
    leave_records(
        *map(import_module, ("ministack.services.dynamodb", "ministack.core.arn", "ministack.core.responses"))
    )
    runpy.run_module("ministack", run_name="__main__")
