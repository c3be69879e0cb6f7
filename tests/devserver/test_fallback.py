"""Where forks do not work: every worker is a Python of its own, and all else is as ever."""

import http.client
import os
import signal
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.running import MAIN, Dev, make_workspace, running, until

LIFESPAN = """
from contextlib import asynccontextmanager

@asynccontextmanager
async def lifespan(app):
    print("started", flush=True)
    yield
    print("shut down", flush=True)

app = FastAPI(lifespan=lifespan)
"""


def version(dev: Dev) -> object:
    return dev.get("/api/version")[1]


@pytest.fixture(scope="module")
def unforked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A run without a fork server."""
    main = MAIN.replace("app = FastAPI()\n", LIFESPAN)
    root = make_workspace(tmp_path_factory.mktemp("unforked") / "tiny", main)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("preload = false\n")
    with running(root) as dev:
        yield dev.ready()


def test_a_save_is_served_described_and_drained_without_forks(unforked: Dev) -> None:
    stream, slow = unforked.stream(), unforked.connect()
    slow.request("GET", "/api/slow")
    unforked.edit('return "v1"', 'return "v2"')
    unforked.edit("    name: str\n", "    name: str\n    size: int = 1\n")
    until(lambda: version(unforked) == "v2", 20)
    assert slow.getresponse().read() == b'"slow"'
    with pytest.raises(http.client.IncompleteRead):
        stream.read()
    until(lambda: "generator closed" in unforked.said and "shut down" in unforked.said, 20)
    types = unforked.root / "frontend/src/lib/api/types.ts"
    until(lambda: "size" in types.read_text(encoding="utf-8"), 20)


def test_a_broken_save_is_shown_and_mended_without_forks(unforked: Dev) -> None:
    unforked.edit("app = FastAPI(", "oh no\napp = FastAPI(")
    until(lambda: unforked.state["state"] == "error", 20)
    assert "oh no" in unforked.error["error"]["frame"]
    assert unforked.get("/api/item")[0] == 200
    unforked.edit("oh no\n", "")
    until(lambda: unforked.state["state"] == "ready", 20)


def test_a_killed_worker_comes_back_without_forks(unforked: Dev) -> None:
    worker = unforked.state["api"]["pid"]
    os.kill(worker, signal.SIGKILL)
    until(lambda: unforked.state["api"]["pid"] not in (0, worker), 20)
    assert unforked.get("/api/item")[0] == 200


BREAKS_IN_FORKS = """
import os, signal
STARTED = os.getpid()

def use() -> None:
    if os.getpid() != STARTED:
        {fault}
"""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "by SIGSEGV"),
        ('raise RuntimeError("not after a fork")', "RuntimeError: not after a fork"),
    ],
)
def test_a_library_that_breaks_in_forks_is_served_from_a_fresh_python_and_said_once(
    tmp_path: Path, fault: str, said: str
) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    packages = next((tmp_path / "venv/lib").glob("python3*/site-packages"))
    (packages / "rest.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    (packages / "fragile.py").write_text(BREAKS_IN_FORKS.format(fault=fault), encoding="utf-8")
    main = MAIN.replace("app = FastAPI()\n", "app = FastAPI()\nimport fragile\nfragile.use()\n")
    root = make_workspace(tmp_path / "tiny", main)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('preload = ["fragile"]\n')
    with running(root, FLUIDKIT_TEST_PYTHON=str(tmp_path / "venv/bin/python")) as dev:
        assert version(dev.ready()) == "v1"
        until(lambda: f"({said})" in dev.said, 20)
        dev.edit('"v1"', '"v2"')
        until(lambda: version(dev) == "v2", 20)
        assert dev.error == {}
        assert dev.said.count("preload = false") == 1


def test_a_module_that_crashes_the_fork_server_does_not_keep_the_app_away(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    crash = "import os, signal\nos.kill(os.getpid(), signal.SIGABRT)\n"
    (library / "crashing.py").write_text(crash, encoding="utf-8")
    root = make_workspace(tmp_path / "tiny")
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('preload = ["crashing"]\n')
    repository = Path(__file__).parents[2]
    with running(root, PYTHONPATH=f"{library}:{repository}") as dev:
        assert version(dev.ready()) == "v1"
        assert "(by SIGABRT)" in dev.said


def test_a_stopped_fork_server_gives_way_to_another_one(tmp_path: Path) -> None:
    with running(make_workspace(tmp_path / "tiny")) as dev:
        worker = dev.ready().state["api"]["pid"]
        status = Path(f"/proc/{worker}/stat").read_text(encoding="utf-8")
        os.kill(int(status.rpartition(")")[2].split()[1]), signal.SIGSTOP)
        dev.edit('"v1"', '"v2"')
        until(lambda: version(dev) == "v2", 30)
        assert "the fork server does not fork" in dev.said
