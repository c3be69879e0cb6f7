"""An app whose answers hold dates: what is generated of it is in `cases/dates`."""

from fluidkit_cli.api import (
    Alias,
    Api,
    Array,
    Body,
    DeclaredError,
    Event,
    Events,
    Field,
    Json,
    Literal,
    Mapping,
    Model,
    Object,
    Parameter,
    Records,
    Reference,
    Scalar,
    Tuple,
    TypeVariable,
    Union,
)

from .building import FLAG, NULL, NUMBER, TEXT, path, route

DATE = Scalar("string", "date-time")
DAY = Scalar("string", "date")
MAYBE_DATE = Union((DATE, NULL))
ITEM = Reference("Item")
PAYMENT = Union((Reference("Card"), Reference("Cash")))
LONG = "a_name_that_leaves_no_room_on_the_line_for_what_follows"
CALLED_LONG = "WhatSomebodyCalledSomethingThatLeavesNoRoomOnTheLine"


def dates() -> Api:
    return Api(
        routes=(
            route("read_item", "GET /items/{number}", Json(ITEM), (path("number"),)),
            route("list_items", "GET /items", Json(Reference("Page", (ITEM,)))),
            route("days", "GET /days", Json(Reference("Page", (DAY,)))),
            route("moments", "GET /moments", Json(Mapping(TEXT, Array(MAYBE_DATE)))),
            route("follow", "GET /follow", Events((Event("message", ITEM),))),
            route(
                "happenings",
                "GET /happenings",
                Events(
                    (
                        Event("item-made", ITEM),
                        Event("said", TEXT, "text"),
                        Event("told", DATE, "text"),
                        Event("count", NUMBER),
                    ),
                    ends=("[DONE]",),
                ),
            ),
            route("rows", "GET /rows", Records(Object((Field("at", DATE), Field("name", TEXT))))),
            route("tree", "GET /tree", Json(Reference("Tree"))),
            route(
                "pay",
                "POST /pay",
                Json(PAYMENT),
                (
                    Parameter("date", "date", "query", DATE, True),
                    Parameter("until", "until", "query", MAYBE_DATE, False),
                ),
                body=Body("payment", PAYMENT, True),
                errors=(DeclaredError(409, Reference("Late")), DeclaredError(410, DATE)),
            ),
            route("untold", "GET /untold", Json(Union((ITEM, Reference("Late"))))),
            route("mixed", "GET /mixed", Json(Union((DATE, Array(DATE), ITEM, NUMBER, NULL)))),
            route("or_text", "GET /or-text", Json(Union((DATE, Literal("never"))))),
            route("each", "GET /each", Json(Array(Tuple((TEXT, DATE), Reference("Tree"))))),
            route(LONG, "GET /long", Json(Array(Reference(CALLED_LONG)))),
            route("branches", "GET /branches", Json(Reference("Branch", (ITEM,)))),
            route("flag", "GET /flag", Json(FLAG)),
        ),
        types=(
            Model("Item", (Field("id", NUMBER), Field("made", DATE), Field("sold", MAYBE_DATE))),
            Model(
                "Page",
                (Field("items", Array(TypeVariable("T"))), Field("next", DATE)),
                parameters=("T",),
            ),
            Model("Tree", (Field("at", DATE), Field("children", Array(Reference("Tree"))))),
            Model(
                "Branch",
                (
                    Field("holds", TypeVariable("T")),
                    Field("leaves", Array(Reference("Leaf", (TypeVariable("T"),)))),
                ),
                parameters=("T",),
            ),
            Model(
                "Leaf",
                (Field("at", DATE), Field("of", Reference("Branch", (TypeVariable("T"),)))),
                parameters=("T",),
            ),
            Model("Card", (Field("kind", Literal("card")), Field("until", DATE))),
            Model("Cash", (Field("kind", Literal("cash")), Field("until", TEXT))),
            Model("Late", (Field("detail", TEXT), Field("since", DATE))),
            Model("Unused", (Field("at", DATE),)),
            Alias("When", Union((DATE, NUMBER))),
            Model(
                CALLED_LONG,
                (
                    Field("__proto__", Reference("When")),
                    Field(LONG, Mapping(TEXT, Array(Union((Reference(CALLED_LONG), NULL))))),
                    Field("other-" + LONG, Mapping(TEXT, Reference("Page", (Reference("Item"),)))),
                ),
                extra=DATE,
            ),
        ),
    )
