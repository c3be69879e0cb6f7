"""What `fluidkit build` says of sizes: by kind, with what has changed since the last build."""

from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len

from .. import console
from ..bundle.chunks import shown_name
from ..bundle.sizes import KINDS, SCRIPTS, Size, Sizes

_NARROW = 60
"""Columns, below which only the essential ones are shown."""

_MEGABYTE = 1_000_000

Row = tuple[str, ...]


def say_sizes(sizes: Sizes, *, before: Sizes | None, frontend: Path) -> None:
    """A table, with what has grown or shrunk since `before`, if there was a build.

    `frontend` is the folder from which it was built, where the names of pages are.
    """
    width = console.width()
    rows = list(_rows(sizes, before, frontend))
    if width is not None and width < _NARROW:
        rows = [(name, *rest[:1]) for name, *rest in rows]
    columns = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    console.say()
    for name, *numbers in rows:
        padded = [number.rjust(size) for number, size in zip(numbers, columns[1:], strict=True)]
        text = "  ".join((name + " " * (columns[0] - cell_len(name)), *padded)).rstrip()
        console.say(f"  {text}", style="dim" if name.startswith(" ") else "")
    console.say()


def _rows(sizes: Sizes, before: Sizes | None, frontend: Path) -> Iterator[Row]:
    """Names, bytes, bytes as they are sent, and the difference in what counts."""
    yield _row("Front end", sizes.front_end, before.front_end if before else None)
    for kind in KINDS:
        if sizes.public[kind].files:
            yield _row(f"  {kind}", sizes.public[kind], before.public[kind] if before else None)
        if kind == SCRIPTS:
            for name, size in sizes.largest:
                yield _row(f"    {shown_name(name, frontend)}", size, None)
    if sizes.server.files:
        yield _unsent("Front server", sizes.server, before.server if before else None)
    yield _unsent("Backend", sizes.backend, before.backend if before else None)
    yield _unsent(f"All {sizes.total.files} files", sizes.total, before.total if before else None)


def _row(name: str, size: Size, before: Size | None) -> Row:
    change = _change(size.sent, before.sent) if before else ""
    return name, _bytes(size.raw), f"{_bytes(size.sent)} sent", change


def _unsent(name: str, size: Size, before: Size | None) -> Row:
    return name, _bytes(size.raw), "", _change(size.raw, before.raw) if before else ""


def _change(now: int, before: int) -> str:
    """Nothing where nobody would notice."""
    size = _bytes(abs(now - before))
    return "" if size == _bytes(0) else f"{'+' if now > before else '-'}{size}"


def _bytes(count: int) -> str:
    return f"{count / 1e3:.1f} kB" if count < _MEGABYTE else f"{count / 1e6:.2f} MB"
