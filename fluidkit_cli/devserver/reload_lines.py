"""The one line that tells of a reload: how long it took and which clients it changed."""

from collections.abc import Callable
from dataclasses import dataclass, field

MOST_FILES = 3


@dataclass(slots=True)
class ReloadLines:
    """Brings together what comes in either order: the worker serves, its clients are written."""

    say: Callable[[str], None]
    _seconds: dict[int, float] = field(default_factory=dict)
    _files: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def served(self, worker: int, seconds: float) -> None:
        """The worker serves, so long after the change."""
        self._seconds[worker] = seconds
        if worker in self._files:
            self.finish(worker)

    def generated(self, worker: int, files: tuple[str, ...]) -> None:
        """The worker's clients are on disk, and these files are new."""
        self._files[worker] = files
        if worker in self._seconds:
            self.finish(worker)

    def finish(self, worker: int) -> None:
        """Says the line, if the worker serves and it is unsaid."""
        seconds = self._seconds.pop(worker, None)
        if seconds is None:
            return
        files = self._files.get(worker, ())
        self._files = {number: found for number, found in self._files.items() if number > worker}
        self.say(" · ".join([f"reloaded in {seconds * 1000:.0f} ms", *_named(files)]))


def _named(files: tuple[str, ...]) -> list[str]:
    if not files:
        return []
    more = len(files) - MOST_FILES
    return [", ".join(files[:MOST_FILES]) + (f" and {more} more" if more > 0 else "")]
