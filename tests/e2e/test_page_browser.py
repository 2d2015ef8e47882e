"""The page in a real browser, headless Chromium, on a real newswire: `teletipo run` and an outlet on loopback."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from ingest.settings import ApiSettings
from ingest.store import Store
from tests.conftest import WriteConfig, config_folder
from tests.e2e.newswire import QUICK, Newswire, until
from tests.e2e.newswire import page as report
from tests.integration.serving import TOKEN, serving
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

CHROMIUM = Path("/usr/bin/chromium")
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIETLY += ["--disable-sync", "--no-first-run"]

OFTEN = "[fetch]\nmin_interval = 1.0\nmax_interval = 1.0\n"

REPORTS = 14
"""More than a phone's screen holds."""

VIEWS = ("/", "/?q=river&language=en", "/page/sources", "/page/queues", "/page/dead", "/page/article/none")

HOSTILE = '</script></title><script>window.__pwned = 1</script><img src=x onerror="window.__pwned = 1">'
_SAID = HOSTILE.replace("<", "&lt;")
HOSTILE_PAGE = (
    f'<html lang="en"><head><title>{_SAID}</title></head><body><article><h1>{_SAID}</h1>'
    + "".join(f"<p>{_SAID} Sentence {n} of what is written here is long enough to be a text.</p>" for n in range(6))
    + '<script>window.__pwned = 1</script><p onclick="window.__pwned = 1"><a href="javascript:window.__pwned = 1">Click'
    "</a> here for what a stranger would like to run in this very page, again and again.</p></article></body></html>"
)

WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
window.__shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.__shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""

CONTRASTS = """() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parse(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walk.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}"""
"""Of every text that is shown: its contrast with what it stands on (as WCAG 2.2 has it), and how it begins."""


class Wire:
    """A running newswire, its outlet, and where its page is."""

    def __init__(self, outlet: Outlet, store: Store, url: str) -> None:
        self.outlet, self.store, self.url = outlet, store, url.rstrip("/")
        self._headlines: list[Headline] = []

    def publish(self, path: str, title: str, body: str, status: int = 200) -> None:
        """One more article, on top of the outlet's feed."""
        self._headlines.insert(0, Headline(self.outlet.publish(path, body, status=status), title))
        self.outlet.publish("/feed", rss("The Outlet", self.outlet.url, self._headlines), "application/rss+xml")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        why = f"no Chromium at {CHROMIUM}; Debian's package `chromium` has it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield running
        running.close()


