import json

from fastapi.testclient import TestClient

from backend.main import app

client = TestClient(app)


def test_readings_are_one_json_value_a_line():
    response = client.get("/api/readings?count=3")
    assert response.headers["content-type"].startswith("application/jsonl")
    readings = [json.loads(line) for line in response.text.splitlines()]
    assert [reading["time"] for reading in readings] == [
        "2026-04-01T00:00:00Z",
        "2026-04-01T00:15:00Z",
        "2026-04-01T00:30:00Z",
    ]


def test_too_many_readings_are_refused():
    assert client.get("/api/readings?count=1001").status_code == 422
