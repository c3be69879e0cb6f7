"""Fifty functions, each labelled by hand with the kinds it answers and with what it carries."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.api import Answer, Api, ByFlag, Empty, Events, File, Json, Records, Text
from fluidkit_cli.describe import load_app
from fluidkit_cli.describe.answers import declared_answer, response_class_of
from fluidkit_cli.describe.catalog import TypeCatalog
from fluidkit_cli.describe.flags import flags_of
from fluidkit_cli.describe.references import referenced, renamed
from fluidkit_cli.describe.sources import SourceFiles
from fluidkit_cli.describe.streams.choices import Choice, choice_of
from fluidkit_cli.describe.streams.reading import Question, SourceReader

FOLDER = Path(__file__).parent / "cases" / "labelled"
NAMES = [f"c{number:02}" for number in range(1, 51)]


@pytest.fixture
def app(forget_modules: Callable[[Path], None]) -> Iterator[Any]:
    yield load_app("app:app", directory=FOLDER)
    forget_modules(FOLDER)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_read_as_its_label_says(
    name: str, app: Any, show_type: Callable[[Any], str]
) -> None:
    kinds, carried = sys.modules["app"].LABELS[name]
    route = next(route for route in app.routes if getattr(route, "name", "") == name)
    answers = [_named(answer) for answer in _answers(route)]

    assert " ".join(kind(answer) for answer in answers) == kinds
    shown = [text for answer in answers for text in _carried(answer, show_type)]
    assert ", ".join(shown) == carried


def _answers(route: Any) -> tuple[Answer, ...]:
    types = TypeCatalog()
    declared = declared_answer(route, types=types)
    if declared is not None:
        return (declared,)
    sources = SourceFiles(FOLDER)
    reader = SourceReader(sources, types)
    question = Question(route, response_class_of(route))
    answers = reader.read(question).answers
    choice = choice_of(question, flags_of(route, sources), reader) if len(answers) > 1 else None
    match choice:
        case Choice(ByFlag(on=on, off=off)):
            return on, off
        case _:
            return answers


@pytest.mark.parametrize("name", ["c11", "c12"])
def test_a_flag_decides_between_a_stream_and_json(
    name: str, describe: Callable[[Path], Api]
) -> None:
    route = next(route for route in describe(FOLDER).routes if route.name == name)

    match route.answer:
        case ByFlag("stream", False, False, on, off):
            assert (kind(on), kind(off)) == ("sse", "json")
        case other:
            pytest.fail(f"{name} answers {other}")


def _named(answer: Answer) -> Answer:
    """With the classes' own names in references."""
    return renamed(answer, {key: key.split(".")[-1].split(":")[0] for key in referenced(answer)})


def kind(answer: Answer) -> str:
    kinds: dict[type[Answer], str] = {
        Events: "sse",
        Records: "jsonl",
        Json: "json",
        Text: "text",
        File: "file",
        Empty: "empty",
    }
    return kinds[type(answer)]


def _carried(answer: Answer, show_type: Callable[[Any], str]) -> list[str]:
    match answer:
        case Events(events):
            return [f"{event.name} {show_type(event.type)}" for event in events]
        case Records(item) | Json(item):
            return [show_type(item)]
        case _:
            return []
