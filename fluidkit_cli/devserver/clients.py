"""The clients of the app's newest code: has them written, and says once what is news."""

from dataclasses import dataclass
from functools import partial
from typing import assert_never

from ..workspace import Workspace
from . import wording
from .client_changes import FileChange
from .edges import Edges
from .events import Generated, GenerationFailed, Note, WorkerDescribed

LINE_SECONDS = 3.0
"""How long the line about a reload, and that about the start, waits for the clients."""


@dataclass(frozen=True, slots=True)
class Reload:
    """A worker serves, so long after the change; what was broken before may be `mended` by it."""

    seconds: float
    mended: bool = False


class Clients:
    """Brings together what comes in either order: a worker serves, its clients are written."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._reloads: dict[int, Reload] = {}
        self._files: dict[int, tuple[FileChange, ...]] = {}
        self._notes: frozenset[Note] = frozenset()

    def described(self, message: WorkerDescribed, workspace: Workspace) -> None:
        """The worker's Api is known, or is not going to be."""
        if message.api:
            generate = self._edges.generator.generate
            generate(message.worker, message.api, workspace=workspace)
        else:
            self._settle(message.worker, ())

    def served(self, worker: int, reload: Reload) -> None:
        """The worker serves; a line says so when its clients are known, too."""
        self._reloads[worker] = reload
        if worker in self._files:
            self._say(worker)
        else:
            self._edges.timer.after(LINE_SECONDS, partial(self._say, worker))

    def written(self, message: Generated | GenerationFailed) -> None:
        """The worker's clients are on disk, or cannot get there."""
        match message:
            case Generated():
                self._settle(message.worker, message.files)
                if message.notes is not None:
                    self._warn_of(message.notes)
            case GenerationFailed():
                text = f"The clients could not be written: {message.message}"
                self._edges.screen.put(text, "warn")
                if message.traceback:
                    self._edges.notices.log(message.traceback)
                self._settle(message.worker, ())
            case _:
                assert_never(message)

    def _settle(self, worker: int, files: tuple[FileChange, ...]) -> None:
        self._files[worker] = files
        if worker in self._reloads:
            self._say(worker)

    def _say(self, worker: int) -> None:
        """Once for each worker that serves."""
        reload = self._reloads.pop(worker, None)
        if reload is None:
            return
        files = self._files.get(worker, ())
        self._files = {number: found for number, found in self._files.items() if number > worker}
        line = wording.reloaded(reload.seconds, files, mended=reload.mended)
        self._edges.screen.put(line, "done")

    def _warn_of(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            if note not in self._notes:
                self._edges.screen.put(note.text, "warn")
        self._notes = frozenset(notes)
