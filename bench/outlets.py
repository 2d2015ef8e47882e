"""Virtual outlets: several dozen pages each, of which everything is known, since they were put together here.

    frame of one outlet + articles of others ─► pages with their gold: text, title, authors, date
        + what recurs (appeals, newsletter boxes, who edited it), and what only seems to (a quote in two follow-ups)
        + where asked for, another outlet's frame from the middle on: a redesign

The corpora have few pages per outlet, and what is learned from an outlet's pages can be measured on many only. All of
it is made at run time from pages that are no part of the project. The same seed gives the same outlets.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bench.frames import Frame
from bench.manuscripts import Line, Manuscript, manuscript_of
from bench.scoring import Row, page_of, rows

FEWEST_PARAGRAPHS = 5
"""Of an article that is worth being set elsewhere."""


class Virtual(NamedTuple):
    """A page of a virtual outlet. foreign: lines that stand among its paragraphs and are none; repeated: lines of the
    article's own that other articles of the outlet have too."""

    url: str
    body: bytes
    gold: dict[str, Any]
    foreign: tuple[str, ...]
    repeated: tuple[str, ...]
    frame: int
    """0 before the redesign, 1 after it."""


class Appeals(NamedTuple):
    """What an outlet says below, between and above its articles, each in a share of them."""

    always: str
    often: str
    sometimes: str
    edited: str
    campaign: str
    """In every article from some day on."""


_APPEALS = {
    "en": Appeals(
        "Our reporting is free for everybody and paid for by readers. If you can, please give a little every month.",
        "Sign up for our evening letter: the day in five minutes, every weekday at six.",
        "This article was updated after its publication.",
        "Edited by {}",
        "Until Sunday every gift is doubled by a friend of this paper, so there is no better day to give.",
    ),
    "de": Appeals(
        "Unsere Berichte sind für alle frei zu lesen, bezahlt werden sie von wenigen. Unterstützen Sie uns monatlich.",
        "Bestellen Sie unseren Abendbrief: der Tag in fünf Minuten, werktags um sechs.",
        "Dieser Beitrag wurde nach seinem Erscheinen ergänzt.",
        "Redaktion: {}",
        "Bis Sonntag wird jede Spende verdoppelt, es gibt also keinen besseren Tag zum Geben.",
    ),
    "es": Appeals(
        "Nuestras noticias son gratis para todos y las pagan unos pocos. Si puedes, apóyanos cada mes.",
        "Recibe nuestra carta de la tarde: el día en cinco minutos, de lunes a viernes a las seis.",
        "Esta nota fue actualizada después de su publicación.",
        "Editado por {}",
        "Hasta el domingo un amigo de este diario dobla cada donación, así que no hay mejor día para dar.",
    ),
}
_EDITORS = ("Ana Marín", "Luis Paz", "Ruth Ohm")
_READ_MORE = {"en": "Read more: {}", "de": "Lesen Sie auch: {}", "es": "Lee también: {}"}
_QUOTES = (
    "“We were told nothing until the water had reached the second step,” she said.",
    "“Nobody who was in that room has any doubt about what was agreed.”",
    "“I will not comment on a letter that I have not read,” the minister said.",
)
_BACKGROUND = (
    "The dispute began eleven years ago, when the council sold the old pier to a company that nobody in town had heard "
    "of. Two inquiries and a lawsuit later, the papers of the sale are still under seal, and the pier is still closed.",
    "Both sides had met four times since the spring. Each of the meetings ended without a result, the last one after "
    "less than an hour, and neither of them has said in public what it would take to come back to the table.",
)
FOLLOW_UPS = (2, 3, 5)
"""Articles in a row that share a quote, a quote, and a paragraph of background."""


