"""A process that lives and does nothing is replaced."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from built_by_hand import lay_out
from fluidkit_cli.devserver.system import is_traced
from running import answer, wait_for
from stopping import started

from .supervised import command, kill, supervised

HANG_SECONDS = 1.5


@pytest.mark.parametrize("name", ["api", "web"])
def test_what_hangs_is_replaced_and_refuses_nobody_meanwhile(tmp_path: Path, name: str) -> None:
    with supervised(tmp_path, hang_seconds=HANG_SECONDS) as run:
        wait_for(run.ready)
        first = run.hang(name)
        assert run.ask(name) != first
        assert run.says(rf"process {first}, has hung for 1.5 s and is replaced \(HANG_TIMEOUT")
        assert run.says("ended by SIGABRT; it is started again in 0.5 s")


def test_what_is_stopped_is_replaced(tmp_path: Path) -> None:
    with supervised(tmp_path, hang_seconds=HANG_SECONDS) as run:
        wait_for(run.ready)
        first = run.ask("api")
        os.kill(first, signal.SIGSTOP)
        assert run.ask("api") != first


def test_what_catches_its_abortion_is_killed(tmp_path: Path) -> None:
    with supervised(
        tmp_path,
        api="signal.signal(signal.SIGABRT, lambda *_: print('no'))",
        hang_seconds=HANG_SECONDS,
    ) as run:
        wait_for(run.ready)
        first = run.hang("api")
        assert run.ask("api") != first
        assert run.says("ended by SIGKILL; it is started again")


def test_who_never_says_that_it_lives_is_not_watched(tmp_path: Path) -> None:
    """The launcher of an older workspace does not; the other server shows that time has passed."""
    with supervised(tmp_path, api="is_mute = True", hang_seconds=HANG_SECONDS) as run:
        wait_for(run.ready)
        silent, hanging = run.ask("api"), run.hang("web")
        assert run.ask("web") != hanging
        assert run.ask("api") == silent


def test_servers_end_when_nobody_is_left_to_end_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, "ssr")
    monkeypatch.setenv("HANG_TIMEOUT", "3")
    with started(tmp_path) as run:
        run.process.send_signal(signal.SIGSTOP)  # or there would be a new guard
        children = Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children")
        pids = [int(pid) for pid in children.read_text(encoding="ascii").split()]
        [guard] = [pid for pid in pids if "\0guard\0" in command(pid)]
        for pid in (guard, run.process.pid):
            kill(pid)
        wait_for(run.is_gone)


def test_who_is_traced_is_left_to_its_debugger() -> None:
    traced = "import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", traced], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        assert is_traced(process.pid)
        assert not is_traced(os.getpid())
        process.kill()


BLOCKING = """
@app.get("/api/hang")
async def hang() -> None:
    time.sleep(600)

serve(app)
"""
ENDLESS = """
export function handler(request, response) {
	while (request.url === '/hang');
	response.end('page');
}
"""


@pytest.mark.parametrize(("path", "title"), [("api/hang", "The API"), ("hang", "The front end")])
def test_each_server_of_a_build_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, title: str
) -> None:
    lay_out(tmp_path, "ssr")
    module = tmp_path / "build/backend/main.py"
    text = module.read_text(encoding="utf-8").replace("serve(app)\n", BLOCKING)
    module.write_text(text, encoding="utf-8")
    (tmp_path / "build/frontend/build/handler.js").write_text(ENDLESS, encoding="utf-8")
    monkeypatch.setenv("HANG_TIMEOUT", "3")
    with started(tmp_path) as run:
        url = f"http://127.0.0.1:{run.port}"
        asking = threading.Thread(target=answer, args=(f"{url}/{path}",))
        asking.start()
        wait_for(lambda: run.says(f"{title} serves, as process"))
        asking.join()
        assert answer(f"{url}/page") == (200, "page")
        assert answer(f"{url}/api/answer") == (200, "42")
        assert run.says("has hung for 3 s")
        if title == "The API":
            assert run.says('backend/main.py", line') and run.says(" in hang")
