"""An assistant without a model: it looks for a word that it knows, and says what it has learned."""

import asyncio
import re
from collections.abc import AsyncIterator

PAUSE = 0.05
"""Seconds from one token to the next."""

KNOWN = {
    r"hello|hi|hey|good (morning|evening)": (
        "Hello! I am a short Python script that pretends to be an assistant. Ask me about "
        "streams, types, errors, files or deployment, or ask for a story."
    ),
    r"stream\w*|events?|sse|tokens?": (
        "Each of these words is one server-sent event. The Python function behind this page is a "
        "generator that yields them; fluidkit read its source, found an event named “token” and "
        "one named “usage”, and wrote a TypeScript function whose events have just these types. "
        "Press stop, and the generator ends where it is."
    ),
    r"types?|typed|typescript|pydantic": (
        "The types come from your pydantic models. Rename a field in Python, save, and the editor "
        "underlines every place in your Svelte code that still has the old name."
    ),
    r"errors?|422|validation": (
        "What a route may answer instead of its result is declared in Python, and becomes a union "
        "in TypeScript. On the page “Items” each message of a 422 stands at the field it is about."
    ),
    r"files?|downloads?|upload\w*": (
        "A download is a promise of a file with its name, and a stream of its chunks with its "
        "progress, whichever you need."
    ),
    r"deploy\w*|build|production": (
        "“fluidkit build” puts everything into one folder, and “fluidkit start” runs it. The "
        "folder needs uvicorn, and no fluidkit."
    ),
    r"story|poem|tale": (
        "Once upon a time there were two servers who did not know each other. One spoke Python, "
        "the other one TypeScript, and everything they told each other was written down twice, by "
        "hand, and never quite the same. One evening somebody let the first one write the letters "
        "for both. Since then a field that is renamed here is renamed there, an answer that takes "
        "long is read while it is being written, and whoever hangs up is not talked to any "
        "longer. They have been streaming happily ever since."
    ),
}


async def answer(message: str) -> AsyncIterator[str]:
    """The words of the answer, each with the space before it."""
    for word in re.findall(r"\s*\S+", _text(message)):
        await asyncio.sleep(PAUSE)
        yield word


def _text(message: str) -> str:
    for pattern, text in KNOWN.items():
        if re.search(rf"\b({pattern})\b", message, re.IGNORECASE):
            return text
    words = len(message.split())
    return (
        f"You wrote {words} {'word' if words == 1 else 'words'}, and I know none of them: there "
        "is no model behind me, only a table of seven answers in backend/data/assistant.py. "
        "Put yours in its place. Until then, ask me about streams."
    )
