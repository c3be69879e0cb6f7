"""Apps with every type, with names that clash, and with lines that must break."""

from fluidkit_cli.api import (
    Alias,
    Api,
    Array,
    Body,
    DeclaredError,
    Empty,
    Enumeration,
    Event,
    Events,
    Field,
    Json,
    Literal,
    Mapping,
    Member,
    Model,
    Object,
    Parameter,
    Reference,
    Scalar,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Unknown,
)

from .building import FLAG, MAYBE_TEXT, NULL, NUMBER, REFUSED, TEXT, path, route


def types() -> Api:
    colors = (Member("RED", "red"), Member("DARK_BLUE", "dark blue"), Member("constructor", "'"))
    fields = (
        Field("name", TEXT, description="What people call it."),
        Field("nickname", MAYBE_TEXT, required=False),
        Field("kind", Union((Literal("a"), Literal("it's"), Literal(3), Literal(True)))),
        Field("content-type", TEXT, description="Two\nlines."),
        Field("größe", Scalar("number")),
        Field("2nd", Literal(None)),
        Field("__proto__", NUMBER),
        Field("tags", Array(Union((TEXT, NUMBER)))),
        Field("point", Tuple((NUMBER, NUMBER), TEXT)),
        Field("scores", Mapping(TEXT, NUMBER)),
        Field("by_number", Mapping(NUMBER, Reference("Thing"))),
        Field("by_fraction", Mapping(Scalar("number"), TEXT)),
        Field("by_color", Mapping(Reference("Color"), TEXT)),
        Field("by_letter", Mapping(Union((Literal("a"), Literal("b"))), TEXT)),
        Field("inner", Union((Object((Field("x", NUMBER), Field("y", NUMBER))), NULL))),
        Field("same", Union((TEXT, Union((TEXT, NULL)), NULL))),
        Field("anything", Union((TEXT, Unknown()))),
        Field("gone", Reference("NotThere")),
        Field("upload", Scalar("string", "binary")),
    )
    json_value = Union(
        (TEXT, NUMBER, Array(Reference("JsonValue")), Mapping(TEXT, Reference("JsonValue")))
    )
    return Api(
        routes=(route("read", "GET /api/thing", Json(Reference("Thing"))),),
        types=(
            Enumeration("Color", colors, description="Colours."),
            Enumeration("Level", (Member("LOW", 1), Member("HIGH", 2))),
            Enumeration("Never", ()),
            Alias("JsonValue", json_value, description="Any JSON."),
            Model("Thing", fields),
            Model("Nothing", ()),
            Model("Open", (), extra=Unknown()),
            Model(
                "Settings",
                (Field("name", TEXT), Field("size", NUMBER, required=False)),
                extra=Scalar("boolean"),
            ),
            Model("Record", (Field("of", Mapping(TEXT, Reference("Promise"))),)),
            Model("Promise", (Field("kept", FLAG),)),
            Alias("Page[int]", Object((Field("items", Array(NUMBER)),))),
            Alias("Rows", Array(TypeVariable("T")), parameters=("T",)),
            Alias("Nested", Union((NUMBER, Reference("Rows", (Reference("Nested"),))))),
            Alias("Left", Union((Reference("Right"), NUMBER))),
            Alias("Right", Union((Reference("Left"), Reference("Rows", (TEXT,))))),
            Alias("Either", Union((Reference("Left"), NULL))),
        ),
    )


