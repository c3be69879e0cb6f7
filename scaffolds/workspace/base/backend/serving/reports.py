"""What a client may know of an error: in development all, in production an id to ask for."""

import json
import os
import secrets
from traceback import format_exception_only

EVENT = "fluidkit.error"
"""Of this event the clients in `frontend/src/lib/api` make a `ServerError`."""


def event_of(error: BaseException) -> bytes:
    """The last event of a stream that has failed.

    Begins with a comment: half an event that was sent before becomes part of this one.
    """
    return f":\nevent: {EVENT}\ndata: {json.dumps(_report(error))}\n\n".encode()


def reason_of(error: BaseException) -> str:
    """What a client may know of an error, in words."""
    known = _report(error)
    return known["message"] if "message" in known else f"Error {known['id']}"


def _report(error: BaseException) -> dict[str, str]:
    """What the client may know. `fluidkit dev` and `fastapi dev` set the variable."""
    if os.environ.get("FASTAPI_ENV") == "development":
        return {"message": _summary(error)}
    name = secrets.token_hex(4)
    error.add_note(f"The client was told: error {name}")
    return {"id": name}


def _summary(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return "".join(format_exception_only(error)).strip()
