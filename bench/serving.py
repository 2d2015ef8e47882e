"""All simulated outlets served by one process, on one port of 127.0.0.0/8, and the ledger of what they were asked.

    Plan + clock ─► answers: 200, 304, 404, 429, 503, 500, a redirect, silence, or none at all
               └──► Asked: outlet, path, when it came in, when it was answered, with what

The ledger is the truth against which a newswire is checked. Times are taken where a request is complete and where its
answer is handed to the system, so what another process was late does not count as ours.
"""

import asyncio
import json
import multiprocessing
import resource
import time
import urllib.request
from contextlib import suppress
from hashlib import sha256
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, Self

from bench.printing import feed_of, page_of, robots_of
from bench.simulated import Plan, Traits, Written

CONTROL = "control"
FEED, MOVED_FEED, ROBOTS = "/feed", "/news/feed", "/robots.txt"

HANGS_FOR = 600.0


class Asked(NamedTuple):
    """A request. began, ended: Unix seconds; moment: outlet time at which it was answered; status: 0 where
    it was not."""

    outlet: int
    path: str
    began: float
    ended: float
    status: int
    moment: float


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: tuple[str, ...] = ()
    after: float = 0.0


class Clock:
    """Outlet time: what was there to open with has its dates by `opened`; the hour begins when `begin` is called."""

    def __init__(self, factor: float) -> None:
        self.factor, self.opened, self.began = factor, time.time(), 0.0

    def moment(self) -> float:
        return (time.time() - self.began) * self.factor if self.began else 0.0

    def unix(self, moment: float) -> float:
        return (self.began if moment > 0 else self.opened) + moment / self.factor


class Serving:
    """Answers for all outlets of a plan."""

    def __init__(self, plan: Plan, clock: Clock, port: int = 0) -> None:
        self.plan, self.clock, self.port = plan, clock, port
        self.ledger: list[Asked] = []
        self.read_at: dict[int, float] = {}  # outlet -> moment at which its feed was last answered
        self._numbers = {traits.host: traits.number for traits in plan.outlets}
        self._articles = {(article.outlet, article.path): article for articles in plan.articles for article in articles}
        self._times: dict[tuple[int, str], int] = {}

    def answer(self, host: str, path: str, headers: dict[str, str]) -> tuple[int, Answer | None, float]:
        """(outlet, its answer or None where it says nothing, outlet time). Raises KeyError for a host that is none."""
        number, moment = self._numbers[host.partition(":")[0]], self.clock.moment()
        if self.plan.silent(number, moment):
            return number, None, moment
        traits = self.plan.outlets[number]
        answer = (path != ROBOTS and self._trouble(traits, path, moment)) or self._usual(traits, path, headers, moment)
        return number, answer._replace(after=answer.after or traits.slow), moment

    def note(self, asked: Asked) -> None:
        self.ledger.append(asked)
        if asked.path in {FEED, MOVED_FEED} and asked.status in {200, 304}:
            self.read_at[asked.outlet] = asked.moment

    def _trouble(self, traits: Traits, path: str, moment: float) -> Answer | None:
        for start, end in self.plan.pauses.get(traits.number, ()) if self.clock.began else ():
            if start <= moment < end:
                if traits.trouble == "429":
                    return Answer(429)
                return Answer(503, headers=(f"Retry-After: {max(1, round((end - moment) / self.clock.factor))}",))
        if traits.trouble == "moves" and path == FEED:
            return Answer(301, headers=(f"Location: http://{traits.host}:{self.port}{MOVED_FEED}",))
        if traits.trouble not in {"errors", "hangs"}:
            return None
        times = self._times[traits.number, path] = self._times.get((traits.number, path), 0) + 1
        if times % 2 == 0 or Random(f"{traits.number}{path}{times}").random() > 0.4:
            return None
        return Answer(500) if traits.trouble == "errors" else Answer(0, after=HANGS_FOR)

    def _usual(self, traits: Traits, path: str, headers: dict[str, str], moment: float) -> Answer:
        base = f"http://{traits.host}:{self.port}"
        if path == ROBOTS:
            return Answer(200, robots_of(traits).encode()) if traits.robots else Answer(404)
        if path in {FEED, MOVED_FEED}:
            there = self.plan.feed(traits.number, moment)
            each = [(article, article.version(moment), self.clock.unix(article.at)) for article in there]
            return _validated(traits, feed_of(base, traits, each), headers, "application/rss+xml")
        if path == "/":
            return Answer(200, b"<title>An outlet</title>", ("Content-Type: text/html",))
        article = self._articles.get((traits.number, path))
        if article is None or article.at > moment:
            return Answer(404)
        page = page_of(base, traits, article, article.version(moment), self.clock.unix(article.at))
        return _validated(traits, page, headers, "text/html; charset=utf-8")


