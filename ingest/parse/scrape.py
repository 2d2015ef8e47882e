"""Plain text as scrapes look -> articles: a date line, a paragraph a line, then the line that is the article's URL.

    Feb 21, 2022, 22:22 pm          optional
    A paragraph.                    one a line
    https://example.com/news/1      whose text this is
    A paragraph.                    often a second time, with the URL again; it stays, cleaning is done elsewhere
    https://example.com/news/1

A different URL, or a different date line after a URL line, is the next article.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import ParseFailed
from ingest.models import Entry
from ingest.parse.text import paragraphs

_URL = re.compile(r"(?:(?:url|link|source|fuente|enlace)\s*:\s*)?<?(https?://[^\s<>]+)>?", re.IGNORECASE)


@dataclass(frozen=True)
class _Line:
    """A line that is not blank. blank: whether a blank line (or the file's beginning) stands before it."""

    number: int
    text: str
    blank: bool


@dataclass(frozen=True)
class _Run:
    """The lines above one URL line; those below the last one have the URL ""."""

    lines: list[_Line]
    url: str
    number: int


@dataclass
class _Draft:
    """An article as it is being read."""

    url: str
    published: str
    title: str
    lines: list[str] = field(default_factory=list)

    def add(self, lines: list[_Line]) -> None:
        """More text of this article; its own title and date line, repeated, are no paragraphs."""
        self.lines.extend(line.text for line in lines if line.text not in {self.title, self.published})

    def entry(self) -> Entry:
        return Entry(url=self.url, title=self.title, published=self.published, content=paragraphs(self.lines))


def read_scrape(text: str, name: str, url: str = "") -> Iterator[Entry]:
    """The articles of one scraped text. url: the address of the only article in it, where the text has none or a
    wrong one. Raises ParseFailed with the line at fault."""
    runs = _runs(_lines(text), name, url)
    alone = len({run.url for run in runs if run.url}) == 1
    drafts: list[_Draft] = []
    for run in runs:
        lines = _without_repeats(run, drafts)
        if drafts and _goes_on(drafts[-1], lines, run.url, alone):
            drafts[-1].add(lines)
        else:
            drafts.append(_draft(lines, run, name))
    yield from (draft.entry() for draft in drafts)


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    blank = True
    for number, raw in enumerate(text.splitlines(), start=1):
        bare = " ".join(raw.split())
        if bare:
            lines.append(_Line(number, bare, blank))
        blank = not bare
    return lines


def _runs(lines: list[_Line], name: str, url: str) -> list[_Run]:
    runs: list[_Run] = []
    above: list[_Line] = []
    for line in lines:
        address = _URL.fullmatch(line.text)
        if address:
            runs.append(_Run(above, url or address[1], line.number))
            above = []
        else:
            above.append(line)
    found = {address[1] for line in lines if (address := _URL.fullmatch(line.text))}
    if not found and not url:
        raise ParseFailed(f"{name}: no address; add a line with the article's URL, or use --url", again=False)
    if url and len(found) > 1:
        raise ParseFailed(f"{name}: holds {len(found)} articles; --url fits a file with one", again=False)
    if len(found) < 2 and not (runs and runs[0].lines):  # the only address stands above the text, or outside the file
        text = [line for run in runs for line in run.lines] + above
        return [_Run(text, url or found.pop(), 1)]
    return [*runs, _Run(above, "", 0)] if above else runs


def _without_repeats(run: _Run, drafts: list[_Draft]) -> list[_Line]:
    """The lines left once those that open this run and repeat the article before it have gone to that article.

    A date line ends the repeats of an article at another URL, and a run of nothing else is a copy at another URL.
    """
    if not drafts:
        return run.lines
    before, other = drafts[-1], run.url not in {"", drafts[-1].url}
    known = {*before.lines, before.title, before.published}
    count = 0
    while count < len(run.lines) and run.lines[count].text in known:
        if other and is_date(run.lines[count].text):
            break
        count += 1
    if other and count == len(run.lines):
        return run.lines
    before.add(run.lines[:count])
    return run.lines[count:]


def _goes_on(before: _Draft, lines: list[_Line], url: str, alone: bool) -> bool:
    """Whether these lines belong to the article before them: nothing new, its URL again, or no URL but its own."""
    if not lines:
        return url in {"", before.url}
    return not is_date(lines[0].text) and (url == before.url or (not url and alone))


def _draft(lines: list[_Line], run: _Run, name: str) -> _Draft:
    published, rest = _date_line(lines)
    if not run.url:
        fault = f"line {lines[0].number}: text without an address; add a line with the article's URL below it"
    elif not rest:
        fault = f"line {run.number}: an address without text; each article's text goes above its URL"
    else:
        title, body = _title(rest)
        draft = _Draft(run.url, published, title)
        draft.add(body)
        return draft
    raise ParseFailed(f"{name}: {fault}", again=False)


def _date_line(lines: list[_Line]) -> tuple[str, list[_Line]]:
    """The date line, first or below a headline, and the other lines."""
    for place, line in enumerate(lines[:2]):
        if is_date(line.text):
            return line.text, lines[:place] + lines[place + 1 :]
    return "", lines


def _title(lines: list[_Line]) -> tuple[str, list[_Line]]:
    """A first line that is clearly a headline, and the other lines: at most 160 characters without a full stop, set
    apart by a blank line or followed by longer lines only."""
    if len(lines) < 2 or len(lines[0].text) > 160 or re.search(r"[.,;:!?…][\"'”’»)]*$", lines[0].text):
        return "", lines
    longer = all(len(line.text) > len(lines[0].text) for line in lines[1:4])
    return (lines[0].text, lines[1:]) if lines[1].blank or longer else ("", lines)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMES = _words("""
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro segunda terça quarta quinta sexta feira
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche
    januar februar märz juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    lunedì martedì mercoledì giovedì venerdì sabato domenica
""")
_CALENDAR = _NAMES | {word[:length] for word in _NAMES for length in (3, 4)}  # Feb, Sept
_AROUND = _words("""
    am pm a m p t z utc gmt est edt cst cdt mst mdt pst pdt cet cest bst st nd rd th er at on of the de del la las el
    los às le à um uhr h hs hrs published updated posted date publicado actualizado fecha
""")


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else: a year or a numeric date, and no word that dates do not have."""
    if len(line) > 60 or not re.search(r"\b(?:19|20)\d\d|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2}\b", line):
        return False
    words = re.findall(r"[^\W\d_]+", re.sub("[年月日時分秒]", " ", line).casefold())
    numeric = re.search(r"\d\s*[/.年-]\s*\d", line)
    return (bool(numeric) or not _CALENDAR.isdisjoint(words)) and set(words) <= _CALENDAR | _AROUND
