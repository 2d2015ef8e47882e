"""The server around the application: uvicorn on one socket, which ends every stream before it stops."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from ingest.api.live import Live

STOP_SECONDS = 2
"""For answers under way."""


class Server(uvicorn.Server):
    """`Server(app).serve_on(socket)` until SIGTERM or Ctrl-C, or until `stop`. ready: called once it answers."""

    def __init__(self, app: FastAPI, ready: Callable[[], None] = lambda: None) -> None:
        self._live: Live = app.state.live
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )

    def serve_on(self, listening: socket.socket) -> None:
        """Answer what comes in on this socket, which is closed at the end."""
        self.run([listening])

    def stop(self) -> None:
        """From another thread. Streams would go on for ever: they end first."""
        self._live.stop()
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C."""
        self._live.stop()
        super().handle_exit(sig, frame)
