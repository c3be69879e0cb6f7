"""`fluidkit build`: checks everything and puts `build/` together."""

import time
from functools import partial
from os.path import relpath
from pathlib import Path

from .. import console
from ..bundle import Bundle, assemble, bundle_folder, check_replaceable
from ..bundle.site import built_site, check_alone, check_parts
from ..describe.remote import AppFailed, describe_remotely
from ..devserver.settings import settings_in
from ..errors import FluidkitError
from ..step import Side, Step, run_sides
from ..toolchain import find_node, find_python, find_vite, node_environment
from ..workspace import Workspace, find_workspace
from .clients import write_clients
from .diagnostics import say_diagnostics

_SERVER_ONLY = ("+page.server", "+layout.server", "+server")
_SHOWN_LINES = 60
"""How much of what a failing check printed is shown: a few errors with their code."""


class BuildFailed(FluidkitError):
    """A check or the bundler failed; the last build is untouched."""


def run() -> None:
    """Builds the workspace that holds the current folder.

    Raises:
        WorkspaceNotFound: there is none.
        MissingTool: Node, Python or the front end's packages are not installed.
        AppFailed: the app does not import.
        BuildFailed: the front end has errors, or needs a server of its own.
    """
    started = time.monotonic()
    workspace = find_workspace(Path.cwd())
    check_parts(workspace)
    check_replaceable(bundle_folder(workspace))
    find_python(workspace)
    steps = _steps(workspace)
    if workspace.mode == "spa":
        _refuse_server_routes(workspace)
    with console.steps() as shown:
        with shown.step("Typed clients"):
            api = write_clients(workspace)
        for failure in run_sides(steps, progress=shown):
            console.warn(failure.last_lines(_SHOWN_LINES))
            raise BuildFailed(f"{failure.step.name}: failed", hint=_by_hand(failure.step))
        with shown.step("build/"):
            site = built_site(workspace)
            bundle = assemble(workspace, site=site, check=partial(_try_alone, workspace))
    say_diagnostics(api.diagnostics, root=workspace.root)
    _say_summary(bundle, seconds=time.monotonic() - started)


def _steps(workspace: Workspace) -> Side:
    """The packages' own scripts, run by Node directly: npm would not pass signals on."""
    node, vite = find_node(), find_vite(workspace)
    packages = workspace.frontend / "node_modules"
    scripts = (
        # `npm install <package>` removes what `sync` writes
        ("Routes and types", packages / "@sveltejs/kit/svelte-kit.js", "sync"),
        ("Components and types", packages / "svelte-check/bin/svelte-check", "--output=human"),
        ("Front end", vite, "build"),
    )
    environment = settings_in(workspace.root) | node_environment(node)
    return tuple(
        Step(name, (str(node), str(script), argument), workspace.frontend, environment)
        for name, script, argument in scripts
    )


def _refuse_server_routes(workspace: Workspace) -> None:
    """They build without a word, and answer 404 where only files are served."""
    routes = workspace.frontend / "src/routes"
    for file in sorted(routes.rglob("+*")):
        if file.stem in _SERVER_ONLY:
            raise BuildFailed(
                f"{relpath(file, workspace.root)} needs a JavaScript server, which the mode "
                f"{workspace.mode} does not have",
                hint="Move what it does into a route of the backend",
            )


def _try_alone(workspace: Workspace, folder: Path) -> None:
    """What is deployed has only what lies in the folder, beside what is installed."""
    _import_alone(workspace, folder)
    if workspace.mode == "ssr":
        check_alone(folder)


def _import_alone(workspace: Workspace, folder: Path) -> None:
    try:
        describe_remotely(find_python(workspace), app=workspace.app, root=folder)
    except AppFailed as error:
        raise BuildFailed(
            f"In build/ alone the app does not import: {error.message}",
            hint=f"What it imports must lie in {workspace.package}/ or be installed",
        ) from error


def _by_hand(step: Step) -> str:
    return f"The last build is untouched. To see it by itself: {step.by_hand}"


def _say_summary(bundle: Bundle, *, seconds: float) -> None:
    console.say(
        f"{bundle.folder.name}/ is ready: {bundle.files} files, {bundle.size / 1000:.0f} kB, "
        f"in {seconds:.1f} s"
    )
    console.hint("fluidkit start")
    if (bundle.folder / "README.md").is_file():
        console.hint(f"or as {bundle.folder.name}/README.md says, without fluidkit")
