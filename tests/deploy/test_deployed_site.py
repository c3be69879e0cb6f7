"""The processes that the Dockerfile and compose.yaml name, run by hand, behind the real Caddy."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from deploy.conftest import SECRET, Delivery
from deploy.deployed_site import EventStream, Site, running_site
from deploy.dockerfile import Stage
from deploy.steady_requests import asking
from running import wait_for

pytestmark = pytest.mark.workspace
rendered = pytest.mark.parametrize("delivery", ["ssr"], indirect=True)
in_both_modes = pytest.mark.parametrize("delivery", ["ssr", "spa"], indirect=True)

WORKERS = ("api-1", "api-2")
DRAIN_SECONDS = 3


@pytest.fixture(scope="module")
def site(delivery: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with running_site(delivery.clone, images=delivery.images, folder=folder) as site:
        yield site


@in_both_modes
def test_no_image_holds_a_secret(delivery: Delivery) -> None:
    for name, stage in delivery.images.items():
        files = [file for file in stage.root.rglob("*") if file.is_file()]
        assert files, name
        assert not [file for file in files if SECRET.encode() in file.read_bytes()]


@rendered
def test_redis_answers_nobody_without_its_password(site: Site) -> None:
    asked = ("redis-cli", "-p", str(site.ports["redis", "6379"]), "ping")
    run = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
    assert run.stdout.startswith("NOAUTH ")


@in_both_modes
def test_pages_come_over_http2_and_compressed(site: Site) -> None:
    head, page = site.curl("/")
    assert head[0].split() == ["http/2", "200"]
    assert any(line.startswith("content-encoding:") for line in head)
    assert "<title>shop</title>" in page


@rendered
def test_who_comes_without_https_is_sent_there(site: Site) -> None:
    with contextlib.closing(site.plain_connection()) as connection:
        connection.request("GET", "/some/page")
        answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["location"] == "https://localhost/some/page"


@rendered
def test_the_api_is_told_who_asks_whatever_the_client_says(site: Site) -> None:
    lies = ("X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: ftp")
    headers = [part for lie in lies for part in ("--header", lie)]
    _, body = site.curl("/api/probe/asking", *headers)
    asked = json.loads(body)
    assert asked["client"] in ("127.0.0.1", "::1")
    assert asked["url"] == f"{site.url}/api/probe/asking"


@rendered
def test_events_come_one_by_one_and_a_reader_that_left_is_let_go(site: Site) -> None:
    for url in (site.url, *site.inner_urls):
        with contextlib.closing(EventStream(f"{url}/api/probe/numbers")) as stream:
            worker = worker_of(stream, site)
            assert stream.next()["event"] == "Start"
            for number in range(5):
                publish(site, number)
                # the next one is only published when this one has come
                assert stream.next()["data"] == str(number)
            assert not is_left(site, worker)
        wait_for(partial(is_left, site, worker), seconds=20)


@rendered
def test_a_stream_is_resumed_on_the_other_worker_when_its_own_one_drains(site: Site) -> None:
    with following(site) as stream:
        worker = worker_of(stream, site)
        start = stream.next()["id"]
        publish(site, 1)
        seen = stream.next()
        assert site.stop(worker) < DRAIN_SECONDS
        with pytest.raises(EOFError):
            stream.next()
        publish(site, 2)
        with following(site, after=seen["id"]) as resumed:
            assert worker_of(resumed, site) != worker
            assert [resumed.next()["data"]] == ["2"]
        with following(site, after=start) as resumed:
            worker_of(resumed, site)
            assert [resumed.next()["data"], resumed.next()["data"]] == ["1", "2"]
    site.start(worker)


@rendered
def test_health_checks_turn_when_a_worker_goes(site: Site) -> None:
    assert all(site.is_healthy(name) for name in site.services)
    site.kill("api-1")
    assert not site.is_healthy("api-1")
    head, _ = site.curl("/readyz")
    assert head[0].split() == ["http/2", "200"], "the other worker is ready"
    site.start("api-1")


@in_both_modes
def test_workers_are_replaced_one_after_the_other_and_no_request_is_lost(site: Site) -> None:
    with asking(
        site.secure_connection, "GET /", "GET /api/probe/asking", "POST /api/probe/work"
    ) as asked:
        for worker in WORKERS:
            asked.go_on()
            assert site.stop(worker) < DRAIN_SECONDS
            asked.go_on()
            site.start(worker)
            wait_until_asked(site, worker)
    assert asked.failed == []


@rendered
def test_a_worker_that_dies_breaks_nothing_but_what_it_was_answering(site: Site) -> None:
    with asking(site.secure_connection, "GET /", "GET /api/probe/asking") as asked:
        for worker in WORKERS:
            asked.go_on()
            site.kill(worker)
            asked.go_on()
            site.start(worker)
            wait_until_asked(site, worker)
    assert [failure for failure in asked.failed if "IncompleteRead" not in failure] == []
    assert len(asked.failed) <= len(WORKERS) * 2, "more than were open when it happened"


@rendered
def test_a_restart_under_systemd_refuses_no_connection(delivery: Delivery) -> None:
    unit = (delivery.clone / "deploy/api.service").read_text(encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        host, port = listener.getsockname()
        connect = partial(http.client.HTTPConnection, host, port, timeout=20)
        with asking(connect, "GET /api/probe/asking", "POST /api/probe/work") as asked:
            for _ in range(3):
                with activated(delivery.images, unit, listener=listener):
                    asked.go_on()
            # whoever asked while there was no process is answered by the next one
            with activated(delivery.images, unit, listener=listener):
                asked.end()
    assert asked.failed == []


@contextmanager
def following(site: Site, after: str | None = None) -> Iterator[EventStream]:
    stream = EventStream(f"{site.url}/api/probe/numbers", after=after)
    with contextlib.closing(stream):
        yield stream


def worker_of(stream: EventStream, site: Site) -> str:
    """The one that says, first of all, which port is its own."""
    port = stream.next()["data"]
    [name] = [name for name in WORKERS if site.services[name].environment["PORT"] == port]
    return name


def publish(site: Site, number: int) -> None:
    head, _ = site.curl(f"/api/probe/numbers/{number}", "--request", "POST")
    assert head[0].split() == ["http/2", "200"]


def is_left(site: Site, worker: str) -> bool:
    """Whether nobody follows the numbers any more."""
    return bool(json.loads(site.asked_at(worker, "/api/probe/state"))["open"] == 0)


def wait_until_asked(site: Site, worker: str) -> None:
    """Caddy looks every second whether a worker is ready."""
    port = site.services[worker].environment["PORT"]
    wait_for(lambda: json.loads(site.curl("/api/probe/asking")[1])["worker"] == port, seconds=20)


@contextmanager
def activated(images: dict[str, Stage], unit: str, *, listener: socket.socket) -> Iterator[None]:
    """What systemd starts for a unit, with the socket that it holds, and ends as it does."""
    command = re.findall(r"^ExecStart=\S+/(python .*)$", unit, re.MULTILINE)[0]
    stage, descriptor = images["api"], listener.fileno()
    process = subprocess.Popen(
        command.replace("--fd 3", f"--fd {descriptor}").split(),
        cwd=stage.folder,
        env={"PATH": f"{stage.folder}/.venv/bin{os.pathsep}{os.environ['PATH']}", "PORT": "0"},
        pass_fds=(descriptor,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
