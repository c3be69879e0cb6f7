"""`fluidkit dev`: runs FastAPI and Vite as one, and regenerates the clients on every save."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..toolchain import find_debugger, find_node, find_python, find_vite, node_environment
from ..workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from ..devserver.lines import Spans


@dataclass(frozen=True, slots=True)
class DevOptions:
    """The options of the command. Ports that are None are looked for, unless the file pins them."""

    directory: Path | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    api_port: int | None = None
    open_browser: bool = False
    plain: bool = False
    debug: bool = False
    poll: bool = False


def run(options: DevOptions) -> int:
    """Runs until it is stopped; the exit code.

    Raises:
        FluidkitError: no workspace, something missing, a pinned port taken, or it runs already.
    """
    workspace = find_workspace(options.directory or Path.cwd())
    python = find_python(workspace)
    if options.debug:
        find_debugger(python)
    vite = find_vite(workspace)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(find_node)  # which asks a process, and meanwhile we import
        from ..devserver.supervisor import supervise  # noqa: PLC0415
        from ..devserver.wiring import Plan  # noqa: PLC0415
    node = asked.result()
    return supervise(
        Plan(
            workspace=workspace,
            python=python,
            web=(str(node), str(vite)),
            web_environment=node_environment(node),
            host=options.host,
            port=options.port or workspace.port,
            api_port=options.api_port or workspace.api_port,
            open_browser=options.open_browser,
            plain=options.plain,
            debug=options.debug,
            poll=options.poll,
            routes=_route_table,
        )
    )


def _route_table(encoded: str, workspace: Workspace) -> "Iterator[Spans]":
    from .routes import route_table  # noqa: PLC0415 - the servers start without it

    return route_table(encoded, workspace)
