"""`fluidkit build`."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from fluidkit_cli.bundle import add_backend, add_site, bundle_folder, replace_bundle, staged
from fluidkit_cli.bundle.server_code import NeedsServer
from fluidkit_cli.bundle.site import (
    BadSite,
    base_path,
    built_site,
    check_parts,
    complete_alone,
    forget_site,
)
from fluidkit_cli.commands import build
from fluidkit_cli.devserver.lock import locked
from fluidkit_cli.errors import AlreadyRunning, FluidkitError
from fluidkit_cli.step import Interrupted
from fluidkit_cli.workspace import Workspace, find_workspace

from .conftest import Built

PYPROJECT = """
[project]
dependencies = ["fastapi>=0.115", "uvicorn[standard]"]

[tool.fluidkit]
"""


@pytest.fixture
def small(tmp_path: Path) -> Workspace:
    """A workspace whose Python is ours, with a front end that was built."""
    write(tmp_path / "pyproject.toml", PYPROJECT)
    write(tmp_path / "backend/main.py", "app = 1")
    write(tmp_path / "backend/__pycache__/main.pyc", "stale")
    write(tmp_path / "backend/.env", "SECRET=1")
    write(tmp_path / "backend/.env.production", "SECRET=2")
    write(tmp_path / "frontend/build/200.html", "<p>shell</p>")
    # not a link, from which Python would not find the environment that it is run in
    write(tmp_path / ".venv/bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / ".venv/bin/python").chmod(0o755)
    return find_workspace(tmp_path)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def bundled(workspace: Workspace, *, check: Callable[[Path], object] = Path.is_dir) -> Path:
    with staged(workspace) as folder:
        add_backend(workspace, folder)
        add_site(workspace, folder)
        check(folder)
        replace_bundle(workspace, folder)
    return bundle_folder(workspace)


def test_a_bundle_holds_both_sides_and_what_to_install(small: Workspace) -> None:
    folder = bundled(small)
    assert folder == small.root / "build"
    assert files(folder) == [
        ".files",
        "README.md",
        "backend/main.py",
        "constraints.txt",
        "pyproject.toml",
        "requirements.txt",
        "static/200.html",
    ]


def test_a_module_without_a_package_is_a_backend_too(small: Workspace) -> None:
    write(small.root / "server.py", "app = 1")
    write(small.root / "pyproject.toml", PYPROJECT + 'app = "server:app"\n')
    workspace = find_workspace(small.root)
    made = bundled(workspace)
    assert "server.py" in files(made)


def test_a_bundle_that_fails_leaves_the_last_good_one(small: Workspace) -> None:
    site = small.frontend / "build"
    folder = bundled(small)
    good = files(folder)
    write(site / "new.html", "")
    (site / "gone.html").symlink_to("nowhere")
    with pytest.raises(FluidkitError, match=r"could not be put together: .*gone\.html"):
        bundled(small)
    assert files(folder) == good
    assert list(small.state.iterdir()) == []


def test_a_bundle_takes_the_place_of_the_last_one_whole(small: Workspace) -> None:
    site = small.frontend / "build"
    write(site / "old.html", "")
    bundled(small)
    (site / "old.html").rename(site / "new.html")
    folder = bundled(small)
    assert files(folder / "static") == ["200.html", "new.html"]
    assert list(small.state.iterdir()) == []


def test_a_folder_that_no_build_made_is_left_alone(small: Workspace) -> None:
    write(small.root / "build/thesis.tex", "mine")
    with pytest.raises(FluidkitError, match="did not make it"):
        bundled(small)
    assert files(small.root / "build") == ["thesis.tex"]


@pytest.mark.parametrize("name", ["app.db", "backend/data/upload.png", "backend/main.py"])
def test_what_was_written_into_a_build_is_not_lost(small: Workspace, name: str) -> None:
    folder = bundled(small)
    write(folder / "backend/__pycache__/main.pyc", "")
    write(folder / ".venv/pyvenv.cfg", "")
    write(folder / ".venv/bin/python", "")
    bundled(small)
    write(folder / name, "mine")
    with pytest.raises(FluidkitError, match=f"build/{name} was written after the build"):
        bundled(small)
    assert (folder / name).read_text() == "mine"


def test_what_a_killed_build_has_left_is_no_part_of_the_next(small: Workspace) -> None:
    bundled(small).rename(small.state / "last-build")
    write(small.state / "build/backend/old.py", "")

    def look(folder: Path) -> None:
        assert "backend/old.py" not in files(folder)
        assert "backend/main.py" in files(small.root / "build"), "between the two moves of a swap"

    bundled(small, check=look)


def test_a_link_in_the_place_of_the_build_is_left_alone(small: Workspace, tmp_path: Path) -> None:
    elsewhere = bundled(small).rename(tmp_path / "elsewhere")
    (small.root / "build").symlink_to(elsewhere)
    with pytest.raises(FluidkitError, match=f"is a link to {elsewhere}"):
        bundled(small)
    assert (small.root / "build").is_symlink()


def test_a_bundle_that_does_not_pass_its_check_is_not_swapped_in(small: Workspace) -> None:
    def refuse(folder: Path) -> None:
        raise FluidkitError(f"{folder.name} is no good")

    with pytest.raises(FluidkitError, match="no good"):
        bundled(small, check=refuse)
    assert not (small.root / "build").exists()


@pytest.fixture
def looks_installed(small: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace where nothing would be run in earnest."""
    write(small.frontend / "node_modules/vite/bin/vite.js", "process.exit(1)")
    monkeypatch.chdir(small.root)
    return small


