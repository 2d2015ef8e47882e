"""The server around the application: uvicorn on one address, which ends every stream before it stops."""

from types import FrameType

import uvicorn
from fastapi import FastAPI

from ingest.api.live import Live

STOP_SECONDS = 2
"""For answers under way."""


class Server(uvicorn.Server):
    """`Server(app, host, port).run()` until SIGTERM or Ctrl-C, or until `should_exit` is set and `stop` called."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._live: Live = app.state.live
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )

    def stop(self) -> None:
        """Streams would go on for ever: they end first."""
        self._live.stop()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C."""
        self._live.stop()
        super().handle_exit(sig, frame)
