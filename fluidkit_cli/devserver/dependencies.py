"""What the app depends on outside its workspace, as far as its workers have told."""

from pathlib import Path

from .edges import WatchEdge
from .protocol import Uses


class Dependencies:
    """Has them watched. A worker that broke knows less than the ones before it: all counts."""

    def __init__(self, watcher: WatchEdge) -> None:
        self._watcher = watcher
        self._libraries: frozenset[Path] = frozenset()
        self._sources: frozenset[Path] = frozenset()

    def uses(self, report: Uses) -> None:
        """A worker's app has come to depend on these folders."""
        self._libraries |= set(map(Path, report.libraries))
        self._sources |= set(map(Path, report.sources))
        self._watcher.also(self._libraries, self._sources)
