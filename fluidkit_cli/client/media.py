"""Kinds of streams by their content types."""

import re
from typing import Literal

Kind = Literal["events", "lines", "text"]
Asked = Kind | Literal["html"]
"""HTML is text, too; where it is not asked for, it is somebody else's page, as a proxy's."""

ACCEPTED: dict[Asked, str] = {
    "events": "text/event-stream",
    "lines": "application/jsonl, application/x-ndjson",
    "text": "text/*;q=0.5",
    "html": "text/html",
}
"""How each kind is asked for."""

_LINES = re.compile(r"(application|text)/(x-)?(ndjson|jsonl|json-?lines|stream\+json)")
_TEXT = re.compile(r"text/[!#$%&'*+.^_`|~0-9a-z-]+")


def media_type(content_type: str) -> str:
    """Without parameters, in lower case."""
    return content_type.partition(";")[0].strip("\t ").lower()


def kind_of(content_type: str, asked: tuple[Asked, ...]) -> Kind | None:
    """What a stream of this type is read as. None: it is not what was asked for."""
    media = media_type(content_type)
    if media == "text/event-stream" and "events" in asked:
        return "events"
    if _LINES.fullmatch(media) and "lines" in asked:
        return "lines"
    if media == "text/html":
        return "text" if "html" in asked else None
    # what is text alone may have no type
    is_text = _TEXT.fullmatch(media) or (not media and asked[0] == "text")
    return "text" if is_text and "text" in asked else None


def is_json(content_type: str) -> bool:
    media = media_type(content_type)
    return media.endswith(("/json", "+json"))
