"""Where the hubs of feeds call (WebSub): /websub/<callback>. The end of the address is the secret that lets them in.

An address that nobody was given is answered as one that is no longer in use: nothing is told of the others.
"""

import time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from ingest.context import Context
from ingest.websub.announcing import announced, confirmed, denied

MOST_BYTES = 5_000_000
"""Of what a hub sends: some send the whole feed, with all its texts."""

_STATUS = {"gone": 410, "unknown": 404}
"""410 asks the hub to end it. A feed that is not configured here may be elsewhere, where the newswire is being changed:
its hub will try again."""

router = APIRouter(include_in_schema=False)


@router.get("/websub/{callback_id}")
def verify(
    request: Request,
    callback_id: str,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    topic: Annotated[str, Query(alias="hub.topic")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=4096)] = "",
    seconds: Annotated[str, Query(alias="hub.lease_seconds")] = "",
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> Response:
    """A hub asks whether we asked it for this, or says that we shall have none."""
    context: Context = request.app.state.context
    callback, now = context.store.callback(callback_id), time.time()
    if callback and mode == "denied" and denied(context, callback, topic, reason, now):
        return Response(status_code=200)
    if callback and challenge and confirmed(context, callback, mode, topic, seconds, now):
        return PlainTextResponse(challenge)
    return Response(status_code=404)


@router.post("/websub/{callback_id}")
async def distribute(request: Request, callback_id: str) -> Response:
    """A hub sends news."""
    context: Context = request.app.state.context
    callback = await run_in_threadpool(context.store.callback, callback_id)
    if callback is None:
        return Response(status_code=410)
    body = await request.body()
    kind, signature = (request.headers.get(name, "") for name in ("content-type", "x-hub-signature"))
    call = await run_in_threadpool(announced, context, callback, body, kind, signature, time.time())
    return Response(status_code=_STATUS.get(call, 202))
