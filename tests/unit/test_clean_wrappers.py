"""Where a redirect leads is read from its address, where that says so, and without asking anybody."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean.wrappers import unwrapped

PAGE = "https://harbour.example/news/ferry?id=7"
ENCODED = "https%3A%2F%2Fharbour.example%2Fnews%2Fferry%3Fid%3D7"


def base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def google_news(url: str, amp: str = "") -> str:
    """The id of an article as Google News wrote it until 2024: a protocol buffer with two texts in it."""

    def text(field: bytes, value: str) -> bytes:
        length = len(value)
        return (
            field + (bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])) + value.encode()
        )

    return base64(b"\x08\x13" + text(b"\x22", url) + text(b"\xd2\x01", amp))


@pytest.mark.parametrize(
    "wrapper",
    [
        f"https://www.google.com/url?q={ENCODED}&sa=U&ved=2ah",
        f"https://www.google.co.uk/url?sa=t&q=ferry&url={ENCODED}",
        f"https://news.google.com/news/url?sa=t&url={ENCODED}",
        "https://www.google.com/amp/s/harbour.example/news/ferry?id=7",
        "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/news/ferry?id=7",
        "https://cdn.ampproject.org/v/s/harbour.example/news/ferry?id=7",
        f"https://l.facebook.com/l.php?u={ENCODED}&h=AT0",
        f"https://lm.facebook.com/l.php?h=AT0&u={ENCODED}",
        f"https://l.instagram.com/?u={ENCODED}&e=AT0",
        f"https://t.umblr.com/redirect?z={ENCODED}&t=1",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={ENCODED}&c=1",
        f"https://www.bing.com/ck/a?!&&p=1&u=a1{base64(PAGE.encode())}&ntb=1",
        f"https://r.search.yahoo.com/_ylt=A;_ylu=X/RV=2/RE=1/RO=10/RU={ENCODED}/RK=2/RS=x-",
        f"https://eur01.safelinks.protection.outlook.com/?url={ENCODED}&data=05",
        f"https://urldefense.com/v3/__{PAGE}__;!!a!b$",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__harbour.example_news_ferry-3Fid-3D7&d=1",
        f"https://click.linksynergy.com/deeplink?id=1&mid=2&murl={ENCODED}",
        f"https://vk.com/away.php?to={ENCODED}",
        f"https://www.youtube.com/redirect?event=video&q={ENCODED}",
        f"https://href.li/?{PAGE}",
        f"https://duckduckgo.com/l/?uddg={ENCODED}&rut=1",
    ],
)
def test_a_redirect_says_where_it_leads(wrapper: str) -> None:
    assert unwrapped(wrapper) == PAGE


@pytest.mark.parametrize("url", [PAGE, PAGE + "&text=" + "a" * 300])
@pytest.mark.parametrize("path", ["rss/articles", "articles", "__i/rss/rd/articles", "read"])
def test_an_older_address_of_google_news_says_where_it_leads(path: str, url: str) -> None:
    for amp in ("", f"{PAGE}&amp=1"):
        assert unwrapped(f"https://news.google.com/{path}/{google_news(url, amp)}?oc=5") == url


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        f"https://news.google.com/rss/articles/{base64(b'x' * 60)}?oc=5",
        "https://news.google.com/rss/articles/CBMi?oc=5",
        f"https://www.google.com/search?q={ENCODED}",
        "https://www.google.com/url?q=ferry",
        "https://www.google.com/url?q=javascript:alert(1)",
        f"https://google.com.evil.example/url?q={ENCODED}",
        f"https://evilfacebook.com/l.php?u={ENCODED}",
        f"https://www.facebook.com/sharer.php?u={ENCODED}",
        f"https://harbour.example/url?q={ENCODED}",
        f"https://web.archive.org/web/2022/{PAGE}",
        "https://feedproxy.google.com/~r/harbour/~3/abc/",
        "https://t.co/abc",
        "https://www.bing.com/ck/a?u=a1%%%",
        "https://[",
    ],
)
def test_an_address_that_is_no_redirect_or_hides_where_it_leads_stays(address: str) -> None:
    assert unwrapped(address) == address


HOSTS = st.sampled_from(
    ["www.google.com", "news.google.com", "x.cdn.ampproject.org", "bing.com", "r.search.yahoo.com", "href.li"]
)


@given(HOSTS, st.text(max_size=40), st.binary(max_size=40).map(base64))
def test_any_address_can_be_asked(host: str, path: str, encoded: str) -> None:
    for rest in (
        path,
        f"url?q={path}",
        f"rss/articles/{encoded}",
        f"ck/a?u=a1{encoded}",
        f"amp/s/{path}",
        f"RU={path}",
    ):
        assert isinstance(unwrapped(f"https://{host}/{rest}"), str)
