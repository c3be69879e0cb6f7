"""What several commands do: the typed clients of a workspace, written anew."""

from ..api import Api
from ..describe.remote import describe_remotely
from ..emit import emit_typescript
from ..files import write_changed
from ..toolchain import find_python
from ..workspace import Workspace


def generate_clients(workspace: Workspace) -> Api:
    """Describes the app once and brings the clients up to date.

    Raises:
        MissingTool: the backend is not installed.
        AppFailed: the app does not import.
    """
    python = find_python(workspace)
    api = describe_remotely(python, app=workspace.app, root=workspace.root)
    files = emit_typescript(api, package=workspace.package, naming=workspace.naming)
    write_changed(workspace.output, files)
    return api
