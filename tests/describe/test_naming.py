from collections.abc import Callable
from itertools import count

import pytest

from fluidkit_cli.api import Api, Field, Model, Reference, Scalar, Type
from fluidkit_cli.describe.forms import BY_NAME, INPUT, OUTPUT, Form
from fluidkit_cli.describe.naming import Definition, names_of

_numbers = count()


def definition(
    origin: str, *fields: tuple[str, Type], form: Form = OUTPUT, key: str = ""
) -> Definition:
    model = Model(origin, tuple(Field(name, described) for name, described in fields))
    return Definition(key or f"key{next(_numbers)}", origin, origin, form, model)


def names(*definitions: Definition) -> list[str]:
    found = names_of(definitions)
    return [found[definition.key] for definition in definitions]


TEXT = Scalar("string")


def test_forms_that_are_equal_share_the_plain_name() -> None:
    assert names(
        definition("app:Item", ("a", TEXT)), definition("app:Item", ("a", TEXT), form=INPUT)
    ) == ["Item", "Item"]


def test_what_is_written_keeps_the_plain_name() -> None:
    assert names(
        definition("app:Item", ("a", TEXT), form=INPUT),
        definition("app:Item", ("b", TEXT), form=BY_NAME),
        definition("app:Item", ("c", TEXT)),
    ) == ["ItemInput", "ItemByName", "Item"]


def test_a_form_alone_has_the_plain_name() -> None:
    assert names(definition("app:Item", form=INPUT)) == ["Item"]


def test_forms_differ_where_what_they_refer_to_differs() -> None:
    inner = definition("app:Inner", ("a", TEXT), key="inner")
    inner_input = definition("app:Inner", ("b", TEXT), form=INPUT, key="inner-input")
    outer = definition("app:Outer", ("inner", Reference("inner")))
    outer_input = definition("app:Outer", ("inner", Reference("inner-input")), form=INPUT)
    assert names(outer, outer_input, inner, inner_input) == [
        *("Outer", "OuterInput", "Inner", "InnerInput")
    ]


def test_recursive_forms_that_are_equal_share_a_name() -> None:
    node = definition("app:Node", ("next", Reference("node")), key="node")
    node_input = definition("app:Node", ("next", Reference("in")), form=INPUT, key="in")
    assert names(node, node_input) == ["Node", "Node"]


def test_of_equal_names_the_first_of_the_alphabet_is_kept_and_the_rest_are_qualified() -> None:
    shop = definition("backend.shop.models:Item", ("a", TEXT))
    blog = definition("backend.blog.models:Item", ("b", TEXT))
    held = definition("backend.shop:Holder.Item", ("c", TEXT))
    assert names(shop, blog, held) == ["ShopItem", "Item", "HolderItem"]
    assert names(held, shop, blog) == ["HolderItem", "ShopItem", "Item"]
    assert names(shop) == ["Item"]


def test_a_name_that_users_wrote_is_not_taken_by_a_qualified_one() -> None:
    assert names(
        definition("a:Item", ("a", TEXT)),
        definition("shop:Item", ("b", TEXT)),
        definition("zoo:ShopItem", ("c", TEXT)),
    ) == ["Item", "Item2", "ShopItem"]


def test_a_name_that_users_wrote_is_not_taken_by_a_form() -> None:
    assert names(
        definition("app:Item", ("a", TEXT)),
        definition("app:Item", ("b", TEXT), form=INPUT),
        definition("app:ItemInput", ("c", TEXT)),
    ) == ["Item", "ItemInput2", "ItemInput"]


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("app:Page[Item]", "PageItem"),
        ("app:Page[backend.models.Item]", "PageItem"),
        ("app:Page[dict[str, list_of]]", "PageDictStrListOf"),
        ("app:create.<locals>.Item", "Item"),
    ],
)
def test_a_name_is_an_identifier(origin: str, name: str) -> None:
    assert names(definition(origin)) == [name]


SOURCE = """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class Item(BaseModel):
    a: int
@app.get("/first")
def first() -> Item: ...
"""
MORE = """
def another():
    class Item(BaseModel):
        b: int
    return Item
@app.get("/second")
def second() -> another(): ...
"""


def test_a_model_of_an_equal_name_renames_none(write_app: Callable[[str], Api]) -> None:
    assert [named.name for named in write_app(SOURCE).types] == ["Item"]


def test_two_models_of_one_name_are_told_apart(write_app: Callable[[str], Api]) -> None:
    api = write_app(SOURCE + MORE)
    fields = {t.name: [f.name for f in t.fields] for t in api.types if isinstance(t, Model)}
    assert fields == {"Item": ["a"], "AnotherItem": ["b"]}
