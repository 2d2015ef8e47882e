"""Dates as outlets write them become moments in UTC, or None where they state none."""

import warnings
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import read_date
from ingest.clean.months import month_of
from ingest.clean.written import find_dates

MOMENT = datetime(2022, 2, 21, 22, 22, tzinfo=UTC)
DAY = datetime(2022, 2, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2022-02-21T22:22:00Z",
        "2022-02-21T22:22:00.000+00:00",
        "2022-02-21 22:22",
        "20220221T222200Z",
        "202202212222",
        "20220221222200",
        "Mon, 21 Feb 2022 22:22:00 GMT",
        "Mon, 21 Feb 2022 17:22:00 -0500",
        "21 Feb 2022 17:22:00 EST",
        "1645482120",
        "1645482120000",
        "1645482120.0",
        "Feb 21, 2022, 22:22 pm",
        "February 21, 2022 at 10:22 p.m.",
        "Published: Feb. 21, 2022 | 10:22 PM",
        "Monday 21 February 2022 22.22",
        "2022年2月21日 22時22分",
        " \n 2022-02-21\t22:22 \n",
    ],
)
def test_dates_that_need_no_language_are_read(raw: str) -> None:
    assert read_date(raw, "UTC", "en") == MOMENT


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("21 de febrero de 2022, 22:22 h", "es"),
        ("lunes 21 de febrero de 2022 10:22 p. m.", "es"),
        ("Fecha de publicación: 21/02/2022 a las 22:22", "es"),
        ("21/02/2022 às 22h22", "pt"),
        ("21 de fevereiro de 2022 às 22:22", "pt"),
        ("21 février 2022 à 22h22", "fr"),
        ("21. Februar 2022, 22:22 Uhr", "de"),
        ("21 febbraio 2022 alle 22:22", "it"),
        ("21 de fev. de 2022, 22h22", "pt"),
        ("Febrero 21 de 2022 - 10:22 p. m.", "es"),
        ("21/feb/2022 22:22", "es"),
        ("dilluns, 21 de febrer del 2022 22:22", "ca"),
        ("21 lutego 2022 22:22", "pl"),
        ("21. února 2022 v 22:22", "cs"),
        ("2022. február 21. 22:22", "hu"),
        ("2022 m. vasario 21 d. 22:22", "lt"),
        ("2022. gada 21. februāris, 22:22", "lv"),
        ("21 Şubat 2022 22:22", "tr"),
        ("21 февраля 2022, 22:22", "ru"),
        ("21 Φεβρουαρίου 2022, 22:22", "el"),
        ("21. helmikuuta 2022 klo 22:22", "fi"),
        ("21 tháng 2, 2022 22:22", "vi"),
        ("2022年2月21日 午後10時22分", "ja"),
        ("2022년 2월 21일 오후 10:22", "ko"),
        ("21 فبراير 2022 22:22", "ar"),
        ("21 กุมภาพันธ์ 2565 22:22", "th"),
    ],
)
def test_dates_in_other_languages_are_read_whether_or_not_the_language_is_known(raw: str, language: str) -> None:
    assert read_date(raw, "UTC", language) == MOMENT
    assert read_date(raw, "UTC") == MOMENT


@pytest.mark.parametrize("raw", ["2022-02-21", "21 Feb 2022", "21/02/2022", "21 de febrero de 2022", "21.02.2022"])
def test_a_date_without_a_time_is_midnight_where_it_was_written(raw: str) -> None:
    assert read_date(raw, "UTC") == DAY
    assert read_date(raw, "America/Caracas") == DAY + timedelta(hours=4)


@pytest.mark.parametrize("raw", ["2022-02-21T22:22", "Feb 21, 2022 22:22", "21 de febrero de 2022 22:22"])
def test_a_time_without_a_zone_is_that_of_the_outlet(raw: str) -> None:
    assert read_date(raw, "America/Caracas") == MOMENT + timedelta(hours=4)


def test_the_outlets_clock_knows_summer_time() -> None:
    assert read_date("2022-07-01 12:00", "Europe/Madrid") == datetime(2022, 7, 1, 10, tzinfo=UTC)
    assert read_date("2022-01-01 12:00", "Europe/Madrid") == datetime(2022, 1, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["Seg, 21 Fev 2022 22:22:00 -0300", "21 de febrero de 2022 22:22 GMT-3"])
def test_hours_from_utc_are_counted_eastwards(raw: str) -> None:
    assert read_date(raw, "UTC", "es") == MOMENT + timedelta(hours=3)


@pytest.mark.parametrize("zone", ["-0000", "+0000", "GMT", "UT", "Z"])
def test_utc_in_rfc_5322_is_utc_wherever_the_outlet_is(zone: str) -> None:
    assert read_date(f"Mon, 21 Feb 2022 22:22:00 {zone}", "America/Caracas") == MOMENT


