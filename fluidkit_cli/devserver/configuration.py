"""The workspace's configuration: what of it a run takes when it changes."""

from collections.abc import Callable

from ..errors import FluidkitError
from ..workspace import Workspace
from . import wording
from .edges import NoticesEdge
from .status import Run
from .system import CAN_FORK
from .workers import Workers


class Configuration:
    """Tells the workers what the configuration says; `warn` gets a line about what it cannot."""

    def __init__(self, run: Run, workers: Workers, *, warn: Callable[[str], None]) -> None:
        self._run = run
        self._workers = workers
        self._warn = warn
        self._workspace: Workspace | None = None

    @property
    def workspace(self) -> Workspace:
        """As it was read last."""
        assert self._workspace
        return self._workspace

    def take(self, workspace: Workspace) -> None:
        """The next worker is of this configuration."""
        self._workspace = workspace
        options = self._workers.options
        options.app = workspace.app
        options.overrides = workspace.routes
        options.fresh |= workspace.preload is None or not CAN_FORK
        options.debug = self._run.debug
        options.reload = "handover" if self._run.debug else workspace.reload

    def read_again(self, notices: NoticesEdge) -> None:
        """Takes what can be taken while we run; a broken file changes nothing."""
        try:
            workspace = notices.workspace()
        except FluidkitError as error:
            self._warn(f"{error.message}. {error.hint}".strip())
            return
        if text := wording.needs_restart(self.workspace, workspace):
            self._warn(text)
        self.take(workspace)
