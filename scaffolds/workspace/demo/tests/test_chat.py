import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.data import assistant
from backend.main import app


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PAUSE", 0)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """As it is served: with one event loop, in which runs go on from request to request."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Lets the assistant say "on" for ever; the event is set when it has stopped."""
    ended = asyncio.Event()

    async def answer(message: str) -> AsyncIterator[str]:
        try:
            while True:
                yield "on "
                await asyncio.sleep(0.001)
        finally:
            ended.set()

    monkeypatch.setattr("backend.data.conversation.answer", answer)
    yield ended


def test_an_answer_is_followed_from_its_first_token_to_its_end(client: TestClient):
    text, usage = said(client, asked(client, "Hello"))
    assert text.startswith("Hello! I am a short Python script")
    assert usage["tokens"] == len(text.split())


def test_whoever_comes_after_the_end_gets_the_same(client: TestClient):
    run = asked(client, "Tell me a story")
    assert said(client, run) == said(client, run)
    assert said(client, run)[0].startswith("Once upon a time")


def test_whoever_lost_the_connection_goes_on_after_the_last_event(client: TestClient):
    run = asked(client, "Hello")
    said(client, run)
    [(id, name, answer), (_, last, ended)] = events(client, run)
    assert (name, last) == ("answer", "ended")
    assert answer["question"] == "Hello"
    assert ended["status"] == "done"
    assert [name for _, name, _ in events(client, run, after=id)] == ["ended"]


def test_stop_ends_the_answer_on_the_server(client: TestClient, endless: asyncio.Event):
    run = asked(client, "on and on")
    assert client.post(f"/api/chat/{run}/stop").json()["status"] == "stopped"
    assert endless.is_set()
    assert events(client, run)[-1][2]["status"] == "stopped"


def test_an_answer_ends_with_its_server(endless: asyncio.Event):
    with TestClient(app) as client:
        asked(client, "on and on")
    assert endless.is_set()


@pytest.mark.parametrize("path", ["", "/stop"])
def test_an_unknown_answer_is_not_found(client: TestClient, path: str):
    response = client.request("POST" if path else "GET", f"/api/chat/made-up{path}")
    assert response.status_code == 404


@pytest.mark.parametrize("message", ["", "x" * 2001])
def test_a_message_that_is_empty_or_too_long_is_refused(client: TestClient, message: str):
    response = client.post("/api/chat", json={"message": message})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "message"]


@pytest.mark.parametrize(
    ("message", "begins"), [("a b c", "You wrote 3 words"), ("this", "You wrote 1 word,")]
)
def test_a_word_is_known_only_as_a_whole(client: TestClient, message: str, begins: str):
    assert said(client, asked(client, message))[0].startswith(begins)


def asked(client: TestClient, message: str) -> str:
    """The id of the run."""
    response = client.post("/api/chat", json={"message": message})
    assert response.status_code == 202
    return response.json()


def events(client: TestClient, run: str, *, after: str = "") -> list[tuple[str, str, dict]]:
    """The ids, names and values of the events of an answer, to its end."""
    response = client.get(f"/api/chat/{run}", headers={"last-event-id": after} if after else {})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def said(client: TestClient, run: str) -> tuple[str, dict]:
    """What a follower has read at the end, and what it took."""
    text, usage = "", {}
    for _, name, value in events(client, run):
        match name:
            case "answer":
                text, usage = value["text"], value["usage"] or usage
            case "token":
                text += value["text"]
            case "usage":
                usage = value
    return text, usage
