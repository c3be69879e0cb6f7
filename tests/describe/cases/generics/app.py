"""Generic models: what is the same for all arguments, and what is not."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, Field, RootModel, field_serializer

app = FastAPI()

T = TypeVar("T")
U = TypeVar("U")
Item_ = TypeVar("Item_", bound=BaseModel)
odd = TypeVar("Item")


class Item(BaseModel):
    name: str = "a"


class Page(BaseModel, Generic[T]):
    """Some of many."""

    items: list[T]
    after: "T | None" = None


class Tree(BaseModel, Generic[T]):
    value: T
    children: list["Tree[T]"] = []


class Pair(BaseModel, Generic[T, U]):
    first: T
    second: U
    more: Page[U] | None = None


class Box(RootModel[dict[str, T]], Generic[T]):
    pass


class Bound(BaseModel, Generic[Item_]):
    item: Item_


class Odd(BaseModel, Generic[odd]):
    """Its variable goes by the name of a model."""

    value: odd
    item: Item = Item()


class Special(BaseModel, Generic[T]):
    """Not the same for all: a list of it is written as its length."""

    value: T

    @field_serializer("value")
    def _written(self, value: Any) -> int:
        return len(str(value))


class Derived(Page[Item]):
    total: int = 1


class Answer(BaseModel):
    kind: Literal["answer"] = "answer"


class Refusal(BaseModel):
    kind: Literal["refusal"] = "refusal"


@app.get("/page")
def page() -> Page[Item]:
    return Page(items=[Item()])


@app.get("/page-of-lists")
def page_of_lists() -> Page[list[int] | None]:
    return Page(items=[[1], None])


@app.get("/page-of-anything")
def page_of_anything() -> Page[Any]:
    return Page(items=["a", 1])


@app.get("/bare")
def bare() -> Page:  # type: ignore[type-arg]
    return Page(items=["a", 1])


@app.get("/page-of-pages")
def page_of_pages() -> Page[Page[Item]]:
    return Page(items=[Page(items=[Item()])])


@app.get("/page-of-one-or-other")
def page_of_one_or_other() -> Page[Annotated[Answer | Refusal, Field(discriminator="kind")]]:
    return Page(items=[Refusal()])


@app.get("/tree")
def tree() -> Tree[int]:
    return Tree(value=1, children=[Tree(value=2)])


@app.get("/pair")
def pair() -> Pair[Item, str]:
    return Pair(first=Item(), second="b")


@app.get("/box")
def box() -> Box[Page[Item]]:
    return Box({"a": Page(items=[])})


@app.get("/bound")
def bound() -> Bound[Item]:
    return Bound(item=Item())


@app.get("/odd")
def odd_name() -> Odd[int]:
    return Odd(value=1)


@app.get("/special")
def special() -> Special[Item]:
    return Special(value=Item())


@app.get("/derived")
def derived() -> Derived:
    return Derived(items=[Item()])


@app.get("/without-none", response_model_exclude_none=True)
def without_none() -> Page[int | None]:
    return Page(items=[1])


@app.post("/both-ways")
def both_ways(page: Page[Item]) -> Page[Item]:
    return page