def _validated(traits: Traits, body: bytes, headers: dict[str, str], kind: str) -> Answer:
    hashed = sha256(body).hexdigest()[:16]
    said: tuple[str, ...] = (f"Content-Type: {kind}",)
    if traits.validators == "etag":
        said += (f'ETag: "{hashed}"',)
        known = headers.get("if-none-match") == f'"{hashed}"'
    elif traits.validators == "modified":  # a date that stands for the bytes; a client sends it back as it is
        modified = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(int(hashed[:7], 16) * 4))
        said += (f"Last-Modified: {modified}",)
        known = headers.get("if-modified-since") == modified
    else:
        known = False
    return Answer(304, headers=said) if known else Answer(200, body, said)


class _Line(asyncio.Protocol):
    """One connection: one request after the other."""

    def __init__(self, serving: Serving) -> None:
        self._serving, self._buffer = serving, b""
        self._open: tuple[int, str, float, float] | None = None
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if b"\r\n\r\n" in self._buffer:
            began = time.time()
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._asked(head.decode("latin-1"), began)

    def connection_lost(self, _: Exception | None) -> None:
        if self._later:
            self._later.cancel()
        self._end(0)

    def _asked(self, head: str, began: float) -> None:
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if headers.get("host", "").startswith(CONTROL):
            self._send(Answer(200, _controlled(self._serving, path)))
            return
        number, answer, moment = self._serving.answer(headers["host"], path, headers)
        self._open = (number, path, began, moment)
        if answer is None:
            self._transport.abort()
        elif answer.after:
            self._later = asyncio.get_running_loop().call_later(answer.after, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        if not answer.status:
            self._transport.abort()
            return
        head = (f"HTTP/1.1 {answer.status} -", f"Content-Length: {len(answer.body)}", *answer.headers, "", "")
        self._end(answer.status)
        self._transport.write("\r\n".join(head).encode("latin-1") + answer.body)

    def _end(self, status: int) -> None:
        if self._open:
            number, path, began, moment = self._open
            self._serving.note(Asked(number, path, began, time.time(), status, moment))
            self._open = None


def _controlled(serving: Serving, path: str) -> bytes:
    if path == "/begin":
        serving.clock.began = time.time()
    if path == "/ledger":
        return json.dumps(serving.ledger).encode()
    used = resource.getrusage(resource.RUSAGE_SELF)
    state = {
        "opened": serving.clock.opened,
        "began": serving.clock.began,
        "requests": len(serving.ledger),
        "read_at": serving.read_at,
        "cpu": used.ru_utime + used.ru_stime,
    }
    return json.dumps(state).encode()


async def _serve(plan: Plan, factor: float, told: Any) -> None:
    serving = Serving(plan, Clock(factor))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(serving), "0.0.0.0", 0, backlog=4096)  # noqa: S104 — loopback asks
    serving.port = server.sockets[0].getsockname()[1]
    told.send(serving.port)
    await server.serve_forever()


def _run(plan: Plan, factor: float, told: Any) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(plan, factor, told))


class Press:
    """The outlets in a process of their own: `with Press(plan, factor) as press: press.begin()`."""

    def __init__(self, plan: Plan, factor: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._told, its = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=_run, args=(plan, factor, its), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._process.start()
        self.port = self._told.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.terminate()
        self._process.join(5)

    def begin(self) -> None:
        """The outlets' hour begins."""
        self._ask("/begin")

    def state(self) -> dict[str, Any]:
        """opened, began (Unix seconds), requests, read_at (outlet -> outlet time of its feed's last answer), cpu."""
        state: dict[str, Any] = self._ask("/state")
        return state | {"read_at": {int(number): moment for number, moment in state["read_at"].items()}}

    def ledger(self) -> list[Asked]:
        """Every request so far, in the order of the answers."""
        return [Asked(*asked) for asked in self._ask("/ledger")]

    def _ask(self, path: str) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": CONTROL})
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 — our own process
            return json.loads(answer.read())


def address(plan: Plan, article: Written, port: int) -> str:
    """The article's address."""
    return f"http://{plan.outlets[article.outlet].host}:{port}{article.path}"
