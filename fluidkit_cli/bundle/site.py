"""The built front end: what its adapter leaves, and what of it is deployed."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from os.path import relpath
from pathlib import Path

from ..errors import FluidkitError
from ..toolchain import find_node
from ..workspace import Mode, Workspace
from .node_packages import check_native_code, copy_package, dependencies

_ADAPTERS: dict[Mode, str] = {"spa": "adapter-static", "ssr": "adapter-node"}
_MARKS: dict[Mode, str] = {"spa": "200.html", "ssr": "handler.js"}
"""A file that only this mode's adapter makes."""

_SERVER = "server.js"
_NO_SSR = re.compile(r"^export const ssr\s*=\s*false", re.MULTILINE)
_BASE = re.compile(r'^\s*base: "(/[^"]+)"', re.MULTILINE)
_LOAD_SECONDS = 60

_MISSING = """
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
const [folder, ...files] = process.argv.slice(1);
const inside = pathToFileURL(folder + '/').href;
registerHooks({
	resolve(name, context, next) {
		const found = next(name, context);
		if (!found.url.startsWith('file:') || found.url.startsWith(inside)) return found;
		const error = new Error(`Cannot find package '${name}', which lies elsewhere`);
		throw Object.assign(error, { code: 'MODULE_NOT_FOUND' });
	}
});
for (const file of files) {
	await import(pathToFileURL(file)).catch((error) => {
		if (/MODULE_NOT_FOUND|DLOPEN/.test(error.code)) console.log('missing: ' + error.message);
	});
}
process.exit();
"""
"""Names the packages that are not there. Settings of where it will run may be missing, too."""

_MARK = "missing: "
_PACKAGE = re.compile(r"Cannot find (?:package|module) '((?:@[\w.-]+/)?[\w-][\w.-]*)")
_MOST_PACKAGES = 100
"""Packages that are imported by their names; what they need comes with them."""


class BadSite(FluidkitError):
    """The front end was not built as the workspace's mode wants it."""


def check_parts(workspace: Workspace) -> None:
    """Makes sure that the front end is of the workspace's mode, as far as its files tell.

    Raises:
        BadSite: it is not, as after a switch half-way; all that is amiss is named at once.
    """
    found = list(_amiss(workspace))
    if not found:
        return
    folder = workspace.frontend.name
    raise BadSite(
        f'The mode is "{workspace.mode}", but {"; ".join(found)}',
        hint=f"A new workspace shows what {folder}/ needs: "
        f"fluidkit new --mode {workspace.mode} --no-install PATH",
    )


def _amiss(workspace: Workspace) -> Iterator[str]:
    frontend, mode = workspace.frontend, workspace.mode
    adapter = f"@sveltejs/{_ADAPTERS[mode]}"
    others = [f"@sveltejs/{name}" for other, name in _ADAPTERS.items() if other != mode]
    for file in (frontend / "package.json", *sorted(frontend.glob("vite.config.*"))):
        text = _text(file)
        # an adapter of neither mode is for `built_site` to judge
        if adapter not in text and any(other in text for other in others):
            yield f"{file.name} has {' and '.join(others)} instead of {adapter}"
    if mode == "spa":
        return
    if not (frontend / _SERVER).is_file():
        yield f"there is no {_SERVER}, which runs such a site"
    for file in sorted(frontend.glob("src/routes/+layout.[jt]s")):
        if _NO_SSR.search(_text(file)):
            yield f"src/routes/{file.name} has ssr = false"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def forget_site(workspace: Workspace) -> None:
    """Makes sure that `built_site` does not take an older one for what is built next."""
    for mark in _MARKS.values():
        (workspace.frontend / "build" / mark).unlink(missing_ok=True)


def built_site(workspace: Workspace) -> Path:
    """The folder that the front end's adapter has filled.

    Raises:
        BadSite: it has not, or it is the adapter of another mode.
    """
    site, mode = workspace.frontend / "build", workspace.mode
    if (site / _MARKS[mode]).is_file():
        return site
    for other, mark in _MARKS.items():
        if (site / mark).is_file():
            raise BadSite(
                f'The mode is "{mode}", but vite.config.ts has the adapter of the mode "{other}"',
                hint=f'Use @sveltejs/{_ADAPTERS[mode]} there, or set mode = "{other}" under '
                "[tool.fluidkit] in pyproject.toml",
            )
    options = " with fallback: '200.html'" if mode == "spa" else ""
    raise BadSite(
        f"The front end built no {relpath(site, workspace.root)}/{_MARKS[mode]}",
        hint=f"Use @sveltejs/{_ADAPTERS[mode]}{options} in vite.config.ts",
    )


