import pytest

from api_client import Client, HTTPValidationError
from api_client.items import CreateItemError, DeleteItemError
from api_client.models import NewItem, Problem
from backend.routes.items import stored_items

LAMP = NewItem(name="Lamp", quantity=1, email=None)


@pytest.fixture(autouse=True)
def begin_anew() -> None:
    stored_items.cache_clear()


def names(client: Client) -> list[str]:
    return [item.name for item in client.items.list_items()]


def test_an_item_is_created_with_an_id_and_listed(client: Client):
    item = client.items.create_item(LAMP)
    assert (item.id, item.name, item.quantity, item.email) == (3, "Lamp", 1, None)
    assert names(client) == ["Notebook", "Pencil", "Lamp"]


def test_a_deleted_item_is_gone(client: Client):
    client.items.delete_item(1)
    assert names(client) == ["Pencil"]
    with pytest.raises(DeleteItemError) as caught:
        client.items.delete_item(1)
    assert caught.value.body == Problem(detail="There is no item 1")


def test_a_name_is_given_once(client: Client):
    with pytest.raises(CreateItemError) as caught:
        client.items.create_item(NewItem(name=" notebook ", quantity=1))
    assert caught.value.status == 409
    assert caught.value.body == Problem(detail="There is an item “notebook” already")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "x"), ("name", "  "), ("quantity", 0), ("quantity", 101), ("email", "ada")],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, field: str, value: object):
    assert [place for place, _ in refused(client, field, value)] == [["body", field]]
    assert names(client) == ["Notebook", "Pencil"]


def test_a_wrong_address_is_refused_in_words(client: Client):
    [(_, words)] = refused(client, "email", "ada")
    assert words == "An address looks like ada@example.com"


def refused(client: Client, field: str, value: object) -> list[tuple[list[str | int], str]]:
    """Where something is wrong with the item, and what."""
    with pytest.raises(CreateItemError) as caught:
        client.items.create_item(LAMP.model_copy(update={field: value}))
    assert caught.value.status == 422
    assert isinstance(caught.value.body, HTTPValidationError)
    return [(error.loc, error.msg) for error in caught.value.body.detail]
