"""The runtime and modules of the tests as scripts for a browser: the same paths, without types."""

import shutil
import subprocess
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
