"""Runs the tests of the Vite plugin, which are in its own language, with Node."""

import os
import subprocess
from pathlib import Path

from fluidkit_cli.toolchain import find_node

PLUGIN = Path(__file__).parents[2] / "scaffolds/workspace/base/frontend/fluidkit.vite.ts"


def test_the_vite_plugin_passes_its_own_tests() -> None:
    tests = Path(__file__).with_name("vite_plugin.test.ts")
    run = subprocess.run(
        [find_node(), "--test", "--test-timeout=10000", tests],
        env={**os.environ, "PLUGIN": PLUGIN.as_uri(), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
