"""Whole generated files, compared to those in `cases/`. FLUIDKIT_UPDATE=1 writes them anew."""

import os
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fluidkit_cli.api import Api, Array, Empty, Json, Parameter, Type
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.emit.typescript.parameters import OWN_OPTIONS
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.files import GeneratedFile, write_changed
from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.workspace import Naming

from .building import TEXT, route
from .conftest import TypeScript
from .date_apps import dates
from .flag_apps import flags, forms
from .odd_apps import long_lines, names, types
from .plain_apps import camel_case, errors, json_routes, streams

FOLDER = Path(__file__).parent / "cases"

CASES: dict[str, tuple[Callable[[], Api], Naming]] = {
    "json_routes": (json_routes, "python"),
    "streams": (streams, "python"),
    "types": (types, "python"),
    "names": (names, "python"),
    "errors": (errors, "python"),
    "camel_case": (camel_case, "camelCase"),
    "long_lines": (long_lines, "python"),
    "flags": (flags, "python"),
    "flags_in_camel_case": (flags, "camelCase"),
    "forms": (forms, "python"),
    "dates": (dates, "python"),
}

USE_OF_ERRORS = """
import { isError } from './runtime.ts';
import { create_item, list_items, read_item } from './things.api.ts';

export function told(error: unknown): string {
	// @ts-expect-error it declares none
	if (isError(list_items, error)) return '';
	if (isError(read_item, error)) return error.status satisfies 422, String(error.body.detail);
	if (!isError(create_item, error)) return '';
	switch (error.status) {
		case 409:
			return error.body.detail satisfies string;
		case 422:
			// @ts-expect-error it may be a list
			return error.body.detail;
		// @ts-expect-error it declares no 404
		case 404:
	}
	return error satisfies never;
}
"""


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


def test_the_compilers_know_which_errors_a_route_declares(
    typescript: TypeScript, tmp_path: Path
) -> None:
    write_changed(tmp_path, emitted("json_routes"))
    (tmp_path / "use.ts").write_text(USE_OF_ERRORS, encoding="utf-8")
    assert typescript.complaints_about_types(tmp_path) == ""


USE_OF_FLAGS = """
import { isError, type EventStream, type ServerEvent } from './runtime.ts';
import { ask, chat, tell, type ChatEvent } from './things.api.ts';
import type { ChatRequest, Reply, Token } from './types.ts';

type Tokens = EventStream<ServerEvent<'message', Token>>;
export const answers = [
	ask('?') satisfies Promise<Reply>,
	ask('?', { stream: false, headers: {} }) satisfies Promise<Reply>,
	ask('?', { stream: true, onMessage: (event) => event.value.text }) satisfies Tokens,
	tell() satisfies Tokens,
	tell({ stream: false }) satisfies Promise<Reply>,
	chat({ text: '' }) satisfies Promise<Reply>,
	chat({ text: '', stream: true }) satisfies EventStream<ChatEvent>
];
export function undecided(request: ChatRequest, stream: boolean, error: unknown): void {
	chat(request) satisfies Promise<Reply> | EventStream<ChatEvent>;
	chat({ ...request, stream }) satisfies Promise<Reply> | EventStream<ChatEvent>;
	chat({ text: '', ...(stream ? { stream: true } : {}) });
	ask('?', { stream }) satisfies Promise<Reply> | Tokens;
	// @ts-expect-error it may be either
	ask('?', { stream }) satisfies Tokens;
	// @ts-expect-error a Promise calls nothing
	ask('?', { onMessage: () => {} });
	// @ts-expect-error nor does what may be one
	chat(request, { onMessage: () => {} });
	if (isError(chat, error)) error.status satisfies 422;
}
"""


def test_the_compilers_know_which_answer_a_flag_gives(
    typescript: TypeScript, tmp_path: Path
) -> None:
    write_changed(tmp_path, emitted("flags"))
    (tmp_path / "use.ts").write_text(USE_OF_FLAGS, encoding="utf-8")
    assert typescript.complaints_about_types(tmp_path) == ""


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_routes_and_types_in_the_app_does_not_matter(case: str) -> None:
    api = described(case)
    generator = random.Random(case)
    for _ in range(5):
        routes, types = list(api.routes), list(api.types)
        generator.shuffle(routes)
        generator.shuffle(types)
        shuffled = Api(tuple(routes), tuple(types))
        assert emitted(case, shuffled) == emitted(case)


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


def emitted(case: str, api: Api | None = None) -> list[GeneratedFile]:
    return emit_typescript(
        api or described(case),
        package="backend",
        naming=CASES[case][1],
        dates="Date" if case == "dates" else "string",
    )


def described(case: str) -> Api:
    api = CASES[case][0]()
    numbered = (replace(route, line=number) for number, route in enumerate(api.routes, start=1))
    return replace(api, routes=tuple(numbered))
