"""Installs the tools of the tests that are npm packages, with the Node that fluidkit finds."""

import subprocess
import sys
from pathlib import Path

from fluidkit_cli.toolchain import find_node, node_environment, npm_command

FOLDER = Path(__file__).parent


def main() -> int:
    node = find_node()
    command = [*npm_command(node), "ci", "--no-progress"]
    return subprocess.run(command, cwd=FOLDER, env=node_environment(node), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
