"""A client's leaving reaches the generator, whichever way it leaves, of whatever kind of stream."""

import json
import urllib.request
from collections.abc import Iterator
from http.client import IncompleteRead

import pytest

from held.leaving import KINDS, WAYS, known, leave, opened, paths
from held.serving import Served, both
from running import wait_for

TOGETHER = len(paths())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    with both(tmp_path_factory.mktemp("held")) as served:
        yield served


@pytest.mark.parametrize("through", ["the worker alone", "the front"])
def test_the_generator_knows_within_a_second(served: tuple[Served, Served], through: str) -> None:
    api, front = served
    before = len(api.logged)
    port = front.port if through == "the front" else api.port
    left = leave(port, api_port=api.port, count=TOGETHER * len(WAYS), together=TOGETHER)
    assert [each for each in left if not each.is_in_time] == []
    assert "Traceback" not in api.logged[before:]
    assert "ERROR" not in api.logged[before:]


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_a_stream_that_was_not_read_is_no_error(
    served: tuple[Served, Served], kind: str
) -> None:
    api, _ = served
    before = len(api.logged)
    names = [f"unread-{kind}-{number}" for number in range(10)]
    clients = [opened(api.port, f"{kind}/{name}?pause=0") for name in names]
    for client in clients:
        client.close()
    wait_for(lambda: set(names) <= known(api.port).keys(), seconds=20)
    wait_for(lambda: api.logged[before:].count(f"/api/{kind}/unread-{kind}-") == len(names))
    assert api.logged[before:].count("left by the client") == len(names)
    assert "Traceback" not in api.logged[before:]


@pytest.mark.parametrize("through", ["the worker alone", "the front"])
def test_an_error_in_a_stream_is_in_the_log_and_not_in_the_stream(
    served: tuple[Served, Served], through: str
) -> None:
    api, front = served
    before = len(api.logged)
    port = front.port if through == "the front" else api.port
    url = f"http://127.0.0.1:{port}/api/canary"
    with pytest.raises(IncompleteRead) as caught, urllib.request.urlopen(url, timeout=20) as answer:
        answer.read()
    assert b"canary" not in caught.value.partial
    event, data = caught.value.partial.splitlines()[-3:-1]
    assert event == b"event: fluidkit.error"
    name = json.loads(data.removeprefix(b"data: "))["id"]
    logged = api.logged[before:]
    assert "RuntimeError: canary" in logged
    assert f"The client was told: error {name}" in logged
