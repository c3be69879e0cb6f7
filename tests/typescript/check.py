"""Checks the runtime and the example's clients: both TypeScripts, strict, and prettier."""

import subprocess
import sys
from pathlib import Path

from fluidkit_cli.toolchain import find_node

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
CHECKED = ["../../scaffolds/client/typescript", "../../generated_example/frontend/src"]
STYLE = ["--use-tabs", "--single-quote", "--trailing-comma=none", "--print-width=100"]


def main() -> int:
    node = str(find_node())
    commands = [
        [node, str(MODULES / "typescript/bin/tsc"), "--project", "tsconfig.json"],
        [node, str(MODULES / "typescript7/bin/tsc"), "--project", "tsconfig.json"],
        [node, str(MODULES / "prettier/bin/prettier.cjs"), *STYLE, "--check", *_scripts()],
    ]
    return max(subprocess.run(c, cwd=FOLDER, check=False).returncode for c in commands)


def _scripts() -> list[str]:
    return [str(file) for folder in CHECKED for file in sorted((FOLDER / folder).rglob("*.ts"))]


if __name__ == "__main__":
    sys.exit(main())
