"""Errors that a user can mend: one line of what, one line of how, and an exit code."""

from collections.abc import Sequence


class FluidkitError(Exception):
    """Something the user can mend. `cli` prints `message` and `hint` and exits with `exit_code`.

    `details` are what somebody else's error says beyond its first line.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)


class BadArgument(FluidkitError):
    """A bad argument, a bad name, or a folder that is not empty."""

    exit_code = 2


class MissingTool(FluidkitError):
    """Something outside is missing or taken: Node, a package manager, a pinned port."""

    exit_code = 3


class AlreadyRunning(FluidkitError):
    """Another `fluidkit dev`, or `build`, runs in this workspace."""

    exit_code = 4
