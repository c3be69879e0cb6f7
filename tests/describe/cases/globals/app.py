"""Globals that change while the app runs: their annotations say what they hold."""

from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()


class Token(BaseModel):
    text: str


class Assistant:
    async def tokens(self) -> AsyncIterator[Token]:
        yield Token(text="a")


assistant: Assistant | None = None
history: list[Token] = []


def load() -> None:
    global assistant
    assistant = Assistant()


@app.get("/tokens")
async def tokens() -> StreamingResponse:
    async def lines():
        async for token in assistant.tokens():
            yield token.model_dump_json() + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@app.get("/history")
def past() -> StreamingResponse:
    lines = (token.model_dump_json() + "\n" for token in history)
    return StreamingResponse(lines, media_type="application/jsonl")
