"""HTTP: the newswire for programs, and a page for people. FastAPI; `teletipo run` serves it on loopback.

app.py         puts it together: routes, tokens, errors that say what to do
articles.py    articles by filter and time, one article with its revisions
queues.py      queues, their events as they happen (SSE), and as Atom and JSON Feed
live.py        one reader of the streams for all who listen
requests.py    fetch by hand, and its progress
operations.py  sources and their health, /healthz, /readyz, /metrics
page/          the page: server-rendered, a little script, nothing that a feed says can run in it
"""

from ingest.api.app import create_app

__all__ = ["create_app"]
