"""The moment at which a source falls silent, and that at which it is heard again, are said in the log, each once.

the state of the polled feed before and after, those of the source's others ─► a warning, where that changes
"""

import logging
import time

from msgspec.structs import replace

from ingest.context import Context
from ingest.models import Feed
from ingest.silence import LEAST
from ingest.store import FeedState, silence_of, silent_now

_log = logging.getLogger("teletipo.pipeline")


def say_silence(context: Context, feed: Feed, before: FeedState, silence: str) -> None:
    """Say it where this poll changed whether the source is silent. silence: of the feed, as it was just saved."""
    after = replace(before, silence=silence, failures=0)
    was, known, now = silence_of(before), silence_of(after), time.time()
    heard_again = known.since != was.since and now - was.since >= LEAST
    if bool(was.alarm) == bool(known.alarm) and not heard_again:
        return
    states = context.store.feed_states([each.id for each in context.settings.sources[feed.source].polled()])
    silent_before = silent_now({**states, feed.id: before}.values())
    silent = silent_now({**states, feed.id: after}.values())
    if silent and not silent_before:
        text = "source %s is silent: nothing new for %.1f days, which its own rhythm does not explain"
        _log.warning(text, feed.source, (now - silent) / 86_400)
    elif silent_before and not silent:
        _log.warning("source %s is silent no more", feed.source)
