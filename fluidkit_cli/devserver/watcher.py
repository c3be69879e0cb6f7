"""Watches the files that the API is made of."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from . import settings
from .events import Post, Saved, WatchFailed

DEBOUNCE_MILLISECONDS = 50
STEP_MILLISECONDS = 10
POLL_SECONDS = 0.3

_WAKE_UP_MILLISECONDS = 200
"""How often the thread looks whether it is to end."""

_SETTINGS = frozenset({"pyproject.toml", settings.NAME})
_IGNORED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch: Python files below `root`, its pyproject.toml and its `.env`.

    Nothing in `ignored`.
    """

    root: Path
    ignored: frozenset[Path]

    def concerns(self, file: Path) -> bool:
        """Whether the file can change the API."""
        if file.parent == self.root and file.name in _SETTINGS:
            return True
        return file.suffix == ".py" and not file.name.startswith(".")  # as some editors' locks do

    def folders(self) -> list[Path]:
        """All that may hold Python files; hidden ones and libraries' do not."""
        return sorted(self._below(self.root))

    def versions(self) -> dict[Path, tuple[int, int, int]]:
        """All files that can change the API, each with what is another one after a save."""
        found = {}
        for folder in self.folders():
            files = list[Path]()
            with contextlib.suppress(OSError):
                files = [file for file in folder.iterdir() if self.concerns(file)]
            for file in files:
                with contextlib.suppress(OSError):  # gone meanwhile, or a link to nothing
                    status = file.stat()
                    found[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
        return found

    def _below(self, folder: Path) -> Iterator[Path]:
        yield folder
        names = []
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        for name in names:
            child = folder / name
            if not (name.startswith(".") or name in _IGNORED_FOLDERS or child in self.ignored):
                yield from self._below(child)


class Watcher:
    """Posts `Saved`, from a thread of its own.

    Each folder is watched for itself: of a recursive watch the front end's thousands of folders
    would be part.
    """

    def __init__(self, watched: Watched, *, post: Post, poll: bool) -> None:
        self._watched = watched
        self._loop = asyncio.get_running_loop()
        self._post = post
        self._poll = poll
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, which must not outlive the interpreter."""
        self._stopped.set()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        if not self._poll:
            try:
                self._listen()
            except (OSError, RuntimeError) as error:
                self._tell(WatchFailed(str(error)))
        self._look()

    def _listen(self) -> None:
        """Has the system tell, until the end or until it refuses."""
        folders = self._watched.folders()
        while not self._stopped.is_set():
            self._watch(folders)
            known, folders = set(folders), self._watched.folders()
            self._tell_saved(file for new in set(folders) - known for file in new.glob("*.py"))

    def _look(self) -> None:
        """Looks every now and then, until the end.

        The polling of watchfiles compares whole seconds, and so misses the second of two saves.
        """
        versions = self._watched.versions()
        while not self._stopped.wait(POLL_SECONDS):
            before, versions = versions, self._watched.versions()
            files = before.keys() | versions.keys()
            self._tell_saved(file for file in files if before.get(file) != versions.get(file))

    def _watch(self, folders: list[Path]) -> None:
        """Returns when it is time to look for folders again."""
        for changes in watch(
            *folders,
            watch_filter=None,
            debounce=DEBOUNCE_MILLISECONDS,
            step=STEP_MILLISECONDS,
            rust_timeout=_WAKE_UP_MILLISECONDS,
            yield_on_timeout=True,
            force_polling=False,
            recursive=False,
            ignore_permission_denied=True,
        ):
            self._tell_saved(Path(path) for _, path in changes)
            if self._stopped.is_set() or any(_is_new_folder(*change) for change in changes):
                return

    def _tell_saved(self, files: Iterable[Path]) -> None:
        chosen = tuple(sorted(file for file in files if self._watched.concerns(file)))
        if chosen:
            self._tell(Saved(chosen, at=time.monotonic()))

    def _tell(self, message: Saved | WatchFailed) -> None:
        if not self._stopped.is_set():
            self._loop.call_soon_threadsafe(self._post, message)


def _is_new_folder(change: Change, path: str) -> bool:
    return change is Change.added and Path(path).is_dir()
