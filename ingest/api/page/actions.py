"""What a button does. Every one is a plain form: it works without script, and answers with a page to go to."""

from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from ingest.api.auth import COOKIE, SESSION_SECONDS, Tokens, session
from ingest.api.page.render import html
from ingest.api.page.route import PageRoute, wire_of
from ingest.api.requests import begin, look

router = APIRouter(route_class=PageRoute)

MOST_BYTES = 64_000
"""Of a form; ours are far shorter."""

Form = dict[str, list[str]]


async def read_form(request: Request) -> Form:
    """The fields of a form as a browser sends it (application/x-www-form-urlencoded)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "That form is too long.")
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000)


Sent = Annotated[Form, Depends(read_form)]


@router.post("/page/fetch")
def fetch_now(request: Request, form: Sent) -> Response:
    """Fetch a source or an address now, and go on to see how far it has come."""
    name = _one(form, "name").strip()
    ticket = begin(wire_of(request), name).ticket
    return RedirectResponse(f"/page/fetch/{ticket}?{urlencode({'name': name})}", 303)


@router.get("/page/fetch/{ticket}")
def show_fetch(request: Request, ticket: str) -> Response:
    """How far a fetch has come; a reload looks again."""
    name = request.query_params.get("name", "")[:200]
    return html(request, "fetch.html", name=name, progress=look(wire_of(request), ticket), again=request.url.path)


@router.post("/page/dead/entries")
def settle_entries(request: Request, form: Sent) -> Response:
    """Retry or drop dead entries: those named, or all."""
    store = wire_of(request).store
    ids = [state.id for state in store.dead(1_000_000)] if form.get("all") else form.get("id", [])
    if _one(form, "do") == "drop":
        return _back("/page/dead", did=f"{store.drop(ids)} dropped")
    return _back("/page/dead", did=f"{store.revive(ids)} will be tried again")


@router.post("/page/dead/letters")
def settle_letters(request: Request, form: Sent) -> Response:
    """Deliver a group's dead letters again, or drop them: those named, or all."""
    store, queue, group = wire_of(request).store, _one(form, "queue"), _one(form, "group")
    letters = form.get("delivery", [])
    if form.get("all"):
        letters = [letter.delivery for letter in store.dead_letters(queue, group, 1_000_000)]
    if _one(form, "do") == "drop":
        return _back("/page/dead", did=f"{store.drop_letters(queue, group, letters)} dropped")
    return _back("/page/dead", did=f"{store.revive_letters(queue, group, letters)} will be delivered again")


@router.get("/login")
def show_login(request: Request) -> Response:
    """The form for a token."""
    tokens: Tokens = request.app.state.tokens
    return html(request, "login.html", wrong="") if tokens else RedirectResponse("/", 303)


@router.post("/login")
def login(request: Request, form: Sent) -> Response:
    """A right token becomes a cookie that goes to us alone, and that no script can read."""
    tokens: Tokens = request.app.state.tokens
    token = _one(form, "token").strip()
    if not tokens.know(token):
        return html(request, "login.html", 403, wrong="That is none of the tokens.")
    response = RedirectResponse("/", 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session(token), SESSION_SECONDS, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/logout")
def logout() -> Response:
    """Forget the cookie."""
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def _back(path: str, **parameters: str) -> Response:
    return RedirectResponse(f"{path}?{urlencode(parameters)}", 303)
