"""What is known of one outlet, when it is trusted, and what a page adds to it.

    Outlet (templates, lines) ─► how the next page is read ─► Lesson ─► taught(outlet, evidence, lesson)

A template is used once three pages agree on it. From then on some pages are read both ways: many while it is young, one
in twenty later, chosen by their address, so that a page is read the same way when it is read again. Where the two ways
differ the template is young again, and at the second time it goes. A page that no template fits is read the long way
and is an observation too, which is how a redesign is learned: three pages later. Pure, and bounded.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import zstandard

from ingest.extract.metadata import key
from ingest.extract.recurring import Lines, counted
from ingest.extract.template import Observation, Template, derive, same_layout
from ingest.models import Record

_encoder = msgspec.msgpack.Encoder()
MOST_TEMPLATES = 4
"""An outlet has a layout for articles, another for opinion, and one for a while after a redesign."""
MOST_OBSERVATIONS = 8
"""Of one layout. The oldest go, so that what changes slowly is followed."""
SAMPLED = ((2, 2), (5, 5))
"""While so many samples or fewer have agreed in a row, one page in so many is a sample."""
USUALLY = 20
"""One page in so many is a sample of a template that is trusted."""
ENOUGH_PARTS = 3
"""Samples after which an excerpt is believed to say what its page says."""
LINES_SAMPLED = 4
"""One page in so many is counted for its lines, and each while they are few or a new one is in sight."""
FEW_ARTICLES = 40
IN_SIGHT, BETWEEN = 20, 10
"""Articles that are counted one after the other where a new line may be in sight, and those that are sampled before it
may be so again. What follow-ups share looks like one too, and must not have half of all pages counted for long."""
AGREES = 0.9
"""Share of letters that two readings of a page have in common, from which they say the same."""


class Learned(Record, frozen=True, kw_only=True):
    """A template with how it did. version: grows with each template of the outlet that differs from the one before;
    agreed: samples in a row that found the same without it; disagreed: those that did not, since it was learned;
    parts: samples in a row in which an excerpt of the page said all that the page says, -1 once one did not."""

    template: Template
    version: int
    agreed: int = 0
    disagreed: int = 0
    parts: int = 0

    @property
    def by_excerpt(self) -> bool:
        """Whether an excerpt is believed to be enough."""
        return self.parts >= ENOUGH_PARTS


class Outlet(Record, frozen=True, kw_only=True):
    """What is known of an outlet. version: that of the latest template; learned: the latest first; each_until: while
    the lines are of fewer articles than that, each page is counted."""

    version: int = 0
    learned: tuple[Learned, ...] = ()
    lines: Lines = Lines()
    each_until: int = FEW_ARTICLES


class Evidence(Record, frozen=True, kw_only=True):
    """What the templates were derived from, the oldest page first."""

    observations: tuple[Observation, ...] = ()


_outlet = msgspec.msgpack.Decoder(Outlet)
_evidence = msgspec.msgpack.Decoder(Evidence)


class Lesson(NamedTuple):
    """What one page adds. article: its id; texts: its lines, the recurring ones among them; observation: None where it
    was read by a template alone; version: of the template that was checked, 0 for none; agreed: how the check ended;
    part: whether an excerpt of the page said the same, None where there is none."""

    article: str
    texts: Sequence[str]
    observation: Observation | None = None
    version: int = 0
    agreed: bool = True
    part: bool | None = None


def packed(known: Outlet, evidence: Evidence) -> tuple[bytes, bytes]:
    """Both as they are kept."""
    return _encoder.encode(known), zstandard.compress(_encoder.encode(evidence))


@lru_cache(maxsize=64)
def outlet_of(kept: bytes) -> Outlet:
    """What is known, from what was kept; nothing where that is empty or of another version of this code."""
    try:
        return _outlet.decode(kept) if kept else Outlet()
    except msgspec.MsgspecError:
        return Outlet()


def evidence_of(kept: bytes) -> Evidence:
    """The evidence again, in the same way."""
    try:
        return _evidence.decode(zstandard.decompress(kept)) if kept else Evidence()
    except (msgspec.MsgspecError, zstandard.ZstdError):
        return Evidence()


def is_sample(learned: Learned, article: str) -> bool:
    """Whether this page is read both ways."""
    every = next((every for agreed, every in SAMPLED if learned.agreed <= agreed), USUALLY)
    return int(article[:8], 16) % every == 0


def counts_lines(outlet: Outlet, article: str) -> bool:
    """Whether this page's lines are counted."""
    return outlet.lines.articles < outlet.each_until or int(article[:8], 16) % LINES_SAMPLED == 0


