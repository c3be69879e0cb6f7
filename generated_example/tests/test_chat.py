import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from api_client import ApiError, AppTransport, Client, HTTPValidationError
from api_client.models import Answer, ChatRequest, Ended, Problem, Token, Usage
from backend.data import assistant
from backend.data.conversation import Part
from backend.main import app
from backend.routes import chat
from backend.run import Runs


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PAUSE", 0)


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


def test_an_answer_is_followed_from_its_first_token_to_its_end(client: Client):
    text, usage = said(client, asked(client, "Hello"))
    assert text.startswith("Hello! I am a short Python script")
    assert usage.tokens == len(text.split())


def test_whoever_comes_after_the_end_gets_the_same(client: Client):
    run = asked(client, "Tell me a story")
    assert said(client, run) == said(client, run)
    assert said(client, run)[0].startswith("Once upon a time")


def test_whoever_lost_the_connection_goes_on_after_the_last_event(client: Client):
    run = asked(client, "Hello")
    said(client, run)
    answer, ended = client.chat.follow_answer(run).events()
    assert answer.event == "answer" and answer.value.question == "Hello"
    assert ended.event == "ended" and ended.value.status == "done"
    rest = client.chat.follow_answer(run, last_event_id=answer.id)
    assert list(rest) == [ended.value]


def test_who_stops_reading_leaves_the_answer_to_others(client: Client, endless: asyncio.Event):
    run = asked(client, "on and on")
    for part in client.chat.follow_answer(run):
        if isinstance(part, Token):
            break
    assert not endless.is_set()
    assert isinstance(next(client.chat.follow_answer(run)), Answer)


def test_of_an_answer_that_is_too_long_the_end_is_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(chat, "answers_of", lambda visitor: Runs[Part](visitor, history=5))
    run = asked(client, "Hello")
    text, _ = said(client, run)
    answer = next(client.chat.follow_answer(run))
    assert isinstance(answer, Answer) and not answer.is_whole
    assert text.endswith(answer.text)


def test_stop_ends_the_answer_on_the_server(client: Client, endless: asyncio.Event):
    run = asked(client, "on and on")
    assert client.chat.stop_answer(run).status == "stopped"
    assert endless.is_set()
    assert list(client.chat.follow_answer(run))[-1].status == "stopped"


def test_an_answer_ends_with_its_server(endless: asyncio.Event):
    with AppTransport(app) as transport:
        asked(Client("http://test", transport=transport), "on and on")
    assert endless.is_set()


def test_an_unknown_answer_is_not_found(client: Client):
    with pytest.raises(ApiError) as caught:
        client.chat.stop_answer("made-up")
    assert caught.value.status == 404
    assert caught.value.body == Problem(detail="This answer is no longer there")
    with pytest.raises(ApiError, match="404"):
        next(client.chat.follow_answer("made-up"))


def test_an_answer_is_unknown_to_other_visitors(client: Client, transport: AppTransport):
    run = asked(client, "Tell me a story")
    other = Client("http://test", transport=transport)
    asked(other, "What do others ask?")
    with pytest.raises(ApiError, match="404: This answer is no longer there"):
        next(other.chat.follow_answer(run))
    with pytest.raises(ApiError, match="404: This answer is no longer there"):
        other.chat.stop_answer(run)
    assert said(client, run)[0].startswith("Once upon a time")


def test_a_message_that_is_sent_twice_is_answered_once(client: Client):
    message = ChatRequest(message="Hello")
    run = client.chat.ask(message, idempotency_key="1")
    assert client.chat.ask(message, idempotency_key="1") == run
    assert client.chat.ask(message, idempotency_key="2") != run
    assert client.chat.ask(message) != run


@pytest.mark.parametrize("message", ["", "x" * 2001])
def test_a_message_that_is_empty_or_too_long_is_refused(client: Client, message: str):
    with pytest.raises(ApiError) as caught:
        asked(client, message)
    match caught.value.body:
        case HTTPValidationError(detail=[refused]):
            assert refused.loc == ["body", "message"]


@pytest.mark.parametrize(
    ("message", "begins"), [("a b c", "You wrote 3 words"), ("this", "You wrote 1 word,")]
)
def test_a_word_is_known_only_as_a_whole(client: Client, message: str, begins: str):
    assert said(client, asked(client, message))[0].startswith(begins)


def asked(client: Client, message: str) -> str:
    """The id of the run."""
    return client.chat.ask(ChatRequest(message=message))


def said(client: Client, run: str) -> tuple[str, Usage | None]:
    """What a follower has read at the end, and what it took."""
    text, usage = "", None
    for part in client.chat.follow_answer(run):
        match part:
            case Answer():
                text, usage = part.text, part.usage
            case Token():
                text += part.text
            case Usage():
                usage = part
            case Ended():
                break
    return text, usage
