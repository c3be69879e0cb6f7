"""JSON: a list with create and delete, and errors that have types."""

import re
from functools import cache
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from ..problems import Problem

router = APIRouter()

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]


def plausible_email(text: str) -> str:
    """A message for people, where pydantic's own would show them the pattern."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise PydanticCustomError("email", "An address looks like ada@example.com")
    return text


class NewItem(BaseModel):
    name: Name
    quantity: int = Field(ge=1, le=100)
    email: Annotated[str, AfterValidator(plausible_email)] | None = None


class Item(NewItem):
    id: int


@router.get("/items")
async def list_items() -> list[Item]:
    """List all items, oldest first."""
    return list(stored_items().values())


@router.post("/items", status_code=201, responses={409: {"model": Problem}})
async def create_item(item: NewItem) -> Item:
    """Add an item under a name of its own."""
    items = stored_items()
    if any(other.name.casefold() == item.name.casefold() for other in items.values()):
        raise HTTPException(409, f"There is an item “{item.name}” already")
    created = Item(id=max(items, default=0) + 1, **item.model_dump())
    items[created.id] = created
    return created


@router.delete("/items/{item_id}", status_code=204, responses={404: {"model": Problem}})
async def delete_item(item_id: int) -> None:
    """Delete an item."""
    if stored_items().pop(item_id, None) is None:
        raise HTTPException(404, f"There is no item {item_id}")


@cache
def stored_items() -> dict[int, Item]:
    """The items by their ids: in memory, so a restart begins with these two again."""
    return {
        1: Item(id=1, name="Notebook", quantity=3),
        2: Item(id=2, name="Pencil", quantity=12, email="ada@example.com"),
    }
