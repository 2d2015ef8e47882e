"""Events to 200 listeners at once: how many a second, and how late, against a bare asyncio loop with the same bytes.

    python bench/events.py [--listeners 200] [--burst 300] [--beats 40]

A real server (its own process) over a real store: articles are committed, and 200 connections count what comes in. The
peer is another process: an asyncio server that is sent each event ready-made and writes it to every connection, with no
HTTP, no store and no place to resume from. Each is measured twice: with all events at once (deliveries a second;
ours writes those that wait for one listener together), and with twenty events a second (delay from the commit, by the
clock in the id of the entry, to the listener).
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from ingest.models import Article, to_json
from ingest.settings import load
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import config_folder
from tests.integration.making import article

EVENT = re.compile(rb"id: (\d+)-\d+\ndata: ")
WORDS = 400
"""An article of the usual length: its event is about three kilobytes."""

BEAT_SECONDS = 0.05

GOAL = 0.5
"""Of the bare loop's rate."""

SERVER = """
import socket, sys
from pathlib import Path
from ingest.api import create_app
from ingest.api.server import Server
from ingest.settings import load
from ingest.store import open_store
config, data, url = sys.argv[1:]
listening = socket.create_server(("127.0.0.1", 0), backlog=512)
app = create_app(load(Path(config), Path(data), {}), open_store(url))
Server(app, ready=lambda: print(listening.getsockname()[1], flush=True)).serve_on(listening)
"""

PEER = """
import asyncio, socket, sys

async def main():
    writers = []

    async def serve(reader, writer):
        if await reader.readline() != b"PUBLISH\\n":
            writers.append(writer)
            writer.write(b"id: 0\\n\\n")
            return
        while size := int(await reader.readline() or b"0"):
            event = await reader.readexactly(size)
            for each in writers:
                each.write(event)
            await asyncio.gather(*(each.drain() for each in writers))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512, limit=1_000_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()

asyncio.run(main())
"""


class Listeners:
    """Many connections, each of which reads until it has all."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port, self._request = port, request
        self.delays: list[float] = []
        self.count = 0

    async def open(self, how_many: int) -> None:
        """Connect, and wait until each has its place."""
        self._connections = [await asyncio.open_connection("127.0.0.1", self._port) for _ in range(how_many)]
        for _, writer in self._connections:
            writer.write(self._request)
        self._rests = await asyncio.gather(*(reader.readuntil(b"id: 0\n\n") for reader, _ in self._connections))
        await asyncio.sleep(1.0)  # until each of them is with the shared reader

    async def read(self, events: int) -> None:
        """Until every listener has so many more."""
        await asyncio.gather(*(self._count(reader, events) for reader, _ in self._connections))

    async def _count(self, reader: asyncio.StreamReader, events: int) -> None:
        seen, rest = 0, b""
        while seen < events:
            chunk = rest + await reader.read(1_000_000)
            now, last = time.time() * 1000, 0
            for match in EVENT.finditer(chunk):
                self.delays.append(now - int(match[1]))
                seen, last = seen + 1, match.end()
            rest = chunk[max(last, len(chunk) - 40) :]
        self.count += seen

    def close(self) -> None:
        for _, writer in self._connections:
            writer.close()


Publish = Callable[[int], Awaitable[None]]


async def measure(listeners: Listeners, how_many: int, publish: Publish, burst: int, beats: int) -> tuple[float, ...]:
    """Deliveries a second in a burst, then median and 99th percentile of the delay at a steady rate, in ms."""
    await listeners.open(how_many)
    began = time.perf_counter()
    reading = asyncio.ensure_future(listeners.read(burst))
    for number in range(burst):
        await publish(number)
    await reading
    rate = listeners.count / (time.perf_counter() - began)
    listeners.delays.clear()
    reading = asyncio.ensure_future(listeners.read(beats))
    for number in range(burst, burst + beats):
        await publish(number)
        await asyncio.sleep(BEAT_SECONDS)
    await reading
    listeners.close()
    delays = sorted(listeners.delays)
    return rate, statistics.median(delays), delays[int(len(delays) * 0.99)]


def one(number: int) -> Article:
    return article(f"https://outlet.example/{number}", "Some words of an article that is counted. " * (WORDS // 8))


async def through_http(folder: Path, options: argparse.Namespace) -> tuple[float, ...]:
    config = config_folder(folder / "config", "http://127.0.0.1:9")
    with EmbeddedServer(folder / "data", 0) as server:
        store = open_store(server.url, "teletipo:", load(config).retention)
        with subprocess.Popen(
            [sys.executable, "-c", SERVER, str(config), str(folder / "data"), server.url], stdout=subprocess.PIPE
        ) as process:
            try:
                assert process.stdout
                port = int(process.stdout.readline())
                listeners = Listeners(port, b"GET /queues/all/events HTTP/1.1\r\nHost: localhost\r\n\r\n")

                async def publish(number: int) -> None:
                    await asyncio.to_thread(_publish, store, one(number))

                return await measure(listeners, options.listeners, publish, options.burst, options.beats)
            finally:
                process.terminate()


def _publish(store: Store, made: Article) -> None:
    """What a commit writes of it, in one round trip."""
    with store._redis.pipeline() as pipeline:
        pipeline.set(store.keys.article(made.id), to_json(made))
        pipeline.xadd(
            store.keys.queue("all"),
            {"id": made.id, "revision": 1, "event": "created", "source": made.source, "url": made.url,
             "title": made.title, "language": "", "published": ""},
        )  # fmt: skip
        pipeline.execute()


async def through_bare_loop(options: argparse.Namespace) -> tuple[float, ...]:
    with subprocess.Popen([sys.executable, "-c", PEER], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"PUBLISH\n")

            async def publish(number: int) -> None:
                entry = f"{time.time() * 1000:.0f}-0"
                head = f'id: {entry}\ndata: {{"entry":"{entry}","event":"created","article":'
                event = head.encode() + to_json(one(number)) + b"}\n\n"
                writer.write(b"%d\n%b" % (len(event), event))
                await writer.drain()

            try:
                return await measure(
                    Listeners(port, b"LISTEN\n"), options.listeners, publish, options.burst, options.beats
                )
            finally:
                writer.close()
        finally:
            process.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--burst", type=int, default=300)
    parser.add_argument("--beats", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(through_http(Path(folder), options))
    bare = asyncio.run(through_bare_loop(options))
    print(f"{options.listeners} listeners, events of {len(to_json(one(0))):,} bytes")
    print(f"{'':22}{'deliveries/s':>14}{'delay, median':>16}{'99 %':>10}")
    for name, (rate, median, late) in (("/queues/all/events", ours), ("bare asyncio loop", bare)):
        print(f"{name:22}{rate:14,.0f}{median:13.0f} ms{late:7.0f} ms")
    print(f"{'ratio':22}{ours[0] / bare[0]:14.2f}   goal: at least {GOAL}")
    return 0 if ours[0] / bare[0] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
