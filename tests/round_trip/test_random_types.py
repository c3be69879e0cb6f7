"""Types put together at random: what FastAPI sends of them is as described, and what is described
it takes. `bench_random_types.py` does so with as many as one likes."""

from pathlib import Path

import pytest

from .exchanging import faults

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_values_are_of_their_described_types(seed: int, tmp_path: Path) -> None:
    assert faults(seed, folder=tmp_path) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_dates_come_where_they_are_declared_and_nowhere_else(seed: int, tmp_path: Path) -> None:
    assert faults(seed, folder=tmp_path, dates="Date") == []
