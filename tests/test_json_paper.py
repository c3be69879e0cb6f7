"""A run whose output a machine reads: nothing but objects, each on a line."""

import json

import pytest

from fluidkit_cli.devserver.lines import Line
from fluidkit_cli.devserver.request_lines import FRESH
from fluidkit_cli.json_paper import JsonPaper

ACCESS = '{"time": "2026-11-21T13:30:01.042Z", "message": "GET / 200", "status": 200}'


def written(capsys: pytest.CaptureFixture[str], *lines: Line) -> list[str]:
    JsonPaper().write(lines)
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def test_an_object_is_passed_on_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, Line(FRESH + ACCESS, "api")) == [ACCESS]


@pytest.mark.parametrize(
    ("line", "level", "logger", "message"),
    [
        (Line("by print", "api"), "info", "api", "by print"),
        (Line("{ no object", "web"), "info", "web", "{ no object"),
        (Line("\x1b[35mmagenta\x1b[0m", "web"), "info", "web", "magenta"),
        (Line("[1, 2]", "api"), "info", "api", "[1, 2]"),
        (Line("[" * 5 + "{" * 100_000, "api"), "info", "api", "[" * 5 + "{" * 100_000),
        (Line((("api ", "green"), ("crashed", "")), "warn"), "warning", "fluidkit", "api crashed"),
        (Line("It cannot\nbe", "error"), "error", "fluidkit", "It cannot\nbe"),
    ],
)
def test_of_all_else_one_is_made(
    capsys: pytest.CaptureFixture[str], line: Line, level: str, logger: str, message: str
) -> None:
    [text] = written(capsys, line)
    made = json.loads(text)
    assert made.pop("time").endswith("Z")
    assert made == {"level": level, "logger": logger, "message": message}


def test_nothing_is_made_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, Line(""), Line("  ", "api"), Line("", "clear")) == []
