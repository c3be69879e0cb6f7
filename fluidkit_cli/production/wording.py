"""What `fluidkit start` says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..devserver.banner import banner
from ..devserver.lines import Look, Spans, bare

_MOST_PIDS = 8
"""Named in the banner."""

SHUTTING_DOWN = "shutting down: open requests may end, Ctrl-C once more ends all at once"

ROLLS_ALREADY = "a restart goes on already"

TERMINAL_GONE = "the terminal is gone, so all ends"


def starting(seconds: float, ready: int, of: int) -> str:
    """Drawn while people wait."""
    if seconds < 1:
        return "  starting …"
    return f"  starting … {seconds:.0f} s" + (f", {ready} of {of} serve" if of > 1 else "")


def ready(seconds: float) -> str:
    """All serve for the first time."""
    return f"ready in {seconds:.1f} s"


def runs_at(name: str, url: str, *, details: str, state: str) -> str:
    """The same for logs: `build/ runs at http://127.0.0.1:3000 · spa · 2 workers · ready …`."""
    return f"{name} runs at {url} · {details} · {state}"


def welcome(
    state: str, urls: Sequence[str], *, details: Sequence[str], look: Look
) -> Iterator[Spans]:
    """As `fluidkit dev` says it, with what there is to know below; as much as fits on a line."""
    yield from banner(state, urls, look=replace(look, keys=False))
    for detail in details:
        line: Spans = ((f"  {detail}", "dim"),)
        if not look.columns or len(bare(line)) <= look.columns:
            yield line
    yield ()


def pids(slots: Sequence[tuple[str, int]]) -> str:
    """`worker 1: 4711, worker 2: 4712`."""
    shown = [f"{title[0].lower()}{title[1:]} {pid}" for title, pid in slots[:_MOST_PIDS]]
    return " · ".join(shown) + (" …" if len(slots) > _MOST_PIDS else "")


def how_to_restart(pid: int) -> str:
    """Beside Ctrl-C, which everybody knows."""
    return f"kill -HUP {pid} restarts one by one, Ctrl-C ends it"


def again(title: str, how: str, *, delay: float) -> str:
    """What had served once has ended by itself."""
    return f"{title} {how}; it is started again in {delay:g} s"


def hangs(title: str, pid: int, seconds: float) -> str:
    """It lives, and does nothing."""
    return (
        f"{title}, process {pid}, has hung for {seconds:g} s and is replaced "
        "(HANG_TIMEOUT sets the seconds, 0 is never)"
    )


def before_it_served(how: str) -> str:
    """`ended with exit code 1 before it served`."""
    return f"{how} before it served"


def all_ends(title: str, how: str) -> str:
    """The first start of all has failed."""
    return f"error: {title} {how}, so all ends"


def serves(title: str, pid: int) -> str:
    """After a crash, or in a rolling restart."""
    return f"{title} serves, as process {pid}"


def rolls(count: int) -> str:
    """A rolling restart begins."""
    return f"restarting {_processes(count)} one by one" if count > 1 else "restarting"


def rolled(count: int, seconds: float) -> str:
    """It is over."""
    return f"restarted {_processes(count)} in {seconds:.1f} s"


def not_started(error: Exception) -> str:
    """There is no build, any more."""
    return f"error: {error}"


def not_restarted(error: Exception) -> str:
    """There is no build to take."""
    return f"nothing is restarted: {error}. What serves goes on"


def not_copied(build: str, why: str) -> str:
    """What runs depends on the folder itself."""
    return f"{build}/ cannot be copied ({why}): restart after each new build, or pages of it break"


def not_replaced(title: str, why: str) -> str:
    """It is over early."""
    return f"{title} is not replaced, as the new one {why}. What serves goes on"


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"
