import pytest
from fastapi.testclient import TestClient

from api_client import ApiError, Client
from backend.main import app


def test_records_come_one_by_one(client: Client):
    records = list(client.analytics.stream_analytics_data(count=120))
    assert len(records) == 120
    assert {record.name for record in records} == {"blog", "docs", "shop"}


def test_nobody_need_read_all_of_them(client: Client):
    with client.analytics.stream_analytics_data(count=100_000) as records:
        assert next(records).name in ("blog", "docs", "shop")


def test_the_same_question_has_the_same_answer(client: Client):
    one, two = (list(client.analytics.stream_analytics_data(count=60)) for _ in range(2))
    assert one == two


def test_too_many_records_are_refused(client: Client):
    with pytest.raises(ApiError, match="422"):
        next(client.analytics.stream_analytics_data(count=100_001))


def test_they_are_one_json_value_a_line():
    response = TestClient(app).get("/api/analytics/stream?count=3")
    assert response.headers["content-type"].startswith("application/x-ndjson")
    assert response.text.count("\n") == 3
