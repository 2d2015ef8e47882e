"""One reader of the queues for all who listen.

    store ─► reader (a thread, one XREAD over every queue that somebody listens to) ─► event loop ─► listeners

An event is read and encoded once, however many listen. Each stream begins with what the queue already has after the
listener's place, then goes on with what arrives. A listener that takes its events too slowly is dropped by the shared
reader and reads the queue at its own pace until it has caught up: nobody waits for it, and it misses nothing.

A listener's last entry is its place, and it comes back with it (Last-Event-ID), to any api process. What retention
dropped meanwhile is an event of its own, `gap`.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from anyio import CapacityLimiter, to_thread

from ingest.store import STORE_DOWN, QueueEntry, Store

HEARTBEAT_SECONDS = 15.0
"""Of silence, before a comment shows that the connection lives; proxies cut what is silent for a minute."""

MOST_WAITING = 500
"""Events that may wait for one listener; those who wait share the bytes of an event."""

MOST_LISTENERS = 1_000

_RETRY_MS = 2_000
_BATCH = 100
_WAIT_SECONDS = 0.5
"""For one read; a queue that nobody listened to before joins the next one."""

_AWAY_SECONDS = 1.0
_PATIENCE = 10.0
"""For the event loop, which is ending when it takes longer."""

_READERS = 4
"""Threads that read for those who catch up; the other routes keep theirs."""

_log = logging.getLogger("teletipo.api")

T = TypeVar("T")


class Event(NamedTuple):
    """One entry as it is sent. data: empty where the article is gone."""

    place: tuple[int, int]
    data: bytes


class Listener:
    """Who listens to one queue. overrun: it was too slow, and is no longer handed anything."""

    def __init__(self) -> None:
        self.overrun = False
        self._waiting: deque[Event] = deque()
        self._wake = asyncio.Event()

    def put(self, events: Sequence[Event]) -> None:
        """More to send; too many, and all of it is dropped, to be read from the queue again."""
        if len(self._waiting) + len(events) > MOST_WAITING:
            self.overrun = True
            self._waiting.clear()
        if not self.overrun:
            self._waiting.extend(events)
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    async def take(self) -> list[Event]:
        """What waits, or nothing after a heartbeat's time."""
        if not self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._wake.wait()
        self._wake.clear()
        events = list(self._waiting)
        self._waiting.clear()
        return events


class Live:
    """Started and stopped with the application; everything but the reader runs on its event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[str, set[Listener]] = {}
        self._places: dict[str, str] = {}
        self._listened_to, self._handed_out = threading.Event(), threading.Event()
        self._stopping = False

    def start(self) -> None:
        """To be called on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._readers = CapacityLimiter(_READERS)
        threading.Thread(target=self._read, name="live", daemon=True).start()

    def stop(self) -> None:
        """End every stream; from any thread, or from a signal."""
        self._stopping = True
        self._listened_to.set()
        self._handed_out.set()
        self._loop.call_soon_threadsafe(self._wake_all)

    @property
    def listening(self) -> int:
        """How many listen."""
        return sum(map(len, self._listeners.values()))

    async def stream(self, queue: str, after: str) -> AsyncIterator[bytes]:
        """The queue's events after the stream id, as Server-Sent Events, for ever."""
        yield b"retry: %d\n\n" % _RETRY_MS
        last = await self._patiently(self._store.last_entry, queue) if after == "$" else after
        yield b"id: %b\n\n" % last.encode()  # whoever comes back before the first event still has a place
        while not self._stopping:
            if gap := await self._patiently(self._gap, queue, last):
                yield gap
            listener = await self._join(queue)
            try:
                while events := await self._patiently(self._backlog, queue, last):
                    last = _id(events[-1].place)
                    yield b"".join(event.data for event in events)
                while not (self._stopping or listener.overrun):
                    place = _place(last)
                    events = [event for event in await listener.take() if event.place > place]
                    if events:
                        last = _id(events[-1].place)
                    yield b"".join(event.data for event in events) or b": all is well\n\n"
            finally:
                self._leave(queue, listener)

    # ── listeners, on the event loop ──

    async def _join(self, queue: str) -> Listener:
        """From here on the listener is handed every entry that is written."""
        newest = await self._patiently(self._store.last_entry, queue)
        listener = Listener()
        self._places.setdefault(queue, newest)
        self._listeners.setdefault(queue, set()).add(listener)
        self._listened_to.set()
        return listener

    def _leave(self, queue: str, listener: Listener) -> None:
        self._listeners[queue].discard(listener)
        if not self._listeners[queue]:
            del self._listeners[queue], self._places[queue]

    def _hand_out(self, found: dict[str, list[Event]]) -> None:
        for queue, events in found.items():
            if queue not in self._places:  # the last listener left while this was read
                continue
            place = _place(self._places[queue])
            fresh = [event for event in events if event.place > place]
            if fresh:
                self._places[queue] = _id(fresh[-1].place)
            for listener in self._listeners[queue]:
                listener.put(fresh)
        self._handed_out.set()

    def _wake_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()

    async def _patiently(self, ask: Callable[..., T], *arguments: str) -> T:
        """Ask the store in a thread, again and again while it is away."""
        while True:
            try:
                return await to_thread.run_sync(ask, *arguments, limiter=self._readers)
            except STORE_DOWN as error:
                _log.warning("waiting for the store: %s", error)
                await asyncio.sleep(_AWAY_SECONDS)

    # ── reading, in threads ──

    def _read(self) -> None:
        while not self._stopping:
            places = dict(self._places)
            if not places:
                self._listened_to.wait(1.0)
                self._listened_to.clear()
                continue
            try:
                found = self._store.read_queues(places, _BATCH, _WAIT_SECONDS)
                events = {queue: self._events(entries) for queue, entries in found.items()}
            except Exception as error:
                _log.warning("waiting for the store: %s", error)
                time.sleep(_AWAY_SECONDS)
                continue
            self._handed_out.clear()
            with suppress(RuntimeError):  # the loop is closed: the process ends
                self._loop.call_soon_threadsafe(self._hand_out, events)
                self._handed_out.wait(_PATIENCE)

    def _backlog(self, queue: str, after: str) -> list[Event]:
        return self._events(self._store.read_queue(queue, after, _BATCH))

    def _events(self, entries: Sequence[QueueEntry]) -> list[Event]:
        articles = self._store.article_texts([entry.id for entry in entries])
        return [_event(entry, article) for entry, article in zip(entries, articles, strict=True)]

    def _gap(self, queue: str, after: str) -> bytes:
        """An event that says between which entries some were dropped unread, where that may be."""
        state = self._store.queue_states([queue])[0]
        if after == "0" or not state.dropped or _place(state.first) <= _place(after):
            return b""
        return b'event: gap\ndata: {"after":"%b","until":"%b"}\n\n' % (after.encode(), state.first.encode())


def _event(entry: QueueEntry, article: bytes) -> Event:
    head = f'id: {entry.entry}\ndata: {{"entry":"{entry.entry}","event":"{entry.event}","article":'
    return Event(_place(entry.entry), article and b"%b%b}\n\n" % (head.encode(), article))


def _place(entry: str) -> tuple[int, int]:
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number or 0)


def _id(place: tuple[int, int]) -> str:
    return f"{place[0]}-{place[1]}"
