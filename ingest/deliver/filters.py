"""Which queues take an article. Pure: any of the values within a field, all of the fields, nothing that `not` names.

    Filters(queues) once, then one pass for each article:
    article ─► its probes (source, language, words, ...) ─► queues filed under one of them ─► those whose filter agrees

Each queue is filed under the values of its rarest field, so an article meets only the queues that name something it
has; thousands of others cost it nothing. bench/filters.py has the figures.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ingest.models import Article
from ingest.settings import Conditions, QueueSettings

_RARE_FIRST = ("source", "authors", "words", "keywords", "topics", "tags", "country", "language")
"""The fields of a filter, those that take the fewest articles first."""

_ACCENT = re.compile("(?<!n)\u0303|[\u0300-\u0302\u0304-\u036f]")
_WORD = re.compile(r"\w+")
_STEM = 3
"""Letters under which a word with a `*` is filed."""
_SHOWN = 5
"""Values of a condition that are named where it refuses an article."""

Probe = tuple[str, str]


def fold(text: str) -> str:
    """The text as filters compare it: words alone, in lower case, without accents (ñ stays a letter of its own).

    Words are separated by one space, and one stands before the first and after the last.
    """
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", text.casefold()))
    return f" {' '.join(_WORD.findall(unicodedata.normalize('NFC', bare)))} "


class Filters:
    """The filters of many queues, compiled. Immutable; threads share one."""

    def __init__(self, queues: Mapping[str, QueueSettings]) -> None:
        self._order = {name: place for place, name in enumerate(queues)}
        self._filters = {name: Filter(queue) for name, queue in queues.items()}
        self._open: list[str] = []
        self._filed: dict[Probe, list[str]] = defaultdict(list)
        for name, queue in self._filters.items():
            for probe in queue.probes or ():
                self._filed[probe].append(name)
            if queue.probes is None:
                self._open.append(name)
        self._fields = {field for field, _ in self._filed}

    def queues_for(self, article: Article) -> list[str]:
        """The names of the queues that take this article, in the order of the configuration."""
        view = _View(article)
        found = set(self._open)
        for probe in view.probes(self._fields):
            found.update(self._filed.get(probe, ()))
        taken = [name for name in found if self._filters[name].takes_view(view)]
        return sorted(taken, key=self._order.__getitem__)


class Filter:
    """One compiled filter. probes: what it is filed under, None where only looking can tell."""

    def __init__(self, wanted: QueueSettings) -> None:
        self._wanted = _Compiled(wanted)
        self._refused = _Compiled(wanted.refused)
        self.probes = self._wanted.probes()

    def takes(self, article: Article) -> bool:
        """Whether the filter takes this article."""
        return self.takes_view(_View(article))

    def takes_view(self, view: "_View") -> bool:
        """The same for an article that several filters look at."""
        return self._wanted.agrees(view) and not self._refused.touches(view)

    def refusal(self, article: Article) -> str:
        """The first condition that refuses this article, with the values in short; empty where the filter takes it."""
        view = _View(article)
        return self._wanted.missing(view) or self._refused.found(view)


def takes_all(filters: Iterable[Filter], article: Article) -> bool:
    """Whether every one of these filters takes the article, which is read once."""
    view = _View(article)
    return all(each.takes_view(view) for each in filters)


class _Compiled:
    """The fields that say something, folded."""

    def __init__(self, conditions: Conditions) -> None:
        self._said = conditions
        self.least_words = conditions.min_words
        self.fields: dict[str, frozenset[str]] = {}
        for field in _RARE_FIRST:
            if values := getattr(conditions, field):
                self.fields[field] = frozenset(map(_folder(field), values))

    def agrees(self, view: "_View") -> bool:
        return view.words >= self.least_words and all(view.has(field, values) for field, values in self.fields.items())

    def touches(self, view: "_View") -> bool:
        long = 0 < self.least_words <= view.words
        return long or any(view.has(field, values) for field, values in self.fields.items())

    def missing(self, view: "_View") -> str:
        """The first field of which the article has no value, in words; empty where `agrees`."""
        if view.words < self.least_words:
            return f"min_words: {view.words} words, at least {self.least_words} are asked for"
        field = next((field for field, values in self.fields.items() if not view.has(field, values)), "")
        if not field:
            return ""
        wanted = _few(getattr(self._said, field))
        if field == "words":
            return f"words: none of {wanted} is in it"
        if own := view.said(field):
            return f"{field}: {_few(own)} {'is' if len(own) == 1 else 'are'} not among {wanted}"
        return f"{field}: it has none, {wanted} is asked for"

    def found(self, view: "_View") -> str:
        """The first field of which the article has a value, in words; empty where `touches` says no."""
        if 0 < self.least_words <= view.words:
            return f"not min_words: {view.words} words, {self.least_words} or more are refused"
        for field in self.fields:
            said, fold_value = getattr(self._said, field), _folder(field)
            if had := [value for value in said if view.has(field, frozenset({fold_value(value)}))]:
                return f"not {field}: {_few(had)}"
        return ""

    def probes(self) -> list[Probe] | None:
        """What an article must have one of, by the rarest field that can tell."""
        for field, values in self.fields.items():
            found = [_word_probe(value) if field == "words" else (field, value) for value in values]
            if all(found):
                return [probe for probe in found if probe]
        return None


class _View:
    """An article as filters see it, each part made when first asked for."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self.words = article.words

    def has(self, field: str, values: frozenset[str]) -> bool:
        if field == "words":
            return any(pattern in self._text for pattern in values)
        return not values.isdisjoint(self._values[field])

    def said(self, field: str) -> tuple[str, ...]:
        """The article's own values of a field, as they are written."""
        values = getattr(self._article, field)
        return tuple(filter(None, (values,) if isinstance(values, str) else values))

    def probes(self, fields: set[str]) -> Iterator[Probe]:
        for field in fields - {"words", "stems"}:
            yield from ((field, value) for value in self._values[field])
        if "words" in fields:
            yield from (("words", word) for word in self._vocabulary)
        if "stems" in fields:
            yield from (("stems", stem) for stem in {word[:_STEM] for word in self._vocabulary})

    @cached_property
    def _text(self) -> str:
        return f"{fold(self._article.title)}\n{fold(self._article.text)}"

    @cached_property
    def _vocabulary(self) -> set[str]:
        return set(self._text.split())

    @cached_property
    def _values(self) -> dict[str, set[str]]:
        article = self._article
        return {
            "source": {article.source},
            "language": {article.language},
            "country": {article.country},
            "topics": set(article.topics),
            "tags": set(article.tags),
            "keywords": set(map(fold, article.keywords)),
            "authors": set(map(fold, article.authors)),
        }


def _few(values: Sequence[str]) -> str:
    """The first of these values, and how many more there are."""
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return ", ".join(values[:_SHOWN]) + more


def _folder(field: str) -> Callable[[str], str]:
    """How the values of a field are compared: codes as they are, what people wrote folded."""
    return {"words": _pattern, "keywords": fold, "authors": fold}.get(field, str)


def _pattern(words: str) -> str:
    """A word or phrase as it is looked for in folded text: `sancion*` ends without a space, so takes any ending."""
    return fold(words.rstrip("*")).rstrip() if words.endswith("*") else fold(words)


def _word_probe(pattern: str) -> Probe | None:
    first, *more = pattern.split()
    if more or pattern.endswith(" "):
        return "words", first
    return ("stems", first[:_STEM]) if len(first) >= _STEM else None