def outlet(
    frames: Sequence[Frame], manuscripts: Sequence[Manuscript], *, count: int, seed: int, language: str = "en"
) -> Iterator[Virtual]:
    """So many pages of one outlet, in the order in which they were published. With two frames the second one takes over
    in the middle."""
    chance = random.Random(seed)
    appeals = _APPEALS.get(language, _APPEALS["en"])
    chosen = chance.sample(list(manuscripts), min(count, len(manuscripts)))
    own = {frame.own.title for frame in frames}
    chosen = [each for each in chosen if each.title not in own]
    titles = [each.title for each in manuscripts]
    shared = _shared(len(chosen), chance)
    for number, manuscript in enumerate(chosen):
        late = number * 2 >= len(chosen)
        frame = frames[-1 if late else 0]
        foreign = _foreign(appeals, titles, language, late=late, chance=chance)
        new = _with(manuscript, shared.get(number, ()), foreign, chance)
        new = new._replace(published=manuscript.published + timedelta(minutes=chance.randrange(600)))
        url = f"https://{urlsplit(frames[0].url).netloc}/news/{number + 100}-{_slug(manuscript.title)}"
        body, set_ = frame.fill(new, url, titles, chance)
        yield Virtual(
            url=url,
            body=body,
            gold={
                "text": set_.text,
                "title": set_.title,
                "author": list(set_.authors),
                "date": set_.published.isoformat(),
            },
            foreign=tuple(line.text for line in set_.lines if line.role == "foreign"),
            repeated=shared.get(number, ()),
            frame=int(late and len(frames) > 1),
        )


def _shared(count: int, chance: random.Random) -> dict[int, tuple[str, ...]]:
    """Article's number -> the paragraphs that it has in common with the articles next to it."""
    shared: dict[int, tuple[str, ...]] = {}
    for text, articles in zip((*chance.sample(_QUOTES, 2), chance.choice(_BACKGROUND)), FOLLOW_UPS, strict=True):
        first = chance.randrange(max(1, count - articles))
        for number in range(first, first + articles):
            shared[number] = (*shared.get(number, ()), text)
    return shared


def _foreign(
    appeals: Appeals, titles: Sequence[str], language: str, *, late: bool, chance: random.Random
) -> dict[str, float]:
    """Line -> where in the article it stands, from 0 to 1."""
    lines = {appeals.always: 1.0}
    if chance.random() < 0.5:
        lines[appeals.often] = 0.5
    if chance.random() < 0.2:
        lines[appeals.sometimes] = 1.0
    if chance.random() < 0.8:
        lines[appeals.edited.format(chance.choice(_EDITORS))] = 1.0
    if chance.random() < 0.6:
        lines[_READ_MORE.get(language, _READ_MORE["en"]).format(chance.choice(titles))] = chance.random()
    if late:
        lines[appeals.campaign] = 0.3
    return lines


def _with(manuscript: Manuscript, own: Sequence[str], foreign: dict[str, float], chance: random.Random) -> Manuscript:
    """The article with these paragraphs of its own in its midst, and what is none of it at its places."""
    lines = list(manuscript.lines)
    first = next(at for at, line in enumerate(lines) if line.role == "paragraph") + 1
    for text in own:
        lines.insert(chance.randrange(first, len(lines) + 1), Line("paragraph", text))
    for text, place in foreign.items():
        lines.insert(max(first, round(place * len(lines))), Line("foreign", text))
    return manuscript._replace(lines=tuple(lines))


def _slug(title: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split()[:6])


def real_frames(chosen: Sequence[Row]) -> dict[str, tuple[Frame, str]]:
    """Domain -> a frame and its language, for each domain among these pages that has one."""
    frames: dict[str, tuple[Frame, str]] = {}
    for row in chosen:
        if row["domain"] not in frames and (own := manuscript_of(row["gold"])):
            try:
                frames[row["domain"]] = Frame(page_of(row), row["url"], own), row["lang"]
            except ValueError:
                continue
    return frames


def real_manuscripts(languages: Sequence[str] = ()) -> list[Manuscript]:
    """Every article of the gold standard with its paragraphs, in these languages or in any."""
    found = [manuscript_of(row["gold"]) for row in rows("fundus") if not languages or row["lang"] in languages]
    return [each for each in found if each and _is_long(each)]


def _is_long(manuscript: Manuscript) -> bool:
    return sum(line.role == "paragraph" for line in manuscript.lines) >= FEWEST_PARAGRAPHS
