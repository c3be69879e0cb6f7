import asyncio
import json
import re
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from fluidkit_cli.describe import Failure, failure_of, load_app
from fluidkit_cli.describe.failure import brief_traceback

# The lines that Vite's overlay keeps of a frame.
OVERLAY_LINE = re.compile(r"^(?:>?\s*\d+\s+\|.*|\s+\|\s*\^.*)\r?\n", re.MULTILINE)


@pytest.fixture
def failing(
    tmp_path: Path, forget_modules: Callable[[Path], None]
) -> Iterator[Callable[[str], Failure]]:
    def failing(source: str) -> Failure:
        (tmp_path / "broken.py").write_text(source, encoding="utf-8")
        try:
            load_app("broken:app", directory=tmp_path)
        except BaseException as error:
            return failure_of(error, root=tmp_path)
        raise AssertionError("it did not fail")

    yield failing
    forget_modules(tmp_path)


def test_an_error_stands_where_the_users_code_raised_it(
    failing: Callable[[str], Failure], tmp_path: Path
) -> None:
    failure = failing("first = 1\nsecond = first.missing\nthird = 3\n")
    assert failure.type == "AttributeError"
    assert failure.message == "'int' object has no attribute 'missing'"
    assert (failure.file, failure.line) == (str(tmp_path / "broken.py"), 2)
    assert failure.frame == (
        "  1 | first = 1\n> 2 | second = first.missing\n    |          ^\n  3 | third = 3\n"
    )


def test_a_syntax_error_stands_where_it_is_written(failing: Callable[[str], Failure]) -> None:
    failure = failing("first = 1\ndef broken(:\n    pass\n")
    assert failure.type == "SyntaxError"
    assert (failure.line, failure.column) == (2, 12)
    assert "> 2 | def broken(:\n" in failure.frame


def test_the_overlay_keeps_all_of_the_frame(failing: Callable[[str], Failure]) -> None:
    frame = failing("\n" * 9 + "raise ValueError('no')\n").frame
    assert "".join(OVERLAY_LINE.findall(frame)) == frame
    assert frame.endswith("\n")


def test_an_error_within_a_library_stands_at_the_users_call(
    failing: Callable[[str], Failure],
) -> None:
    failure = failing("import json\nvalue = 1\njson.loads('{')\n")
    assert failure.type == "JSONDecodeError"
    assert failure.line == 3


def test_a_routes_bad_type_stands_at_the_route(failing: Callable[[str], Failure]) -> None:
    source = (
        "from fastapi import FastAPI\nclass Odd: ...\napp = FastAPI()\n"
        "@app.get('/')\ndef odd() -> Odd: ...\n"
    )
    failure = failing(source)
    assert failure.type == "FastAPIError"
    assert failure.line == 4


def test_the_traceback_has_no_frame_of_ours(failing: Callable[[str], Failure]) -> None:
    failure = failing("raise ValueError('no') from KeyError('first')\n")
    assert "fluidkit_cli" not in failure.traceback
    assert "importlib" not in failure.traceback
    assert failure.traceback.count("broken.py") == 1
    assert "KeyError" in failure.traceback


def test_what_an_error_came_of_and_what_it_groups_is_named(
    failing: Callable[[str], Failure],
) -> None:
    assert failing("raise ValueError('no') from KeyError('k')\n").message == (
        "no\ncaused by KeyError: 'k'"
    )
    assert failing("try: 1 / 0\nexcept ZeroDivisionError: {}['k']\n").message == (
        "'k'\nwhile handling ZeroDivisionError: division by zero"
    )
    group = "raise ExceptionGroup('two', [ValueError('a'), KeyError('b')])\n"
    assert failing(group).message == "two (2 sub-exceptions)\n- ValueError: a\n- KeyError: 'b'"


def test_a_file_that_is_not_in_its_own_encoding_is_shown_all_the_same(
    failing: Callable[[str], Failure], tmp_path: Path
) -> None:
    (tmp_path / "latin.py").write_bytes(b"x = 1\ny = '\xe4'\n")
    failure = failing("import latin\n")
    assert (failure.type, failure.line) == ("SyntaxError", 2)
    assert "> 2 | y = '\ufffd'" in failure.frame


def test_leaving_at_import_is_a_failure_too(failing: Callable[[str], Failure]) -> None:
    failure = failing("import sys\nsys.exit(3)\n")
    assert (failure.type, failure.message, failure.line) == ("SystemExit", "3", 2)


def test_a_brief_traceback_has_the_users_frames_with_short_names(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text("def call(function): function()\n", encoding="utf-8")
    spec = spec_from_file_location("user", tmp_path / "user.py")
    assert spec and spec.loader
    user = module_from_spec(spec)
    spec.loader.exec_module(user)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing_task())

    async def failing_task() -> None:
        user.call(lambda: json.loads("{"))

    with pytest.raises(BaseExceptionGroup) as caught:
        asyncio.run(both())
    text = brief_traceback(caught.value, root=tmp_path)
    lines = text.splitlines()
    assert lines[:2] == [
        "Traceback (most recent call last):",
        '  File "user.py", line 1, in call',
    ]
    assert lines[-1].startswith("json.decoder.JSONDecodeError: ")
    assert text.count("File ") == 1


def test_a_brief_traceback_without_a_frame_of_the_users_has_the_last_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:
        json.loads("{")
    text = brief_traceback(caught.value, root=tmp_path)
    assert text.count("File ") == 1
    assert "decoder.py" in text


def test_no_text_is_longer_than_can_be_shown(failing: Callable[[str], Failure]) -> None:
    failure = failing(f"raise ValueError('begin' + 'x' * 3_000_000 + 'end'); '{'y' * 90_000}'\n")
    assert failure.message.startswith("begin")
    assert failure.message.endswith("end")
    assert len("".join([failure.message, failure.traceback, failure.frame])) < 30_000


def test_an_error_whose_message_raises_is_described_all_the_same(
    failing: Callable[[str], Failure],
) -> None:
    source = "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd()\n"
    failure = failing(source)
    assert (failure.type, failure.line) == ("Odd", 3)
    assert "Odd.__str__ raises" in failure.message


def test_a_missing_app_is_said_in_our_own_words_only(failing: Callable[[str], Failure]) -> None:
    failure = failing("application = 1\n")
    assert failure.message.startswith("No FastAPI app at broken:app. ")
    assert (failure.type, failure.file, failure.frame, failure.traceback) == ("", "", "", "")


def test_an_error_of_nobodys_code_has_no_place(tmp_path: Path) -> None:
    failure = failure_of(ValueError("no"), root=tmp_path)
    assert (failure.file, failure.line, failure.frame) == ("", 0, "")


PASSING = """
def outer():
    __tracebackhide__ = True
    inner()

def inner():
    try:
        raise KeyError("first")
    except KeyError:
        passing()

def passing():
    __tracebackhide__ = True
    raise ExceptionGroup("both", [ValueError("second"), error_of(raising)])

def error_of(function):
    try:
        function()
    except ValueError as error:
        return error

def raising():
    __tracebackhide__ = True
    raise ValueError("third")

app = outer()
"""


def test_functions_that_hide_are_left_out(failing: Callable[[str], Failure]) -> None:
    traceback = failing(PASSING).traceback
    assert re.findall(r", in (\w+|<module>)\n", traceback) == [
        *("inner", "<module>", "inner", "error_of")
    ]
    for text in ("first", "second", "third"):
        assert text in traceback
