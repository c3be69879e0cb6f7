"""The fork server's life: one is kept running, and a new one follows what has changed."""

from collections.abc import Callable
from functools import partial

from ..embedded import NO_FASTAPI
from . import wording
from .edges import ApiEdge, Timer
from .events import Ended
from .fork_servers import Loss
from .kept import Kept
from .workers import Workers

LEARN_SECONDS = 2.0
"""How long another fork server waits, so that it does not slow down the start."""

INSTALL_SECONDS = 0.7
"""How long installed packages must rest before they are imported: pip brings one after another."""


class Forks:
    """Tells `api` to start fork servers, as long as the workers are forks."""

    def __init__(
        self, api: ApiEdge, *, timer: Timer, workers: Workers, warn: Callable[[str], None]
    ) -> None:
        self._api = api
        self._timer = timer
        self._workers = workers
        self._warn = warn
        self._kept = Kept("The fork server", start=api.start, timer=timer, warn=warn)
        self._changes = 0
        self._stopped = False

    def start(self) -> None:
        """Starts one, if workers are to be forks."""
        if not self._workers.options.fresh:
            self._kept.start()

    def stop(self) -> None:
        """None is started any more."""
        self._stopped = True
        self._kept.stop()

    def give_up(self) -> None:
        """Workers are no forks from now on."""
        self._kept.stop()
        self._api.fork_no_more()

    def ended(self, message: Ended) -> None:
        """A process of the API's ended, which may be one of these."""
        match self._api.ended(message):
            case Loss.NONE:
                pass
            case Loss.UNREADY if message.status < 0:
                self._workers.fork_no_more(wording.ended_how(message.status))
            case _:
                if message.status == NO_FASTAPI:
                    self._warn(wording.NO_FASTAPI_INSTALLED)
                self._kept.ended(message.status)

    def learn(self, modules: tuple[str, ...]) -> None:
        """The next one, soon, is to import these beforehand."""
        if modules and not self._workers.options.fresh:
            self._timer.after(LEARN_SECONDS, partial(self._learn, modules))

    def renew(self) -> None:
        """What the present one has imported, or its environment, is out of date."""
        if not self._workers.options.fresh:
            self._api.retire()
            self._kept.start()

    def library_changed(self, at: float) -> None:
        """Packages have come or gone, or another Python: the app starts anew once they rest."""
        self._changes += 1
        self._timer.after(INSTALL_SECONDS, partial(self._start_anew, self._changes, at))

    def _start_anew(self, change: int, at: float) -> None:
        if change == self._changes and not self._stopped:
            self.renew()
            self._workers.renew(at)

    def _learn(self, modules: tuple[str, ...]) -> None:
        if not (self._stopped or self._workers.options.fresh):
            self._api.learn(modules)
