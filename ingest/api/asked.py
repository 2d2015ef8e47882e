"""What comes in: the wire that a route works on, and parameters that several routes share."""

from typing import Annotated

from fastapi import Depends, Request

from ingest.wire import Wire


def _wire(request: Request) -> Wire:
    wire: Wire = request.app.state.wire
    return wire


AnyWire = Annotated[Wire, Depends(_wire)]
