"""svelte-check on the front end of a workspace, as `npm run check` runs it."""

import subprocess
from pathlib import Path

from fluidkit_cli.toolchain import find_node, node_environment, npm_command
from fluidkit_cli.workspace import find_workspace


def assert_svelte_check_passes(project: Path) -> None:
    """Fails with what svelte-check printed."""
    node = find_node()
    run = subprocess.run(
        [*npm_command(node), "run", "check"],
        cwd=find_workspace(project).frontend,
        env=node_environment(node),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout
