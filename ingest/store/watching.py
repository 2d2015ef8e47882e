"""The watch over published articles: what the next look at a page needs, and what became of a look."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, cast
from urllib.parse import urlsplit

from ingest.models import Article, Page, Record, Validators, article_from_json, to_json
from ingest.settings import QueueSettings
from ingest.store.base import days_ms, ms, today
from ingest.store.entries import text, told
from ingest.store.life import MOST_ERROR, short
from ingest.store.pages import pack_page
from ingest.store.work import Lease, Work

Retraction = Literal["retracted", "conflict"]


_UNKNOWN = Validators()


class Watched(Record, frozen=True, kw_only=True):
    """An address that is watched. since: ms at which its page was first kept; now: ms by the same clock; gone: looks in
    a row that found no page; step, outcome: of its entry; article: what it published, while the text is kept."""

    url: str = ""
    since: int = 0
    now: int = 0
    gone: int = 0
    step: str = ""
    outcome: str = ""
    validators: Validators = Validators()
    article: Article | None = None


class Looks(NamedTuple):
    """How many looks stand in `due`, and how many of them are due."""

    planned: int
    due: int


class Watching(Work):
    """Looks at pages: `due:watch` and what a look does to it."""

    def watched(self, lease: Lease) -> Watched:
        """What it takes to make this look; of an address that is forgotten nothing is known but its id."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hgetall(self.keys.watch(lease.id))
            pipeline.hgetall(self.keys.entry(lease.id))
            pipeline.time()
            watch, entry, (seconds, micros) = pipeline.execute()
        look, record = text(watch), text(entry)
        article = self._owned(lease.id, record)
        return Watched(
            url=record.get("url", ""),
            since=int(look.get("since", 0)),
            now=int(seconds) * 1000 + int(micros) // 1000,
            gone=int(look.get("gone", 0)),
            step=record.get("step", ""),
            outcome=record.get("outcome", ""),
            validators=Validators(**{name: look.get(name, "") for name in Validators.__struct_fields__}),
            article=article,
        )

    def _owned(self, entry_id: str, record: dict[str, str]) -> Article | None:
        """The article that this entry may revise, while its text is kept; for any other entry of it, None."""
        if not (known := record.get("article")):
            return None
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hget(self.keys.identity(known), "owner")
            pipeline.get(self.keys.article(known))
            owner, kept = pipeline.execute()
        return article_from_json(kept) if kept and owner == entry_id.encode() else None

    def take_slot(self, lease: Lease, url: str, delay: float, *, busy: bool = False) -> bool:
        """Take the slot of the URL's host, for a look or a step into the past, which have it only where it is free at
        this moment; False where it is not, and the work is back in `due` until then, uncounted. delay: seconds between
        two pages of the host; busy: one of them is on its way. Raises LeaseLost."""
        host = urlsplit(url).netloc
        keys = [
            self.keys.due(lease.queue),
            self.keys.record(lease.member),
            self.keys.host(host),
            self.keys.pause(host),
            self.keys.look(host),
            self.keys.pace(host),
            self.keys.turn(host),
        ]
        held, waits = self._run("take_slot", keys, [lease.member, lease.token, ms(delay), int(busy)])
        self._held(held)
        return not waits

    def look_later(self, lease: Lease, seconds: float, *, made: bool, error: str = "") -> None:
        """The look is made in `seconds`. made: an attempt was, and got no answer about the page, which is counted and
        ends a row of answers that it is gone. Raises LeaseLost."""
        if made:
            said = f"looked again in {seconds:.0f} s: {short(error, MOST_ERROR)}"
            self._reschedule(lease, seconds, "0", {"gone": 0}, said)
        else:
            self._reschedule(lease, seconds, "-1", {})

    def end_look(
        self,
        lease: Lease,
        wait: float | None,
        said: str,
        *,
        gone: int = 0,
        page: Page | None = None,
        validators: Validators = _UNKNOWN,
    ) -> bool:
        """The look was made; the next one is in `wait` seconds, None for never. said: what was found, for its life,
        if anything. page: it has changed, and is handed over to be processed, unless the entry is at work already.
        Returns whether it was. Raises LeaseLost."""
        keys = [
            self.keys.due("watch"),
            self.keys.watch(lease.id),
            self.keys.entry(lease.id),
            self.keys.said(lease.id),
            self.keys.page(lease.id),
            self.keys.due("process"),
            self.keys.life(lease.id),
        ]
        arguments: list[str | bytes | int] = [
            lease.member,
            lease.token,
            f"entry:{lease.id}",
            _wait_ms(wait),
            gone,
            pack_page(page),
            days_ms(self._retention.page_days),
            validators.etag,
            validators.last_modified,
            validators.body_hash,
            f"looked {short(said, MOST_ERROR)}" if said else "",
        ]
        held, handed = self._run("end_look", keys, arguments)
        self._held(held)
        return bool(handed)

    def calm(self, article_id: str) -> None:
        """The article's page was found as it was, which ends a row of changes (see commit.lua)."""
        self._redis.hdel(self.keys.identity(article_id), "changes")

    def retract(
        self,
        lease: Lease,
        article: Article,
        queues: Sequence[str],
        rules: Mapping[str, QueueSettings],
        wait: float | None,
    ) -> Retraction:
        """Publish this revision of the article, in which `retracted` is set, to the queues, once; the next look is in
        `wait` seconds. "conflict": it was revised since it was read, or is no longer kept. Raises LeaseLost."""
        keys = [
            self.keys.due("watch"),
            self.keys.watch(lease.id),
            self.keys.entry(lease.id),
            self.keys.article(article.id),
            self.keys.identity(article.id),
            self.keys.revised,
            self.keys.revisions(article.id),
            self.keys.day(article.source, today()),
            self.keys.life(lease.id),
            self.keys.due("process"),
            *(self.keys.queue(name) for name in queues),
        ]
        arguments: list[str | bytes | int] = [
            lease.member,
            lease.token,
            _wait_ms(wait),
            article.id,
            article.revision,
            to_json(article),
            self._retention.revisions,
            *told(article),
            f"entry:{lease.id}",
            *(self.kept_entries(rules.get(name)) for name in queues),
        ]
        outcome = self._run("retract", keys, arguments).decode()
        self._held(outcome != "lost")
        return cast("Retraction", outcome)

    def owned(self, lease: Lease) -> str:
        """The id of the article that this entry may revise (see commit.lua); empty where there is none."""
        return (self._redis.hget(self.keys.entry(lease.id), "owns") or b"").decode()

    def stay_published(self, lease: Lease, reason: str) -> bool:
        """Where a look had this entry processed again, and nothing came of it: its article stays as it is. Returns
        whether it was so. Raises LeaseLost."""
        keys = [self.keys.due("process"), self.keys.entry(lease.id), self.keys.life(lease.id)]
        kept = days_ms(self._retention.entry_days)
        answer = self._run("stay_published", keys, [lease.member, lease.token, kept, short(reason, MOST_ERROR)])
        self._held(answer)
        return int(answer) > 0

    def looks(self) -> Looks:
        """How many looks are planned, and how many of them are due."""
        due = self.keys.due("watch")
        return Looks(int(self._redis.zcard(due)), int(self._redis.zcount(due, "-inf", self.now_ms())))


def _wait_ms(wait: float | None) -> int | str:
    return "" if wait is None else ms(wait)
