"""One page of a source as its rules and the general way read it, for `teletipo sources check`."""

from collections.abc import Iterator
from datetime import date

from ingest.cli.group import console
from ingest.errors import ExtractFailed
from ingest.extract import Extracted, Selected, extract, inspect_rules
from ingest.models import ExtractRules, Page, Source
from ingest.words import word_count

FIELDS = (("body", "body"), ("title", "title"), ("author", "authors"), ("published", "published"))
"""A rule's key and the field that it gives."""


def check_page(source: Source, page: Page, day: date | None = None) -> bool:
    """Show what each selector selects on the page, beside what is found without rules. Returns whether all is well: the
    page has an article, and no selector selects nothing. day: for the rules of another day than the page's own."""
    rules = source.rules_on(day or page.fetched.date())
    console.print(f"\n[bold]{source.id}[/]  {page.url}", soft_wrap=True)
    try:
        selected = inspect_rules(page.body, page.content_type, rules)
        found = extract(page.body, page.url, page.content_type, rules)
    except ExtractFailed as error:
        console.print(f"no article: {error} ({error.kind})", style="red", markup=False, soft_wrap=True)
        return False
    _show(list(_lines(selected, found, _general(page))))
    idle = [each for each in selected if not each.elements]
    for each in idle:
        remedy = "correct it, take it out, or add an [[extract]] with `from` where the layout changed"
        warning = f"warning: {each.key} = {each.selector!r} selects nothing on this page; {remedy}"
        console.print(warning, style="yellow", markup=False, soft_wrap=True)
    return not idle


def _general(page: Page) -> Extracted | None:
    try:
        return extract(page.body, page.url, page.content_type, ExtractRules())
    except ExtractFailed:
        return None


def _lines(selected: list[Selected], found: Extracted, general: Extracted | None) -> Iterator[tuple[str, str, str]]:
    """(key, selector or nothing, what it selects), and below each what is found without rules."""
    ruled = {each.key: each for each in selected if each.key != "remove"}
    for key, field in FIELDS:
        if rule := ruled.get(key):
            yield key, rule.selector, _selection(rule)
        without = "without rules" if selected else "found"
        yield "" if rule else key, without, _finding(general if selected else found, field)
    for each in selected:
        if each.key == "remove":
            yield "remove", each.selector, _selection(each)


def _show(lines: list[tuple[str, str, str]]) -> None:
    width = min(40, max(len(how) for _, how, _ in lines))
    for key, how, what in lines:
        console.print(f"{key:11}{how:{width}}  {what}", markup=False, no_wrap=True, overflow="ellipsis")


def _selection(each: Selected) -> str:
    if not each.elements:
        return "nothing"
    number = f"{each.elements} element{'s' if each.elements > 1 else ''}"
    return f"{number}, {each.words} words: {each.begins}"


def _finding(found: Extracted | None, field: str) -> str:
    if found is None:
        return "no article"
    if field == "body":
        return f"{found.method}, {sum(map(word_count, found.paragraphs))} words: {next(iter(found.paragraphs), '')}"
    value = getattr(found, field)
    text = ", ".join(value) if isinstance(value, tuple) else value
    return f"{found.evidence.get(field, '')}: {text}" if text else "nothing"
