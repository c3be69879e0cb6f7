# Copied by fluidkit. Changes to this file are overwritten.
"""Files to send: by their paths, their contents, or opened. Paths are read as they go."""

import os
from pathlib import Path
from typing import IO, Any

Upload = Path | bytes | IO[bytes] | tuple[str, bytes | IO[bytes]]
"""A file to send: by its path, its content, opened, or its content under a name."""


def is_upload(value: Any) -> bool:
    match value:
        case Path() | bytes():
            return True
        case (str(), content):
            return is_upload(content)
        case _:
            return hasattr(value, "read")


def part(file: Any) -> Any:
    """The file as httpx2 takes it."""
    match file:
        case Path():
            return (file.name, _AtPath(file))
        case bytes():
            return ("file", file)
        case _:
            return file


class _AtPath:
    """Is open for no longer than a piece is read, so that no request can leave it open.

    It ends where the file did when the request was made: its length has been told by then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size
        self._at = 0

    def read(self, size: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self._at)
            piece = file.read(min(size, self._size - self._at))
        self._at += len(piece)
        return piece

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (self._size if whence == os.SEEK_END else 0)
        return self._at

    def tell(self) -> int:
        return self._at
