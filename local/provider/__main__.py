"""Serves the engine that started this process: prints the port, then answers until it is told to stop."""

import os
import signal
import sys
import threading
from types import FrameType

from local.provider.aws import endpoint
from local.provider.interface import ProviderError
from local.provider.protocol import Server, Servicer
from local.provider.provider import AwsProvider

_GRACE_SECONDS = 1.0
_PARENT_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve until the engine cancels or is gone, or a signal comes."""
    try:
        endpoint()
    except ProviderError as error:
        sys.exit(f"error: {error}")
    engine = os.getppid()
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    server = Server(Servicer(AwsProvider(), stopped.set))
    print(server.port, flush=True)
    while not stopped.wait(_PARENT_CHECK_SECONDS) and os.getppid() == engine:
        pass
    server.stop(_GRACE_SECONDS)
    os._exit(0)  # A call to AWS that still waits must not keep the engine waiting.


if __name__ == "__main__":
    main()