@pytest.mark.parametrize(
    "name",
    ["+page.server.ts", "+page.server.js", "+layout.server.ts", "items/[id]/+server.ts"],
)
def test_a_route_that_needs_a_server_is_refused_by_name(
    looks_installed: Workspace, name: str
) -> None:
    write(looks_installed.frontend / "src/routes" / name, "")
    with pytest.raises(NeedsServer, match=r"JavaScript server") as caught:
        build.run()
    assert caught.value.message.startswith(f"frontend/src/routes/{name} ")


@pytest.fixture
def rendered(small: Workspace) -> Workspace:
    """`small` in the mode ssr, with a front end that was built for it."""
    write(small.root / "pyproject.toml", PYPROJECT + 'mode = "ssr"\n')
    write(small.frontend / "server.js", "await import('./build/handler.js');")
    (small.frontend / "build/200.html").unlink()
    write(small.frontend / "build/handler.js", "import './server/entries/page.js';")
    write(small.frontend / "build/server/entries/page.js", "import 'node:fs';")
    return find_workspace(small.root)


def test_a_rendered_site_lies_beside_the_backend_with_its_server(rendered: Workspace) -> None:
    folder = bundled(rendered)
    assert files(folder) == [
        ".files",
        "README.md",
        "backend/main.py",
        "constraints.txt",
        "frontend/build/handler.js",
        "frontend/build/server/entries/page.js",
        "frontend/package.json",
        "frontend/server.js",
        "pyproject.toml",
        "requirements.txt",
    ]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "--timeout-graceful-shutdown 5 --port 8000 &\nHOST=0.0.0.0 node" in readme


def test_paths_of_ones_own_are_named_where_the_server_is_run(rendered: Workspace) -> None:
    write(rendered.root / "pyproject.toml", PYPROJECT + 'mode = "ssr"\nproxy = ["/rpc", "/ws"]\n')
    workspace = find_workspace(rendered.root)
    folder = bundled(workspace)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert """FLUIDKIT_PROXY='["/rpc", "/ws"]' node frontend/server.js""" in readme


def completed(workspace: Workspace) -> Path:
    return bundled(workspace, check=partial(complete_alone, workspace))


def install(modules: Path, name: str, **manifest: object) -> None:
    """A package that says its own name."""
    write(modules / name / "package.json", json.dumps({"main": "index.js", **manifest}))
    write(modules / name / "index.js", f"module.exports = '{name}';")


PAGES = ["server/entries/page.js", "server/entries/items/[id]/deep.js"]


