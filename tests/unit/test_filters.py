"""Queues take what their filters say."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.deliver.filters import queues_for
from ingest.models import Article, Extraction
from ingest.settings import QueueFilter

NOW = datetime(2022, 2, 21, tzinfo=UTC)


def article(
    source: str = "harbour", language: str = "en", country: str = "GB", tags: tuple[str, ...] = ("fog", "ferry")
) -> Article:
    return Article(
        id="1",
        revision=1,
        url="https://harbour.example/a",
        source=source,
        title="Fog",
        text="Fog.",
        fetched=NOW,
        sorted=NOW,
        language=language,
        country=country,
        tags=tags,
        extraction=Extraction(method="feed"),
    )


def takes(wanted: QueueFilter, offered: Article) -> bool:
    return queues_for(offered, {"queue": wanted}) == ["queue"]


def test_a_queue_without_a_filter_takes_everything() -> None:
    assert takes(QueueFilter(), article())
    assert takes(QueueFilter(), article("", "", "", ()))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (QueueFilter(source=("bay", "harbour")), QueueFilter(source=("bay",))),
        (QueueFilter(language=("es", "en")), QueueFilter(language=("es",))),
        (QueueFilter(country=("VE", "GB")), QueueFilter(country=("VE",))),
        (QueueFilter(tags=("sport", "ferry")), QueueFilter(tags=("sport",))),
    ],
    ids=["source", "language", "country", "tags"],
)
def test_any_value_of_a_field_will_do_and_none_will_not(right: QueueFilter, wrong: QueueFilter) -> None:
    assert takes(right, article())
    assert not takes(wrong, article())


def test_all_fields_of_a_filter_must_agree() -> None:
    for source, language, country, tag in product(("harbour", "bay"), ("en", "es"), ("GB", "VE"), ("fog", "sport")):
        wanted = QueueFilter(source=(source,), language=(language,), country=(country,), tags=(tag,))
        right = (source, language, country, tag) == ("harbour", "en", "GB", "fog")
        assert takes(wanted, article()) is right


def test_an_article_without_a_value_is_in_no_queue_that_asks_for_one() -> None:
    bare = article("", "", "", ())
    assert not takes(QueueFilter(language=("en",)), bare)
    assert not takes(QueueFilter(tags=("fog",)), bare)


def test_a_part_of_a_value_is_not_the_value() -> None:
    assert not takes(QueueFilter(tags=("fo",)), article())
    assert not takes(QueueFilter(source=("harbours",)), article())


def test_an_article_goes_into_every_queue_that_takes_it_in_the_order_they_are_configured() -> None:
    queues = {"z": QueueFilter(), "es": QueueFilter(language=("es",)), "fog": QueueFilter(tags=("fog",))}
    assert queues_for(article(), queues) == ["z", "fog"]
    assert queues_for(article(), {}) == []


VALUES = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)


@given(VALUES, VALUES, VALUES, VALUES, st.sampled_from("abc"))
def test_a_value_more_never_takes_less_where_there_was_one(
    source: tuple[str, ...], language: tuple[str, ...], country: tuple[str, ...], tags: tuple[str, ...], more: str
) -> None:
    offered = article("a", "b", "c", ("a", "c"))
    narrow = QueueFilter(source=source, language=language, country=country, tags=tags)
    wider = QueueFilter(
        source=(*source, more) if source else (),
        language=(*language, more) if language else (),
        country=(*country, more) if country else (),
        tags=(*tags, more) if tags else (),
    )
    assert takes(wider, offered) or not takes(narrow, offered)
