"""`fluidkit build`: checks everything and puts `build/` together."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from .. import console
from ..api import Api
from ..bundle import (
    add_backend,
    add_site,
    bundle_folder,
    check_replaceable,
    replace_bundle,
    staged,
)
from ..bundle.dependencies import check_dependencies
from ..bundle.server_code import check_server_code
from ..bundle.site import base_path, check_parts, complete_alone, forget_site
from ..bundle.sizes import Sizes, sizes_of
from ..devserver.lock import locked
from ..devserver.settings import settings_in
from ..files import write_changed
from ..step import FailedStep, Side, Step, interruptible, run_sides
from ..toolchain import find_node, find_vite, node_environment
from ..workspace import Workspace, find_workspace
from .build_checks import BuildFailed, check_app_alone, check_clients, is_unattended
from .build_leaks import check_leaks
from .build_summary import say_sizes
from .diagnostics import say_diagnostics
from .outputs import described_outputs
from .target import workspace_target

_SHOWN_LINES = 60
"""How much of what a failing check printed is shown: a few errors with their code."""

_NATIVE_CODE = re.compile(r"Could not load \S*node_modules/((?:@[^/\s]+/)?[^/\s]+)/\S+\.node\b")
"""How the bundler says that it cannot build a package in."""


def run() -> None:
    """Builds the workspace that holds the current folder.

    Where `CI` is set, typed clients that are stale are an error; else they are written anew.

    Raises:
        WorkspaceNotFound: there is none.
        MissingTool: Node, Python or the front end's packages are not installed.
        AlreadyRunning: another build is at work here.
        AppFailed: the app does not import.
        BuildFailed: the front end has errors, or what would be deployed is not right.
        Interrupted: a signal came; what was begun is gone.
    """
    workspace = find_workspace(Path.cwd())
    with locked(workspace.state, command="build", file="build.lock"), interruptible():
        _build(workspace)


def _build(workspace: Workspace) -> None:
    started = time.monotonic()
    check_parts(workspace)
    check_replaceable(workspace)
    hidden = check_dependencies(workspace)
    steps = _steps(workspace)
    if workspace.mode == "spa":
        check_server_code(workspace)
    before = _sizes(workspace) if bundle_folder(workspace).is_dir() else None
    with console.steps() as shown, staged(workspace) as folder:
        with shown.step("Typed clients"):
            api = _bring_up_to_date(workspace)
        # what takes longest comes last: most that can be wrong is told before
        with shown.step("Backend"):
            left_out = add_backend(workspace, folder)
            check_app_alone(workspace, folder, api=api, hidden=hidden)
        forget_site(workspace)
        for failure in run_sides(steps, progress=shown):
            console.warn(failure.last_lines(_SHOWN_LINES))
            raise BuildFailed(f"{failure.step.name}: failed", hint=_way_out(failure))
        with shown.step("build/"):
            add_site(workspace, folder)
            if workspace.mode == "ssr":
                complete_alone(workspace, folder)
            unsought = check_leaks(workspace, folder)
            replace_bundle(workspace, folder)
    say_diagnostics(api.diagnostics, root=workspace.root)
    _warn(workspace, left_out=left_out, unsought=unsought)
    _say_summary(workspace, before, seconds=time.monotonic() - started)


def _bring_up_to_date(workspace: Workspace) -> Api:
    described = described_outputs(workspace_target(workspace))
    if is_unattended():
        check_clients(described.outputs, root=workspace.root)
    for each in described.outputs:
        write_changed(each.folder, each.files)
    return described.api


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


def _way_out(failure: FailedStep) -> str:
    if found := _NATIVE_CODE.search(failure.output):
        return (
            f"{found[1]} has native code: move what brings it from devDependencies to dependencies "
            "in package.json, which are deployed as they are installed"
        )
    return f"The last build is untouched. To see it by itself: {failure.step.by_hand}"


def _warn(workspace: Workspace, *, left_out: Sequence[str], unsought: Sequence[str]) -> None:
    if base := base_path(bundle_folder(workspace)):
        console.warn(
            f"paths.base is {base}: what is in front must take it off, or pages stay empty"
        )
    if left_out:
        console.warn(f"Left out, as git does not have them: {', '.join(left_out)}")
    if unsought:
        names = ", ".join(unsought)
        console.warn(f"Not looked for in what is public, as too short or too plain: {names}")


def _sizes(workspace: Workspace) -> Sizes:
    return sizes_of(bundle_folder(workspace), package=workspace.package)


def _say_summary(workspace: Workspace, before: Sizes | None, *, seconds: float) -> None:
    folder, sizes = bundle_folder(workspace), _sizes(workspace)
    console.say(f"{folder.name}/ is ready, in {seconds:.1f} s", style="bold")
    say_sizes(sizes, before=before, frontend=workspace.frontend)
    console.hint("fluidkit start")
    console.hint(f"without fluidkit: see {folder.name}/README.md")
