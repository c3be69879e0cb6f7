"""`build/README.md`: how to run what lies there, without fluidkit."""

import json
from pathlib import Path
from typing import assert_never

from ..toolchain import OLDEST_NODE
from ..workspace import Workspace

_ONE = """\
# How to run this

One process serves the pages and the API. It needs Python {python} and what lies here:

```sh
{install}
{serve} --host 0.0.0.0 --port 8000
```

{settings}"""

_TWO = """\
# How to run this

Two processes, which need Python {python}, Node {node} or newer, and what lies here:

```sh
{install}
{serve} --port 8000 &
HOST=0.0.0.0 {proxy}node frontend/server.js
```

The second one is the site. It makes the pages, and passes {paths} on to the first one, which
nobody else has to reach. The head of `frontend/server.js` lists its settings.

{settings}"""

_INSTALL = "python -m venv .venv && .venv/bin/pip install -r requirements.txt"
_LAUNCHER = "serving/__main__.py"
_SETTINGS = """\
Run it from this folder. Settings and secrets come from the environment: nothing here holds any.
"""
_OF_LAUNCHER = """\
`WEB_CONCURRENCY` is the number of workers. `/healthz` says that a process lives, `/readyz` that it
serves. At SIGTERM, open requests have `SHUTDOWN_TIMEOUT` seconds, 5 if it is not set.
"""
_STANDARD_APP = "backend.main:app"


def write_readme(workspace: Workspace, folder: Path, *, python: str) -> None:
    """Puts it into `folder`, for what was copied there; `python` is the version it was tried in."""
    proxy = list(workspace.proxy)
    has_launcher = (folder / workspace.package / _LAUNCHER).is_file()
    text = _template(workspace).format(
        python=python,
        node=".".join(map(str, OLDEST_NODE)),
        install=_INSTALL,
        serve=_launcher(workspace) if has_launcher else _uvicorn(workspace),
        proxy="" if proxy == ["/api"] else f"FLUIDKIT_PROXY='{json.dumps(proxy)}' ",
        paths=" and ".join(f"`{path}`" for path in proxy),
        settings=_SETTINGS + (_OF_LAUNCHER if has_launcher else ""),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _launcher(workspace: Workspace) -> str:
    app = "" if workspace.app == _STANDARD_APP else f" {workspace.app}"
    return f".venv/bin/python -m {workspace.package}.serving{app}"


def _uvicorn(workspace: Workspace) -> str:
    return f".venv/bin/uvicorn {workspace.app} --timeout-graceful-shutdown 5"


def _template(workspace: Workspace) -> str:
    match workspace.mode:
        case "spa":
            return _ONE
        case "ssr":
            return _TWO
        case _:
            assert_never(workspace.mode)
