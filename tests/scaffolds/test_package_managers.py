"""Workspaces whose packages pnpm and bun install, and a network that is gone."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node, node_environment
from running import Running, answer, running, wait_for

pytestmark = pytest.mark.workspace

MANAGERS = Path(__file__).parents[1] / "typescript/node_modules/.bin"
LOCKS = {"pnpm": "pnpm-lock.yaml", "bun": "bun.lock"}
NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE),
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOWHERE),
    # for how long they would try is not what is tested
    "UV_HTTP_RETRIES": "0",
    "npm_config_fetch_retries": "0",
}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pnpm, bun and uv."""
    folder = tmp_path_factory.mktemp("tools")
    for tool in (MANAGERS / "pnpm", MANAGERS / "bun", Path(sys.executable).with_name("uv")):
        assert tool.exists(), f"{tool} is not installed: make test does it"
        (folder / tool.name).symlink_to(tool)
    return folder


def new(
    folder: Path, *arguments: str, tools: Path, variables: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "new", *arguments, "--template", "minimal"],
        cwd=folder,
        env={**os.environ, "PATH": path, **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(params=LOCKS)
def root(request: pytest.FixtureRequest, tools: Path, tmp_path: Path) -> Path:
    """A workspace that each of them has installed."""
    name = str(request.param)
    run = new(tmp_path, name, "--package-manager", name, tools=tools)
    assert run.returncode == 0, run.stdout + run.stderr
    return tmp_path / name


@pytest.fixture
def dev(root: Path, tmp_path: Path) -> Iterator[Running]:
    with running(root, tmp_path / "dev.log", "dev") as run:
        wait_for(run.ready, seconds=60)
        yield run


def test_pages_types_and_lock_file_are_as_with_npm(dev: Running) -> None:
    page = wait_for(lambda: answer(dev.url))
    assert page[0] == 200
    assert f"<title>{dev.root.name}</title>" in page[1]
    assert wait_for(lambda: answer(f"{dev.url}/api/readings?count=1"))[0] == 200
    lock = dev.root / "frontend" / LOCKS[dev.root.name]
    assert "http" not in lock.read_text(encoding="utf-8")
    checked = subprocess.run(
        [MANAGERS / dev.root.name, "run", "check"],
        cwd=dev.root / "frontend",
        env=node_environment(find_node()),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("manager", ["npm", "pnpm", "bun"])
def test_after_one_run_no_network_is_needed(tools: Path, tmp_path: Path, manager: str) -> None:
    options = ("--package-manager", manager, "--no-git")
    online = new(tmp_path, "online", *options, tools=tools)
    assert online.returncode == 0, online.stderr
    offline = new(tmp_path, "offline", *options, tools=tools, variables=NO_NETWORK)
    assert offline.returncode == 0, offline.stderr
    assert (tmp_path / "offline/frontend/node_modules/vite/bin/vite.js").is_file()
    assert (tmp_path / "offline/frontend/src/lib/api/clock.api.ts").is_file()


def test_the_first_run_without_a_network_says_what_is_wrong(tools: Path, tmp_path: Path) -> None:
    caches = {name: str(tmp_path / name) for name in ("UV_CACHE_DIR", "npm_config_cache")}
    run = new(tmp_path, "shop", tools=tools, variables=NO_NETWORK | caches)
    assert run.returncode == 1
    what, how = run.stderr.splitlines()[-2:]
    assert what == "error: Failed: Python packages with uv and Node packages with npm"
    assert how.startswith("hint: The network was not reached. Go on with: ")
