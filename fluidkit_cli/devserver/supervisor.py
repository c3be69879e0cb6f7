"""Runs `fluidkit dev`: one loop over one queue of messages, from its first process to its last."""

import asyncio
import contextlib
import os
import secrets
import socket
import traceback

from .. import console
from ..errors import FluidkitError, MissingTool
from ..paper import Paper
from . import wording
from .edges import Edges
from .events import Ended, Message, Saved
from .keyboard import work_in_background
from .leftovers import end_leftovers
from .lock import locked
from .ports import choose_port, listening_socket
from .session import Session
from .signals import ignore_signals, listen_to_signals
from .state import append_log, make_state_folder
from .status import Run
from .system import most_open_files, open_standard_descriptors, started
from .terminal import Terminal
from .web_server import Site
from .wiring import Plan, Wiring

API_PORT = 8000
WEB_PORT = 5173

FAULT_VARIABLE = "FLUIDKIT_FAULT"
"""Set to `supervisor`, it makes the supervisor raise at the next save, for tests of that."""

LEAST_FILES = 48
ENOUGH_FILES = 1024
"""Open at once. A run itself has about twenty, each watched connection one more."""

_EMERGENCY_SECONDS = 3.0


def supervise(plan: Plan) -> int:
    """Runs until a signal ends it; the exit code.

    Raises:
        AlreadyRunning: this workspace has its `fluidkit dev` already.
        MissingTool: a pinned port is taken, or too few files may be open.
    """
    open_standard_descriptors()
    if most_open_files() < LEAST_FILES:
        hint = f"Allow more in this shell: ulimit -n {ENOUGH_FILES}"
        raise MissingTool(wording.too_few_files(most_open_files()), hint=hint)
    if plan.plain:
        console.plain()
    folder = plan.workspace.state
    make_state_folder(folder)
    with locked(folder):
        end_leftovers(folder)
        (folder / "dev.json").unlink(missing_ok=True)
        with listening_socket(plan.api_port, start=API_PORT, flag="--api-port") as listener:
            return _run(plan, listener)


def _run(plan: Plan, listener: socket.socket) -> int:
    folder = plan.workspace.state
    site = _site(plan, listener.getsockname()[1])
    work_in_background()
    terminal = Terminal(Paper())
    wiring = Wiring(plan, _new_run(plan), site, listener, terminal)
    try:
        code = asyncio.run(_supervise(wiring))
    except Exception as error:  # a bug of ours: `_supervise` has ended everything
        with contextlib.suppress(FluidkitError):
            append_log(folder, traceback.format_exc())
        text = f"error: fluidkit dev failed ({error!r}); {folder / 'dev.log'} tells where"
        terminal.put(text, "error")
        code = 1
    for name in ("dev.json", "error.json"):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    if not terminal.close():
        os._exit(code)  # the thread that cannot write would keep Python from ending
    return code


def _site(plan: Plan, api_port: int) -> Site:
    workspace = plan.workspace
    return Site(
        frontend=workspace.frontend,
        state=workspace.state,
        proxy=workspace.proxy,
        host=plan.host,
        port=choose_port(plan.port, start=WEB_PORT, flag="--port", host=plan.host),
        api_port=api_port,
    )


def _new_run(plan: Plan) -> Run:
    pid = os.getpid()
    return Run(
        run_id=secrets.token_hex(8),
        pid=pid,
        started=started(pid),
        debug=plan.debug,
        open_browser=plan.open_browser,
    )


async def _supervise(wiring: Wiring) -> int:
    queue: asyncio.Queue[Message] = asyncio.Queue()
    post = queue.put_nowait
    edges = wiring.edges(post)
    session = Session(wiring.run, wiring.plan.workspace, edges=edges, post=post)
    listen_to_signals(post)
    try:
        edges.watcher.start()
        session.start()
        while session.exit_code is None:
            message = await queue.get()
            _fail_if_told_to(message)
            session.handle(message)
    except Exception:
        await _end_at_once(edges, queue)
        raise
    finally:
        edges.watcher.stop()
        edges.keyboard.stop()
        ignore_signals()
    return session.exit_code


def _fail_if_told_to(message: Message) -> None:
    if isinstance(message, Saved) and os.environ.get(FAULT_VARIABLE) == "supervisor":
        raise RuntimeError(f"{FAULT_VARIABLE} is set")


async def _end_at_once(edges: Edges, queue: asyncio.Queue[Message]) -> None:
    """The guard ends what is left, also what we do not know of any more."""
    edges.api.kill_all()
    edges.web.kill()
    edges.guard.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_EMERGENCY_SECONDS):
            while not _is_end_of_guard(await queue.get()):
                pass


def _is_end_of_guard(message: Message) -> bool:
    return isinstance(message, Ended) and message.process == "guard"
