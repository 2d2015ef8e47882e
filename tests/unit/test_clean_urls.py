"""One page has one address, whoever links to it and however."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.clean import canonical_url, clean_url

PAGE = "https://harbour.example/news/2022/ferry-leaves-at-ten"


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("HTTPS://Harbour.Example:443/News", "https://harbour.example/News"),
        ("http://harbour.example:80", "http://harbour.example/"),
        ("http://harbour.example:8080/a", "http://harbour.example:8080/a"),
        ("https://harbour.example./a", "https://harbour.example/a"),
        ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
        ("https://münchen.example。/a", "https://xn--mnchen-3ya.example/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("https://josé@harbour.example/a", "https://jos%C3%A9@harbour.example/a"),
        ("https://harbour.example/a#comments", "https://harbour.example/a"),
        ("https://harbour.example/a?utm_source=feed&id=7&fbclid=x", "https://harbour.example/a?id=7"),
        ("https://harbour.example/a?UTM_Medium=rss", "https://harbour.example/a"),
        ("https://harbour.example/a?ref=twitter&from=rss", "https://harbour.example/a"),
        ("https://harbour.example/a?ref=77&from=2020", "https://harbour.example/a?ref=77&from=2020"),
        ("https://harbour.example/a?cid=1&eid=2&uid=3", "https://harbour.example/a?cid=1&eid=2&uid=3"),
        ("https://harbour.example/a?b=2&a=1", "https://harbour.example/a?b=2&a=1"),
        ("https://harbour.example/a?&&id=7&", "https://harbour.example/a?id=7"),
        ("https://harbour.example/a?id=7&amp;page=2", "https://harbour.example/a?id=7&page=2"),
        ("https://harbour.example/a?id=7&amp;amp;utm_source=x", "https://harbour.example/a?id=7"),
        ("https://harbour.example/a;jsessionid=1A2B?id=7", "https://harbour.example/a?id=7"),
        ("https://harbour.example/%7euser/%c3%b1", "https://harbour.example/~user/%C3%B1"),
        ("https://harbour.example/año nuevo", "https://harbour.example/a%C3%B1o%20nuevo"),
        ("https://harbour.example/100%", "https://harbour.example/100%25"),
        ("https://harbour.example/a%2Fb", "https://harbour.example/a%2Fb"),
        (" https://harbour.example/a\n", "https://harbour.example/a"),
    ],
)
def test_an_address_has_one_spelling(written: str, clean: str) -> None:
    assert clean_url(written) == clean
    assert clean_url(clean) == clean


@pytest.mark.parametrize(
    "tracker",
    [
        "utm_campaign",
        "fbclid",
        "gclid",
        "dclid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "msclkid",
        "mc_cid",
        "srsltid",
        "_ga",
        "_gl",
        "at_medium",
        "ns_source",
        "xtor",
        "ocid",
        "cmpid",
        "ref_src",
        "igshid",
        "__twitter_impression",
    ],
)
def test_a_parameter_that_only_tracks_its_reader_is_dropped(tracker: str) -> None:
    assert clean_url(f"https://harbour.example/a?{tracker}=1&id=7") == "https://harbour.example/a?id=7"


@pytest.mark.parametrize(
    ("relative", "absolute"),
    [
        ("/a", "https://harbour.example/a"),
        ("b", "https://harbour.example/news/2022/b"),
        ("../b", "https://harbour.example/news/b"),
        ("//other.example/c", "https://other.example/c"),
        ("?page=2", f"{PAGE}?page=2"),
    ],
)
def test_a_relative_address_is_read_where_it_stands(relative: str, absolute: str) -> None:
    assert clean_url(relative, PAGE) == absolute


def test_a_fragment_is_kept_only_where_it_tells_entries_apart() -> None:
    assert (
        clean_url("https://harbour.example/live#Post 7", keep_fragment=True) == "https://harbour.example/live#Post%207"
    )
    assert clean_url("https://harbour.example/live#Post 7") == "https://harbour.example/live"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "/a",
        "mailto:ana@harbour.example",
        "javascript:void(0)",
        "ftp://harbour.example/a",
        "https://",
        "https:///a",
        "https://harbour.example:port/",
        "https://harbour.example:99999/",
        "https://[::1",
        "https://har bour.example/",
        "https://har%62our.example/",
        "https://ñ..example/",
        "https://./",
    ],
)
def test_what_is_no_http_address_is_a_value_error(written: str) -> None:
    with pytest.raises(ValueError):
        clean_url(written)


# Addresses put together from what has a meaning in them, which random text alone would seldom hit.
PIECES = st.sampled_from(
    [
        *"aÑ/?#&=%[]@:+|.。ß \\\x00",
        "..",
        "&amp;",
        "amp;",
        "%7e",
        "%2f",
        "%26",
        "%70",
        ";jsessionid=1",
        ":80",
        "ref=rss",
        "utm_x",
    ]
)
ADDRESSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", ""]),
    st.sampled_from(["harbour.example", "Ñ.example。", "[::1]", "user:pass@host", "127.0.0.1:80", ""]),
    st.lists(PIECES, max_size=12).map("".join),
)


def cleaned(address: str, base: str = "", *, keep_fragment: bool = False) -> str:
    """Empty where it is none; that nothing but ValueError is raised is part of every test here."""
    try:
        return clean_url(address, base, keep_fragment=keep_fragment)
    except ValueError:
        return ""


@given(st.one_of(ADDRESSES, st.text()), st.booleans())
@example("http://harbour.example/a?b=1&amp;amp;c=2", False)
@example("http://harbour.example/a&am%70;b", True)
def test_cleaning_an_address_again_changes_nothing(address: str, keep_fragment: bool) -> None:
    if clean := cleaned(address, keep_fragment=keep_fragment):
        assert clean_url(clean, keep_fragment=keep_fragment) == clean
        assert clean.isascii()


@given(st.one_of(ADDRESSES, st.text()), st.one_of(ADDRESSES, st.text()))
def test_an_address_and_its_base_are_cleaned_or_refused_with_a_value_error(address: str, base: str) -> None:
    clean = cleaned(address, base)
    assert not clean or clean.startswith(("http://", "https://"))


# ── which of two addresses to believe ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("declared", "page"),
    [
        ("http://harbour.example/news/ferry", "https://harbour.example/news/ferry"),
        ("/news/ferry", "https://harbour.example/news/ferry"),
        ("https://harbour.example/news/2022/ferry-leaves-at-ten/", f"{PAGE}/"),
    ],
    ids=["https stays", "relative", "a slash"],
)
def test_the_address_that_a_page_declares_is_its_own(declared: str, page: str) -> None:
    assert canonical_url(f"{PAGE}?utm_medium=feed", declared) == page


def test_another_host_of_the_same_site_is_believed() -> None:
    assert (
        canonical_url("https://amp.example.com/ferry", "https://www.example.com/ferry")
        == "https://www.example.com/ferry"
    )


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "https://harbour.example/",
        "https://harbour.example/index.html",
        "https://harbour.example/news",
        "https://harbour.example/news/2022/",
        "https://elsewhere.example/news/ferry",
        "https://{{host}}/news/ferry",
        "https://harbour.example/undefined",
        "mailto:ana@harbour.example",
        "https://[/",
    ],
)
def test_a_declared_address_that_cannot_be_the_pages_is_not_believed(declared: str) -> None:
    assert canonical_url(PAGE, declared) == PAGE


def test_the_article_above_its_second_page_is_believed() -> None:
    article = "https://harbour.example/news/the-ferry-leaves-at-ten"
    assert canonical_url(f"{article}/amp", article) == article


def test_two_outlets_under_one_public_suffix_are_two_sites() -> None:
    assert (
        canonical_url("https://ana.blogspot.com/a/b", "https://john.blogspot.com/a/b") == "https://ana.blogspot.com/a/b"
    )


@given(ADDRESSES, st.one_of(ADDRESSES, st.text()))
def test_the_canonical_address_is_clean_whatever_the_page_declares(final: str, declared: str) -> None:
    if clean := cleaned(final):
        canonical = canonical_url(clean, declared)
        assert clean_url(canonical) == canonical