@pytest.fixture(scope="module")
def wire(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("page")
    with Outlet() as outlet:
        config = config_folder(folder / "config", outlet.url, main=QUICK, source=OFTEN, queues="[queues.all]\n")
        with Newswire(config, folder / "data") as newswire:
            newswire.start()
            store = newswire.store()
            running = Wire(outlet, store, until((folder / "data" / "api.url").read_text))
            for number in range(REPORTS):
                running.publish(f"/report/{number}", f"Report {number}", report(number))
            until(lambda: store.queue_length("all") == REPORTS)
            yield running


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, wire: Wire) -> Iterator[Open]:
    """Open a path of the page: `open_page("/", color_scheme="dark")`. Whatever it does must be allowed and quiet."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(path: str = "/", url: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1180, "height": 800}, **options})
        contexts.append(context)
        context.add_init_script(WATCH)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: complaints.append(f"error {error}"))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said.type, said.text) else None)
        page.goto(f"{url or wire.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(kind: str, text: str) -> bool:
    """A browser notes each answer that is no success; a 404 or 400 page is one on purpose."""
    return kind in {"error", "warning"} and "server responded with a status of 40" not in text


def rows(page: Page) -> Locator:
    return page.locator("ol.wire > li")


def live(page: Page) -> None:
    """Wait until the page listens."""
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


# ── the wire ──


def test_an_article_appears_as_it_arrives_without_a_reload(open_page: Open, wire: Wire) -> None:
    page = open_page("/")
    live(page)
    page.evaluate("window.stayed = true")
    wire.publish("/report/100", "Report 100", report(100))
    expect(rows(page).first.locator("h2")).to_have_text("Report 100 from the river", timeout=20_000)
    assert page.evaluate("window.stayed")
    assert rows(page).count() == len(set(rows(page).evaluate_all("rows => rows.map(row => row.id)")))


def test_a_search_is_live_too_and_takes_only_what_it_asks_for(open_page: Open, wire: Wire) -> None:
    page = open_page('/?q="report 101"')
    live(page)
    expect(page.locator("[data-empty]")).to_be_visible()
    wire.publish("/report/102", "Report 102", report(102))
    until(lambda: any(entry.title.startswith("Report 102") for entry in wire.store.read_queue("all", "0", 1000)))
    wire.publish("/report/101", "Report 101", report(101))
    expect(rows(page).locator("h2")).to_have_text(["Report 101 from the river"], timeout=20_000)
    expect(page.locator("[data-empty]")).to_have_count(0)


def test_what_arrives_while_somebody_reads_waits_and_nothing_moves(open_page: Open, wire: Wire) -> None:
    page = open_page("/", viewport={"width": 320, "height": 640})
    live(page)
    page.mouse.wheel(0, 1200)
    page.wait_for_function("scrollY > 1000")
    first = rows(page).first.get_attribute("id")
    before = page.evaluate("scrollY")
    wire.publish("/report/103", "Report 103", report(103))
    button = page.get_by_role("button", name="1 new article")
    expect(button).to_be_visible(timeout=20_000)
    assert rows(page).first.get_attribute("id") == first
    assert page.evaluate("scrollY") == before
    button.click()
    expect(rows(page).first.locator("a").first).to_be_focused()
    expect(rows(page).first.locator("h2")).to_have_text("Report 103 from the river")
    assert page.evaluate("scrollY") == 0
    expect(button).to_be_hidden()


def test_times_are_in_the_readers_own_zone(open_page: Open) -> None:
    page = open_page("/", timezone_id="America/Caracas")  # UTC-4 the whole year
    exact, shown = rows(page).first.locator("time").first.evaluate("time => [time.dateTime, time.textContent]")
    hour = (int(exact[11:13]) - 4) % 24
    assert shown == f"{hour:02d}:{exact[14:16]}"
    expect(page.locator("[data-zone]")).to_have_text("America/Caracas")


def test_a_search_by_keyboard_stays_in_the_address(open_page: Open, wire: Wire) -> None:
    page = open_page("/")
    page.get_by_role("searchbox", name="Search").focus()
    page.keyboard.type("gauge 679")  # a number of report 7 alone
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q=gauge\+679"))
    expect(rows(page).locator("h2")).to_have_text(["Report 7 from the river"])
    page.reload()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("gauge 679")


def test_everything_works_without_script(open_page: Open, wire: Wire) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Search").fill("gauge 679")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Report 7 from the river").click()
    expect(page.locator("h1")).to_have_text("Report 7 from the river")
    page.get_by_role("link", name="Sources").click()
    page.get_by_role("button", name="Fetch now The Outlet").click()
    expect(page.locator("#progress")).to_contain_text("Done.", timeout=20_000)  # it looks again by itself


# ── fetch now ──


def test_fetch_now_shows_its_progress_to_the_end(open_page: Open, wire: Wire) -> None:
    page = open_page("/page/sources")
    page.evaluate("window.stayed = true")
    wire.outlet.publish("/slow", report(104), delay=1.5)
    page.get_by_label("Fetch an address").fill(f"{wire.outlet.url}/slow")
    page.get_by_label("Fetch an address").press("Enter")
    progress = page.locator("#fetch-address")
    expect(progress.get_by_role("status")).to_have_text("0 of 1 article")
    bar = progress.get_by_role("progressbar")
    assert bar.evaluate("bar => [bar.value, bar.max]") == [0, 1]
    expect(progress.get_by_role("status")).to_have_text("1 of 1 article, 1 created. Done.", timeout=20_000)
    assert bar.evaluate("bar => [bar.value, bar.max]") == [1, 1]
    assert page.evaluate("window.stayed")
    assert page.get_by_role("button", name="Fetch now").first.get_attribute("aria-disabled") is None


def test_fetch_now_says_what_cannot_be_fetched(open_page: Open) -> None:
    page = open_page("/page/sources")
    page.get_by_label("Fetch an address").fill("mailto:nobody@outlet.example")
    page.get_by_label("Fetch an address").press("Enter")
    expect(page.locator("#fetch-address").get_by_role("alert")).to_contain_text("mailto:nobody@outlet.example")


# ── nothing that a feed says runs ──


def test_nothing_that_a_feed_says_runs(open_page: Open, wire: Wire) -> None:
    page = open_page("/")
    live(page)
    wire.publish("/hostile?a=%22%3E%3Cscript%3E", HOSTILE, HOSTILE_PAGE)
    shown = rows(page).filter(has_text="__pwned").first
    expect(shown).to_be_visible(timeout=20_000)  # it came in by script
    for path in ("/", "/?q=stranger", str(shown.locator("h2 a").get_attribute("href")), *VIEWS):
        page.goto(f"{wire.url}{path}")
        page.locator("main :is(h1, h2, h3, p, li, dd, td, th, svg)").evaluate_all(
            "all => all.forEach((one) => one.dispatchEvent(new MouseEvent('click', { bubbles: true })))"
        )
        assert page.url == f"{wire.url}{path}".replace('"', "%22")
        assert page.evaluate("typeof window.__pwned") == "undefined"
        assert page.evaluate("window.__violations") == []
        assert page.locator("img, iframe, [onclick], [onerror], main script, a[href^=javascript]").count() == 0


def test_the_policy_would_stop_what_got_through(browser: Browser, wire: Wire) -> None:
    page = browser.new_page()
    page.goto(f"{wire.url}/")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          for (const attempt of [
            () => (script.textContent = "window.__pwned = 1"),
            () => document.body.append(script),
            () => document.body.setAttribute("onclick", "window.__pwned = 1"),
            () => (document.querySelector("main").innerHTML = '<img src=x onerror="window.__pwned = 1">'),
            () => (location.href = "javascript:window.__pwned = 1"),
            () => document.body.click(),
          ]) try { attempt(); } catch { /* refused */ }
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("typeof window.__pwned") == "undefined"
    expect(page.locator("main h1")).to_be_attached()  # nothing became HTML
    page.context.close()


# ── for everybody ──


def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page: Open, wire: Wire) -> None:
    page = open_page("/")
    live(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "() => { const here = document.activeElement; return [here.id || here.textContent.trim(),"
            " getComputedStyle(here).outlineStyle]; }"
        )
        assert outline != "none", name
        reached.append(name)
        if "from the river" in name:
            break
    assert reached[:2] == ["q", "Search"]
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(reached[-1])


def test_a_drop_is_confirmed_by_keyboard_alone(open_page: Open, wire: Wire) -> None:
    wire.publish("/gone", "Gone", "", status=410)  # which is final
    until(wire.store.dead_count)
    page = open_page("/page/dead")
    summary = page.locator("summary", has_text="Drop").first
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Drop for good"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 dropped")).to_be_visible()
    assert wire.store.dead_count() == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1920])
def test_no_width_scrolls_sideways(open_page: Open, wire: Wire, width: int) -> None:
    first = next(wire.store.articles()).id
    page = open_page("/", viewport={"width": width, "height": 700}, is_mobile=width < 500)
    for path in (*VIEWS, f"/page/article/{first}"):
        page.goto(f"{wire.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_have_enough_contrast_everywhere(open_page: Open, wire: Wire, scheme: str) -> None:
    first = next(wire.store.articles()).id
    page = open_page("/", color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor.match(/\\d+/g)")
    assert (int(ground[0]) > 127) == (scheme == "light")
    for path in (*VIEWS, f"/page/article/{first}"):
        page.goto(f"{wire.url}{path}")
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 8
        assert [each for each in contrasts if each[0] < 4.5] == [], path


def test_nothing_shifts_while_a_view_loads(open_page: Open, wire: Wire) -> None:
    first = next(wire.store.articles()).id
    page = open_page("/", timezone_id="Asia/Kathmandu")
    for path in (*VIEWS, f"/page/article/{first}"):
        page.goto(f"{wire.url}{path}", wait_until="networkidle" if "/page" in path else "load")
        if path == "/":
            live(page)
        page.wait_for_timeout(300)
        assert page.evaluate("window.__shift") == 0, path


def test_signing_in_opens_the_page_and_its_stream(
    open_page: Open, outlet: Outlet, write_config: WriteConfig, store: Store
) -> None:
    settings = write_config(outlet, queues="[queues.all]\n")
    with serving(msgspec.structs.replace(settings, api=ApiSettings(tokens=(TOKEN,))), store) as api:
        page = open_page("/", api.url)
        expect(page.get_by_label("Token")).to_be_focused()
        page.keyboard.type("a guess")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Token").fill(TOKEN)
        page.keyboard.press("Enter")
        live(page)
        assert page.evaluate("document.cookie") == ""
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token")).to_be_visible()
        page.goto(f"{api.url}/page/sources")
        expect(page.get_by_label("Token")).to_be_visible()
