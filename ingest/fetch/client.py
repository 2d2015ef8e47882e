"""`Fetcher.get`: one conditional GET, its redirects followed here, its answer read within the limits.

`Fetcher.post`: one POST, for webhooks, under the same guard; hardly more than the status is read of its answer.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_network
from math import inf

import requests
from msgspec.structs import replace
from requests.cookies import RequestsCookieJar

from ingest.fetch.connection import WatchedAdapter
from ingest.fetch.failures import FAILURES, Stopped, explained
from ingest.fetch.headers import conditions, confirmed, fresh, fresh_for, links, retry_after, terms
from ingest.fetch.urls import check, place, redirect_target
from ingest.fetch.watch import Watch
from ingest.models import Fetch, Outcome, Validators
from ingest.settings import FetchSettings

_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/rdf+xml, "
    "application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8"
)
_CHUNK = 65_536
_BEGINNING = 4_096  # of an answer to a POST
# A whole body: 203 is a 200 that a proxy changed. The rest of 2xx is none; bot walls answer 202 with an empty page.
_WHOLE = {200, 203}
_GOOD = _WHOLE | {304}
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_SAME_METHOD = {307, 308}


Admit = Callable[[str], Fetch | None]
"""Whether a redirect may be followed to this URL: None, or the fetch that is told instead."""


class Fetcher:
    """GETs over kept-open connections; one Fetcher serves any number of threads.

    requests' Session is left out on purpose: it takes proxies and passwords from the environment, keeps cookies, and
    reads a redirect's whole body without limit even where it is not to follow it.
    """

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._exempt = tuple(ip_network(network) for network in settings.allow_addresses)
        self._adapter = WatchedAdapter(pool_connections=64, pool_maxsize=16)  # hosts; threads at one host
        self._headers = {
            "User-Agent": settings.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate, br, zstd",  # what urllib3 unpacks piece by piece
        }

    def get(
        self,
        url: str,
        validators: Validators | None = None,
        admit: Admit | None = None,
        seconds: float | None = None,
    ) -> Fetch:
        """GET an http or https URL, conditional on the validators of last time, within the limits of [fetch].

        Raises nothing for what the URL, the network or the server does: the outcome and `error`, one sentence, say it.
        The body is there only when the outcome is OK. The validators are those to send next time: new on a 200, kept
        on a 304, and the given ones where the GET failed. A 200 whose body has the known hash is NOT_MODIFIED.
        admit: asked before each redirect is followed; what it returns, if anything, is how the GET ends. seconds: a
        deadline of this GET's own, if that is sooner.
        """
        limits = replace(self._settings, deadline=min(seconds or inf, self._settings.deadline))
        with Watch(limits, self._exempt) as watch:
            fetch = self._follow(url, validators or Validators(), watch, admit)
            return replace(fetch, requested=url, elapsed=watch.elapsed)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Fetch:
        """POST a body, once, with these headers besides our own; all of it takes at most so many seconds.

        Raises nothing for what the URL, the network or the receiver does, as `get`. The outcome is OK for any 2xx;
        redirects are not followed, but `moved` is where one leads that is to be POSTed to (307, 308). `body` is the
        beginning of what was answered, for people; the rest is not read.
        """
        with Watch(replace(self._settings, timeout=seconds, deadline=seconds), self._exempt) as watch:
            fetch = self._post(url, body, headers, seconds, watch)
        if fetch.outcome is Outcome.TIMEOUT:
            fetch = replace(fetch, error=f"{place(url)}: no answer within {seconds:g} s")
        return replace(fetch, elapsed=watch.elapsed)

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._adapter.close()

    def _follow(self, url: str, known: Validators, watch: Watch, admit: Admit | None) -> Fetch:
        cookies = RequestsCookieJar()  # for this GET alone: paywalls redirect to themselves until a cookie comes back
        moved, for_good = "", True
        try:
            for _ in range(self._settings.max_redirects + 1):
                with self._send(url, known, cookies) as response:
                    watch.check_time()  # headers that the watch cut off look complete to http.client
                    location = response.headers.get("Location")
                    if response.status_code not in _REDIRECTS or not location:
                        return replace(_read(url, response, known, watch), moved=moved)
                    cookies.update(response.cookies)
                    url = redirect_target(url, location)
                    for_good = for_good and response.status_code in _PERMANENT
                    moved = url if for_good else moved
                if admit and (refused := admit(url)):
                    return refused
            raise Stopped(Outcome.TOO_MANY_REDIRECTS, f"redirected more than {self._settings.max_redirects} times")
        except FAILURES as error:
            return _failed(url, known, error, watch)

    def _send(self, url: str, known: Validators, cookies: RequestsCookieJar) -> requests.Response:
        check(url)
        headers = self._headers | conditions(known)
        request = requests.Request("GET", url, headers=headers, cookies=cookies).prepare()
        return self._adapter.send(request, stream=True, timeout=self._settings.timeout)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float, watch: Watch) -> Fetch:
        try:
            check(url)
            ours = {"User-Agent": self._settings.user_agent, "Accept-Encoding": "identity"}
            request = requests.Request("POST", url, headers={**ours, **headers}, data=body).prepare()
            with self._adapter.send(request, stream=True, timeout=seconds) as response:
                watch.check_time()
                return _said(url, response)
        except FAILURES as error:
            return _failed(url, Validators(), error, watch)


def _said(url: str, response: requests.Response) -> Fetch:
    """What a receiver answered. Its body is read as far as a kept-open connection needs, if it is short, and decides
    nothing: a receiver that hangs or lies in the middle of it has said that it took the delivery."""
    status, beginning = response.status_code, bytearray()
    with suppress(*FAILURES):
        while len(beginning) < _BEGINNING and (chunk := response.raw.read1(_BEGINNING, decode_content=False)):
            beginning += chunk
    said = Fetch(requested=url, url=url, outcome=Outcome.OK, status=status, body=bytes(beginning[:_BEGINNING]))
    if 200 <= status < 300:
        return said
    location = response.headers.get("Location", "") if status in _SAME_METHOD else ""
    hint = "; redirects are not followed: correct the address" if status in _REDIRECTS else ""
    return replace(
        said,
        outcome=Outcome.GONE if status == HTTPStatus.GONE else Outcome.HTTP_ERROR,
        moved=redirect_target(url, location) if location else "",
        retry_after=retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC)),
        error=f"{place(url)}: answered {status} {_phrase(status)}".rstrip() + hint,
    )


def _read(url: str, response: requests.Response, known: Validators, watch: Watch) -> Fetch:
    """The answer that ends the redirects. Raises Stopped, and what reading a body raises."""
    status = response.status_code
    said = Fetch(
        requested=url,
        url=url,
        outcome=Outcome.HTTP_ERROR,
        status=status,
        content_type=response.headers.get("Content-Type", ""),
        validators=known,
        fresh_for=fresh_for(response.headers, datetime.now(UTC)) if status in _GOOD else None,
        links=links(response.headers, url) if status in _GOOD else {},
    )
    if status in _WHOLE:
        return _with_body(said, _body(response, watch), response)
    said = replace(said, retry_after=retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC)))
    if status == HTTPStatus.NOT_MODIFIED and conditions(known):
        return replace(said, outcome=Outcome.NOT_MODIFIED, validators=confirmed(known, response.headers))
    outcome = Outcome.GONE if status == HTTPStatus.GONE else Outcome.HTTP_ERROR
    return replace(said, outcome=outcome, error=f"{place(url)}: answered {status} {_phrase(status)}".rstrip())


def _with_body(said: Fetch, body: bytes, response: requests.Response) -> Fetch:
    validators = fresh(response.headers, body)
    if validators.body_hash == said.validators.body_hash:
        return replace(said, outcome=Outcome.NOT_MODIFIED, validators=validators)
    return replace(said, outcome=Outcome.OK, validators=validators, body=body, terms=terms(response.headers))


def _body(response: requests.Response, watch: Watch) -> bytes:
    """The body, unpacked piece by piece, so that what unpacks to gigabytes is stopped after max_bytes of them."""
    watch.check_size(response.raw.length_remaining or 0)
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in {"br", "zstd"} and coding not in response.raw.CONTENT_DECODERS:
        raise Stopped(Outcome.CONNECTION_ERROR, f"sends {coding}, which nobody asked for and nothing here unpacks")
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        watch.check_size(len(body))
    watch.check_time()  # without a length, a connection shut down by the watch looks like the body's end
    return bytes(body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _failed(url: str, known: Validators, error: Exception, watch: Watch) -> Fetch:
    # Past the deadline the watch has shut the connection down, and any error may be what that looks like.
    cause = watch.late() if watch.over and not isinstance(error, Stopped) else error
    outcome, text = explained(cause)
    return Fetch(requested=url, url=url, outcome=outcome, validators=known, error=f"{place(url)}: {text}")
