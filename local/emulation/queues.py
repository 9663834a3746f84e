"""Loses no message between threads, and hands messages out in the same time however many wait.

The emulator alone has a queue's list replaced by one thread while another adds to it, and looks at each message that
waits whenever it hands some out. Messages are handed out in the order in which they came, so that what was handed out
before lies before what was not: it is enough to look that far, and at as many more as are handed out at once.
"""

import threading
import time
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

BATCH = 10

type Work = Callable[..., Any]


def one_at_a_time_and_no_further_than_needed(sqs: Any) -> None:
    """Make the emulator's queues safe and quick.

    Args:
        sqs: The emulator's module of the service.
    """
    lock = sqs._queues_lock = threading.RLock()  # noqa: SLF001  # it has no hook for this

    def alone(work: Work) -> Work:
        def locked(*arguments: Any) -> Any:
            with lock:
                return work(*arguments)

        return locked

    def on_the_beginning(work: Work) -> Work:
        def limited(queue: dict[str, Any], *arguments: Any) -> Any:
            messages = queue["messages"]
            end = len(messages) if queue["is_fifo"] else _end_of_beginning(messages)
            queue["messages"] = messages[:end]
            try:
                return work(queue, *arguments)
            finally:
                queue["messages"] += messages[end:]

        return limited

    for name in ("_expire_retained", "_dlq_sweep", "_collect_msgs"):
        setattr(sqs, name, alone(on_the_beginning(getattr(sqs, name))))
    sqs._act_send_message = alone(sqs._act_send_message)  # noqa: SLF001  # as above
    # Receiving waits between its steps, which are locked above.
    sqs._HANDLERS = {  # noqa: SLF001  # as above
        action: work if iscoroutinefunction(work) else alone(work)
        for action, work in sqs._HANDLERS.items()  # noqa: SLF001  # as above
    }


def _end_of_beginning(messages: list[Any]) -> int:
    now, untouched = time.time(), 0
    for number, message in enumerate(messages):
        untouched += message["receive_count"] == 0 and message["visible_at"] <= now
        if untouched == BATCH:
            return number + 1
    return len(messages)