def attentive(outlet: Outlet) -> Outlet:
    """The outlet after articles of it were seen to share a paragraph: each page is counted for a while, all of them, so
    that a line's share stays what it is. The same outlet where each is counted anyway, or was until lately."""
    articles = outlet.lines.articles
    again = outlet.each_until > FEW_ARTICLES
    if articles < outlet.each_until + (BETWEEN if again else 0):
        return outlet
    return msgspec.structs.replace(outlet, each_until=articles + IN_SIGHT)


def same_text(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two readings of a page say the same, but for a line here and there."""
    first, second = ({short: len(short) for text in texts if (short := key(text))} for texts in (one, other))
    common = sum(length for short, length in first.items() if short in second)
    return 2 * common >= AGREES * (sum(first.values()) + sum(second.values()))


def taught(outlet: Outlet, evidence: Evidence, lesson: Lesson) -> tuple[Outlet, Evidence]:
    """The outlet and its evidence with one page more."""
    outlet = msgspec.structs.replace(outlet, lines=counted(outlet.lines, lesson.article, lesson.texts))
    if lesson.version:
        outlet, evidence = _checked(outlet, evidence, lesson)
    if lesson.observation:
        evidence = _with(evidence, lesson.observation)
        outlet = _relearned(outlet, evidence, lesson.observation)
    return outlet, evidence


def _checked(outlet: Outlet, evidence: Evidence, lesson: Lesson) -> tuple[Outlet, Evidence]:
    """The template that was checked is more trusted, or less, or gone with its evidence."""
    learned = {each.version: each for each in outlet.learned}
    if (checked := learned.get(lesson.version)) is None:
        return outlet, evidence
    if lesson.agreed:
        parts = checked.parts + 1 if lesson.part else -1 if lesson.part is False else checked.parts
        parts = min(parts, checked.parts) if checked.parts < 0 else parts
        learned[lesson.version] = msgspec.structs.replace(checked, agreed=checked.agreed + 1, parts=parts)
    elif not checked.disagreed:
        learned[lesson.version] = msgspec.structs.replace(checked, agreed=0, disagreed=1)
    else:
        del learned[lesson.version]
        container = checked.template.container
        evidence = Evidence(
            observations=tuple(each for each in evidence.observations if not same_layout(each.container, container))
        )
    return msgspec.structs.replace(outlet, learned=tuple(learned.values())), evidence


def _with(evidence: Evidence, observation: Observation) -> Evidence:
    """The evidence with one observation more, one for each article, and no more than is kept of a layout and in all."""
    others = [each for each in evidence.observations if each.article != observation.article]
    alike = [each for each in others if same_layout(each.container, observation.container)]
    oldest = alike[0] if len(alike) >= MOST_OBSERVATIONS else None
    kept = [each for each in others if each is not oldest]
    return Evidence(observations=(*kept, observation)[-MOST_OBSERVATIONS * MOST_TEMPLATES :])


def _relearned(outlet: Outlet, evidence: Evidence, observation: Observation) -> Outlet:
    """The template of the observation's layout, derived anew and put first."""
    alike = [each for each in evidence.observations if same_layout(each.container, observation.container)]
    if (template := derive(alike)) is None:
        return outlet
    before = next((each for each in outlet.learned if same_layout(each.template.container, template.container)), None)
    others = [each for each in outlet.learned if each is not before]
    if before and (before.template.container, before.template.kinds) == (template.container, template.kinds):
        now, version = msgspec.structs.replace(before, template=template), outlet.version
    else:
        version = outlet.version + 1
        now = (
            msgspec.structs.replace(before, template=template, version=version)
            if before
            else Learned(template=template, version=version)
        )
    return msgspec.structs.replace(outlet, version=version, learned=(now, *others)[:MOST_TEMPLATES])
