"""Has the system tell which watched files change, where we know of no better way: watchfiles."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, watch

from .watched import Watched

DEBOUNCE_MILLISECONDS = 50
STEP_MILLISECONDS = 10

_WAKE_UP_MILLISECONDS = 200
"""How often the thread looks whether it is to end, or to watch something else."""


class Listening:
    """Calls `tell` with the files that changed, or `fail` when the system refuses.

    Each folder is watched for itself: of a recursive watch the front end's thousands of folders
    would be part.
    """

    def __init__(
        self,
        watched: Watched,
        *,
        tell: Callable[[set[Path]], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._watched = watched
        self._tell = tell
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def follow(self, watched: Watched) -> None:
        """Listens for these from now on."""
        self._watched = watched

    def stop(self) -> None:
        """Ends the thread, which must not outlive the interpreter."""
        self._stopped.set()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                watched = self._watched
                known = self._watch(watched)
                fresh = set(watched.folders()) - known
                self._tell_of(watched, {file for folder in fresh for file in folder.glob("*.py")})
        except (OSError, RuntimeError) as error:
            self._post(self._fail, error)

    def _watch(self, watched: Watched) -> set[Path]:
        """The folders that were watched, when it is time to look for them again."""
        folders = watched.folders()
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
            self._tell_of(watched, {Path(path) for _, path in changes})
            over = self._stopped.is_set() or watched is not self._watched
            if over or any(_is_new_folder(*change) for change in changes):
                break
        return set(folders)

    def _tell_of(self, watched: Watched, files: set[Path]) -> None:
        chosen = {file for file in files if watched.concerns(file)}
        if chosen:
            self._post(self._tell, chosen)

    def _post(self, act: Callable[..., None], value: object) -> None:
        if not self._stopped.is_set():
            self._loop.call_soon_threadsafe(act, value)


def _is_new_folder(change: Change, path: str) -> bool:
    return change is Change.added and Path(path).is_dir()
