"""Forty saves under load, a sample of `tests/benchmarks/bench_saves.py`."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.running import MAIN, Dev, leftovers, make_workspace, running, until
from load import TICKS, loaded

SAVES = 40
SEED = 6


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    """A run of an app that has the stream of ticks."""
    use = "from .ticks import router\napp = FastAPI()\napp.include_router(router, prefix='/api')\n"
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", use))
    (root / "backend/ticks.py").write_text(TICKS, encoding="utf-8")
    with running(root) as started:
        yield started.ready()


def test_saves_at_any_time_lose_no_request_and_no_event_and_leave_nothing(dev: Dev) -> None:
    chance = random.Random(SEED)
    processes, files = len(leftovers(dev.state["run_id"])), own_files(dev.root)
    descriptors = open_files(dev)
    reload(dev, 1)
    with loaded(dev.state["api"]["url"], path="/api/version", rate=50, streams=10) as load:
        until(lambda: load.events > 20)
        for number in range(2, SAVES + 1):
            if chance.random() < 0.7:
                reload(dev, number)
            else:
                save(dev, number)
            time.sleep(chance.choice((0, 0.02, 0.08)))
        until(lambda: version(dev) == f"v{SAVES + 1}")
        cuts = load.cuts
    assert load.failures == []
    assert cuts >= SAVES // 2 * 10  # each stream, by most saves
    until(lambda: len(leftovers(dev.state["run_id"])) <= processes)
    until(lambda: open_files(dev) <= descriptors)
    assert own_files(dev.root) == files


def save(dev: Dev, number: int) -> None:
    dev.edit(f'"v{number}"', f'"v{number + 1}"')


def reload(dev: Dev, number: int) -> None:
    """Saves, and waits until that is served."""
    save(dev, number)
    until(lambda: version(dev) == f"v{number + 1}")


def version(dev: Dev) -> object:
    return dev.get("/api/version")[1]


def own_files(root: Path) -> set[Path]:
    """All files but what is learned, and that at any time."""
    return {file for file in root.rglob("*") if file.name != "preload.json"}


def open_files(dev: Dev) -> int:
    """How many the supervisor has."""
    return len(list(Path(f"/proc/{dev.state['pid']}/fd").iterdir()))
