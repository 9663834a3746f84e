"""The pack as a process: it serves the engine, which starts it, waits for it and ends it."""

import signal
import sys
from concurrent import futures
from typing import Any, Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from serverless_guard.analyzer import Analyzer
from serverless_guard.pack_files import Pack

LARGEST_MESSAGE: Final = 400 * 1024 * 1024
"""Bytes; the limit that Pulumi's own SDKs set."""


class Declining(grpc.ServerInterceptor):  # pyright: ignore[reportMissingTypeArgument]  it takes none when it runs
    """Says that there is no `Remediate` while no rule is to be remediated.

    The engine asks for each resource, and takes this answer for "nothing to mend" (sdk/go/common/resource/plugin,
    analyzer_plugin.go). It costs less than half of an empty one, for which another thread would decode the resource.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Give the handler of a call, None for one that is declined."""
        if handler_call_details.method.endswith("/Remediate") and not self._analyzer.remediating:
            return None
        return continuation(handler_call_details)


def serve(pack: Pack) -> None:
    """Serve the engine on a free port, which is written to standard output, until it interrupts or ends us."""
    limits = [("grpc.max_receive_message_length", LARGEST_MESSAGE)]
    pool = futures.ThreadPoolExecutor(max_workers=4)
    analyzer = Analyzer(pack)
    server = grpc.server(pool, options=limits, interceptors=[Declining(analyzer)])  # pyright: ignore[reportUnknownMemberType]  the stubs leave it open
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        # There is nothing to tidy up, and Python's own way out takes 0.1 s, for which the engine waits.
        signal.signal(number, signal.SIG_DFL)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
