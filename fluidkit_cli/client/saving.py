"""Where a download goes: to a path, whole or not at all, or to a file that is open."""

import contextlib
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, Protocol

import httpx2

from .filenames import filename_of

Target = str | Path | IO[bytes]


class Saving(Protocol):
    def write(self, chunk: bytes) -> object: ...

    def finish(self, name: str) -> Path | None:
        """All is written; `name` is for a folder."""


def head_of(response: httpx2.Response) -> tuple[str, int | None]:
    """The file's name, and its bytes."""
    headers = response.headers
    name = filename_of(headers.get("content-disposition", ""), str(response.url))
    # the length of a compressed body is that of what travels, not of what arrives here
    length = None if "content-encoding" in headers else headers.get("content-length")
    return name, int(length) if length else None


@contextlib.contextmanager
def saved(target: Target) -> Generator[Saving, None, None]:
    """Afterwards nothing is left of what was not finished."""
    if not isinstance(target, str | Path):
        yield _Opened(target)
        return
    path = Path(target)
    folder = path if path.is_dir() else path.parent
    with tempfile.NamedTemporaryFile(
        dir=folder, prefix=".download-", delete=False
    ) as file:
        part = Path(file.name)
        try:
            yield _Part(file, part, path)
        finally:
            part.unlink(missing_ok=True)


class _Opened:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def finish(self, name: str) -> None:
        return None


class _Part:
    def __init__(self, file: IO[bytes], part: Path, path: Path) -> None:
        self._file = file
        self._part = part
        self._path = path

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def finish(self, name: str) -> Path:
        self._file.flush()
        target = self._path / name if self._path.is_dir() else self._path
        return self._part.replace(target)
