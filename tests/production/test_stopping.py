"""A small sample of `benchmarks/bench_stop.py`."""

import asyncio
from pathlib import Path

import pytest

from built_by_hand import lay_out
from fluidkit_cli.workspace import Mode
from stopping import restart, restart_under_load, stop_one_of_two

MODES: list[Mode] = ["spa", "ssr"]


@pytest.mark.parametrize("mode", MODES)
def test_streams_go_on_elsewhere_when_one_of_two_ends(tmp_path: Path, mode: Mode) -> None:
    lay_out(tmp_path, mode)
    outcome = asyncio.run(stop_one_of_two(tmp_path, streams=10))
    assert outcome.seconds < 10
    assert len(outcome.back_after) == 10
    assert outcome.faults == 0


@pytest.mark.parametrize("mode", MODES)
def test_streams_go_on_when_all_processes_are_replaced(tmp_path: Path, mode: Mode) -> None:
    lay_out(tmp_path, mode)
    outcome = asyncio.run(restart(tmp_path, streams=10, workers=2))
    assert len(outcome.back_after) == 10
    assert outcome.faults == 0


@pytest.mark.parametrize("mode", MODES)
def test_no_request_is_lost_when_all_processes_are_replaced(tmp_path: Path, mode: Mode) -> None:
    lay_out(tmp_path, mode)
    heard = asyncio.run(restart_under_load(tmp_path, askers=4))
    assert set(heard) == {"200"}
