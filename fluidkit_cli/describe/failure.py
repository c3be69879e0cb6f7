"""What broke in the user's code, in the form that a terminal and Vite's overlay show."""

import linecache
import os
import site
import sys
import sysconfig
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException, extract_tb, walk_tb

from ..errors import FluidkitError


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception of the user's code and where it stands.

    `file` is absolute, or empty where nothing of the user's is involved; `line` and `column` count
    from 1. `frame` is source as Vite's overlay wants it (`> 12 | code`, ending in a newline).
    `traceback` has the user's frames only. `type` is empty where our own message says it all. No
    text is longer than a terminal and an overlay can use.
    """

    type: str
    message: str
    file: str
    line: int
    column: int
    frame: str
    traceback: str


def failure_of(error: BaseException, *, root: Path) -> Failure:
    """Describes `error`; `root` is the folder whose files are the user's."""
    linecache.checkcache()
    error = _unwrapped(error)
    if isinstance(error, FluidkitError):
        return _without_place(
            f"{error.message}. {error.hint}".strip() if error.hint else error.message
        )
    file, line, column = _place(error, root)
    return Failure(
        type=type(error).__name__,
        message=_shortened(_message(error), _MOST_MESSAGE),
        file=file,
        line=line,
        column=column,
        frame=_frame(file, line, column),
        traceback=_shortened(_traceback(error, root), _MOST_TRACEBACK),
    )


def brief_traceback(error: BaseException, *, root: Path) -> str:
    """As Python writes it, with the user's frames only and with their files relative to `root`."""
    text = _traceback(_unwrapped(error), root)
    return _shortened(text.replace(f'  File "{root}{os.sep}', '  File "'), _MOST_TRACEBACK)


def _unwrapped(error: BaseException) -> BaseException:
    """What a task group, as of a streaming answer, has made a group of one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


_MOST_MESSAGE = 4000
_MOST_GROUPED = 10
_MOST_TRACEBACK = 20_000
_WIDEST_SOURCE = 300


def _shortened(text: str, most: int) -> str:
    """Beginning and end; the middle says least."""
    left_out = len(text) - most
    if left_out <= 0:
        return text
    return f"{text[: most // 2]} … {left_out} characters … {text[-(most // 2) :]}"


def _without_place(message: str) -> Failure:
    return Failure(type="", message=message, file="", line=0, column=0, frame="", traceback="")


def _place(error: BaseException, root: Path) -> tuple[str, int, int]:
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return error.filename, error.lineno, max(error.offset or 1, 1)
    frames = [frame for frame in extract_tb(error.__traceback__) if not _is_ours(frame)]
    users = [frame for frame in frames if _is_users(frame, root)]
    for frame in (users or frames)[-1:]:
        return frame.filename, frame.lineno or 1, (frame.colno or 0) + 1
    return "", 0, 0


_PACKAGE = str(Path(__file__).parents[1])


def _is_ours(frame: FrameSummary) -> bool:
    return frame.filename.startswith((_PACKAGE, "<frozen ", importlib_folder()))


def importlib_folder() -> str:
    """The folder of `import_module`, which stands between our call and the user's module."""
    return str(Path(sys.modules["importlib"].__file__ or "").parent)


def _is_users(frame: FrameSummary, root: Path) -> bool:
    if not Path(frame.filename).is_relative_to(root):
        return False
    return not any(Path(frame.filename).is_relative_to(folder) for folder in _libraries())


def _libraries() -> list[str]:
    paths = sysconfig.get_paths()
    return [paths["stdlib"], paths["purelib"], paths["platlib"], *site.getsitepackages()]


def _message(error: BaseException) -> str:
    """With a line for each that it groups, and for the one that it came of."""
    others = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    lines = [_own_message(error), *(f"- {_named(other)}" for other in others[:_MOST_GROUPED])]
    if error.__cause__:
        lines.append(f"caused by {_named(error.__cause__)}")
    elif error.__context__ and not error.__suppress_context__:
        lines.append(f"while handling {_named(error.__context__)}")
    return "\n".join(lines)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {_own_message(error)}"


def _own_message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:  # the user's code runs here, too
        return f"<its message cannot be shown: {type(error).__name__}.__str__ raises>"


_LINES_AROUND = 3


def _frame(file: str, line: int, column: int) -> str:
    lines = _source_lines(file)
    if not 0 < line <= len(lines):
        return ""
    first, last = max(line - _LINES_AROUND, 1), min(line + _LINES_AROUND, len(lines))
    width = len(str(last))
    rows = []
    for number in range(first, last + 1):
        mark = ">" if number == line else " "
        source = lines[number - 1][:_WIDEST_SOURCE]
        rows.append(f"{mark} {number:>{width}} | {source}".rstrip())
        if number == line and column <= _WIDEST_SOURCE:
            rows.append(f"  {'':>{width}} | {' ' * (column - 1)}^")
    return "".join(f"{row}\n" for row in rows)


def _source_lines(file: str) -> list[str]:
    try:
        with tokenize.open(file) as source:
            return source.read().splitlines()
    except (SyntaxError, UnicodeDecodeError):  # of the file's encoding, which is what is wrong
        return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _traceback(error: BaseException, root: Path) -> str:
    report = TracebackException.from_exception(error)
    hidden = set(_hidden(error, set()))
    for part in _parts(report):
        shown = [frame for frame in part.stack if (frame.filename, frame.lineno) not in hidden]
        users = [frame for frame in shown if _is_users(frame, root)]
        others = [frame for frame in shown if not _is_ours(frame)]
        part.stack = StackSummary.from_list(users or others[-1:])
    return "".join(report.format())


def _hidden(error: BaseException, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Where functions stand that ask to be left out in pytest's way, as middleware does."""
    if id(error) in seen:
        return
    seen.add(id(error))
    for frame, line in walk_tb(error.__traceback__):
        if frame.f_locals.get("__tracebackhide__") is True:
            yield frame.f_code.co_filename, line
    grouped = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *grouped):
        if other:
            yield from _hidden(other, seen)


def _parts(report: TracebackException) -> Iterator[TracebackException]:
    """It, its causes and what it groups."""
    yield report
    for part in (report.__cause__, report.__context__, *(report.exceptions or ())):
        if part:
            yield from _parts(part)
