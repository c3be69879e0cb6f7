import asyncio
import json
import time
from itertools import pairwise

from fastapi.testclient import TestClient

from backend.main import app
from backend.routes.notifications import stream_notifications

ONE_MINUTE = 60


def test_a_notification_is_an_event_with_an_id():
    event = received(1, user_id=7, last_event_id=an_hour_ago())[0]
    assert event["event"] == "notification"
    assert json.loads(event["data"]).keys() == {"id", "message", "time"}
    assert event["id"] == str(json.loads(event["data"])["id"])


def test_a_client_that_comes_back_misses_none():
    ids = [int(event["id"]) for event in received(6, user_id=7, last_event_id=an_hour_ago())]
    assert all(earlier < later for earlier, later in pairwise(ids))
    again = [int(event["id"]) for event in received(3, user_id=7, last_event_id=ids[2])]
    assert again == ids[3:]


def test_a_client_that_comes_anew_gets_what_is_new():
    now = int(time.time())
    assert int(received(1, user_id=7)[0]["id"]) > now


def test_the_distant_past_is_not_replayed():
    oldest = int(received(1, user_id=7, last_event_id=an_hour_ago())[0]["id"])
    assert oldest >= time.time() - ONE_MINUTE - 5


def test_every_user_has_notifications_of_their_own():
    ada, grace = (
        [event["data"] for event in received(8, user_id=user_id, last_event_id=an_hour_ago())]
        for user_id in (1, 2)
    )
    assert ada != grace


def test_a_user_is_asked_for():
    assert TestClient(app).get("/api/notifications/stream").status_code == 422


def an_hour_ago() -> int:
    return int(time.time()) - 60 * ONE_MINUTE


def received(count: int, **parameters: int) -> list[dict[str, str]]:
    """The first events of the stream, which would never end by itself."""

    async def listen() -> list[dict[str, str]]:
        response = await stream_notifications(**parameters)
        events = []
        async for event in response.body_iterator:
            assert isinstance(event, dict)
            events.append(event)
            if len(events) == count:
                break
        return events

    return asyncio.run(listen())
