"""What queues cost: one pass over 1, 100 and 10,000 filters, and the commit of an article that some of them take.

    python bench/filters.py

Each queue has a filter of its own: a source, a phrase, an author or a keyword. The pass is beside its naive peer, which
asks each queue in turn, in the same run; both must name the same queues.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ingest.deliver import Filter, Filters
from ingest.models import Article, Entry, Extraction, article_id
from ingest.settings import QueueSettings
from ingest.store import Claim, EmbeddedServer, Lease, Store, open_store

SIZES = (1, 100, 10_000)
TAKEN = (1, 10, 100, 1_000)
"""Queues that take the article, for the commit's cost."""

WORDS = [first + middle + last for first in "bdflmnprst" for middle in "aeiou" for last in ("r", "st", "n", "lo", "me")]


def article(number: int) -> Article:
    """An article of 600 words."""
    choose = random.Random(number)
    url = f"https://outlet{number % 50}.example/{number}"
    now = datetime.now(UTC)
    return Article(
        id=article_id(url),
        revision=1,
        url=url,
        source=f"outlet{number % 50}",
        title=" ".join(choose.choices(WORDS, k=8)),
        text="\n\n".join(" ".join(choose.choices(WORDS, k=60)) for _ in range(10)),
        authors=(f"Author {number % 30}",),
        keywords=tuple(choose.choices(WORDS, k=4)),
        language=choose.choice(("en", "es", "pt")),
        words=608,
        fetched=now,
        sorted=now,
        extraction=Extraction(method="bench"),
    )


def queues(count: int) -> dict[str, QueueSettings]:
    """So many queues, each with a filter of its own."""
    choose = random.Random(count)
    return {f"queue{number}": _filter(choose, number) for number in range(count)}


def _filter(choose: random.Random, number: int) -> QueueSettings:
    language = (choose.choice(("en", "es", "pt")),)
    if number % 4 == 0:
        return QueueSettings(source=(f"outlet{number}",), language=language)
    if number % 4 == 1:
        return QueueSettings(words=(" ".join(choose.choices(WORDS, k=2)), f"{choose.choice(WORDS)}x*"))
    if number % 4 == 2:
        return QueueSettings(authors=(f"Author {number}",), language=language)
    return QueueSettings(keywords=(f"{choose.choice(WORDS)} {choose.choice(WORDS)}",), language=language)


def milliseconds(call: Callable[[Article], object], articles: list[Article]) -> float:
    """CPU per article."""
    start = time.process_time()
    for each in articles:
        call(each)
    return 1000 * (time.process_time() - start) / len(articles)


def leased(store: Store, article: Article) -> Lease:
    """The lease under which the article may be committed."""
    entry = Entry(url=article.url)
    store.claim([Claim(entry, article.source, "bench", 0.0, "process")])
    waiting = store.waiting(f"entry:{entry.id}")
    lease = waiting and store.start(waiting[0], 60)
    assert lease
    return lease


def passes() -> None:
    """The pass and its peer."""
    print(f"{'queues':>8}{'one pass':>12}{'each in turn':>14}{'ratio':>9}   CPU per article")
    for count in SIZES:
        wanted = queues(count)
        compiled, single = Filters(wanted), {name: Filter(queue) for name, queue in wanted.items()}

        def in_turn(each: Article, filters: dict[str, Filter] = single) -> list[str]:
            return [name for name, one in filters.items() if one.takes(each)]

        few, many = [article(number) for number in range(3)], [article(number) for number in range(200)]
        for each in few:
            assert compiled.queues_for(each) == in_turn(each)
        ours, naive = milliseconds(compiled.queues_for, many), milliseconds(in_turn, few)
        print(f"{count:8,}{ours:9.3f} ms{naive:11.3f} ms{ours / naive:9.3f}")


def commits() -> None:
    """What the queues that take an article add to its commit."""
    print(f"\n{'taken by':>8}{'commit':>12}   wall, store included")
    number = 0
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as server:
        store = open_store(server.url)
        for count in TAKEN:
            names, spent = [f"queue{place}" for place in range(count)], 0.0
            for _ in range(20):
                number += 1
                each = article(number)
                lease = leased(store, each)
                start = time.perf_counter()
                assert store.commit(lease, each, names).outcome == "created"
                spent += time.perf_counter() - start
            print(f"{count:8,}{1000 * spent / 20:9.3f} ms")


def main() -> int:
    passes()
    commits()
    return 0


if __name__ == "__main__":
    sys.exit(main())
