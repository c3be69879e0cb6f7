"""What of a front end needs a JavaScript server: it builds without a word where there is none."""

import re
from collections.abc import Iterator
from os.path import relpath
from pathlib import Path

from ..errors import FluidkitError
from ..workspace import Workspace

_SERVER_ROUTES = ("+page.server", "+layout.server", "+server")
_PRERENDERED = re.compile(r"^export const prerender(: \w+)? = (true|'auto'|\"auto\")", re.MULTILINE)
_NOT_PRERENDERED = re.compile(r"^export const prerender(: \w+)? = false", re.MULTILINE)
_ACTIONS = re.compile(r"^export const actions\b", re.MULTILINE)
_REMOTE = re.compile(r"\b(query|form|command)\b(\.\w+)?\(")
_SCRIPTS = (".js", ".ts")


class NeedsServer(FluidkitError):
    """A file of the front end does nothing where only files are served."""


def check_server_code(workspace: Workspace) -> None:
    """Makes sure that a front end of the mode spa has nothing for a server to do.

    What is prerendered is welcome: it is done when all is built.

    Raises:
        NeedsServer: it has; all the files are named at once.
    """
    found = [f"{relpath(file, workspace.root)} {why}" for file, why in _needy(workspace.frontend)]
    if found:
        raise NeedsServer(
            f"{found[0]}, and the mode {workspace.mode} has no JavaScript server",
            details=[f"So it is with {each}" for each in found[1:]],
            hint="Move what it does into a route of the backend, or prerender it:"
            " export const prerender = true",
        )


def _needy(frontend: Path) -> Iterator[tuple[Path, str]]:
    source = frontend / "src"
    for file in sorted((source / "routes").rglob("+*")):
        if file.stem in _SERVER_ROUTES and file.suffix in _SCRIPTS:
            yield from _of_route(file, source / "routes")
    if not _is_prerendered(source / "routes/+page.ts", source / "routes"):
        yield from (
            (file, "runs for each request") for file in sorted(source.glob("hooks.server*"))
        )
    for file in sorted(source.rglob("*.remote.*")):
        if file.suffix in _SCRIPTS and _REMOTE.search(_text(file)):
            yield file, "is called by pages while they are shown"


def _of_route(file: Path, routes: Path) -> Iterator[tuple[Path, str]]:
    text = _text(file)
    if _ACTIONS.search(text):
        yield file, "takes forms"
    elif not _is_prerendered(file, routes):
        yield file, "runs for each request"


def _is_prerendered(file: Path, routes: Path) -> bool:
    """As the innermost file says that says it, https://svelte.dev/docs/kit/page-options"""
    saying = [file] if file.stem == "+server" else _options(file.parent, routes)
    for text in map(_text, saying):
        if _PRERENDERED.search(text):
            return True
        if _NOT_PRERENDERED.search(text):
            return False
    return False


def _options(folder: Path, routes: Path) -> Iterator[Path]:
    """The files that may say it of a page in `folder`, the innermost first."""
    folders = [folder, *folder.parents]
    names = [("+page", folder)]
    names += [("+layout", each) for each in folders[: folders.index(routes) + 1]]
    for name, place in names:
        for server in (".server", ""):
            yield from (place / f"{name}{server}{suffix}" for suffix in _SCRIPTS)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
