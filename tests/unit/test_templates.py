"""What is learned of an outlet: where its pages have their body, and when that is believed."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import pytest

from bench.outlets import Virtual
from ingest.compose import Composed
from ingest.errors import ExtractFailed
from ingest.extract import Evidence, Outlet, attentive, counts_lines, evidence_of, outlet_of, packed, taught
from ingest.extract.outlet import FEW_ARTICLES, IN_SIGHT, MOST_OBSERVATIONS, MOST_TEMPLATES, USUALLY, is_sample
from ingest.extract.recurring import Lines
from ingest.models import Article, ExtractRules, article_id
from tests.virtual import HARBOUR, composed, first_frame, learned, pages, second_frame


class Reader:
    """A newswire's memory of one outlet, kept as the store keeps it."""

    def __init__(self, *, rules: ExtractRules | None = None) -> None:
        self.kept = (b"", b"")
        self.source = msgspec.structs.replace(HARBOUR, extract=(rules,) if rules else ())

    @property
    def outlet(self) -> Outlet:
        return outlet_of(self.kept[0])

    @property
    def evidence(self) -> Evidence:
        return evidence_of(self.kept[1])

    def reading(self, page: Virtual) -> Composed:
        """The page's article as it is read now; nothing is learned."""
        return composed(page, self.outlet, self.source)

    def read(self, *read: Virtual) -> list[Article]:
        """The articles of these pages, each learned from before the next is read."""
        articles = []
        for page in read:
            articles.append(self.reading(page).article)
            self.kept = learned([page], self.kept, self.source)
        return articles


def the_long_way(page: Virtual) -> Article:
    return Reader().read(page)[0]


def methods(articles: Iterable[Article]) -> list[str]:
    return [article.extraction.method for article in articles]


def own_lines(page: Virtual) -> set[str]:
    return set(page.gold["text"].splitlines())


def by_template(reader: Reader, candidates: Sequence[Virtual]) -> Virtual:
    """The first of these pages that is read by a template, and is no sample."""
    return next(page for page in candidates if reader.reading(page).article.extraction.method == "template")


@pytest.fixture(scope="module")
def harbour() -> list[Virtual]:
    return pages(40)


@pytest.fixture(scope="module")
def redesigned() -> list[Virtual]:
    return pages(40, first_frame(), second_frame())


def test_three_pages_that_agree_are_enough_to_read_the_next_by_a_template(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:2])
    assert not reader.outlet.learned
    reader.read(harbour[2])
    page = by_template(reader, harbour[3:])
    article = reader.reading(page).article
    assert article.extraction.evidence["body"] == "template 1"
    assert article.extraction.confidence > 0.5


def test_what_a_template_reads_is_what_the_page_says_in_every_field(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:6])
    seen = 0
    for page in harbour[6:]:
        article, long = reader.reading(page).article, the_long_way(page)
        seen += article.extraction.method == "template"
        assert article.html.count("<figure") == 1
        for field in (
            "text",
            "html",
            "title",
            "authors",
            "published",
            "url",
            "summary",
            "image",
            "language",
            "keywords",
        ):
            assert getattr(article, field) == getattr(long, field), field
    assert seen > len(harbour[6:]) / 3


def test_a_page_is_read_in_the_same_way_when_it_is_read_again(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:5])
    first, again = ([reader.reading(page) for page in harbour] for _ in range(2))
    assert first == again
    assert {article.extraction.method for article, _ in first} == {"template", "generic"}


def test_fewer_pages_are_read_both_ways_the_longer_the_two_agree(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:3])
    young = reader.outlet.learned[0]
    trusted = msgspec.structs.replace(young, agreed=50)
    ids = [article_id(f"https://harbour.example/{number}") for number in range(2000)]
    assert sum(is_sample(young, each) for each in ids) / 2000 == pytest.approx(0.5, abs=0.05)
    assert sum(is_sample(trusted, each) for each in ids) / 2000 == pytest.approx(1 / USUALLY, abs=0.02)


def test_samples_that_agree_are_counted_and_one_that_does_not_makes_the_template_young_again(
    harbour: list[Virtual],
) -> None:
    reader = Reader()
    reader.read(*harbour)
    learned = reader.outlet.learned[0]
    assert learned.agreed >= 4
    sample = next(page for page in pages(40, seed=1) if is_sample(learned, article_id(page.url)))
    lesson = reader.reading(sample).lesson
    assert lesson and lesson.version == learned.version and lesson.agreed
    outlet, evidence = taught(reader.outlet, reader.evidence, lesson._replace(agreed=False))
    assert (outlet.learned[0].agreed, outlet.learned[0].disagreed) == (0, 1)
    outlet, evidence = taught(outlet, evidence, lesson._replace(agreed=False))
    assert outlet.learned == ()
    assert [each.article for each in evidence.observations] == [article_id(sample.url)], "it begins anew from here"


