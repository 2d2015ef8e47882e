"""Webhook deliveries a second to a fast receiver, beside a bare loop of requests.Session over the same bodies.

    python bench/webhooks.py [--articles 2000]

One webhook with all that belongs to it (a real store, the group's place, acknowledgements, signatures, the address
guard, a deadline for each POST) against the loop that one would write first: session.post, check the status, next. The
receiver is a process of its own that reads each request to its end and answers 204 at once. One webhook sends one
delivery at a time, so over a network its rate is one per round trip: that is what order costs.
"""

import argparse
import multiprocessing
import socket
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

import requests

from ingest.deliver import Sender, Subscription, group_of, new_secret
from ingest.deliver.signature import signed
from ingest.deliver.webhooks import body_of, message_id
from ingest.fetch import Fetcher
from ingest.models import Article
from ingest.settings import FetchSettings, QueueSettings, Settings, WebhookSettings
from ingest.store import EmbeddedServer, Store, open_store
from tests.integration.making import article, text, to_process

ROUNDS = 3
GOAL = 0.5


def receive(line: Any) -> None:
    """A process: one thread per connection, 204 to each request."""
    server = socket.create_server(("127.0.0.1", 0))
    line.send(server.getsockname()[1])
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as lines:
        while lines.readline():
            length = 0
            while (header := lines.readline()) not in {b"\r\n", b""}:
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            lines.read(length)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


def settings_for(url: str) -> Settings:
    webhook = WebhookSettings(queue="all", url=url, secret=new_secret(), start="0")
    return Settings(
        config=Path(),
        data=Path(),
        fetch=FetchSettings(allow_addresses=("127.0.0.0/8",)),
        queues={"all": QueueSettings()},
        webhooks={f"round-{number}": webhook for number in range(ROUNDS)},
    )


def ours(store: Store, settings: Settings, name: str, count: int) -> float:
    """Deliveries a second of one webhook, from its start until all is acknowledged."""
    fetcher = Fetcher(settings.fetch)
    sender = Sender(name, settings, store, fetcher)
    thread = threading.Thread(target=sender.serve)
    began = time.perf_counter()
    thread.start()
    while not done(store, name):
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    sender.stop()
    thread.join()
    fetcher.close()
    return count / seconds


def done(store: Store, name: str) -> bool:
    groups = [group for group in store.groups("all") if group.name == group_of(name)]
    return bool(groups) and groups[0].lag == groups[0].in_hand == groups[0].later == 0


def theirs(url: str, bodies: list[tuple[str, bytes]], key: bytes) -> float:
    """Deliveries a second of the bare loop."""
    began = time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False
        for message, body in bodies:
            headers = {"Content-Type": "application/json", **signed([key], message, int(time.time()), body)}
            session.post(url, data=body, headers=headers, timeout=15).raise_for_status()
    return len(bodies) / (time.perf_counter() - began)


def publish(store: Store, count: int) -> list[Article]:
    articles = [article(f"https://outlet.example/{number}", text(number, 300)) for number in range(count)]
    for each in articles:
        store.commit(to_process(store, each.url), each, ["all"])
    return articles


def bodies_of(store: Store, count: int) -> list[tuple[str, bytes]]:
    deliveries = Subscription(store, "all", "bodies", batch=count).take()
    return [(message_id(each.article.id, each.revision), body_of(each)) for each in deliveries]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    count = parser.parse_args().articles
    here, there = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("fork").Process(target=receive, args=(there,), daemon=True)
    receiver.start()
    url = f"http://127.0.0.1:{here.recv()}/"
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as server:
        store, settings = open_store(server.url), settings_for(url)
        publish(store, count)
        bodies = bodies_of(store, count)
        key = settings.webhook_keys("round-0")[0]
        pairs = [(ours(store, settings, name, count), theirs(url, bodies, key)) for name in settings.webhooks]
        store.close()
    receiver.terminate()
    size = sum(len(body) for _, body in bodies) / len(bodies) / 1000
    for a, b in pairs:
        print(f"webhook {a:6.0f} deliveries/s   bare loop {b:6.0f} /s   ratio {a / b:.2f}")
    ratio = median(a / b for a, b in pairs)
    print(f"median ratio {ratio:.2f} (goal {GOAL:g}), bodies of {size:.1f} kB, {count} in each round")


if __name__ == "__main__":
    main()
