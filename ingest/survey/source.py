"""What a survey found -> the source, and what its file says about how that was found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ingest.discover import Answer, Fact
from ingest.models import FetchPolicy, Listing, Source
from ingest.settings.writing import source_id
from ingest.survey.records import Survey, Wish


def source_of(
    homepage: str,
    facts: Mapping[str, Fact],
    answers: Sequence[Answer],
    listing: Listing | None,
    wish: Wish,
    *,
    never: bool = False,
) -> Source:
    """The source that was found. never: its pages are not fetched, unless somebody wishes otherwise."""
    return Source(
        id=wish.id or source_id(homepage),
        name=facts["name"].value,
        homepage=homepage,
        language=facts["language"].value,
        country=facts["country"].value,
        timezone=facts["timezone"].value,
        feeds=_chosen(answers, "feed"),
        sitemaps=_chosen(answers, "sitemap"),
        wordpress=_chosen(answers, "wordpress"),
        listings=(listing,) if listing else (),
        fetch=FetchPolicy(full_text=wish.full_text or ("never" if never else "auto")),
        tags=wish.tags,
    )


def comments(found: Survey, now: datetime) -> Iterator[str]:
    """The lines for the top of the file."""
    yield f"Found by `teletipo sources add {found.asked}` on {now:%Y-%m-%d}."
    yield "It is believed, not known: what you know better, correct."
    yield from map(_sentence, found.remarks)
    others = [each for each in found.answers if not each.chosen and not each.problem and (each.entries or each.maps)]
    for each in others[:8]:
        yield f"Not polled: {each.url} ({each.why})."


def notes(found: Survey) -> dict[str, str]:
    """Key by key, what speaks for its value."""
    said = {key: _because(key, fact) for key, fact in found.facts.items()}
    for key, kind in (("feeds", "feed"), ("sitemaps", "sitemap"), ("wordpress", "wordpress")):
        ways = [f"{each.candidate.how}: {answered(each)}" for each in found.answers if _is(each, kind)]
        said[key] = _sentence("; ".join(ways))
    if found.source and found.source.listings:
        said["listings"] = "The selectors were guessed: `teletipo sources check` shows what they find."
    said["fetch"] = _sentence(found.full_text)
    return said


def answered(answer: Answer) -> str:
    """How much an address had, and how new that is."""
    if answer.problem:
        return answer.problem
    if answer.maps and not answer.entries:
        return f"{answer.maps} sitemaps"
    index = f"{answer.maps} sitemaps, the latest with " if answer.maps else ""
    count = f"{len(answer.entries)} {'entry' if len(answer.entries) == 1 else 'entries'}"
    return f"{index}{count}" + (
        f", the newest of {answer.newest.astimezone(UTC):%Y-%m-%d %H:%M}" if answer.newest else ""
    )


def _because(key: str, fact: Fact) -> str:
    if not fact.value:
        return f"Not found out{': ' if fact.doubt else ''}{fact.doubt}; {_WANTED.get(key, 'write it here')}."
    return f"From {fact.evidence}" + (f"; but {fact.doubt}." if fact.doubt else ".")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


_WANTED = {
    "country": "write it as ISO 3166-1 has it, such as VE",
    "language": "write it as ISO 639-1 has it, such as es",
}


def _chosen(answers: Sequence[Answer], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.url for each in answers if _is(each, kind)))


def _is(answer: Answer, kind: str) -> bool:
    return answer.chosen and answer.kind == kind


def as_json(found: Survey, file: Path | None = None) -> str:
    """For machines, on one line: all of it, but of each way's entries only how many there are."""
    ways = [
        {
            "url": each.url,
            "kind": each.kind,
            "how": each.candidate.how,
            "entries": len(each.entries),
            "newest": each.newest,
            "chosen": each.chosen,
            "why": each.why,
        }
        for each in found.answers
    ]
    everything = found._asdict() | {
        "answers": ways,
        "facts": {key: fact._asdict() for key, fact in found.facts.items()},
        "samples": [{"url": each.url, "problem": each.problem, "article": each.article} for each in found.samples],
        "file": str(file) if file else None,
    }
    return msgspec.json.encode(everything).decode()
