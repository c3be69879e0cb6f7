"""Runs the tests of `src/lib/server/api.ts`, which are in its own language, with Node."""

import os
import subprocess
from pathlib import Path

from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.toolchain import find_node


def test_what_a_page_asks_on_the_server_passes_its_own_tests() -> None:
    module = scaffolds_folder() / "workspace/modes/ssr/frontend/src/lib/server/api.ts"
    tests = Path(__file__).with_name("server_fetch.test.ts")
    run = subprocess.run(
        [find_node(), "--test", "--test-timeout=10000", tests],
        env={**os.environ, "MODULE": module.as_uri(), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