@pytest.mark.parametrize(
    ("timezone", "hours_east"), [("Asia/Shanghai", 8), ("America/Havana", -5), ("Europe/London", -6), ("", -6)]
)
def test_a_zones_name_means_what_it_means_where_it_was_written(timezone: str, hours_east: int) -> None:
    assert read_date("21 Feb 2022 22:22 CST", timezone) == MOMENT - timedelta(hours=hours_east)


@pytest.mark.parametrize(
    ("timezone", "language", "month"),
    [
        ("Europe/Madrid", "es", 3),
        ("America/Caracas", "es", 3),
        ("Europe/London", "en", 3),
        ("Australia/Sydney", "en", 3),
        ("America/New_York", "en", 2),
        ("America/Toronto", "en-US", 2),
        ("UTC", "en", 2),
        ("UTC", "", 3),
    ],
)
def test_the_day_comes_first_except_in_american_english(timezone: str, language: str, month: int) -> None:
    moment = read_date("02/03/2022 12:00 UTC", timezone, language)
    assert moment == datetime(2022, month, 5 - month, 12, tzinfo=UTC)


def test_where_dots_are_written_the_day_comes_first_in_any_language() -> None:
    assert read_date("04.05.2022", "America/New_York", "en") == datetime(2022, 5, 4, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Por Ana Rojas, 21 de febrero de 2022, 22:22 h", ["21 de febrero de 2022, 22:22"]),
        ("21/02/2022 às 22h22 - Atualizado em 22/02/2022", ["21/02/2022 às 22h22", "22/02/2022"]),
        ("By Ana Rojas, February 21st, 2022 at 10:22 PM EST", ["February 21st, 2022 at 10:22 PM EST"]),
        ("Veröffentlicht am 21.02.22, 22:22 Uhr", ["21.02.22, 22:22"]),
        ("発行 2022年2月21日(月) 22:22 更新", ["2022年2月21日(月) 22:22"]),
        ("The 21 decided in 2022 to wait; call 555-1234-2022 or see version 1.2.2022.3", []),
    ],
)
def test_dates_are_found_amid_other_words(text: str, dates: list[str]) -> None:
    assert list(find_dates(text)) == dates


@pytest.mark.parametrize(
    ("word", "month"),
    [("Sept", 9), ("mar", 3), ("JUIL", 7), ("febrero", 2), ("tammikuuta", 1), ("марта", 3), ("aoû", 8)],
)
def test_a_month_may_be_cut_or_declined(word: str, month: int) -> None:
    assert month_of(word) == month


@pytest.mark.parametrize("word", ["ma", "jui", "marine", "decided", "ferry", ""])
def test_a_word_that_begins_no_month_or_two_is_none(word: str) -> None:
    assert month_of(word) is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "hace 2 horas",
        "10:30",
        "February 2022",
        "Feb 21",
        "2022",
        "2022-02",
        "0000-00-00 00:00:00",
        "1970-01-01T00:00:00Z",
        "0",
        "2150-01-01",
        "{{ date }}",
        "31/31/2022",
        "31 February 2022",
        "21 February 2022 25:61",
        "Call 555-1234",
        "a" * 10_000,
    ],
)
def test_what_states_no_moment_is_none(raw: str) -> None:
    assert read_date(raw, "UTC", "es") is None


def test_an_unknown_zone_of_the_outlet_is_utc() -> None:
    assert read_date("2022-02-21 22:22", "Mars/Olympus", "en") == MOMENT


MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30), timezones=st.timezones()).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


@given(MOMENTS, st.sampled_from(["UTC", "America/Caracas", "Asia/Kolkata"]))
def test_a_moment_with_its_offset_is_read_as_it_was_written(moment: datetime, timezone: str) -> None:
    if (offset := moment.utcoffset()) is not None and offset.total_seconds() % 60:
        moment = moment.astimezone(UTC)  # local mean time, which neither format can write
    assert read_date(moment.isoformat(), timezone) == moment.astimezone(UTC)
    assert read_date(format_datetime(moment), timezone) == moment.astimezone(UTC)


PIECES = st.sampled_from(
    [
        "21",
        "2022",
        "febrero",
        "Feb",
        "22:22",
        "pm",
        "/",
        "-",
        "T",
        "Z",
        "+0500",
        ":",
        "de",
        "99",
        "lunes",
        ".",
        "年",
        "h",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)), st.text(), st.text())
def test_whatever_is_read_gives_a_moment_in_utc_or_none(raw: str, timezone: str, language: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for zone, tongue in ((timezone, language), ("America/Caracas", "es")):
            moment = read_date(raw, zone, tongue)
            assert moment is None or (moment.tzinfo is UTC and 1989 <= moment.year <= 2101)