def base_path(folder: Path) -> str:
    """Below which address pages of a folder that was put together ask for their files.

    That of `paths.base`, as far as one process that serves files has to know it.
    """
    found = _BASE.search(_text(folder / "static" / _MARKS["spa"]))
    return found[1] if found else ""


def copy_site(workspace: Workspace, site: Path, *, folder: Path) -> None:
    """Puts what is deployed of the front end into `folder`, beside the backend.

    Raises:
        NativeCode: a package was built in that cannot be.
    """
    if workspace.mode == "spa":
        shutil.copytree(site, folder / "static", ignore=_not_deployed)
        return
    check_native_code(site, frontend=workspace.frontend)
    frontend = folder / "frontend"
    shutil.copytree(site, frontend / "build", ignore=_not_deployed)
    # they hold the source of what only the server has
    for file in (frontend / "build/server").rglob("*.map"):
        file.unlink()
    shutil.copy2(workspace.frontend / _SERVER, frontend)
    if (parts := workspace.frontend / "server").is_dir():
        shutil.copytree(parts, frontend / "server", ignore=_not_deployed)
    package = json.dumps({"private": True, "type": "module"})
    (frontend / "package.json").write_text(f"{package}\n", encoding="utf-8")


def _not_deployed(folder: str, names: list[str]) -> set[str]:
    """Hidden files, but for those of https://www.rfc-editor.org/rfc/rfc8615"""
    return {name for name in names if name.startswith(".") and name != ".well-known"}


def complete_alone(workspace: Workspace, folder: Path) -> None:
    """Makes what `copy_site` has put into `folder` need no package that is installed elsewhere.

    Those that were not built in are copied beside it.

    Raises:
        BadSite: one is not installed, or does not load.
    """
    for name in _used(workspace.frontend, folder / "frontend/build/server"):
        _copied(name, workspace, folder)
    for _ in range(_MOST_PACKAGES):
        said = _missing(folder)
        named = _PACKAGE.match(said)
        if not said:
            return
        if not (named and _copied(named[1], workspace, folder)):
            break
    raise BadSite(
        f"In build/ alone the front end does not load: {said}",
        hint="Packages that it imports must be in package.json: devDependencies are built in, "
        "dependencies are copied",
    )


def _used(frontend: Path, server: Path) -> Iterator[str]:
    """The packages that its code names: what is imported later is not missed at once."""
    texts = [file.read_text(encoding="utf-8") for file in server.rglob("*.js")]
    for name in dependencies(frontend):
        named = re.compile(rf"[\"'`]{re.escape(name)}[\"'`/]")
        if any(map(named.search, texts)):
            yield name


def _copied(name: str, workspace: Workspace, folder: Path) -> bool:
    """False, too, if it lies there already."""
    modules = folder / "frontend/node_modules"
    is_new = not (modules / name).exists()
    return is_new and copy_package(name, frontend=workspace.frontend, modules=modules)


def _missing(folder: Path) -> str:
    """The first message of what cannot be found; nothing if all is there."""
    built = folder / "frontend/build"
    files = [built / "handler.js", *sorted(built.glob("server/entries/**/*.js"))]
    node: list[str | Path] = [find_node(), "--input-type=module", "--eval", _MISSING, "--"]
    try:
        run = subprocess.run(
            [*node, folder, *files],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            timeout=_LOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadSite(
            f"In build/ alone the front end did not load within {_LOAD_SECONDS} s",
            hint="Something that its modules await when they are imported does not come",
        ) from error
    lines = (line for line in run.stdout.splitlines() if line.startswith(_MARK))
    return next(lines, "").removeprefix(_MARK).replace(f"{folder}/", "")


def server_folder(folder: Path) -> Path:
    """That of a folder that was put together which makes pages; in the mode spa there is none."""
    return folder / "frontend/build/server"


def public_folders(folder: Path) -> list[Path]:
    """Those of a folder that was put together which everybody can read."""
    names = ("static", "frontend/build/client", "frontend/build/prerendered")
    return [folder / name for name in names if (folder / name).is_dir()]
