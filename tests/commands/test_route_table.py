"""The table of routes, line by line."""

import dataclasses
from collections.abc import Sequence

from rich.cells import cell_len

from fluidkit_cli.commands.route_lines import (
    AnswerLine,
    BodyLine,
    ErrorLine,
    ParameterLine,
    RouteLine,
)
from fluidkit_cli.commands.route_table import is_shortened, summary, table


def route(path: str = "/items", client: str = "items", type: str = "Item") -> RouteLine:
    source = "#lib/api/main.api.ts"
    return RouteLine(
        method="GET",
        path=path,
        function=client,
        operation_id="",
        kind="json",
        type=type,
        client=client,
        source=source,
        import_line=f"import {{ {client} }} from '{source}';",
        file="backend/main.py",
        line=1,
        deprecated=False,
        parameters=(),
        body=None,
        answer=AnswerLine("json", type),
        flag=None,
        errors=(),
    )


def parameter(name: str, location: str, *, required: bool) -> ParameterLine:
    return ParameterLine(name, name, location, "string", required)


def text(routes: Sequence[RouteLine], *, width: int | None = None) -> list[str]:
    """Without the heading and the empty line after the block."""
    lines = ["".join(text for text, _ in line) for line in table(routes, width=width)]
    assert (lines[0], lines[-1]) == ("#lib/api/main.api.ts  backend/main.py", "")
    return lines[1:-1]


def test_what_may_be_left_out_of_the_query_is_in_brackets() -> None:
    both = (parameter("q", "query", required=True), parameter("limit", "query", required=False))
    for chosen, shown in ((both, "?q[&limit]"), (both[:1], "?q"), (both[1:], "[?limit]")):
        (line,) = text([dataclasses.replace(route(), parameters=chosen)])
        assert line == f"  GET  /items{shown}  items  json  Item"


def test_the_body_goes_in_and_the_answer_comes_out() -> None:
    body = BodyLine("item", "NewItem", True, "json")
    assert text([dataclasses.replace(route(), body=body)])[0].endswith("json  NewItem → Item")
    form = dataclasses.replace(body, encoding="multipart")
    assert text([dataclasses.replace(route(), body=form)])[0].endswith("multipart NewItem → Item")


def test_notes_tell_declared_errors_headers_and_what_is_deprecated() -> None:
    noted = dataclasses.replace(
        route(),
        deprecated=True,
        parameters=(parameter("x-key", "header", required=True),),
        errors=(ErrorLine(409, "Problem"), ErrorLine(422, "HTTPValidationError")),
    )
    assert text([noted])[0].endswith("Item  deprecated, header x-key, 409 Problem, 422")


def test_the_methods_and_the_parameters_of_a_path_are_coloured() -> None:
    _, line, _ = table([route("/items/{item_id}/parts/{part}")], width=None)
    assert ("GET", "blue") in line
    assert [text for text, style in line if style == "cyan"] == ["{item_id}", "{part}"]


def test_all_columns_begin_at_the_same_place() -> None:
    lines = text([route(), route("/a/longer/path", "a_longer_name"), route("/日本語", "x")])
    assert {cell_len(line[: line.index("json")]) for line in lines} == {38}


def test_a_terminal_breaks_a_row_only_where_it_is_too_wide_and_lines_up_below() -> None:
    long = "/organizations/{organization_id}/projects/{project_id}/logs"
    lines = text([route(), route(long, "logs")], width=80)
    assert lines == [
        "  GET  /items  items  json  Item",
        f"  GET  {long}",
        "               logs   json  Item",
    ]


def test_a_pipe_gets_one_line_a_route_and_all_of_it() -> None:
    type = " | ".join(f"Alternative{number}" for number in range(50))
    long = f"/{'segment/' * 40}"
    lines = text([route(), route(long, "logs", type)])
    assert len(lines) == 2
    assert lines[1].split() == ["GET", long, "logs", "json", *type.split()]


def test_no_line_is_wider_than_the_terminal_but_for_a_word_that_is() -> None:
    type = " | ".join(f"Alternative{number}" for number in range(50))
    errors = tuple(ErrorLine(status, "Problem") for status in (400, 401))
    routes = [
        dataclasses.replace(route(f"/{'x' * n}", "y" * n, type), errors=errors) for n in (1, 10, 20)
    ]
    for width in (40, 60, 80, 100, 140):
        assert max(map(len, text(routes, width=width))) <= width


def test_types_alone_are_shortened_and_it_is_known() -> None:
    routes = [route(type=" | ".join(["Alternative"] * 50))]
    assert "… 4" in text(routes, width=100)[0]
    assert is_shortened(routes, width=100)
    assert not is_shortened(routes, width=None)
    assert not is_shortened([route()], width=40)


def test_what_a_terminal_would_obey_is_escaped() -> None:
    odd = dataclasses.replace(route("/\x1b[31m", type="'\x1b'"), file="\u202e.py")
    lines = ["".join(text for text, _ in line) for line in table([odd], width=None)]
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)


def test_the_summary_counts_what_there_is() -> None:
    streams = [dataclasses.replace(route(), kind=kind) for kind in ("sse", "json or sse")]
    routes = [*streams, route(), route()]
    assert summary(routes, findings=0) == "4 routes: 2 json, 1 sse, 1 json or sse"
    assert summary([route()], findings=1) == "1 route: 1 json · 1 diagnostic"
    assert summary([route()], findings=2) == "1 route: 1 json · 2 diagnostics"
