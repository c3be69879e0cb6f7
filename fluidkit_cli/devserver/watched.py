"""Which files the API is made of."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import settings

_SETTINGS = frozenset({"pyproject.toml", settings.NAME})
_IGNORED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
_LIBRARY_SUFFIXES = frozenset({".py", ".pth", ".dist-info", ".egg-info", ".egg-link"})

Version = tuple[int, int, int]
"""Of a file: another one after a save."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch: Python files below `root`, its pyproject.toml and its `.env`.

    Nothing in `ignored`. Beside that, what lies elsewhere, not below: folders of packages that
    count as the user's own, and folders into which others are installed.
    """

    root: Path
    ignored: frozenset[Path]
    sources: frozenset[Path] = frozenset()
    libraries: frozenset[Path] = frozenset()

    def concerns(self, file: Path) -> bool:
        """Whether the file can change the API."""
        if file.parent == self.root and file.name in _SETTINGS:
            return True
        if file.parent in self.libraries:
            return file.suffix in _LIBRARY_SUFFIXES or file.name == "pyvenv.cfg"
        return file.suffix == ".py" and not file.name.startswith(".")  # as some editors' locks do

    def is_installed(self, file: Path) -> bool:
        """Whether it is of a library, and none of the user's own."""
        return file.parent in self.libraries or file in self.libraries

    def folders(self) -> list[Path]:
        """All that may hold such files; hidden ones and libraries' own do not."""
        return sorted({*self._below(self.root, frozenset()), *self.sources, *self.libraries})

    def versions(self) -> dict[Path, Version]:
        """All files that can change the API, each with its version."""
        return dict(versions_in(self, self.folders()))

    def _below(self, folder: Path, linked: frozenset[str]) -> Iterator[Path]:
        yield folder
        entries: list[os.DirEntry[str]] = []
        with contextlib.suppress(OSError), os.scandir(folder) as found:
            entries = list(found)
        for entry in entries:
            child = folder / entry.name
            if entry.name.startswith(".") or entry.name in _IGNORED_FOLDERS:
                continue
            if child in self.ignored or not entry.is_dir(follow_symlinks=True):
                continue
            if not entry.is_symlink():
                yield from self._below(child, linked)
            elif (target := os.path.realpath(child)) not in linked and _is_package(child):
                yield from self._below(child, linked | {target})


def versions_in(watched: Watched, folders: Iterable[Path]) -> Iterator[tuple[Path, Version]]:
    """The files in these folders that can change the API, with their versions."""
    for folder in folders:
        files = list[Path]()
        with contextlib.suppress(OSError):
            files = [file for file in folder.iterdir() if watched.concerns(file)]
        for file in files:
            with contextlib.suppress(OSError):  # gone meanwhile, or a link to nothing
                status = file.stat()
                yield file, (status.st_mtime_ns, status.st_size, status.st_ino)


def _is_package(folder: Path) -> bool:
    """A link to anything else may lead to all the disk."""
    return (folder / "__init__.py").is_file()