@pytest.mark.parametrize("page", PAGES)
def test_a_package_that_is_not_built_in_is_copied(rendered: Workspace, page: str) -> None:
    write(built_site(rendered) / page, "import '@left/out';")
    install(rendered.frontend / "node_modules", "@left/out", dependencies={"further": "*"})
    install(rendered.frontend / "node_modules", "further")
    install(rendered.frontend / "node_modules", "unused")
    made = [name for name in files(completed(rendered)) if "node_modules" in name]
    assert made == [
        "frontend/node_modules/@left/out/index.js",
        "frontend/node_modules/@left/out/package.json",
        "frontend/node_modules/further/index.js",
        "frontend/node_modules/further/package.json",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_package_that_is_nowhere_fails_the_build(rendered: Workspace, page: str) -> None:
    write(built_site(rendered) / page, "import 'left-out/part';")
    with pytest.raises(BadSite, match="'left-out'") as caught:
        completed(rendered)
    assert "must be in package.json" in caught.value.hint
    assert not (rendered.root / "build").exists()


def test_a_package_around_the_workspace_is_not_there_where_it_is_deployed(
    rendered: Workspace,
) -> None:
    write(built_site(rendered) / "server/entries/page.js", "import 'hoisted';")
    install(rendered.root / "node_modules", "hoisted")
    assert "frontend/node_modules/hoisted/index.js" in files(completed(rendered))


def test_a_package_that_is_imported_later_is_copied_if_it_is_asked_for(
    rendered: Workspace,
) -> None:
    write(built_site(rendered) / "server/entries/page.js", "export const f = () => import('late');")
    write(rendered.frontend / "package.json", '{"dependencies": {"late": "*", "other": "*"}}')
    for name in ("late", "other"):
        install(rendered.frontend / "node_modules", name)
    made = files(completed(rendered) / "frontend/node_modules")
    assert made == ["late/index.js", "late/package.json"]


def test_settings_that_only_the_deployed_site_has_are_not_missed(rendered: Workspace) -> None:
    site = built_site(rendered)
    write(site / "server/entries/page.js", "if (!process.env.SECRET) throw new Error('no SECRET');")
    completed(rendered)


def test_a_rendered_site_needs_its_server(rendered: Workspace) -> None:
    check_parts(rendered)
    (rendered.frontend / "server.js").unlink()
    with pytest.raises(BadSite, match=r"there is no server\.js"):
        check_parts(rendered)


def test_what_a_switch_of_the_mode_has_left_is_named_at_once(rendered: Workspace) -> None:
    (rendered.frontend / "server.js").unlink()
    for name in ("package.json", "vite.config.ts"):
        write(rendered.frontend / name, "'@sveltejs/adapter-static'")
    write(rendered.frontend / "src/routes/+layout.ts", "export const ssr = false;\n")
    with pytest.raises(BadSite, match='The mode is "ssr", but') as caught:
        check_parts(rendered)
    assert caught.value.message.partition("but ")[2].split("; ") == [
        "package.json has @sveltejs/adapter-static instead of @sveltejs/adapter-node",
        "vite.config.ts has @sveltejs/adapter-static instead of @sveltejs/adapter-node",
        "there is no server.js, which runs such a site",
        "src/routes/+layout.ts has ssr = false",
    ]


def test_what_is_left_of_the_other_mode_beside_ones_own_is_no_fault(small: Workspace) -> None:
    write(small.frontend / "server.js", "")
    write(small.frontend / "vite.config.ts", "'@sveltejs/adapter-static' // not adapter-node")
    write(small.frontend / "src/routes/+layout.ts", "export const ssr = false;\n")
    check_parts(small)


def test_an_adapter_of_the_other_mode_is_named(small: Workspace, rendered: Workspace) -> None:
    with pytest.raises(BadSite, match=r'The mode is "spa", but .* of the mode "ssr"') as caught:
        built_site(small)
    assert "adapter-static" in caught.value.hint
    (rendered.frontend / "build/handler.js").rename(rendered.frontend / "build/200.html")
    with pytest.raises(BadSite, match=r'The mode is "ssr", but .* of the mode "spa"') as caught:
        built_site(rendered)
    assert "adapter-node" in caught.value.hint


def test_a_front_end_that_was_not_built_is_named_by_what_it_lacks(small: Workspace) -> None:
    (small.frontend / "build/200.html").unlink()
    with pytest.raises(BadSite, match=r"built no frontend/build/200\.html") as caught:
        built_site(small)
    assert "fallback: '200.html'" in caught.value.hint


@pytest.mark.parametrize("mode", ["spa", "ssr"])
def test_an_older_front_end_is_not_taken_for_the_new_one(
    mode: str, small: Workspace, request: pytest.FixtureRequest
) -> None:
    """As when the adapter was told to put it elsewhere."""
    workspace = request.getfixturevalue("rendered") if mode == "ssr" else small
    assert built_site(workspace)
    forget_site(workspace)
    forget_site(workspace)
    with pytest.raises(BadSite, match="built no"):
        built_site(workspace)


def test_a_base_path_is_found_in_the_page_that_answers_all(small: Workspace) -> None:
    page = """<script>
				__sveltekit_1ab = {
					base: "%s",
					assets: ""
				};
</script>"""
    for base in ("/shop", ""):
        write(small.frontend / "build/200.html", page % base)
        assert base_path(bundled(small)) == base


def test_a_front_end_outside_the_root_is_named_too(small: Workspace) -> None:
    elsewhere = replace(small, frontend=small.root.parent / "elsewhere")
    with pytest.raises(BadSite, match=r"built no \.\./elsewhere/build/200\.html"):
        built_site(elsewhere)


def test_routes_on_a_server_are_welcome_where_there_is_one(
    rendered: Workspace, looks_installed: Workspace
) -> None:
    write(rendered.frontend / "src/routes/+page.server.ts", "")
    with pytest.raises(FluidkitError) as caught:
        build.run()
    assert "JavaScript server" not in caught.value.message


def test_two_builds_do_not_run_at_once(
    looks_installed: Workspace,
) -> None:
    looks_installed.state.mkdir()
    with (
        locked(looks_installed.state, command="build", file="build.lock"),
        pytest.raises(AlreadyRunning, match=f"fluidkit build runs .* process {os.getpid()}"),
    ):
        build.run()


def test_a_workspace_that_cannot_be_written_is_told_in_a_line(looks_installed: Workspace) -> None:
    looks_installed.state.touch()
    with pytest.raises(FluidkitError, match=r"\.fluidkit cannot be written: "):
        build.run()


def test_a_build_that_is_told_to_end_cleans_up(
    looks_installed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_to_end(workspace: Workspace, folder: Path) -> list[str]:
        assert folder.is_dir()
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("nobody listened")

    monkeypatch.setattr(build, "_bring_up_to_date", lambda workspace: None)
    monkeypatch.setattr(build, "add_backend", told_to_end)
    with pytest.raises(Interrupted) as caught:
        build.run()
    assert caught.value.exit_code == 143
    assert not (looks_installed.state / "build").exists()


@pytest.mark.workspace
def test_a_real_build_says_what_it_made(built: Built) -> None:
    steps, summary = re.split(r"^build/ is ready, in [\d.]+ s\n", built.printed, flags=re.MULTILINE)
    assert steps.splitlines()[-1].startswith("✓ build/, ")
    assert re.search(r"^  Front end +[\d.]+ kB +[\d.]+ kB sent$", summary, re.MULTILINE)
    assert re.search(r"^      \+page\.svelte +[\d.]+ kB +[\d.]+ kB sent$", summary, re.MULTILINE)
    made = files(built.root / "build")
    assert f"All {len(made)} files" in summary
    assert summary.splitlines()[-2].strip() == "fluidkit start"
    assert "backend/routes/clock.py" in made
    assert "static/200.html.br" in made
    assert not any(".env" in name or "__pycache__" in name for name in made)


@pytest.mark.workspace
def test_an_app_that_needs_what_is_not_deployed_fails_the_build(built: Built) -> None:
    good = files(built.root / "build")
    main = built.root / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    write(built.root / "shared.py", "")
    write(main, f"import shared\n{text}")
    try:
        run = fluidkit_build(built.root)
    finally:
        write(main, text)
        (built.root / "shared.py").unlink()
    assert run.returncode == 1
    assert "backend/main.py:1 imports shared, which is not in build/" in run.stderr
    assert "Front end" not in run.stdout, "what takes longest was done first"
    assert files(built.root / "build") == good


@pytest.mark.workspace
def test_a_build_that_is_killed_leaves_the_last_one(built: Built) -> None:
    good = {
        name: (built.root / "build" / name).read_bytes() for name in files(built.root / "build")
    }
    command = [sys.executable, "-m", "fluidkit_cli", "build"]
    with subprocess.Popen(command, cwd=built.root, stdout=subprocess.PIPE, text=True) as building:
        assert building.stdout is not None
        assert "· build/\n" in iter(building.stdout.readline, "")
        building.kill()
    left = {
        name: (built.root / "build" / name).read_bytes() for name in files(built.root / "build")
    }
    assert left == good
    assert fluidkit_build(built.root).returncode == 0


@pytest.mark.workspace
def test_a_type_error_fails_the_build_and_leaves_the_last_one(built: Built) -> None:
    good = files(built.root / "build")
    component = built.root / "frontend/src/routes/Wrong.svelte"
    write(component, '<script lang="ts">\n\tlet count: number = "one";\n\tcount;\n</script>\n')
    try:
        run = fluidkit_build(built.root)
    finally:
        component.unlink()
    assert run.returncode == 1
    assert "Wrong.svelte:2" in run.stderr
    *_, what, how = run.stderr.splitlines()
    assert what == "error: Components and types: failed"
    assert how.startswith("hint: The last build is untouched")
    assert files(built.root / "build") == good


def fluidkit_build(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "build"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
