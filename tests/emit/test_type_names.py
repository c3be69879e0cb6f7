"""What the app's types are called, and that they stay so."""

import random
from collections.abc import Mapping
from dataclasses import replace

from fluidkit_cli import emit
from fluidkit_cli.api import (
    Alias,
    Api,
    Enumeration,
    Field,
    Json,
    Member,
    Model,
    NamedType,
    Object,
    Reference,
    TypeVariable,
)
from fluidkit_cli.emit import PYTHON, TYPESCRIPT, emit_python, emit_typescript

from .building import TEXT, route


def types_file(*types: NamedType, known: Mapping[str, str] = {}) -> str:
    api = Api(tuple(route(t.name, f"GET /{t.name}", Json(Reference(t.name))) for t in types), types)
    files = emit_typescript(api, package="backend", naming="python", known=known)
    (text,) = [file.text for file in files if file.path == "types.ts"]
    return text


def models_file(*types: NamedType, known: Mapping[str, str] = {}) -> str:
    return models_of(Api((), types), known=known)


def models_of(api: Api, known: Mapping[str, str] = {}) -> str:
    files = emit_python(api, package="backend", known=known)
    (text,) = [file.text for file in files if file.path == "models.py"]
    return text


def known_names(text: str) -> dict[str, str]:
    return emit.known_names(text, dialect=TYPESCRIPT)


def known_models(text: str) -> dict[str, str]:
    return emit.known_names(text, dialect=PYTHON)


def model(name: str, origin: str) -> Model:
    return Model(name, (), origin=origin)


SHOP = model("Item", "shop.models:Item")
SHOP_LATER = model("ShopItem", "shop.models:Item")
BLOG = model("Item", "blog.models:Item")


def test_types_stand_below_the_module_they_come_from() -> None:
    text = types_file(model("B", "shop:B"), model("Z", "blog:Z"), model("A", "shop:A"))
    lines = [line.partition(" =")[0] for line in text.splitlines()[1:] if line]
    assert lines == [
        *("// From blog", "export type Z"),
        *("// From shop", "export type A", "export type B"),
    ]


def test_a_name_that_is_not_the_types_own_is_explained() -> None:
    text = types_file(SHOP_LATER, model("PageItem", "shop.models:Page[Item]"), BLOG)
    assert "// Python: Item\nexport type ShopItem" in text
    assert "// Python: Page[Item]\nexport type PageItem" in text
    assert "// From blog.models\n\nexport type Item" in text


def test_what_is_written_is_what_is_known() -> None:
    enumeration = Enumeration("Size", (Member("S", "s"),), origin="shop.models:Outer.Size")
    odd = Alias("Odd", TEXT, "a doc\n// From elsewhere", origin="shop.<locals>:make.<locals>.Odd")
    assert known_names(types_file(SHOP_LATER, BLOG, enumeration, odd)) == {
        "shop.models:Item": "ShopItem",
        "blog.models:Item": "Item",
        "shop.models:Outer.Size": "Size",
        "shop.<locals>:make.<locals>.Odd": "Odd",
    }


def test_a_model_of_an_equal_name_elsewhere_renames_none() -> None:
    known = known_names(types_file(SHOP))
    text = types_file(SHOP_LATER, BLOG, known=known)
    assert known_names(text) == {"shop.models:Item": "Item", "blog.models:Item": "BlogItem"}
    assert known_names(types_file(SHOP_LATER, BLOG, known=known_names(text))) == known_names(text)


def test_neither_does_one_that_goes() -> None:
    known = known_names(types_file(SHOP_LATER, BLOG))
    assert known_names(types_file(SHOP, known=known)) == {"shop.models:Item": "ShopItem"}


def test_the_forms_of_a_type_keep_their_names_too() -> None:
    origin = "shop.models:Item"
    known = known_names(types_file(model("Item", origin), model("ItemInput", origin)))
    later = (model("ShopItem", origin), model("ShopItemInput", origin), BLOG)
    assert known_names(types_file(*later, known=known)) == {
        "shop.models:Item": "Item",
        "shop.models:ItemInput": "ItemInput",
        "blog.models:Item": "BlogItem",
    }


def test_a_name_is_no_longer_kept_when_its_type_is_called_otherwise() -> None:
    known = known_names(types_file(SHOP))
    assert known_names(types_file(model("Thing", "shop.models:Thing"), known=known)) == {
        "shop.models:Thing": "Thing"
    }


def test_a_file_without_modules_gives_no_names() -> None:
    assert known_names("export interface Item {}\n// From\n") == {}
    assert known_names(types_file(model("Item", ""))) == {}


