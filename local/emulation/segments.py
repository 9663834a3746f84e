"""Sends the head and the body of a response together; the emulator's server sends two segments.

A client of AWS's Go SDK closes its request's body as soon as it has read the head of the response. Where it does so
before its own writer has read that body to its end, the writer ends the connection, and the rest of the response is
lost ("use of closed network connection"). AWS is too far away for that; on the loopback it lost one call in a hundred
of Pulumi's to KMS. A response that comes in one segment is read as a whole.

Source: aws/smithy-go, transport/http/client.go (`Handle` closes the body) and internal/io/safe.go (`WriteTo`); Go,
net/http/transfer.go (`writeBody`).
"""

from typing import Any


def send_together(protocol: Any, h11: Any, events: Any) -> None:
    """Let the head of a response wait for what follows it.

    Args:
        protocol: The server's module of HTTP/1.1.
        h11: The library in which it writes HTTP/1.1.
        events: The server's module of what goes over the connection.
    """

    async def send(self: Any, event: Any) -> None:
        try:
            data = self.connection.send(event)
        except h11.LocalProtocolError:
            if self.connection.their_state != h11.ERROR:
                raise
            return
        together = self.head + (data or b"")
        self.head = together if isinstance(event, h11.Response) else b""
        if together and not self.head:
            await self.send(events.RawData(data=together))

    protocol.H11Protocol.head = b""
    protocol.H11Protocol._send_h11_event = send  # noqa: SLF001  # it has no hook for this
