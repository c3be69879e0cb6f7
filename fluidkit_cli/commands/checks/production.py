"""What `fluidkit build` and `fluidkit start` will say."""

from ...bundle import bundle_folder, check_replaceable
from ...bundle.dependencies import check_dependencies
from ...bundle.server_code import check_server_code
from ...bundle.site import check_parts
from ...errors import FluidkitError
from ...workspace import Workspace
from .check import Check


def build(workspace: Workspace) -> Check:
    """Whether a build can begin. Whatever is in its way, `fluidkit dev` may do without."""
    try:
        check_parts(workspace)
        check_replaceable(workspace)
        check_dependencies(workspace)
        if workspace.mode == "spa":
            check_server_code(workspace)
    except FluidkitError as error:
        return Check("build", error.message, "warning", error.hint)
    return Check("build", f"nothing is in its way, mode {workspace.mode}")


def start(workspace: Workspace) -> Check:
    """Whether there is something to run."""
    folder = bundle_folder(workspace)
    if not folder.is_dir():
        return Check("start", "nothing is built", "note", "fluidkit build")
    if (folder / "frontend").is_dir() != (workspace.mode == "ssr"):
        return Check("start", "build/ is of another mode", "warning", "fluidkit build")
    return Check("start", "build/ is there")
