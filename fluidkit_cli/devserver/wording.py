"""What `fluidkit dev` says."""

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..describe.missing import how_to_mend
from ..findings import Span
from ..workspace import Workspace
from .client_changes import FileChange
from .events import WatchFailed
from .lines import Spans, joined
from .protocol import Failed
from .web_server import Site

_NEED_RESTART = ("frontend", "python", "proxy", "port", "api_port", "preload")

MOST_FILES = 3
"""Named in the line about a reload."""

_NAMES = {"api": "the API", "web": "Vite", "guard": "the guard"}


def ready(seconds: float, *, working: bool) -> str:
    """How the run stands when a page can be opened."""
    return f"ready in {seconds:.1f} s" if working else "up, but the API is broken"


def reloaded(seconds: float, changes: Sequence[FileChange], *, mended: bool) -> Spans:
    """`reloaded in 84 ms · mended · items.api.ts +1 function`."""
    parts: list[Spans] = [(("reloaded in ", ""), (f"{seconds * 1000:.0f} ms", "bold"))]
    if mended:
        parts.append((("mended", "green"),))
    if changes:
        named = [_change(change) for change in changes[:MOST_FILES]]
        if len(changes) > MOST_FILES:
            named.append(((f"{len(changes) - MOST_FILES} more", "dim"),))
        parts.append(joined(named, separator=(", ", "dim")))
    return joined(parts, separator=(" · ", "dim"))


def _change(change: FileChange) -> Spans:
    name: Span = (change.path, "cyan")
    return (name, (f" {change.what}", "green")) if change.what else (name,)


def left_out(counts: Mapping[str, int]) -> str:
    """They came faster than they could be written, as an output that nobody reads cannot be."""
    named = [
        f"{count:,} line{'s' * (count != 1)} of {_NAMES.get(voice, voice)}"
        for voice, count in sorted(counts.items())
    ]
    return f"{' and '.join(named)} left out: too many to write at once"


def ended_how(status: int | None) -> str:
    """`with exit code 1`, `by SIGKILL`."""
    if status is None:
        return "without a word"
    if status >= 0:
        return f"with exit code {status}"
    try:
        return f"by {signal.Signals(-status).name}"
    except ValueError:
        return f"by signal {-status}"


def ended(name: str, status: int | None, *, delay: float) -> str:
    """Something ended by itself and is started again."""
    when = f"in {delay:g} s" if delay else "now"
    return f"{name} ended {ended_how(status)}; it is started again {when}"


def cannot_start(name: str, error: OSError, *, delay: float) -> str:
    """The system refuses to start something, which is tried again."""
    about = f": {error.filename}" if error.filename else ""
    return f"{name} cannot be started ({error.strerror}{about}); tried again in {delay:g} s"


def stopped(name: str, pid: int) -> str:
    """Somebody has stopped a child of ours, as with SIGSTOP."""
    return f"{name} is stopped, and goes on after: kill -CONT {pid}"


def goes_on(name: str) -> str:
    """It was stopped."""
    return f"{name} goes on"


def too_few_files(most: int) -> str:
    """What a run needs beside this many open files."""
    return f"Only {most} files may be open at once, which is too few for two servers"


def lost(root: Path) -> str:
    """The workspace was deleted or moved."""
    return f"{root} is gone. If it was moved, start fluidkit dev where it is now"


def moved(port: int, site: Site) -> str:
    """Another program was faster to listen on the web server's port."""
    return f"Port {port} was taken meanwhile, so Vite takes {site.port}"


def broke(failure: Failed, root: Path, *, serving: bool) -> Spans:
    """The user's error: what, where, the source, and what goes on meanwhile."""
    lines: list[Spans] = [((failure.text, "bold red"),)]
    if failure.file:
        shown = failure.frame or failure.traceback
        lines.append(((place(failure, root=root), "cyan"),))
        lines += [((line, _frame_style(line)),) for line in shown.splitlines()]
    meanwhile = (
        "The last good code keeps serving until this is mended"
        if serving
        else "The API answers 503 until this is mended"
    )
    remarks = (how_to_mend(failure.type, failure.message, root=root), meanwhile)
    lines += [((remark, "not bold default"),) for remark in remarks if remark]
    return joined(lines, separator=("\n", ""))


def _frame_style(line: str) -> str:
    """The line that matters stands out; of a frame it is marked."""
    return "default" if line.lstrip().startswith((">", "|")) else "dim default"


def place(failure: Failed, *, root: Path) -> str:
    """`backend/main.py:12`."""
    file = Path(failure.file)
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return f"{shown.as_posix()}:{failure.line}"


def silent(answers: bool) -> str:
    """The worker does not answer, or does again."""
    if answers:
        return "The API answers again"
    return "The API does not answer: it is stopped, or an async function of it blocks"


def watch_failed(message: WatchFailed) -> str:
    """The system does not tell about changes."""
    return f"The system does not tell about changed files ({message.reason}): looking for them"


def needs_restart(old: Workspace, new: Workspace) -> str:
    """What of a changed configuration is not taken before the next start; mostly empty."""
    keys = [key for key in _NEED_RESTART if getattr(old, key) != getattr(new, key)]
    if not keys:
        return ""
    return f"Start fluidkit dev again for the new {', '.join(keys)} of pyproject.toml"


def no_browser(url: str) -> str:
    """There is none on this machine, or none that is no matter of the terminal."""
    return f"There is no browser to open here: go to {url}"


STARTING = "  starting …"

SHUTTING_DOWN = "shutting down"

NO_ROUTES_YET = "The routes are not known yet"

HANDS_OVER = (
    "The app starts only after its predecessor has ended. From now on the old one ends first: "
    'set reload = "handover" under [tool.fluidkit] to begin so'
)

NO_FASTAPI_INSTALLED = "FastAPI is not installed for the API's Python: install the backend"


def falls_back(fault: str) -> str:
    """Workers are no forks any more."""
    return (
        f"The app breaks in a fork of a Python that has its packages imported ({fault}), and works "
        "in a fresh one, which each reload takes from now on: set preload = false under "
        "[tool.fluidkit] to begin so"
    )


def start_failed(reason: str) -> str:
    """The system does not start a process."""
    return f"The API does not start: {reason}"


def no_terminal(place: str) -> str:
    """A breakpoint has nobody to talk to."""
    return f"The breakpoint at {place} has no terminal to prompt in: it fails with BdbQuit"


def debugger(address: str) -> str:
    """Where a debugger may attach; the API starts without it."""
    return f"debugger: attach at {address}"
