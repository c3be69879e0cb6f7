"""What is remembered of an emission makes the next one faster, and never other."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from fluidkit_cli.api import (
    Alias,
    Api,
    Body,
    Decoder,
    Enumeration,
    Field,
    Json,
    Literal,
    Mapping,
    Member,
    Model,
    Object,
    Reference,
    Union,
    to_json,
)
from fluidkit_cli.emit import Memory, emit_python, emit_typescript
from fluidkit_cli.files import GeneratedFile

from .building import NUMBER, TEXT, route
from .odd_apps import names, types
from .plain_apps import errors, json_routes, streams

ITEM = Model("Item", (Field("id", NUMBER),))
COLOR = Enumeration("Color", (Member("RED", "red"),))
ITEMS = route("items", "GET /items", Json(Reference("Item")))
BY_COLOR = route(
    "by_color", "GET /colors", Json(Mapping(Reference("Color"), TEXT)), module="backend.routes.more"
)
SHOP = Api(routes=(ITEMS, BY_COLOR), types=(COLOR, ITEM))


def typescript(api: Api, memory: Memory | None = None, *, known: str = "") -> list[GeneratedFile]:
    names = {"backend.shop:Item": known} if known else {}
    return emit_typescript(api, package="backend", naming="python", known=names, memory=memory)


def python(api: Api, memory: Memory | None = None, *, known: str = "") -> list[GeneratedFile]:
    names = {"backend.shop:Item": known} if known else {}
    return emit_python(api, package="backend", known=names, memory=memory)


@pytest.fixture(params=[typescript, python])
def emitted(request: pytest.FixtureRequest) -> Any:
    return request.param


def assert_alike(emitted: Any, apis: Iterable[Api]) -> None:
    decoder, memory = Decoder(), Memory()
    for api in apis:
        assert emitted(decoder.decode(to_json(api)), memory) == emitted(api)


def test_whole_apps_are_printed_as_without_it(emitted: Any) -> None:
    apps = [json_routes(), streams(), errors(), names(), types()]
    assert_alike(emitted, [*apps, *apps, *reversed(apps)])


def test_each_change_is_seen(emitted: Any) -> None:
    with_price = replace(ITEM, fields=(*ITEM.fields, Field("price", NUMBER)))
    one = route("items", "GET /items", Json(Union((Literal(1), TEXT))))
    true = route("items", "GET /items", Json(Union((Literal(True), TEXT))))
    clash = Model("items", ())
    form = route("send", "POST /form", Json(TEXT), body=Body("b", Reference("Item"), True, "form"))
    inner = Object((Field("x", NUMBER),))
    assert_alike(
        emitted,
        [
            SHOP,
            replace(SHOP, types=(COLOR, with_price)),
            replace(SHOP, types=(Alias("Color", TEXT), ITEM)),
            replace(SHOP, types=(Alias("Color", NUMBER), ITEM)),
            replace(SHOP, routes=(form, BY_COLOR)),
            replace(SHOP, routes=(form, BY_COLOR), types=(COLOR, with_price)),
            replace(SHOP, routes=(ITEMS, replace(BY_COLOR, answer=Json(inner)))),
            replace(SHOP, routes=(replace(ITEMS, name="by_color", answer=Json(inner)), BY_COLOR)),
            replace(SHOP, routes=(one, BY_COLOR)),
            replace(SHOP, routes=(true, BY_COLOR)),
            replace(SHOP, routes=(replace(ITEMS, module="backend.routes.more"), BY_COLOR)),
            replace(SHOP, routes=(ITEMS, replace(ITEMS, path="/other"))),
            replace(SHOP, types=(COLOR, ITEM, clash)),
            replace(SHOP, routes=(replace(ITEMS, file="elsewhere.py"),)),
            replace(SHOP, routes=(ITEMS, replace(BY_COLOR, module="backend.routes.async_things"))),
            Api(),
            SHOP,
        ],
    )


def test_another_name_of_a_type_is_seen(emitted: Any) -> None:
    memory = Memory()
    shop = replace(SHOP, types=(COLOR, replace(ITEM, origin="backend.shop:Item")))
    assert emitted(shop, memory) == emitted(shop)
    assert emitted(shop, memory, known="Ware") == emitted(shop, known="Ware")


def test_one_and_true_are_told_apart_without_a_decoder(emitted: Any) -> None:
    memory = Memory()
    for value in (1, True):
        api = Api(routes=(route("one", "GET /one", Json(Union((Literal(value), TEXT)))),))
        assert emitted(api, memory) == emitted(api)


def test_what_did_not_change_is_not_printed_again() -> None:
    memory = Memory()
    memory.begin({}, sources=[])
    before = memory.text("items", [ITEMS], lambda: "".join(["it", "ems"]))
    memory.begin({}, sources=[])
    assert memory.text("items", [ITEMS], lambda: "others") is before
    memory.begin({}, sources=[])
    assert memory.text("items", [replace(ITEMS)], lambda: "others") == "others"
