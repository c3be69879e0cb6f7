"""The ports of `fluidkit dev` and who listens there; what an earlier run left behind."""

import os
from typing import Literal

from ...devserver.leftovers import known_run, leftovers
from ...devserver.lock import locked
from ...devserver.ports import is_free
from ...devserver.supervisor import API_PORT, WEB_PORT
from ...devserver.system import holder_of, silent_file_system
from ...errors import AlreadyRunning
from ...workspace import Workspace
from .check import Check

_NAMES = {"web": "page's port", "api": "API's port"}


def port(workspace: Workspace, side: Literal["web", "api"]) -> Check:
    """Whether the port that `fluidkit dev` takes first is free, or its own already.

    Raises:
        MissingTool: it is not for every user.
    """
    pinned, usual = (workspace.port, WEB_PORT) if side == "web" else (workspace.api_port, API_PORT)
    number = pinned or usual
    own = known_run(workspace.state).get(side)
    if is_free(number, host="127.0.0.1"):
        return Check(_NAMES[side], f"{number} is free")
    if isinstance(own, dict) and own.get("port") == number and _runs(workspace):
        return Check(_NAMES[side], f"{number}, taken by this workspace's fluidkit dev")
    holder = holder_of(number)
    by = f" by process {holder.pid} ({holder.command})" if holder else ""
    taken = f"{number} is taken{by}"
    if pinned is None:
        return Check(_NAMES[side], f"{taken}; fluidkit dev moves on to the next one")
    return Check(_NAMES[side], taken, "problem", "End it, or pin another one in pyproject.toml")


def watching(workspace: Workspace) -> str:
    """How `fluidkit dev` comes to know of changed files here."""
    kind = silent_file_system(workspace.root)
    return f"by looking, as {kind} does not tell of changed files" if kind else "the system tells"


def earlier_run(workspace: Workspace) -> Check:
    """What runs, or should not run any more."""
    if _runs(workspace):
        url = known_run(workspace.state).get("url", "nowhere yet")
        return Check("fluidkit dev", f"runs at {url}")
    left = leftovers(workspace.state)
    if not left:
        return Check("fluidkit dev", "does not run, and left nothing behind")
    pids = " ".join(map(str, left))
    found = f"left {len(left)} processes behind: {pids}"
    mend = f"The next fluidkit dev ends them, or: kill {pids}"
    return Check("fluidkit dev", found, "warning", mend)


def _runs(workspace: Workspace) -> bool:
    if not os.access(workspace.state / "lock", os.R_OK | os.W_OK):
        return False
    try:
        with locked(workspace.state):
            return False
    except AlreadyRunning:
        return True
