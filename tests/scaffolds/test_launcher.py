"""`python -m backend.serving` of every workspace: one process, or several, that serve."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import answer, wait_for
from scaffolds.launching import Launched, is_alive, launched, lay_out


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launched(tmp_path_factory.mktemp("one"), FORWARDED_ALLOW_IPS="127.0.0.1") as run:
        yield run


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launched(tmp_path_factory.mktemp("two"), "--workers", "2") as run:
        wait_for(lambda: len(pids(run)) == 2)
        yield run


def pids(run: Launched) -> set[int]:
    """Of those that answer now."""
    answers = (answer(f"{run.url}/api/pid") for _ in range(20))
    return {json.loads(each[1])[0] for each in answers if each}


def asked_by(run: Launched, **headers: str) -> str:
    request = urllib.request.Request(f"{run.url}/api/pid", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        return str(json.load(response)[1])


def test_the_application_beside_it_is_served(one: Launched) -> None:
    assert pids(one) == {one.process.pid}


def test_a_proxy_that_is_trusted_says_who_asks(one: Launched) -> None:
    assert asked_by(one, **{"X-Forwarded-For": "203.0.113.7"}) == "203.0.113.7"


def test_nobody_else_does(tmp_path: Path) -> None:
    with launched(tmp_path, FORWARDED_ALLOW_IPS="192.0.2.1") as run:
        assert asked_by(run, **{"X-Forwarded-For": "203.0.113.7"}) == "127.0.0.1"


def test_it_says_when_it_serves_on_a_socket_that_it_is_given(tmp_path: Path) -> None:
    lay_out(tmp_path)
    reader, writer = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.serving", "--fd", str(descriptor)],
            cwd=tmp_path,
            env={**os.environ, "READY_FD": str(writer)},
            pass_fds=[descriptor, writer],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        os.close(writer)
        with open(reader, "rb") as ready:  # noqa: PTH123 - a descriptor has no path
            assert ready.read() == b"\n"
        found = answer(f"http://127.0.0.1:{port}/api/pid")
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert found == (200, f'[{process.pid},"127.0.0.1"]')
    assert b"Started" not in output
    assert b"Traceback" not in output


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        line = refused(tmp_path, port)
    assert line.startswith(f"Cannot listen on 127.0.0.1, port {port}: Address already in use")


def test_a_port_that_there_is_not_is_said_in_one_line(tmp_path: Path) -> None:
    assert refused(tmp_path, "70000").startswith("Cannot listen on 127.0.0.1, port 70000: ")


def refused(folder: Path, port: str) -> str:
    """What the launcher says of a port that it cannot have."""
    lay_out(folder)
    run = subprocess.run(
        [sys.executable, "-m", "backend.serving", "--port", port],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    [line] = run.stderr.splitlines()
    return line


@pytest.mark.parametrize("program", [("backend.serving",), ("uvicorn", "backend.main:app")])
def test_a_sender_who_falls_silent_is_not_waited_for(
    tmp_path: Path, program: tuple[str, ...]
) -> None:
    with (
        launched(tmp_path, program=program, BODY_TIMEOUT="0.3") as run,
        socket.create_connection(("127.0.0.1", run.port), timeout=20) as client,
    ):
        client.sendall(b"POST /api/size HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 408 ")
    assert received.endswith(b'{"detail":"The body came too slowly: no 4096 bytes in 0.3 s"}')


def test_an_application_that_does_not_start_is_a_failure(tmp_path: Path) -> None:
    lay_out(tmp_path)
    for workers in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-m", "backend.serving", "nowhere:app", "--workers", workers],
            cwd=tmp_path,
            env={**os.environ, "PORT": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == 3, run.stderr
        assert "nowhere" in run.stderr


def test_a_worker_that_dies_comes_back(two: Launched) -> None:
    victim, other = sorted(pids(two))
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: len(now := pids(two)) == 2 and other in now and victim not in now)


def test_a_rolling_restart_always_has_somebody_who_answers(two: Launched) -> None:
    before = pids(two)
    two.process.send_signal(signal.SIGHUP)
    wait_for(lambda: answered(two) and not before & set(two.workers()) and len(pids(two)) == 2)


def answered(run: Launched) -> bool:
    """Each request is, the whole time."""
    found = answer(f"{run.url}/api/pid")
    assert found, "nobody answered"
    return found[0] == 200


def test_all_end_together(tmp_path: Path) -> None:
    with launched(tmp_path, "--workers", "2") as run:
        wait_for(lambda: len(run.workers()) == 2)
        workers = run.workers()
        assert run.end() == 0
        assert not any(map(is_alive, workers))
