import pytest
from fastapi.testclient import TestClient

from backend.main import app
from backend.routes.items import stored_items

client = TestClient(app)

LAMP = {"name": "Lamp", "quantity": 1, "email": None}


@pytest.fixture(autouse=True)
def begin_anew() -> None:
    stored_items.cache_clear()


def names() -> list[str]:
    return [item["name"] for item in client.get("/api/items").json()]


def test_an_item_is_created_with_an_id_and_listed():
    response = client.post("/api/items", json=LAMP)
    assert response.status_code == 201
    assert response.json() == {**LAMP, "id": 3}
    assert names() == ["Notebook", "Pencil", "Lamp"]


def test_a_deleted_item_is_gone():
    assert client.delete("/api/items/1").status_code == 204
    assert names() == ["Pencil"]
    assert client.delete("/api/items/1").json() == {"detail": "There is no item 1"}


def test_a_name_is_given_once():
    response = client.post("/api/items", json={**LAMP, "name": " notebook "})
    assert response.status_code == 409
    assert response.json() == {"detail": "There is an item “notebook” already"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "x"), ("name", "  "), ("quantity", 0), ("quantity", 101), ("email", "ada")],
)
def test_what_is_wrong_is_said_at_its_field(field: str, value: object):
    response = client.post("/api/items", json={**LAMP, field: value})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]
    assert names() == ["Notebook", "Pencil"]


def test_a_wrong_address_is_refused_in_words():
    response = client.post("/api/items", json={**LAMP, "email": "ada"})
    assert response.json()["detail"][0]["msg"] == "An address looks like ada@example.com"
