"""One page has one address, whichever of its forms was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import canonical_url, clean_url, plain_url
from tests.unit.test_clean_urls import ADDRESSES, PAGE, cleaned

HOME = "https://www.harbour.example/news"

# ── which of two addresses to believe ──


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


@pytest.mark.parametrize("form", ["amp", "amp/", "print/"])
def test_the_article_of_which_a_page_is_another_form_is_believed_whatever_its_name(form: str) -> None:
    article = "https://harbour.example/news/ferry"
    assert canonical_url(f"{article}/{form}", article) == article


# ── the plain form ──


@pytest.mark.parametrize(
    "form",
    [
        f"{PAGE}.amp",
        PAGE + ".amp" * 3000,
        f"{PAGE}.amp",
        PAGE + ".amp" * 3000,
        f"{PAGE}/amp.html",
        f"{PAGE}/amphtml",
        "https://harbour.example/amp/news/2022/ferry-leaves-at-ten",
        f"{PAGE}.amp",
        PAGE + ".amp" * 3000,
        f"{PAGE}?amp=1",
        f"{PAGE}?outputType=amp",
        f"{PAGE}?layout=amp",
        f"{PAGE}/print",
        f"{PAGE}?print=1",
        f"{PAGE}?view=print",
        f"{PAGE}?mobile=1",
        f"https://www.google.com/amp/s/{PAGE.removeprefix('https://')}/amp",
        f"https://harbour-example.cdn.ampproject.org/v/s/{PAGE.removeprefix('https://')}?amp=1&usqp=mq331",
    ],
)
def test_amp_and_print_are_taken_back_to_the_page(form: str) -> None:
    assert canonical_url(form, "") == PAGE


def test_a_page_is_not_believed_that_its_address_is_that_of_a_view() -> None:
    assert canonical_url(f"{PAGE}?print=1&id=7", f"{PAGE}?print=1&id=7") == f"{PAGE}?id=7"


@pytest.mark.parametrize(
    ("form", "plain"),
    [
        (f"{PAGE}/amp/?id=7&amp=1", f"{PAGE}/?id=7"),
        (f"{PAGE}.amp.html", f"{PAGE}.html"),
        ("https://harbour.example/2022/11/ferry/amp/", "https://harbour.example/2022/11/ferry/"),
        ("https://harbour.example/news/12345/print", "https://harbour.example/news/12345"),
        (f"{PAGE}/amp#post-7", f"{PAGE}#post-7"),
    ],
)
def test_what_else_an_address_says_stays(form: str, plain: str) -> None:
    assert plain_url(form) == plain


@pytest.mark.parametrize(
    "address",
    [
        "https://harbour.example/amp",
        "https://harbour.example/news/amp/",
        "https://harbour.example/print/",
        "https://harbour.example/2022/11/amp",
        "https://harbour.example/guitars/amp",
        "https://harbour.example/stamp/the-best-amp",
        f"{PAGE}-amp",
        f"{PAGE}?amperage=1",
        f"{PAGE}?print=7",
        "https://amp.example/the-best-ferry-ever",
    ],
)
def test_an_address_that_may_have_been_meant_so_stays(address: str) -> None:
    assert plain_url(address) == address


@pytest.mark.parametrize(
    "host", ["m.harbour.example", "mobile.harbour.example", "amp.harbour.example", "harbour.example"]
)
def test_a_host_for_telephones_is_the_one_of_the_homepage(host: str) -> None:
    assert canonical_url(f"https://{host}/a", "", HOME) == "https://www.harbour.example/a"
    assert canonical_url("https://www.harbour.example/a", "", f"https://{host}/") == f"https://{host}/a"


def test_a_host_stays_where_no_homepage_says_how_it_is_written() -> None:
    for address in ("https://m.harbour.example/a", "https://www.harbour.example/a", "https://harbour.example/a"):
        assert canonical_url(address, "") == address
        assert canonical_url(address, "", "https://elsewhere.example/") == address
        assert canonical_url(address, "", "no address") == address


@pytest.mark.parametrize(
    "host", ["blog.harbour.example", "m.blog.harbour.example", "harbour.example:8080", "mharbour.example"]
)
def test_another_host_of_the_outlet_stays(host: str) -> None:
    assert canonical_url(f"https://{host}/a", "", HOME) == f"https://{host}/a"


def test_the_page_is_believed_before_any_rule() -> None:
    amp_alone = "https://m.harbour.example/news/2022/ferry-leaves-at-ten/amp"
    assert canonical_url(amp_alone, amp_alone, HOME) == amp_alone
    declared = "https://example.com/ferry"
    assert canonical_url("https://m.example.com/ferry", declared, "https://www.example.com/") == declared


PARTS = st.sampled_from(
    ["/amp", "/print", ".amp", ".html", "/2022", "/a-b-c", "/a", "/", "?amp", "&amp=1", "&print=1", "#amp"]
)


@given(
    st.sampled_from(["https://m.harbour.example", "https://amp.www.harbour.example", "http://harbour.example"]),
    st.lists(PARTS, max_size=6).map("".join),
    st.sampled_from(["", HOME, "https://harbour.example/", "https://m.harbour.example"]),
)
def test_a_plain_address_is_clean_and_as_plain_as_can_be(host: str, rest: str, homepage: str) -> None:
    plain = plain_url(clean_url(f"{host}/{rest}", keep_fragment=True), homepage)
    assert clean_url(plain, keep_fragment=True) == plain
    assert plain_url(plain, homepage) == plain
