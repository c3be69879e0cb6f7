import json

from fastapi.testclient import TestClient

from backend.main import app

client = TestClient(app)


def test_records_are_one_json_value_a_line():
    response = client.get("/api/analytics/stream?count=120")
    assert response.headers["content-type"].startswith("application/x-ndjson")
    records = [json.loads(line) for line in response.text.splitlines()]
    assert len(records) == 120
    assert all(record.keys() == {"name", "value", "time"} for record in records)
    assert {record["name"] for record in records} == {"blog", "docs", "shop"}


def test_the_same_question_has_the_same_answer():
    one, two = (client.get("/api/analytics/stream?count=60").text for _ in range(2))
    assert one == two


def test_too_many_records_are_refused():
    assert client.get("/api/analytics/stream?count=100001").status_code == 422
