"""A client's leaving reaches the generator, whichever way it leaves, of whatever kind of stream."""

from collections.abc import Iterator

import pytest

from held.leaving import WAYS, leave, paths
from held.serving import Served, both

TOGETHER = len(paths())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    with both(tmp_path_factory.mktemp("held")) as served:
        yield served


@pytest.mark.parametrize("through", ["the worker alone", "the front"])
def test_the_generator_knows_within_a_second(served: tuple[Served, Served], through: str) -> None:
    api, front = served
    port = front.port if through == "the front" else api.port
    left = leave(port, api_port=api.port, count=TOGETHER * len(WAYS), together=TOGETHER)
    assert [each for each in left if not each.is_in_time] == []
    log = api.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "ERROR" not in log
