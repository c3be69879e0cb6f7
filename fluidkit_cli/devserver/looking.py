"""Looks every now and then which watched files have changed, where nobody tells."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from .watched import Version, Watched, versions_in

POLL_SECONDS = 0.3


class Looking:
    """Calls `tell` with the files that changed; looks in a thread of its own.

    The polling of watchfiles compares whole seconds, and so misses the second of two saves.
    """

    def __init__(self, watched: Watched, *, tell: Callable[[set[Path]], None]) -> None:
        self._watched = watched
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def follow(self, watched: Watched) -> None:
        """Looks at these from now on."""
        self._watched = watched

    def stop(self) -> None:
        """Ends the thread, which must not outlive the interpreter."""
        self._stopped.set()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        watched = self._watched
        versions = watched.versions()
        while not self._stopped.wait(POLL_SECONDS):
            if watched is not self._watched:
                watched, versions = self._watched, _baseline(watched, self._watched, versions)
            before, versions = versions, watched.versions()
            files = before.keys() | versions.keys()
            changed = {file for file in files if before.get(file) != versions.get(file)}
            if changed:
                self._loop.call_soon_threadsafe(self._tell, changed)


def _baseline(old: Watched, new: Watched, versions: dict[Path, Version]) -> dict[Path, Version]:
    """The known versions, and those that there are where nobody has looked before."""
    elsewhere = (new.sources | new.libraries) - old.sources - old.libraries
    return {**dict(versions_in(new, elsewhere)), **versions}
