"""HTTP: the newswire for programs, and a page for people. FastAPI; `teletipo run` serves it on loopback.

    request ─► door ─► route ─► store, in a thread ─► records as JSON, or {error, hint}
    queues  ─► live ─► Server-Sent Events, the same bytes for all who listen

app.py         puts it together; server.py runs it
head.py        HEAD as GET
door.py        who may ask, from where (auth.py: tokens); what is too long
asked.py       what comes in, answers.py what goes out and its OpenAPI, failures.py what goes wrong
articles.py    articles by filter and time (finding.py), one article with its revisions
queues.py      queues, their events as they happen (live.py), as Atom and JSON Feed (feeds.py), their dead letters
requests.py    fetch by hand, and its progress
operations.py  sources and their health, what is dead, /healthz, /readyz, /metrics (metrics.py)
websub.py      where the hubs of feeds call
page/          the page: server-rendered, a little script, nothing that a feed says can run in it

docs/decisions/http_api.md says why it is made so.
"""

from ingest.api.app import create_app

__all__ = ["create_app"]
