"""The TypeScript runtime: its own tests, run by Node, and both compilers."""

import subprocess
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node, node_environment

FOLDER = Path(__file__).parent
RUNTIME = FOLDER.parents[1] / "scaffolds/client/typescript"
MODULES = FOLDER.parent / "typescript/node_modules"
LIMIT = 120  # seconds for all tests of one file
SUITES = sorted(FOLDER.glob("*.test.ts"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name.split(".")[0])
def test_node_runs_the_suite(suite: Path) -> None:
    assert_passes("--test", "--test-timeout=30000", suite.name)


@pytest.mark.parametrize("compiler", ["typescript", "typescript7"])
@pytest.mark.parametrize("project", ["tsconfig.runtime.json", "tsconfig.json"])
def test_the_runtime_and_its_users_compile_strictly(compiler: str, project: str) -> None:
    tsc = MODULES / compiler / "bin/tsc"
    assert tsc.exists(), "run `make check` once: it installs the compilers"
    assert_passes(str(tsc), "--project", project)


def test_every_module_says_its_job_first() -> None:
    files = sorted(RUNTIME.rglob("*.ts"))
    assert files
    silent = [f.name for f in files if not f.read_text(encoding="utf-8").startswith("// ")]
    assert silent == []


def assert_passes(*arguments: str) -> None:
    node = find_node()
    result = subprocess.run(
        [str(node), *arguments],
        cwd=FOLDER,
        env=node_environment(node),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-5_000:]