def names() -> Api:
    """Names that TypeScript, the runtime, our own options or another route already have."""
    optional = tuple(
        Parameter(name, name, "query", TEXT, False)
        for name in ("headers", "signal", "on", "default", "lastEventId", "toString")
    )
    return Api(
        routes=(
            route("delete", "DELETE /api/{new}", Empty(), (path("new"),)),
            route("json", "GET /api/json", Json(Reference("Download"))),
            route("text", "GET /api/text/{text}", Text(), (path("text"),)),
            route("url", "GET /api/url/{url}", Json(TEXT), (path("url"), path("options"))),
            route("search", "GET /api/search", Json(TEXT), optional),
            route("item", "GET /api/item", Json(TEXT)),
            route("item", "PUT /api/item", Json(TEXT)),
            route("item_url", "GET /api/item/url", Json(TEXT)),
            route("old", "GET /api/v1/old/{id}", Json(TEXT), (path("id"),)),
            route("old", "GET /api/v2/old/{id}", Json(TEXT), (path("id"),)),
            route("find", "GET /api/find", Events((Event("a", TEXT), Event("b", NUMBER)))),
            route("errors", "GET /api/errors", Empty(), errors=(REFUSED,)),
            route("exports", "GET /api/exports", Empty(), errors=(REFUSED,)),
            route("RequestOptions", "GET /api/options", Empty(), errors=(REFUSED,)),
            route(
                "api",
                "GET /api/{errors}",
                Empty(),
                (path("errors"),),
                errors=(DeclaredError(400, Reference("ApiError")), REFUSED),
            ),
            route(
                "call",
                "GET /api/call",
                Json(Reference("CallError")),
                errors=(
                    DeclaredError(422, Reference("HTTPValidationError")),
                    DeclaredError("4XX", Reference("Exclude")),
                    DeclaredError("5XX", Reference("StatusOf")),
                ),
            ),
            route(
                "mixed",
                "GET /api/{__proto__}/{item-id}",
                Json(Reference("FindEvent")),
                (
                    Parameter("prototype", "__proto__", "path", TEXT, True),
                    Parameter("item_id", "item-id", "path", TEXT, True),
                ),
            ),
        ),
        types=(
            Model("Download", (Field("bytes", NUMBER),)),
            Model("ApiError", (Field("message", TEXT),)),
            Model("HTTPValidationError", (Field("wrong", TEXT),)),
            Model("Exclude", (Field("pattern", TEXT),)),
            Model("StatusOf", (Field("of", TEXT),)),
            Model("CallError", (Field("called", TEXT),)),
            Model("FindEvent", (Field("found", TEXT),)),
        ),
    )


def long_lines() -> Api:
    """Everything that must break where prettier breaks it."""
    choices = Union(tuple(Literal(f"a rather long choice, number {n}") for n in range(4)))
    several = Union((Reference("ConfigurationOfTheThing"), Array(choices), NUMBER, NULL))
    wide = Object(tuple(Field(f"a_rather_long_field_{n}", NUMBER) for n in range(5)))
    return Api(
        routes=(
            route(
                "configure_the_thing_in_every_way",
                "POST /api/things/{thing_identifier}/configuration/of/the/thing",
                Json(Union((Reference("ConfigurationOfTheThing"), wide))),
                (
                    path("thing_identifier"),
                    Parameter("choice", "choice", "query", choices, True),
                    Parameter("other_choice", "other-choice", "query", choices, False),
                    Parameter("wide", "wide", "query", several, False, "Described."),
                ),
                body=Body("configuration", Union((wide, NULL)), True),
            ),
            route(
                "follow_the_thing_wherever_it_goes",
                "GET /api/things/follow",
                Events(
                    tuple(
                        Event(f"a-rather-long-name-of-an-event-{n}", Tuple((choices, several)))
                        for n in range(2)
                    )
                ),
            ),
            route("one_long", "GET /api/one", Events((Event("a", wide),))),
            route("a_list", "GET /api/list", Json(Array(several))),
        ),
        types=(
            Model(
                "ConfigurationOfTheThing",
                (
                    Field("choice", choices),
                    Field("choices", Array(choices)),
                    Field("several", several, required=False),
                    Field("wide", Union((wide, NULL))),
                    Field("map", Mapping(Reference("LongNames"), wide)),
                    Field("places", Tuple((wide, several), choices)),
                ),
                extra=choices,
            ),
            Enumeration("LongNames", (Member("LONG", "x" * 95), Member("A_LONG_NAME", "y" * 95))),
            Alias("Choices", several),
        ),
    )
