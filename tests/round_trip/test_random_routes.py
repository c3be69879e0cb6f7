"""Routes put together at random, called by their Python clients. `bench_random_routes.py` does so
with as many as one likes."""

from pathlib import Path

import pytest

from .python_calls import faults


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydantic's, about what hides its attributes
@pytest.mark.parametrize("seed", range(2))
def test_random_values_arrive_and_come_as_they_were_sent(seed: int, tmp_path: Path) -> None:
    assert faults(seed, folder=tmp_path) == []
