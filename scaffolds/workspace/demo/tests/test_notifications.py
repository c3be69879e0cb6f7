import asyncio
import json

import pytest
from fastapi.testclient import TestClient

from backend.channel import channels
from backend.data import happenings
from backend.main import app
from backend.routes.notifications import notifications_of, notify, stream_notifications


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens but what a test lets happen."""
    monkeypatch.setattr(happenings, "PAUSE", 3600)
    monkeypatch.setattr(happenings.Random, "random", lambda self: 1.0)


def test_a_notification_reaches_all_who_follow_the_user():
    async def scene() -> None:
        listeners = [await listening(7) for _ in range(3)]
        await notify(7, "Hello")
        for listener in listeners:
            event = await anext(listener)
            assert event["event"] == "notification"
            assert json.loads(event["data"])["message"] == "Hello"

    serve(scene)


def test_a_client_that_comes_back_misses_none():
    async def scene() -> None:
        first = await listening(7)
        await notify(7, "one")
        seen = (await anext(first))["id"]
        await notify(7, "two")
        await notify(7, "three")
        again = await stream(7, after=seen)
        assert [message(await anext(again)) for _ in range(2)] == ["two", "three"]

    serve(scene)


def test_a_client_that_was_away_for_too_long_is_told():
    async def scene() -> None:
        gone = await stream(7, after="1600000000000-0")
        await notify(7, "still here")
        assert (await anext(gone))["event"] == "gap"
        assert message(await anext(gone)) == "still here"

    serve(scene)


def test_every_user_has_notifications_of_their_own():
    async def scene() -> None:
        ada, grace = await listening(1), await listening(2)
        await notify(1, "for Ada")
        await notify(2, "for Grace")
        assert message(await anext(ada)) == "for Ada"
        assert message(await anext(grace)) == "for Grace"

    serve(scene)


def test_things_happen_while_somebody_watches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(happenings, "PAUSE", 0.01)
    monkeypatch.setattr(happenings.Random, "random", lambda self: 0.0)

    async def scene() -> None:
        listener = await listening(7)
        assert {message(await anext(listener)) for _ in range(5)} <= set(happenings.MESSAGES)

    serve(scene)


def test_a_notification_is_sent_by_a_request():
    with TestClient(app) as client:
        response = client.post("/api/notifications?user_id=7", json={"message": "Hello"})
        assert response.status_code == 201
        empty = client.post("/api/notifications?user_id=7", json={"message": ""})
        assert empty.status_code == 422
        [event] = client.portal.call(notifications_of(7).kept)
        assert event.value.message == "Hello"


def test_a_user_is_asked_for():
    assert TestClient(app).get("/api/notifications/stream").status_code == 422


def serve(scene) -> None:
    """As the application's lifespan does, each time with channels of its own."""

    async def within() -> None:
        async with channels(), asyncio.timeout(10):
            await scene()
        happenings.stories().clear()

    asyncio.run(within())


async def stream(user_id: int, *, after: str | None = None):
    """The events of the response, which would never end by itself."""
    return (await stream_notifications(user_id, after)).body_iterator


async def listening(user_id: int):
    """A new client, once it follows: its first event is the id that it starts at."""
    events = await stream(user_id)
    assert (await anext(events)).keys() == {"id"}
    return events


def message(event: dict[str, str]) -> str:
    return json.loads(event["data"])["message"]
