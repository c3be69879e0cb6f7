"""Whole generated files, compared to those in `cases/`. FLUIDKIT_UPDATE=1 writes them anew."""

import os
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fluidkit_cli.api import (
    Alias,
    Answer,
    Api,
    Array,
    Body,
    DeclaredError,
    Empty,
    Enumeration,
    Event,
    Events,
    Field,
    File,
    HTTPValidationError,
    Json,
    Literal,
    Mapping,
    Member,
    Model,
    Object,
    Parameter,
    Records,
    Reference,
    Route,
    Scalar,
    Text,
    Tuple,
    Type,
    Union,
    Unknown,
)
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.emit.typescript.parameters import OWN_OPTIONS
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.files import GeneratedFile, write_changed
from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.workspace import Naming

from .conftest import TypeScript

FOLDER = Path(__file__).parent / "cases"
TEXT, NUMBER, FLAG, NULL = Scalar("string"), Scalar("integer"), Scalar("boolean"), Scalar("null")
MAYBE_TEXT = Union((TEXT, NULL))
REFUSED = DeclaredError(422, HTTPValidationError())


def route(  # noqa: PLR0913 - reads like the decorator it stands for
    name: str,
    address: str,
    answer: Answer,
    parameters: tuple[Parameter, ...] = (),
    *,
    body: Body | None = None,
    errors: tuple[DeclaredError, ...] = (),
    description: str = "",
    module: str = "backend.routes.things",
) -> Route:
    method, _, path = address.partition(" ")
    return Route(
        name=name,
        module=module,
        method=method,
        path=path,
        answer=answer,
        parameters=parameters,
        body=body,
        description=description,
        errors=errors,
        file=f"{module.replace('.', '/')}.py",
    )


def path(name: str) -> Parameter:
    return Parameter(name, name, "path", TEXT, True)


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
        ),
    )


def names() -> Api:
    """Names that TypeScript, the runtime, our own options or another route already have."""
    optional = tuple(
        Parameter(name, name, "query", TEXT, False)
        for name in ("headers", "signal", "on", "default", "lastEventId")
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
                errors=(DeclaredError(422, Reference("HTTPValidationError")),),
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
            Model("CallError", (Field("called", TEXT),)),
            Model("FindEvent", (Field("found", TEXT),)),
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


CASES: dict[str, tuple[Callable[[], Api], Naming]] = {
    "json_routes": (json_routes, "python"),
    "streams": (streams, "python"),
    "types": (types, "python"),
    "names": (names, "python"),
    "errors": (errors, "python"),
    "camel_case": (camel_case, "camelCase"),
    "long_lines": (long_lines, "python"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_files_are_those_that_people_have_read(case: str) -> None:
    folder = FOLDER / case
    files = {file.path: file.text for file in own_files(case)}
    if os.environ.get("FLUIDKIT_UPDATE"):
        write_changed(folder, own_files(case))
    assert files == {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.ts")
    }


def test_prettier_would_change_nothing(typescript: TypeScript, tmp_path: Path) -> None:
    for case in CASES:
        write_changed(tmp_path / case, emitted(case))
    assert typescript.complaints_about_layout(tmp_path) == ""


def test_both_compilers_take_the_files_in_their_strictest_mode(
    typescript: TypeScript, tmp_path: Path
) -> None:
    for case in CASES:
        write_changed(tmp_path / case, emitted(case))
    assert typescript.complaints_about_types(tmp_path) == ""


def test_the_compilers_would_complain_about_a_wrong_type(
    typescript: TypeScript, tmp_path: Path
) -> None:
    write_changed(tmp_path, emitted("json_routes"))
    use = "import { read_item } from './things.api.ts';\nread_item('1');\n"
    (tmp_path / "use.ts").write_text(use, encoding="utf-8")
    complaints = typescript.complaints_about_types(tmp_path)
    assert complaints.count("is not assignable to parameter of type 'number'") == 2


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_routes_and_types_in_the_app_does_not_matter(case: str) -> None:
    api = described(case)
    generator = random.Random(case)
    for _ in range(5):
        routes, types = list(api.routes), list(api.types)
        generator.shuffle(routes)
        generator.shuffle(types)
        shuffled = Api(tuple(routes), tuple(types))
        files = emit_typescript(shuffled, package="backend", naming=CASES[case][1])
        assert files == emitted(case)


def test_an_empty_app_has_the_runtime_and_nothing_else() -> None:
    paths = [file.path for file in emit_typescript(Api(), package="backend", naming="python")]
    assert "runtime.ts" in paths
    assert all(path.startswith("runtime") for path in paths)


def test_what_others_import_comes_first() -> None:
    paths = [file.path for file in emitted("streams")]
    assert paths.index("runtime.ts") < paths.index("types.ts") < paths.index("things.api.ts")


def test_every_file_says_where_it_comes_from() -> None:
    first_lines = {file.path: file.text.partition("\n")[0] for file in emitted("json_routes")}
    generated = "// Generated by fluidkit from"
    assert first_lines["admin/users.api.ts"] == (
        f"{generated} backend/routes/admin/users.py. Change the Python route, not this file."
    )
    assert first_lines["types.ts"].startswith(f"{generated} the app's models.")
    assert first_lines["runtime.ts"] == (
        "// Copied by fluidkit. Changes to this file are overwritten."
    )


def test_a_type_that_is_nested_without_end_is_a_clear_error() -> None:
    deep: Type = TEXT
    for _ in range(10_000):
        deep = Array(deep)
    api = Api(routes=(route("deep", "GET /deep", Json(deep)),))
    with pytest.raises(FluidkitError, match="nested too deeply"):
        emit_typescript(api, package="backend", naming="python")


def test_a_header_that_http_does_not_allow_is_an_error_that_names_its_parameter() -> None:
    header = Parameter("x_a", "x-a'\r\nX-Evil: 1", "header", TEXT, False)
    api = Api(routes=(route("evil", "GET /evil", Empty(), (header,)),))
    with pytest.raises(FluidkitError) as caught:
        emit_typescript(api, package="backend", naming="python")
    assert "cannot be the name of a header" in caught.value.message
    assert "x_a of evil" in caught.value.hint


def test_the_same_route_twice_has_one_client() -> None:
    once = described("json_routes")
    twice = replace(once, routes=once.routes + once.routes)
    assert emit_typescript(twice, package="backend", naming="python") == emitted("json_routes")


def test_no_parameter_can_take_an_option_of_the_runtime() -> None:
    runtime = scaffolds_folder() / "client/typescript/runtime"
    texts = [file.read_text(encoding="utf-8") for file in runtime.glob("*.ts")]
    interfaces = [
        body
        for text in texts
        for body in re.findall(r"^export interface \w*Options.*?\{\n(.*?)^\}", text, re.S | re.M)
    ]
    keys = {key for body in interfaces for key in re.findall(r"^\treadonly (\w+)\?:", body, re.M)}
    assert {"signal", "onMessage", "baseUrl"} <= keys
    assert keys - OWN_OPTIONS == set()


def own_files(case: str) -> list[GeneratedFile]:
    """Those of the app, without the runtime."""
    return [file for file in emitted(case) if not file.path.startswith("runtime")]


def emitted(case: str) -> list[GeneratedFile]:
    return emit_typescript(described(case), package="backend", naming=CASES[case][1])


def described(case: str) -> Api:
    api = CASES[case][0]()
    numbered = (replace(route, line=number) for number, route in enumerate(api.routes, start=1))
    return replace(api, routes=tuple(numbered))
