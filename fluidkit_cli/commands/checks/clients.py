"""The app, and whether its clients on disk are those that it has now."""

from ...files import stale_files
from ...findings import findings_of
from ...workspace import Workspace
from ..outputs import described_outputs
from ..target import workspace_target
from .check import Check


def clients(workspace: Workspace) -> Check:
    """Imports and describes the app, as `fluidkit generate --check` does.

    Raises:
        FluidkitError: the app cannot be described.
    """
    made = described_outputs(workspace_target(workspace))
    stale = [each for output in made.outputs for each in stale_files(output.folder, output.files)]
    if stale:
        count = sum(len(output.files) for output in made.outputs)
        found = f"{len(stale)} of {count} files are not those of the app"
        return Check("clients", found, "warning", "fluidkit generate, or leave it to fluidkit dev")
    found = f"up to date, {len(made.api.routes)} routes"
    unclear = len(findings_of(made.api.diagnostics))
    if not unclear:
        return Check("clients", found)
    found = f"{found}; what the app does is unclear in {unclear} places"
    return Check("clients", found, "warning", "fluidkit routes shows them")
