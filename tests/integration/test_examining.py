"""Whether the addresses of many sources answer, as `teletipo sources check` tells it."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ingest.cli import cli
from tests.conftest import config_folder
from workers.demo.outlet import Headline, Outlet, rss

MAIN = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\ntimeout = 0.5\ndeadline = 1.0\n'


@pytest.fixture
def second() -> Iterator[Outlet]:
    with Outlet() as running:
        yield running


def feed(outlet: Outlet, path: str = "/feed", days: float = 0.1) -> str:
    published = datetime.now(UTC) - timedelta(days=days)
    entries = [Headline(f"{outlet.url}/a/{n}", f"Report {n}", published) for n in range(3)]
    return outlet.publish(path, rss("The Outlet", outlet.url, entries), "application/rss+xml")


def check(config: Path, *arguments: str, code: int | None = None) -> Result:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(cli, ["--config", str(config), "sources", "check", *arguments])
    if code is not None:
        assert result.exit_code == code, result.output
    return result


def by_url(config: Path, *arguments: str) -> dict[str, dict[str, object]]:
    lines = check(config, "--json", *arguments).stdout.splitlines()
    return {each["url"]: each for each in map(json.loads, lines)}


def test_the_worst_comes_first_with_its_reason_and_what_to_do(tmp_path: Path, outlet: Outlet, second: Outlet) -> None:
    good, old = feed(outlet), feed(outlet, "/old", days=60)
    feed(second, "/new-place")
    moved = second.publish("/moved", "", status=301, headers={"Location": "/new-place"})
    gone = f"{outlet.url}/gone"
    config = config_folder(tmp_path / "config", outlet.url, main=MAIN)
    file = config / "sources" / "outlet.toml"
    file.write_text(file.read_text().replace(f'"{good}"', f'"{good}", "{old}", "{moved}", "{gone}"'))
    found = by_url(config)
    assert {url: each["standing"] for url, each in found.items()} == {
        gone: "no", old: "stale", moved: "moved", good: "ok",
    }  # fmt: skip
    assert next(iter(found)) == gone
    assert found[good]["entries"] == 3
    assert int(str(found[good]["bytes"])) > 100
    assert found[moved]["moved"] == f"{second.url}/new-place"
    told = " ".join(check(config, code=1).stdout.split())  # however wide the table is
    assert told.index("404") < told.index("nothing new for a month") < told.index("moved to") < told.index("ok")
    assert "write that into the source's file" in told
    assert "3 of 4 addresses answered with entries, 1 stale, 1 moved" in told
    assert f"{good}\n" not in check(config, "--problems").stdout
    assert check(config, "--problems", "--json").stdout.count("\n") == 3


def test_many_hosts_are_asked_at_once_and_each_of_them_with_its_pause(tmp_path: Path) -> None:
    with ExitStack() as stack:
        outlets = [stack.enter_context(Outlet()) for _ in range(6)]
        config = config_folder(tmp_path / "config", outlets[0].url, main=MAIN.replace("delay = 0.0", "delay = 0.4"))
        for number, each in enumerate(outlets):
            urls = [feed(each, f"/feed/{n}") for n in range(3)]
            name = f"outlet-{number}"
            (config / "sources" / f"{name}.toml").write_text(
                f'id = "{name}"\nname = "x"\nhomepage = "{each.url}/"\nlanguage = ""\ncountry = ""\n'
                f'timezone = "UTC"\nfeeds = {json.dumps(urls)}\n'
            )
        (config / "sources" / "outlet.toml").unlink()
        began = time.monotonic()
        assert "18 of 18 addresses answered" in check(config, code=0).stdout
        assert time.monotonic() - began < 6 * 2 * 0.4, "one after the other it would take longer"
        for each in outlets:
            times = [asked.at for asked in each.asked]
            assert min(after - before for before, after in pairwise(times)) > 0.35


def test_a_host_that_gives_no_answer_is_not_asked_for_everything(tmp_path: Path, outlet: Outlet) -> None:
    urls = [outlet.publish(f"/feed/{n}", "", never=True) for n in range(8)]
    config = config_folder(tmp_path / "config", outlet.url, main=MAIN)
    file = config / "sources" / "outlet.toml"
    file.write_text(file.read_text().replace(f'["{outlet.url}/feed"]', json.dumps(urls)))
    found = by_url(config)
    assert len(outlet.asked) == 3
    assert all("not asked: 3 other addresses" in str(each["problem"]) for each in list(found.values())[3:])


def test_a_host_that_asks_to_be_left_alone_is(tmp_path: Path, outlet: Outlet) -> None:
    busy = outlet.publish("/busy", "", status=429, headers={"Retry-After": "600"})
    config = config_folder(tmp_path / "config", outlet.url, main=MAIN)
    file = config / "sources" / "outlet.toml"
    file.write_text(file.read_text().replace(f'"{outlet.url}/feed"', f'"{busy}", "{outlet.url}/feed"'))
    assert "asked to be left alone" in str(by_url(config)[feed(outlet)]["problem"])
    assert "/feed" not in outlet.paths()


def test_an_index_of_sitemaps_is_judged_by_its_latest_one(tmp_path: Path, outlet: Outlet) -> None:
    now = datetime.now(UTC).date().isoformat()
    maps = [outlet.publish(f"/map-{n}.xml", _urlset(f"{outlet.url}/a/{n}", now), "text/xml") for n in (1, 2)]
    listed = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>202{n}-01-01</lastmod></sitemap>" for n, url in enumerate(maps)
    )
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'
    url = outlet.publish("/sitemap.xml", index, "text/xml")
    config = config_folder(tmp_path / "config", outlet.url, main=MAIN, source=f'sitemaps = ["{url}"]\n')
    feed(outlet)
    answer = by_url(config)[url]
    assert (answer["standing"], answer["maps"], answer["entries"]) == ("ok", 2, 1)
    assert "/map-2.xml" in outlet.paths()
    assert "/map-1.xml" not in outlet.paths()
    assert "an index of 2 sitemaps" in check(config, code=0).stdout


def _urlset(url: str, changed: str) -> str:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{url}</loc><lastmod>{changed}</lastmod></url></urlset>"
    )
