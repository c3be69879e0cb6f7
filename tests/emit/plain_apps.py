"""Apps as people write them: what is generated of them is in `cases/`."""

from dataclasses import replace

from fluidkit_cli.api import (
    Api,
    Array,
    Body,
    DeclaredError,
    Empty,
    Event,
    Events,
    Field,
    File,
    Json,
    Literal,
    Model,
    Object,
    Parameter,
    Records,
    Reference,
    Scalar,
    Text,
    Union,
    Unknown,
)

from .building import FLAG, MAYBE_TEXT, NULL, NUMBER, REFUSED, TEXT, path, route


def json_routes() -> Api:
    item_id = Parameter("item_id", "item_id", "path", NUMBER, True, "The item's number.")
    return Api(
        routes=(
            route(
                "list_items",
                "GET /api/items",
                Json(Array(Reference("Item"))),
                description="List the items that match.",
                parameters=(
                    Parameter("search", "q", "query", MAYBE_TEXT, False),
                    Parameter("limit", "limit", "query", NUMBER, False, "At most so many."),
                    Parameter("tags", "tag", "query", Array(TEXT), False),
                ),
            ),
            route(
                "create_item",
                "POST /api/items",
                Json(Reference("Item")),
                description="Create an item.\n\nIts name need not be unique:\n\n    a, b, a",
                body=Body("item", Reference("ItemInput"), True),
                errors=(DeclaredError(409, Reference("Problem")), REFUSED),
            ),
            route(
                "read_item",
                "GET /api/items/{item_id}",
                Json(Reference("Item")),
                (item_id,),
                errors=(REFUSED,),
            ),
            route(
                "rename_item",
                "PATCH /api/items/{item_id}",
                Json(Reference("Item")),
                parameters=(
                    item_id,
                    Parameter("if_match", "if-match", "header", TEXT, True),
                    Parameter("dry_run", "dry_run", "query", FLAG, False),
                ),
                body=Body("name", TEXT, True),
            ),
            replace(
                route("delete_item", "DELETE /api/items/{item_id}", Empty(), (item_id,)),
                deprecated=True,
            ),
            replace(
                route("old_items", "GET /api/items/old", Json(Object(()))),
                description="What was there.",
                deprecated=True,
            ),
            route(
                "touch",
                "POST /api/touch",
                Empty(),
                body=Body("note", Reference("ItemInput"), False),
            ),
            route("health", "GET /health", Json(Unknown()), module="backend.main"),
            route("ban", "POST /api/admin/ban", Empty(), module="backend.routes.admin.users"),
        ),
        types=(
            Model("Item", (Field("id", NUMBER), Field("name", TEXT)), description="A thing."),
            Model("Problem", (Field("detail", TEXT),)),
            Model(
                "ItemInput",
                (
                    Field("name", TEXT),
                    Field("price", Scalar("number"), False),
                    Field("nothing", Union((Object(()), NULL)), False),
                ),
            ),
        ),
    )


def camel_case() -> Api:
    return replace(
        json_routes(),
        routes=(
            *json_routes().routes,
            route(
                "_hidden_item_2", "GET /api/hidden", Events((Event("a", TEXT), Event("b", TEXT)))
            ),
        ),
    )


def streams() -> Api:
    token, done = Event("token", Reference("Token")), Event("done", Reference("Usage"))
    since = Parameter("since", "since", "query", Scalar("string", "date-time"), False)
    return Api(
        routes=(
            route(
                "chat",
                "POST /api/chat",
                Events((Event("message", Reference("Token")),)),
                body=Body("body", Reference("ChatRequest"), True),
                errors=(REFUSED,),
                description="Stream the assistant's reply, one token at a time.",
            ),
            route("follow_chat", "GET /api/chat", Events((token, done)), (since,)),
            route(
                "tail",
                "GET /api/tail",
                Events((Event("line", TEXT, "text"), Event("log-end", NULL), Event("end", TEXT))),
            ),
            route("notifications", "GET /api/notifications", Events((token,))),
            route("anything", "GET /api/anything", Events(())),
            route("usage", "GET /api/usage", Records(Reference("Usage")), (since,)),
            route("points", "GET /api/points", Records(Object((Field("x", NUMBER),)))),
            route(
                "rows",
                "GET /api/rows",
                Records(
                    Object(
                        (
                            Field("identifier", NUMBER),
                            Field("description", TEXT, description="For people."),
                            Field("created_at", Scalar("string", "date-time"), required=False),
                        )
                    )
                ),
            ),
            route("logs", "GET /api/logs", Text()),
            route("page", "GET /api/page", Text(may_be_html=True)),
            route(
                "download_file",
                "GET /api/files/{file_path}",
                File("application/pdf"),
                (Parameter("file_path", "file_path", "path", TEXT, True, spans_segments=True),),
                errors=(DeclaredError(404, Unknown()), REFUSED),
            ),
        ),
        types=(
            Model("ChatRequest", (Field("prompt", TEXT),)),
            Model("Token", (Field("text", TEXT),)),
            Model("Usage", (Field("tokens", NUMBER),)),
        ),
    )


def errors() -> Api:
    """Whatever a route may declare as an error: several with one body, ranges, long ones."""
    problem, taken = Reference("Problem"), Reference("Taken")
    wide = Object(tuple(Field(f"a_rather_long_field_{n}", NUMBER) for n in range(5)))
    every = (DeclaredError(status, problem) for status in range(400, 420))
    return Api(
        routes=(
            route("one", "GET /api/one", Empty(), errors=(DeclaredError(404, problem),)),
            route(
                "alike",
                "GET /api/alike",
                Empty(),
                errors=(
                    DeclaredError(401, Unknown()),
                    DeclaredError(404, problem),
                    DeclaredError(409, taken),
                    DeclaredError(410, problem),
                    REFUSED,
                ),
            ),
            route(
                "ranges",
                "GET /api/ranges",
                Events((Event("a", TEXT), Event("b", TEXT))),
                errors=(
                    DeclaredError(404, problem),
                    REFUSED,
                    DeclaredError("4XX", taken),
                    DeclaredError("5XX", Unknown()),
                ),
            ),
            route(
                "rest",
                "GET /api/rest",
                Json(Union((wide, NULL))),
                errors=(
                    DeclaredError("4XX", taken),
                    DeclaredError(503, problem),
                    DeclaredError("default", Unknown()),
                ),
            ),
            route("all", "GET /api/all", Empty(), errors=(DeclaredError("default", taken),)),
            route("both", "GET /api/both", Empty(), errors=(DeclaredError(422, problem), REFUSED)),
            route(
                "literal",
                "GET /api/literal",
                Empty(),
                errors=(
                    DeclaredError(400, Union((Literal("a"), taken, Array(TEXT)))),
                    DeclaredError(409, wide),
                ),
            ),
            route("every", "GET /api/every", Empty(), errors=(*every, REFUSED)),
            route(
                "configure_the_thing_in_every_way",
                "GET /api/things/{thing_identifier}/configuration/of/the/thing",
                Empty(),
                (path("thing_identifier"),),
                errors=(REFUSED,),
            ),
            route(
                "follow_the_thing_wherever_it_may_go_tomorrow",
                "GET /api/follow",
                Empty(),
                errors=(DeclaredError(404, problem),),
            ),
        ),
        types=(
            Model("Problem", (Field("detail", TEXT),)),
            Model("Taken", (Field("by", TEXT),)),
        ),
    )
