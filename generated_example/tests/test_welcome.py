import pytest
from fastapi.testclient import TestClient

from backend.main import app


def test_the_visits_of_a_browser_are_counted():
    client = TestClient(app)
    assert [client.get("/api/welcome").json()["visits"] for _ in range(3)] == [1, 2, 3]


def test_the_cookie_is_not_for_scripts():
    cookie = TestClient(app).get("/api/welcome").headers["set-cookie"].lower()
    assert cookie == "visits=1; httponly; path=/; samesite=lax"


@pytest.mark.parametrize("value", ["", "many", "-1", "9" * 5000])
def test_a_cookie_of_somebody_else_begins_anew(value: str):
    response = TestClient(app).get("/api/welcome", headers={"cookie": f"visits={value}"})
    assert response.json()["visits"] == 1
