"""Servers that are run for as long as they are wanted: what crashes is started again."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from running import wait_for

from .supervised import Supervised, kill, supervised

ENDS_ONCE_TOLD = 'if Path("broken").exists(): print("why"); raise SystemExit(3)'


@contextmanager
def asking(run: Supervised, name: str) -> Iterator[list[int]]:
    """Asks all the time, and fails when it is not answered once."""
    answers: list[int] = []
    failures: list[Exception] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                answers.append(run.ask(name))
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()
    assert failures == []


def test_it_is_said_where_it_runs_when_all_serve(tmp_path: Path) -> None:
    late = 'time.sleep(0.5)\nprint("slept")'
    with supervised(tmp_path, api=late) as run:
        wait_for(run.ready)
        lines = run.output.splitlines()
        slept, ready = (
            next(i for i, line in enumerate(lines) if text in line) for text in ("slept", "runs at")
        )
        assert slept < ready
        assert run.says(
            r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z build/ runs at .* · ready in .* s$"
        )
        assert run.says(r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  api │ slept$")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_and_what_they_started(tmp_path: Path, number: int, code: int) -> None:
    child = 'subprocess.Popen(["sleep", "600"], start_new_session=True)'
    with supervised(tmp_path, api=child, counts=(1, 2)) as run:
        wait_for(run.ready)
        run.process.send_signal(number)
        assert run.process.wait(timeout=20) == code
        assert run.is_gone()
        assert "Traceback" not in run.output


def test_the_api_ends_when_the_pages_that_ask_it_have(tmp_path: Path) -> None:
    with supervised(tmp_path) as run:
        wait_for(run.ready)
        run.process.terminate()
        assert run.process.wait(timeout=20) == 143
        assert run.output.index("web ends") < run.output.index("api ends")


@pytest.mark.parametrize(("broken", "title"), [("api", "The API"), ("web", "The front")])
def test_what_never_serves_ends_all_and_is_named(tmp_path: Path, broken: str, title: str) -> None:
    (tmp_path / "broken").touch()
    texts = {"api": "", "web": "", broken: ENDS_ONCE_TOLD}
    with supervised(tmp_path, api=texts["api"], web=texts["web"]) as run:
        assert run.process.wait(timeout=20) == 1
        assert f"error: {title} ended with exit code 3 before it served, so all ends" in run.output
        assert f"{broken} │ why" in run.output
        assert " runs at " not in run.output
        assert run.is_gone()


@pytest.mark.parametrize("name", ["api", "web"])
def test_what_is_killed_is_started_again_and_refuses_nobody_meanwhile(
    tmp_path: Path, name: str
) -> None:
    with supervised(tmp_path) as run:
        wait_for(run.ready)
        first = run.ask(name)
        kill(first)
        assert run.ask(name) != first
        wait_for(lambda: run.says(r"serves, as process \d+"))
        assert run.says(r"ended by SIGKILL; it is started again in 0\.5 s")


def test_while_one_worker_is_away_the_others_answer(tmp_path: Path) -> None:
    with supervised(tmp_path, counts=(1, 3)) as run:
        wait_for(run.ready)
        first = run.pids("api")
        kill(first[0])
        wait_for(lambda: len(run.pids("api")) == 3 and run.pids("api") != first)
        assert run.says(r"Worker \d ended by SIGKILL")


def test_what_crashes_and_then_does_not_start_is_tried_until_it_does(tmp_path: Path) -> None:
    with supervised(tmp_path, api=ENDS_ONCE_TOLD) as run:
        wait_for(run.ready)
        (tmp_path / "broken").touch()
        kill(run.ask("api"))
        wait_for(lambda: run.says("before it served; it is started again in 1 s"))
        (tmp_path / "broken").unlink()
        wait_for(lambda: run.says(r"The API serves, as process \d+"))
        assert run.ask("api")


def test_sighup_replaces_all_one_by_one_and_nobody_is_refused(tmp_path: Path) -> None:
    with supervised(tmp_path, counts=(1, 2)) as run:
        wait_for(run.ready)
        first = {*run.pids("api"), *run.pids("web")}
        with asking(run, "api") as answers, asking(run, "web"):
            run.process.send_signal(signal.SIGHUP)
            wait_for(lambda: run.says(r"restarted 3 processes in \d"))
        last = {*run.pids("api"), *run.pids("web")}
        assert len(last) == len(first) == 3
        assert not last & first
        assert len(set(answers)) >= 2
        assert run.process.poll() is None


def test_new_code_that_does_not_start_leaves_the_old_one_serving(tmp_path: Path) -> None:
    with supervised(tmp_path, api=ENDS_ONCE_TOLD, counts=(1, 2)) as run:
        wait_for(run.ready)
        first = run.pids("api")
        (tmp_path / "broken").touch()
        run.process.send_signal(signal.SIGHUP)
        wait_for(lambda: run.says("What serves goes on"))
        assert run.says("Worker 1 is not replaced, as the new one ended with exit code 3")
        wait_for(lambda: run.pids("api") == first)
        assert run.ask("api") in first
        copies = tmp_path / "runs" / run.run_id
        wait_for(lambda: [each.name for each in copies.iterdir()] == ["1"])


def test_what_does_not_end_when_it_is_told_to_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, api="signal.signal(signal.SIGTERM, signal.SIG_IGN)") as run:
        wait_for(run.ready)
        run.process.terminate()
        assert run.process.wait(timeout=20) == 143
        assert run.is_gone()


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    stubborn = "signal.signal(signal.SIGTERM, lambda *_: print('told'))"
    with supervised(tmp_path, web=stubborn) as run:
        wait_for(run.ready)
        run.process.send_signal(signal.SIGINT)
        wait_for(lambda: "told" in run.output)
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(timeout=2.5) == 130
        assert run.is_gone()


def test_a_kill_that_cannot_be_caught_leaves_nothing(tmp_path: Path) -> None:
    with supervised(tmp_path, counts=(1, 2)) as run:
        wait_for(run.ready)
        run.process.kill()
        wait_for(run.is_gone, seconds=20)


def test_a_guard_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with supervised(tmp_path) as run:
        wait_for(run.ready)
        [first] = run.pids("guard")
        kill(first)
        wait_for(lambda: run.pids("guard") not in ([], [first]))
        run.process.kill()
        wait_for(run.is_gone, seconds=20)


def test_what_cannot_be_run_at_all_is_named(tmp_path: Path) -> None:
    with supervised(tmp_path) as run:
        wait_for(run.ready)
        folder = tmp_path.with_name("elsewhere")
        first = run.ask("api")
        tmp_path.rename(folder)
        kill(first)
        log = folder / "log"
        wait_for(lambda: "The API cannot be started (No such file" in log.read_text("utf-8"))
        folder.rename(tmp_path)
        wait_for(lambda: run.says(r"The API serves, as process \d+"))
