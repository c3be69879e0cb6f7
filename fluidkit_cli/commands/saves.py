"""The saves of an app's files, as they come, for a command that goes on until Ctrl-C."""

from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, watch

from ..devserver.listening import DEBOUNCE_MILLISECONDS, STEP_MILLISECONDS
from ..devserver.watched import Watched
from ..errors import FluidkitError

_WAKE_UP_MILLISECONDS = 100


def on_every_save(watched: Watched, act: Callable[[], None]) -> None:
    """Calls `act` now and after every save; never returns.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        FluidkitError: there is nothing to watch any more, or the system does not tell.
    """
    while watched.root.is_dir():
        try:
            _act_on_saves(watched, act)
        except FileNotFoundError:
            continue  # a folder went just before it was watched
        except (OSError, RuntimeError) as error:
            raise FluidkitError(
                f"The system does not tell about changed files: {error}",
                hint="Run it without --watch, or fluidkit dev --poll",
            ) from error
    raise FluidkitError(f"{watched.root} is gone", hint="Start again where the app is now")


def _act_on_saves(watched: Watched, act: Callable[[], None]) -> None:
    """Returns when there is a new folder to watch."""
    folders = watched.folders()
    rounds = watch(
        *folders,
        watch_filter=None,
        debounce=DEBOUNCE_MILLISECONDS,
        step=STEP_MILLISECONDS,
        rust_timeout=_WAKE_UP_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,
    )
    # The first round comes when the folders are already watched: no save is missed meanwhile.
    next(rounds)
    act()
    for changes in rounds:
        if any(change is Change.added for change, _ in changes) and watched.folders() != folders:
            return
        if any(watched.concerns(Path(path)) for _, path in changes):
            act()