def test_what_somebody_wrote_into_the_file_is_taken_only_if_it_can_be_a_name() -> None:
    written = "// From shop.models\n// Python: Item\nexport type string = 1;\n"
    assert "export type Item " in types_file(SHOP, known=known_names(written))
    twice = "// From shop.models\nexport type Item\n// From blog.models\n// Python: Item\n"
    text = types_file(SHOP_LATER, BLOG, known=known_names(f"{twice}export type Item\n"))
    assert sorted(known_names(text).values()) == ["BlogItem", "Item"]


def test_no_origin_gets_out_of_its_comment() -> None:
    hostile = model("Item", "shop\nexport const a = 1;//:It\u2028em*/\rexport const b = 1;")
    text = types_file(hostile)
    assert not [line for line in text.splitlines() if line.startswith("export const")]
    assert known_names(types_file(hostile, known=known_names(text))) == known_names(text)


def test_a_variable_that_goes_by_the_name_of_a_type_gives_way() -> None:
    value = Field("value", TypeVariable("Item"))
    page = Model("Page", (value,), parameters=("Item",), origin="shop.models:Page")
    text = types_file(SHOP, page, Alias("Box", TypeVariable("T"), parameters=("T",)))
    assert "export interface Page<Item_> {\n\tvalue: Item_;\n}" in text
    assert "export type Box<T> = T;" in text
    assert known_names(text)["shop.models:Page"] == "Page"


def test_the_order_of_the_types_does_not_matter() -> None:
    types = [model(f"T{n}", f"m{n % 3}:T{n}") for n in range(20)]
    first = types_file(*types)
    random.Random(1).shuffle(types)
    assert types_file(*types) == first


def test_in_python_a_model_of_an_equal_name_elsewhere_renames_none() -> None:
    known = known_models(models_file(SHOP))
    text = models_file(SHOP_LATER, BLOG, known=known)
    assert known_models(text) == {"shop.models:Item": "Item", "blog.models:Item": "BlogItem"}
    assert models_file(BLOG, SHOP_LATER, known=known_models(text)) == text
    assert "# From blog.models\n\n\n# Python: Item\nclass BlogItem(Model):" in text


def test_python_names_new_types_as_typescript_does() -> None:
    types = (SHOP_LATER, BLOG, model("new", "a:new"), model("Page_int_", "a:Page[int]"))
    assert known_models(models_file(*types)) == known_names(types_file(*types)) | {"a:new": "new"}
    later = {"shop.models:Item": "Item"}
    assert known_models(models_file(*types, known=later)) == known_names(
        types_file(*types, known=later)
    ) | {"a:new": "new"}


def test_names_that_python_does_not_allow_are_changed_and_kept() -> None:
    types = (model("None", "a:None"), model("Model", "a:Model"), model("Model_", "b:Model_"))
    text = models_file(*types)
    names = {"a:None": "None_", "a:Model": "Model_", "b:Model_": "BModel_"}
    assert known_models(text) == names
    assert models_file(*types, known=names) == text
    assert known_models(models_file(*types, known={"a:None": "None", "a:Model": "str"})) == names


def test_in_python_what_has_no_name_of_its_own_keeps_the_one_that_it_got() -> None:
    inner, page = Object((Field("x", TEXT),)), model("Page", "shop.models:Page")
    listed = route("list_items", "GET /items", Json(inner), module="shop.routes")
    page = replace(page, fields=(Field("first", inner),))
    api = Api((listed,), (page,))
    text = models_of(api)
    names = {
        "shop.models:Page": "Page",
        "shop.models:Page.First": "PageFirst",
        "shop.routes:list_items.Answer": "ListItemsAnswer",
    }
    assert known_models(text) == names
    assert "    first: PageFirst\n" in text
    (clients,) = [f for f in emit_python(api, package="shop") if f.path == "routes.py"]
    assert "-> models.ListItemsAnswer:" in clients.text
    answer, first = model("ListItemsAnswer", "a:ListItemsAnswer"), model("PageFirst", "a:PageFirst")
    later = models_of(Api((listed,), (answer, page, first)), known=known_models(text))
    assert known_models(later) == names | {
        "a:ListItemsAnswer": "AListItemsAnswer",
        "a:PageFirst": "APageFirst",
    }


def test_what_a_docstring_says_gives_no_name_in_python() -> None:
    odd = Alias("Odd", TEXT, "a\n# From elsewhere\nclass Odd(1):\nclass Z(", origin="shop:Odd")
    text = models_file(odd, model("Z", "shop:Z"), model("It", "shop\nimport os #:I\u2028t"))
    assert known_models(text) == {
        "shop:Odd": "Odd",
        "shop:Z": "Z",
        "shop import os #:I t": "It",
    }
    assert "\nimport os" not in text
