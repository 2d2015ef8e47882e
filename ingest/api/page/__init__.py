"""The page: the newswire for people. HTML from the server, one style sheet, one small script, no build step.

views.py     what is shown: the wire, one article, sources, queues, dead letters
actions.py   what a button does: fetch now, retry, drop, sign in
route.py     the one class of route that sets the headers of every answer and turns errors into pages
search.py    an address's query -> articles
changes.py   what changed between two revisions
standing.py  sources with their last fourteen days, queues with their groups, dead letters
render.py    Jinja2: everything escaped, only web addresses as links, times for the reader's own zone

It works without script; the script adds what arrives, and the progress of a fetch, by asking for HTML that is rendered
here like any other. Nothing that a feed says is ever anything but text.
"""

from fastapi import FastAPI

from ingest.api.page import actions, views

__all__ = ["add_page"]


def add_page(app: FastAPI) -> None:
    """Add the page's routes. Who has no session yet sees the form to sign in, and what that looks like."""
    app.include_router(views.router, include_in_schema=False)
    app.include_router(actions.router, include_in_schema=False)
    app.state.open_paths |= {"/login", "/page/static/"}
