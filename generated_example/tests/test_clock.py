import time

from fastapi.testclient import TestClient

from backend.main import app

client = TestClient(app)


def test_the_clock_ticks_in_events_with_ids():
    response = client.get("/api/clock?limit=1")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert len(ids(response.text)) == 1
    assert 'data: {"time":' in response.text


def test_a_client_that_comes_back_misses_no_tick():
    last = int(time.time()) - 5
    response = client.get("/api/clock?limit=4", headers={"Last-Event-ID": str(last)})
    assert ids(response.text) == [last + 1, last + 2, last + 3, last + 4]


def test_the_distant_past_is_not_replayed():
    response = client.get("/api/clock?limit=2", headers={"Last-Event-ID": "1"})
    assert ids(response.text)[0] >= int(time.time()) - 65


def ids(stream: str) -> list[int]:
    lines = stream.splitlines()
    return [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
