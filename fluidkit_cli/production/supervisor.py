"""Runs `fluidkit start`: one loop over one queue of messages, from first to last."""

import asyncio
import os
from functools import partial

from ..devserver import terminal_settings
from ..devserver.clock import Clock
from ..devserver.events import Message
from ..devserver.guard_process import GuardProcess
from ..devserver.keyboard import work_in_background
from ..devserver.process import Children
from ..devserver.signals import ignore_signals, listen_to_signals
from ..devserver.terminal import Terminal
from .hangup import ControllingTerminal
from .launcher import Heard, Launcher
from .plan import Plan
from .releases import Releases
from .session import Edges, Session
from .watch import heartbeat

_STDIN = 0


def supervise(plan: Plan, terminal: Terminal, *, releases: Releases) -> int:
    """Runs until a signal ends it, or what cannot be started; the exit code."""
    work_in_background()
    code = asyncio.run(_supervise(plan, terminal, releases))
    if not terminal.close():
        os._exit(code)  # the thread that cannot write would keep Python from ending
    return code


async def _supervise(plan: Plan, terminal: Terminal, releases: Releases) -> int:
    queue: asyncio.Queue[Message | Heard] = asyncio.Queue()
    post = queue.put_nowait
    children = Children(post)
    guard = GuardProcess(
        environment={"FLUIDKIT_RUN": plan.run_id},
        terminal=terminal_settings.noted(_STDIN),
        start=partial(children.start, "guard"),
        folder=releases.folder,
    )
    edges = Edges(
        launcher=Launcher(children, guard, heartbeat=heartbeat(plan.hang_seconds), post=post),
        releases=releases,
        guard=guard,
        timer=Clock(post),
        screen=terminal,
        terminal_is_gone=ControllingTerminal().is_gone,
    )
    session = Session(plan, edges)
    listen_to_signals(post)
    try:
        session.start()
        while session.exit_code is None:
            session.handle(await queue.get())
    finally:
        guard.close()  # whatever happens, it ends what is left
        ignore_signals()
    return session.exit_code
