"""One page has one address, whoever links to it and however."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.clean import clean_url

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
        ("https://harbour.example/a?partner=rss&emc=rss&r=rss", "https://harbour.example/a"),
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
        "Echobox",
        "maca",
        "mibextid",
        "usqp",
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


@pytest.mark.parametrize("fragment", ["xtor=RSS-1", "utm_source=rss&ref=twitter", ":~:text=ferry,ten"])
def test_a_fragment_that_follows_its_reader_is_dropped(fragment: str) -> None:
    assert clean_url(f"{PAGE}#{fragment}", keep_fragment=True) == PAGE


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


@pytest.mark.parametrize(
    ("wrapped", "address"),
    [
        (f"https://www.google.com/url?q={PAGE}&sa=U", PAGE),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2FHarbour.example%2Fa%3Ffbclid%3D1", "https://harbour.example/a"),
        (
            "https://www.google.com/url?q=https%3A%2F%2Fhref.li%2F%3Fhttps%3A%2F%2Fharbour.example%2Fa",
            "https://harbour.example/a",
        ),
    ],
    ids=["plain", "with a tracker", "one inside the other"],
)
def test_a_redirect_is_the_address_that_it_leads_to(wrapped: str, address: str) -> None:
    assert clean_url(wrapped) == address


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
