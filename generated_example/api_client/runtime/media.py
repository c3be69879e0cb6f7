# Copied by fluidkit. Changes to this file are overwritten.
"""Kinds of streams by their content types."""

import re
from typing import Literal

Kind = Literal["events", "lines", "text"]

ACCEPTED: dict[Kind, str] = {
    "events": "text/event-stream",
    "lines": "application/jsonl, application/x-ndjson",
    "text": "text/*;q=0.5",
}
"""How each kind is asked for."""

_LINES = re.compile(r"(application|text)/(x-)?(ndjson|jsonl|json-?lines|stream\+json)")
_TEXT = re.compile(r"text/[!#$%&'*+.^_`|~0-9a-z-]+")


def media_type(content_type: str) -> str:
    """Without parameters, in lower case."""
    return content_type.partition(";")[0].strip("\t ").lower()


def kind_of(content_type: str) -> Kind | None:
    """None: a stream of this type cannot be read."""
    media = media_type(content_type)
    if media == "text/event-stream":
        return "events"
    if _LINES.fullmatch(media):
        return "lines"
    return "text" if _TEXT.fullmatch(media) else None


def is_json(content_type: str) -> bool:
    media = media_type(content_type)
    return media.endswith(("/json", "+json"))
