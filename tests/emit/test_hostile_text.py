"""No text of an app ends as code: hostile texts in every place that text of an app goes."""

import json
from pathlib import Path

from fluidkit_cli.api import (
    Alias,
    Answer,
    Api,
    Body,
    DeclaredError,
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
    Records,
    Reference,
    Route,
    Scalar,
)
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import GeneratedFile, write_changed

from .conftest import TypeScript

CASES = Path(__file__).parents[1] / "cases" / "adversarial.json"
# Those that an emitter cannot be given: a header's name and a type's depth have tests of their own.
OTHERS = {22, 25}
MORE = [
    "*/",
    "*\\/ globalThis.PWNED=1; /*",
    "\\",
    "\\'; globalThis.PWNED=1; //",
    "${globalThis.PWNED=1}",
    "</script><script>globalThis.PWNED=1</script>",
    "<!-- globalThis.PWNED=1",
    "a\nglobalThis.PWNED=1",
    "a\rglobalThis.PWNED=1",
    "a\u2028globalThis.PWNED=1\u2029globalThis.PWNED=1",
    "a\x85globalThis.PWNED=1\x0bglobalThis.PWNED=1",
    "\x00\x1b[2J\ud800\u202e",
    "@ts-expect-error",
    "__proto__",
    "'\"",
    "",
]
TEXT = Scalar("string")


def hostile_texts() -> list[str]:
    inputs = json.loads(CASES.read_text(encoding="utf-8"))["inputs"]
    wanted = [case for case in inputs if case["class"] == "codegen injection"]
    return [*(case["input"] for case in wanted if case["n"] not in OTHERS), *MORE]


def test_the_shared_cases_are_there() -> None:
    assert len(hostile_texts()) > len(MORE) + 10


def test_nothing_is_executed_and_everything_compiles(
    typescript: TypeScript, tmp_path: Path
) -> None:
    for number, text in enumerate(hostile_texts()):
        write_changed(tmp_path / str(number), emit(api_of(text)))
    assert typescript.complaints_about_types(tmp_path) == ""
    modules = sorted(path.as_posix() for path in tmp_path.rglob("*.ts"))
    assert typescript.run(import_all(modules), folder=tmp_path) == "undefined\n"


def test_the_check_would_see_an_execution(typescript: TypeScript, tmp_path: Path) -> None:
    module = tmp_path / "open.ts"
    module.write_text("/** */ globalThis.PWNED = 1; /* */", encoding="utf-8")
    assert typescript.run(import_all([module.as_posix()]), folder=tmp_path) == "1\n"


def test_prettier_would_change_nothing_about_hostile_text(
    typescript: TypeScript, tmp_path: Path
) -> None:
    for number, text in enumerate(hostile_texts()):
        write_changed(tmp_path / str(number), emit(api_of(text)))
    assert typescript.complaints_about_layout(tmp_path) == ""


def test_every_text_arrives_unchanged(typescript: TypeScript, tmp_path: Path) -> None:
    texts = hostile_texts()
    members = tuple(Member(f"M{number}", text) for number, text in enumerate(texts))
    api = Api(types=(Enumeration("Texts", members),))
    write_changed(tmp_path, emit(api))
    # As UTF-16 units: JSON could not carry half a surrogate pair.
    script = """
        import { Texts } from './types.ts';
        const units = (text: string) => text.split('').map((unit) => unit.charCodeAt(0));
        console.log(JSON.stringify(Object.values(Texts).map(units)));
    """
    assert json.loads(typescript.run(script, folder=tmp_path)) == [utf16(text) for text in texts]


def test_template_syntax_is_copied_as_text() -> None:
    files = emit(api_of("{{ 6 * 7 }}{% if x %}"))
    texts = [file.text for file in files if file.path.endswith(".api.ts")]
    assert texts
    assert all("{{ 6 * 7 }}{% if x %}" in text for text in texts)


def emit(api: Api) -> list[GeneratedFile]:
    return emit_typescript(api, package="backend", naming="python")


def api_of(text: str) -> Api:
    """An app that has the text wherever an app can have text."""
    parameters = (
        Parameter(text, text, "query", TEXT, True, description=text),
        Parameter(f"{text}2", f"{text}2", "query", Literal(text), False, description=text),
        Parameter("path", text, "path", TEXT, True, description=text),
    )
    answers: tuple[Answer, ...] = (
        Json(Object((Field(text, Literal(text)),))),
        Events((Event(text, Literal(text)), Event("other", TEXT))),
        Records(Reference(text)),
    )
    routes = tuple(
        Route(
            name=text,
            module=text,
            method="GET",
            path=f"/{text}/{number}",
            answer=answer,
            parameters=parameters,
            body=Body(text, Literal(text), required=False),
            description=text,
            operation_id=text,
            file=text,
            errors=(DeclaredError(409, Literal(text)), DeclaredError("4XX", Reference(text))),
        )
        for number, answer in enumerate(answers)
    )
    types = (
        Model(text, (Field(text, Literal(text), description=text),), description=text),
        Enumeration("Kind", (Member(text, text), Member("OTHER", "other")), description=text),
        Alias("Name", Mapping(Literal(text), Literal(text)), description=text),
    )
    return Api(routes, types)


def import_all(modules: list[str]) -> str:
    imports = "".join(f"await import({json.dumps(module)});\n" for module in modules)
    return f"{imports}console.log(String((globalThis as {{ PWNED?: unknown }}).PWNED));\n"


def utf16(text: str) -> list[int]:
    encoded = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(encoded[i : i + 2], "little") for i in range(0, len(encoded), 2)]
