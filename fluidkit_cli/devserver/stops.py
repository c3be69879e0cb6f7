"""Notices children that somebody has stopped, and so neither work nor end."""

from collections.abc import Callable

from . import wording
from .edges import Edges, GuardEdge, WebEdge

LOOK_SECONDS = 2.0


class Stops:
    """Looks at Vite and at the guard, and says when one is stopped and when it goes on.

    The worker and the fork servers are asked instead, as they may also hang.
    """

    def __init__(self, edges: Edges, *, warn: Callable[[str], None]) -> None:
        self._children: dict[str, WebEdge | GuardEdge] = {
            "Vite": edges.web,
            "The guard": edges.guard,
        }
        self._timer = edges.timer
        self._warn = warn
        self._stopped: set[str] = set()

    def look(self) -> None:
        """Now, and from now on."""
        for name, child in self._children.items():
            if child.is_stopped and name not in self._stopped:
                self._stopped.add(name)
                self._warn(wording.stopped(name, child.pid))
            elif name in self._stopped and not child.is_stopped:
                self._stopped.remove(name)
                self._warn(wording.goes_on(name))
        self._timer.after(LOOK_SECONDS, self.look)