def test_a_template_that_finds_another_text_than_the_long_way_is_noticed_and_the_long_way_believed(
    harbour: list[Virtual],
) -> None:
    reader = Reader()
    reader.read(*harbour[:3])
    learned = reader.outlet.learned[0]
    kinds = {path: "out" if path == "p text" else verdict for path, verdict in learned.template.kinds.items()}
    kinds |= {path: "in" for path in kinds if path.startswith("div related")}
    wrong = msgspec.structs.replace(learned, template=msgspec.convert(
        msgspec.to_builtins(learned.template) | {"kinds": kinds, "words": (1, 9999)}, type(learned.template)
    ))  # fmt: skip
    reader.kept = packed(msgspec.structs.replace(reader.outlet, learned=(wrong,)), reader.evidence)
    sample = next(page for page in harbour[3:] if is_sample(wrong, article_id(page.url)))
    article, lesson = reader.reading(sample)
    assert lesson and lesson.version and not lesson.agreed
    assert article.text == the_long_way(sample).text


def test_a_redesign_is_learned_from_its_first_three_pages_and_loses_nothing(redesigned: list[Virtual]) -> None:
    reader = Reader()
    before, after = ([page for page in redesigned if page.frame == frame] for frame in (0, 1))
    reader.read(*before)
    first = reader.read(*after[:3])
    assert methods(first) == ["generic"] * 3
    assert all(own_lines(page) <= set(article.text.split("\n\n")) for article, page in zip(first, after, strict=False))
    assert len(reader.outlet.learned) == 2
    page = by_template(reader, after[3:])
    assert own_lines(page) <= set(reader.reading(page).article.text.split("\n\n"))
    assert by_template(reader, before), "an old page is still read by the old template"


def test_text_of_a_kind_not_seen_before_is_read_the_long_way_and_known_from_then_on(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:6])
    page = by_template(reader, harbour[6:])
    told = "The crews had asked for a list of all the tasks, and it was longer than anybody thought it would be."
    body = page.body.replace(b"</h2>", f"</h2><ul><li>{told}</li><li>{told[::-1]}</li></ul>".encode())
    changed = page._replace(body=body)
    article = reader.read(changed)[0]
    assert article.extraction.method == "generic"
    assert told in article.text
    assert reader.reading(changed).article.extraction.method == "template"
    assert told in reader.reading(changed).article.text


@pytest.mark.parametrize(
    ("set_in", "there", "not_there"),
    [
        (
            b'<div class="shot"><img src="https://harbour.example/q.jpg" width="640" alt="A quay"></div>',
            "/q.jpg",
            "shot",
        ),
        (b'<div class="jump" role="navigation"><p>All that was said about the port</p></div>', "<p>", "All that was"),
        (
            b'<p class="text">The ferry<i style="display:none"> subscribe</i> stayed.</p>',
            "The ferry stayed.",
            "subscribe",
        ),
    ],
    ids=["a picture without a caption", "a part of the site", "hidden words"],
)
def test_among_the_paragraphs_a_template_keeps_pictures_and_neither_parts_of_the_site_nor_hidden_words(
    set_in: bytes, there: str, not_there: str, harbour: list[Virtual]
) -> None:
    reader = Reader()
    reader.read(*harbour[:6])
    page = by_template(reader, harbour[6:])
    changed = page._replace(body=page.body.replace(b'<h2 class="sub">', set_in + b'<h2 class="sub">', 1))
    article = reader.reading(changed).article
    assert article.extraction.method == "template"
    assert there in article.html
    assert not_there not in article.html


def test_a_page_without_the_place_of_the_body_or_many_times_as_long_is_read_the_long_way(
    harbour: list[Virtual],
) -> None:
    reader = Reader()
    reader.read(*harbour[:6])
    page = by_template(reader, harbour[6:])
    elsewhere = page._replace(body=page.body.replace(b"story-body", b"column"))
    longest = reader.outlet.learned[0].template.words[1]
    more = b"".join(b'<p class="text">And number %d said that it was so.</p>' % each for each in range(longest))
    long = page._replace(body=page.body.replace(b'<h2 class="sub">', more + b'<h2 class="sub">'))
    assert methods([reader.reading(elsewhere).article, reader.reading(long).article]) == ["generic"] * 2


def test_a_class_more_or_less_on_the_way_to_the_body_changes_nothing(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:6])
    page = by_template(reader, harbour[6:])
    body = page.body.replace(b'"single postid-4711"', b'"single dark postid-9"').replace(
        b'"story-body"', b'"story-body wide"'
    )
    assert reader.reading(page._replace(body=body)).article.extraction.method == "template"


