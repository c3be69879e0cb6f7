"""The workspace's copy of our Vite plugin, which an older fluidkit may have laid out."""

import shlex

from ...templates import scaffolds_folder
from ...workspace import Workspace
from .check import Check

NAME = "fluidkit.vite.ts"


def plugin(workspace: Workspace) -> Check | str:
    """Whether it is the one of this fluidkit; people may have changed it."""
    ours, theirs = scaffolds_folder() / "workspace/base/frontend" / NAME, workspace.frontend / NAME
    if not theirs.is_file():
        return Check("Vite plugin", "none: Python's errors do not show in the browser", "note")
    if theirs.read_bytes() == ours.read_bytes():
        return f"{NAME} is that of this fluidkit"
    mend = f"See what differs: diff {shlex.quote(str(theirs))} {shlex.quote(str(ours))}"
    return Check("Vite plugin", f"{NAME} is not that of this fluidkit", "warning", mend)
