"""Watches the files that the API is made of, in the way that works here."""

import asyncio
import errno
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from .events import LibraryChanged, Lost, Post, Saved, WatchFailed
from .inotify import Inotify
from .listening import Listening
from .looking import Looking
from .watched import Watched

ROOT_SECONDS = 1.0
"""How often we look whether the workspace is still there: of that nobody tells."""

_SETTLED_AFTER = 2
"""Looks in a row without it: a tool may put another folder into its place."""


class _Source(Protocol):
    def start(self) -> None: ...
    def follow(self, watched: Watched) -> None: ...
    def stop(self) -> None: ...


class Watcher:
    """Posts `Saved`, `LibraryChanged`, and `Lost` when the workspace is gone.

    It has the system tell, and looks for itself with `poll` or when the system refuses, after which
    it posts `WatchFailed`.
    """

    def __init__(self, watched: Watched, *, post: Post, poll: bool) -> None:
        self._watched = watched
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._source = self._looking() if poll else self._telling()
        self._missing = 0
        self._next_look: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins to watch."""
        try:
            self._source.start()
        except OSError as error:
            self._refused(error)
        self._look_for_root()

    def also(self, libraries: frozenset[Path], sources: frozenset[Path]) -> None:
        """Watches these folders beside the workspace, instead of those that were named before."""
        watched = replace(self._watched, libraries=libraries, sources=sources)
        if watched != self._watched:
            self._watched = watched
            self._source.follow(watched)

    def stop(self) -> None:
        """Posts nothing any more."""
        if self._next_look:
            self._next_look.cancel()
        self._source.stop()

    def _telling(self) -> _Source:
        kind: Callable[..., _Source] = Inotify if sys.platform == "linux" else Listening
        return kind(self._watched, tell=self._changed, fail=self._refused)

    def _looking(self) -> _Source:
        return Looking(self._watched, tell=self._changed)

    def _changed(self, files: set[Path]) -> None:
        now = time.monotonic()
        installed = {file for file in files if self._watched.is_installed(file)}
        if installed:
            self._post(LibraryChanged(at=now))
        if saved := files - installed:
            self._post(Saved(tuple(sorted(saved)), at=now))

    def _refused(self, error: Exception) -> None:
        self._source.stop()
        self._source = self._looking()
        self._source.start()
        self._post(WatchFailed(_reason(error)))

    def _look_for_root(self) -> None:
        self._missing = 0 if self._watched.root.is_dir() else self._missing + 1
        if self._missing == _SETTLED_AFTER:
            self._post(Lost())
        self._next_look = self._loop.call_later(ROOT_SECONDS, self._look_for_root)


def _reason(error: Exception) -> str:
    """Of a limit the name, see inotify(7): what the system says of it sounds like a full disk."""
    match error:
        case OSError(errno=errno.ENOSPC):
            return "more than fs.inotify.max_user_watches allows"
        case OSError(errno=errno.EMFILE):
            return "more than fs.inotify.max_user_instances or ulimit -n allows"
        case _:
            return str(error)