def test_an_element_more_around_the_body_is_another_layout_and_known_after_three_pages(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:5])
    assert not reader.outlet.learned[0].by_excerpt, "which finds the body wherever it stands"
    wrapped = [
        page._replace(
            body=page.body.replace(b'<div class="story-body">', b'<div class="grid"><div class="story-body">')
        )
        for page in harbour[5:]
    ]
    assert methods(reader.read(*wrapped[:3])) == ["generic"] * 3
    assert by_template(reader, wrapped[3:])
    assert len(reader.outlet.learned) == 2


def test_however_a_known_outlets_page_is_damaged_it_is_an_article_or_none(harbour: list[Virtual]) -> None:
    """Cut off, with pieces lost, doubled or mixed up, through templates and excerpts alike."""
    reader, chance = Reader(), random.Random(11)
    reader.read(*harbour)
    assert reader.outlet.learned[0].by_excerpt
    ends = Counter[str]()
    for page in harbour * 4:
        body = page.body[: chance.randrange(len(page.body) // 2, len(page.body))]
        for _ in range(chance.randrange(4)):
            one, other = sorted(chance.choices(range(len(body)), k=2))
            body = body[:one] + body[other:] + body[one:other] * chance.randrange(2)
        try:
            ends[reader.reading(page._replace(body=body)).article.extraction.method] += 1
        except ExtractFailed:
            ends["none"] += 1
    assert {"template", "generic"} < set(ends), "each of the ways was tried"


def test_the_same_page_read_many_times_is_one_observation(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*[harbour[0]] * 5)
    assert not reader.outlet.learned
    assert len(reader.evidence.observations) == 1
    assert reader.outlet.lines.articles == 1


def test_a_lesson_that_is_kept_twice_after_a_crash_changes_nothing(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:2])
    lesson = reader.reading(harbour[2]).lesson
    assert lesson
    once = taught(reader.outlet, reader.evidence, lesson)
    assert taught(*once, lesson) == once


def test_site_rules_come_before_any_template(harbour: list[Virtual]) -> None:
    reader = Reader(rules=ExtractRules(body=".story-body > p"))
    assert set(methods(reader.read(*harbour[:12]))) == {"rules"}
    assert not reader.outlet.learned


def test_what_is_known_of_an_outlet_stays_small_however_many_layouts_it_has(harbour: list[Virtual]) -> None:
    reader = Reader()
    for layout in range(12):
        name = f"column{chr(97 + layout)}"
        wrapped = b"<section>" * layout + b'<div class="%s">' % name.encode()
        reader.read(*(
            page._replace(body=page.body.replace(b'<div class="story-body">', wrapped)) for page in harbour[:10]
        ))  # fmt: skip
    assert len(reader.outlet.learned) <= MOST_TEMPLATES
    assert len(reader.evidence.observations) <= MOST_TEMPLATES * MOST_OBSERVATIONS
    assert len(reader.kept[0]) < 30_000
    assert len(reader.kept[1]) < 30_000


def test_what_was_kept_by_another_version_or_is_damaged_is_learned_anew(harbour: list[Virtual]) -> None:
    reader = Reader()
    reader.read(*harbour[:5])
    for kept in ((b"\x81\xa3new\x01", b""), (reader.kept[0][:-9], reader.kept[1][:-9]), (b"no msgpack", b"no zstd")):
        assert outlet_of(kept[0]).learned == ()
        assert evidence_of(kept[1]) == Evidence()


def after(articles: int, outlet: Outlet = Outlet()) -> Outlet:  # noqa: B008 — immutable
    """The outlet when so many articles more were counted."""
    return msgspec.structs.replace(outlet, lines=Lines(articles=outlet.lines.articles + articles))


def test_where_a_new_line_is_in_sight_each_page_is_counted_for_a_while() -> None:
    ids = [f"{number:08x}" for number in range(8)]
    settled = after(FEW_ARTICLES)
    assert [counts_lines(settled, each) for each in ids] == [True, False, False, False] * 2
    watching = attentive(settled)
    assert all(counts_lines(after(IN_SIGHT - 1, watching), each) for each in ids)
    assert not all(counts_lines(after(IN_SIGHT, watching), each) for each in ids)


def test_lines_that_are_always_in_sight_have_no_more_than_half_of_the_pages_counted() -> None:
    chance, outlet, counted = random.Random(3), after(FEW_ARTICLES), 0
    for _ in range(2000):
        if counts_lines(outlet, f"{chance.randrange(2**32):08x}"):
            outlet, counted = after(1, outlet), counted + 1
        outlet = attentive(outlet)
    assert 0.4 < counted / 2000 < 0.55
