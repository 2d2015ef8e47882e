"""Where an address stands now. Pure."""

from datetime import datetime
from typing import NamedTuple

from ingest.models import Article
from ingest.store import EntryState, Happened, Identity
from ingest.why.records import Stands
from ingest.why.steps import plain

UNKNOWN = Stands(what="unknown", words="nobody heard of this address")
_DOING = {"fetch": ("to be fetched", "fetched"), "process": ("to be processed", "processed")}


class Waiting(NamedTuple):
    """A place in `due`: which one, and when it is due."""

    queue: str
    until: datetime


def stands(
    state: EntryState | None,
    last: Happened | None,
    waiting: Waiting | None,
    look: Waiting | None,
    dead: bool,
    article: Article | None,
    identity: Identity,
) -> Stands:
    """last: what happened to it last; look: the next one at its page. article, identity: of what it led to."""
    if state and waiting:
        return _at_work(state, last, waiting)
    if state and state.outcome == "dead":
        return _failed(state, dead)
    return _published(state, look, article) if article else _without_text(state, identity)


def _failed(state: EntryState, dead: bool) -> Stands:
    if dead:
        return Stands(what="dead", words=f"dead, until `teletipo dead retry {state.id}`", error=plain(state.error))
    return Stands(what="dropped", words="dropped by hand: no feed brings it back", error=plain(state.error))


def _published(state: EntryState | None, look: Waiting | None, article: Article) -> Stands:
    if article.retracted:
        return Stands(what="retracted", words=f"retracted by its outlet, as revision {article.revision}")
    if state and state.outcome == "duplicate":
        return Stands(what="duplicate", words=f"a duplicate of {article.url}")
    said = f"published, revision {article.revision}"
    if look:
        return Stands(what="published", words=f"{said}; its page is looked at again", until=look.until)
    return Stands(what="published", words=said if state else f"{said}; its addresses are not remembered any more")


def _at_work(state: EntryState, last: Happened | None, waiting: Waiting) -> Stands:
    later, now = _DOING[waiting.queue]
    failed = last is not None and last.what in {"failed", "paused"}
    if state.attempt and not failed:
        said = f"is being {now}, attempt {state.attempt}; should its worker die, it is again"
        return Stands(what=waiting.queue, words=said, until=waiting.until)
    return Stands(what=waiting.queue, words=f"waits {later}", until=waiting.until, error=plain(state.error))


def _without_text(state: EntryState | None, identity: Identity) -> Stands:
    if not identity.revision:
        return Stands(what="forgotten", words="what became of it is not remembered any more")
    if state and state.outcome == "duplicate":
        return Stands(what="duplicate", words=f"a duplicate of article {state.article}, which was purged")
    said = f"purged after revision {identity.revision}: a tombstone is left, so that it does not come back as new"
    return Stands(what="purged", words=said)
