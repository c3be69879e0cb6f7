"""What `fluidkit dev` says."""

import signal
from pathlib import Path

from ..workspace import Workspace
from .events import WatchFailed
from .protocol import Failed
from .web_server import Site

_NEED_RESTART = ("frontend", "python", "proxy", "port", "api_port", "preload")

_SHORTCUTS = (
    ("r", "reload the API"),
    ("o", "open the browser"),
    ("q", "quit"),
    ("h", "this help"),
)


def banner(site: Site, seconds: float, *, working: bool) -> list[str]:
    """The one URL, and how long it took to get there."""
    state = f"ready in {seconds:.1f} s" if working else "up, but the API is broken"
    return ["", f"  {site.url}  {state}", ""]


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


def lost(root: Path) -> str:
    """The workspace was deleted or moved."""
    return f"{root} is gone. If it was moved, start fluidkit dev where it is now"


def moved(port: int, site: Site) -> str:
    """Another program was faster to listen on the web server's port."""
    return f"Port {port} was taken meanwhile, so Vite takes {site.port}"


def broke(failure: Failed, root: Path, *, serving: bool) -> list[str]:
    """The user's error: what, where, the source, and what goes on meanwhile."""
    lines = [failure.text]
    if failure.file:
        shown = failure.frame or failure.traceback
        lines.append(f"  {place(failure, root=root)}")
        lines += [f"  {line}" for line in shown.splitlines()]
    lines.append(
        "The last good code keeps serving until this is mended"
        if serving
        else "The API answers 503 until this is mended"
    )
    return lines


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


def shortcuts() -> list[str]:
    """What the keys do."""
    return ["", *(f"  {key}  {does}" for key, does in _SHORTCUTS), ""]


SHUTTING_DOWN = "shutting down"

HANDS_OVER = (
    "The app starts only after its predecessor has ended. From now on the old one ends first: "
    'set reload = "handover" under [tool.fluidkit] to begin so'
)

NO_FASTAPI_INSTALLED = "FastAPI is not installed for the API's Python: install the backend"
