"""The runtime and modules of the tests as scripts for a browser: the same paths, without types."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fluidkit_cli.toolchain import find_node, node_environment

ROOT = Path(__file__).parents[1]
RUNTIME = "scaffolds/client/typescript"

# Browsers do not read TypeScript; what is left without its types has the same imports.
STRIP = """
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
for (const file of globSync('**/*.ts')) {
	writeFileSync(file, stripTypeScriptTypes(readFileSync(file, 'utf8')));
}
"""

PAGE = "<!doctype html><title>scripts</title>"


class ScriptHandler(SimpleHTTPRequestHandler):
    """Serves scripts by their TypeScript names."""

    extensions_map = {".ts": "text/javascript", ".html": "text/html"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None: ...


def write_scripts(folder: Path, *modules: str) -> None:
    """Copies the runtime and `modules`, by their paths in the repository, to `folder`."""
    for name in (f"{RUNTIME}/runtime.ts", *modules):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    shutil.copytree(ROOT / RUNTIME / "runtime", folder / RUNTIME / "runtime")
    node = find_node()
    subprocess.run(
        [node, "--no-warnings", "--input-type=module", "--eval", STRIP],
        cwd=folder,
        env=node_environment(node),
        check=True,
        timeout=60,
    )


@contextmanager
def served(folder: Path, handler: type[ScriptHandler] = ScriptHandler) -> Iterator[str]:
    """The address of a page that can import what `folder` has."""
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
