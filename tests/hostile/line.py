"""One connection: what was asked, and what a way writes with."""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from email.parser import BytesHeaderParser
from threading import Event

LONGEST_HEAD = 65_536


class Line:
    """One connection to one way of misbehaving. OSError, which a client that hangs up causes, ends a way quietly."""

    def __init__(self, sock: socket.socket, url: str, closing: Event, polls: int) -> None:
        self.sock, self.url, self.closing, self.polls = sock, url, closing, polls
        self.path = ""
        self.headers = Message()

    def hear(self) -> bool:
        """Read what is asked. False where nothing was."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
            received = self.sock.recv(LONGEST_HEAD)
            if not received:
                return False
            head += received
        request, _, headers = head.partition(b"\r\n")
        self.path = request.split(b" ")[1].decode("latin-1")
        self.headers = BytesHeaderParser().parsebytes(headers)
        return True

    def send(self, *pieces: bytes) -> None:
        self.sock.sendall(b"".join(pieces))

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """A whole answer; Content_Type="..." becomes Content-Type: ..."""
        said = {"Content_Length": str(len(body)), "Connection": "close"} | headers
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
        self.send(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("latin-1", "replace"), body)

    def redirect(self, location: str, status: int = 302) -> None:
        self.answer(status=status, Location=location)

    def drip(self, beginning: bytes, again: bytes, pause: float = 0.05) -> None:
        """Write something, and then a little more for ever, at this pace."""
        self.send(beginning)
        while not self.closing.wait(pause):
            self.send(again)

    def flood(self, beginning: bytes, again: bytes | Callable[[int], bytes]) -> None:
        """Write something, and then as much as the other side takes. again: in pieces of kilobytes, or their maker."""
        self.send(beginning)
        number = 0
        while not self.closing.is_set():
            self.send(again if isinstance(again, bytes) else again(number))
            number += 1

    def wait(self) -> None:
        """Say nothing more."""
        self.closing.wait()

    def reset(self) -> None:
        """Hang up with a reset instead of an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def end(self) -> None:
        with suppress(OSError):
            self.sock.close()
