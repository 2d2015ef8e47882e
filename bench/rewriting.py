"""The old article's title, names, date and address, wherever they are in a page's frame -> the new one's.

In attributes, in the head, in JSON-LD and in short lines of text; a date in the ways in which outlets write a day.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from lxml.html import HtmlElement

from bench.manuscripts import Manuscript
from ingest.clean import read_date
from ingest.extract.metadata import key


class Rewriting:
    """One article in the place of another, apart from the elements that hold its title and its text."""

    def __init__(self, old: Manuscript, new: Manuscript, others: Sequence[tuple[str, str]]) -> None:
        """others: names and addresses, each old one with the new one."""
        self.old, self.new = old, new
        self.words = [(old.title, new.title), *others]
        self.lead = next(line.text for line in new.lines if line.role != "foreign")
        self.shift = new.published - old.published
        self.dates = dict(_spellings(old.published, new.published))
        self.day = re.compile(rf"(?<!\d)(?:{'|'.join(map(re.escape, self.dates))})(?!\d)")

    def apply(self, tree: HtmlElement) -> None:
        for element in tree.iter():
            if element.tag == "script":
                self._script(element)
            elif element.get("teletipo-place") is None and isinstance(element.tag, str):
                self._element(element)

    def _element(self, element: HtmlElement) -> None:
        for name, value in element.items():
            element.set(name, self.text(value))
        names = f"{element.get('name')} {element.get('property')}"
        if element.tag == "meta" and "description" in names:
            element.set("content", self.lead[:300])
        if element.tag == "meta" and re.search(r"\b(?:og|twitter):title\b", names):
            element.set("content", self._titled(element.get("content") or ""))
        if element.tag == "title" and self.old.title not in (element.text or ""):
            element.text = self._titled(element.text or "")
        if element.text and len(element.text) < 200:
            element.text = self.text(element.text)
        if element.tail and len(element.tail) < 200:
            element.tail = self.text(element.tail)

    def _titled(self, value: str) -> str:
        """A title with the outlet's name as before, where it has one; pages have longer and shorter titles as well."""
        return value if self.new.title in value else self.new.title

    def _script(self, script: HtmlElement) -> None:
        text = script.text or ""
        if "ld+json" in (script.get("type") or ""):
            try:
                script.text = json.dumps(self.node(json.loads(text, strict=False)), ensure_ascii=False)
            except ValueError:
                script.text = ""
        elif key(self.old.lines[-1].text)[:60] in key(text):
            script.text = ""  # the whole article once more, for a program of the page

    def node(self, value: Any, name: str = "") -> Any:
        """A JSON-LD value of the new article."""
        if isinstance(value, dict):
            return {each: self.node(inner, each) for each, inner in value.items()}
        if isinstance(value, list):
            return [self.node(inner, name) for inner in value]
        return self._said(value, name) if isinstance(value, str) else value

    def _said(self, value: str, name: str) -> str:
        if name in {"articleBody", "description"}:
            return self.new.text if name == "articleBody" else self.lead[:300]
        if name == "headline" or key(value) == key(self.old.title):
            return self.new.title
        if name in {"datePublished", "dateModified", "dateCreated", "uploadDate"} and not value[:4].isdigit():
            moment = read_date(value, "UTC", "en")
            return (moment + self.shift).isoformat() if moment else value
        return self.text(value)

    def text(self, value: str) -> str:
        for old, new in self.words:
            if old in value:
                value = value.replace(old, new)
        if moved := self._moved(value.strip()):
            return moved
        return self.day.sub(lambda match: self.dates[match[0]], value)

    def _moved(self, value: str) -> str:
        """A moment within two days of the old date, as far from the new one; empty for anything else."""
        if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d", value):
            return ""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return ""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.old.published.tzinfo)
        if abs(aware - self.old.published) > timedelta(days=2):
            return ""
        return (
            (moment + self.shift).isoformat(sep=value[10]).replace("+00:00", "Z" if value.endswith("Z") else "+00:00")
        )


_MONTHS = (
    "January February March April May June July August September October November December",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
_IN_NUMBERS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y")
_IN_WORDS = ("{0}. {1} {2}", "{3}. {1} {2}", "{3} {1} {2}", "{0} {1} {2}", "{0} de {1} de {2}", "{1} {0}, {2}")


def _spellings(old: datetime, new: datetime) -> Iterator[tuple[str, str]]:
    """The ways of writing a day, for both days: numbers first, then words."""
    for form in _IN_NUMBERS:
        yield old.strftime(form), new.strftime(form)
    for months in _MONTHS:
        for length in (20, 3):
            names = [name[:length] for name in months.split()]
            for form in _IN_WORDS:
                before, after = (form.format(d.day, names[d.month - 1], d.year, f"{d:%d}") for d in (old, new))
                yield before, after
