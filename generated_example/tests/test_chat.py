import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from fastapi.testclient import TestClient

from backend.data import assistant
from backend.main import app
from backend.routes.chat import ChatRequest, chat

client = TestClient(app)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PAUSE", 0)


def test_an_answer_is_tokens_and_then_what_it_took():
    *tokens, (last, usage) = events("Hello")
    assert {name for name, _ in tokens} == {"token"}
    assert last == "usage"
    assert usage["tokens"] == len(tokens)


def test_the_answer_depends_on_the_message():
    assert said("Tell me a story").startswith("Once upon a time")
    assert said("a b c").startswith("You wrote 3 words")


def test_a_word_is_known_only_as_a_whole():
    assert said("this").startswith("You wrote 1 word,")


@pytest.mark.parametrize("message", ["", "x" * 2001])
def test_a_message_that_is_empty_or_too_long_is_refused(message: str):
    response = client.post("/api/chat", json={"message": message})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "message"]


def test_an_answer_ends_where_its_reader_leaves(monkeypatch: pytest.MonkeyPatch):
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(message: str) -> AsyncIterator[str]:
        try:
            while True:
                yield message
                await asyncio.sleep(0)
        finally:
            ended.set()

    async def read() -> None:
        async for _ in chat(ChatRequest(message="on and on")):
            begun.set()

    async def read_and_leave() -> None:
        reader = asyncio.create_task(read())
        await asyncio.wait_for(begun.wait(), timeout=5)
        reader.cancel()
        await asyncio.wait_for(ended.wait(), timeout=5)

    monkeypatch.setattr("backend.routes.chat.answer", endless)
    asyncio.run(read_and_leave())


def events(message: str) -> list[tuple[str, dict]]:
    """The events of an answer: their names and values."""
    response = client.post("/api/chat", json={"message": message})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def said(message: str) -> str:
    return "".join(value["text"] for name, value in events(message) if name == "token")
