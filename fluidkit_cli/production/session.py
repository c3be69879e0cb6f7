"""One run of `fluidkit start`: what each message leads to."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import assert_never

from ..devserver.clock import Clock
from ..devserver.events import Due, Ended, Message, Printed, Signalled
from ..devserver.guard_process import GuardProcess
from ..devserver.system import is_traced
from ..devserver.terminal import Terminal
from ..devserver.wording import cannot_start, ended_how
from ..errors import FluidkitError
from . import wording
from .ending import KILL_SECONDS, Ending
from .launcher import Alive, Heard, Launcher, Mute, Ready
from .plan import Plan, Server
from .releases import Releases
from .report import Report
from .roll import Roll
from .slot import Slot
from .watch import Watch

HANGUP_SECONDS = 0.3
"""Until a terminal is gone whose shell has been told so, and tells us, before it is."""

GUARD_SECONDS = 1.0
"""Until a guard that the system would not start is started again."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What a run acts on. `terminal_is_gone` tells whether the one that it was started in is."""

    launcher: Launcher
    releases: Releases
    guard: GuardProcess
    timer: Clock
    screen: Terminal
    terminal_is_gone: Callable[[], bool]


class Session:
    """`handle` takes one message after the other, until there is an `exit_code`."""

    def __init__(self, plan: Plan, edges: Edges) -> None:
        self._edges = edges
        self._drain_seconds = plan.drain_seconds
        self._hang_seconds = plan.hang_seconds
        stages = [self._slots_of(server) for server in plan.servers]
        # who is asked starts first
        self._slots = [slot for stage in reversed(stages) for slot in stage]
        self._report = Report(plan, self._slots, screen=edges.screen, timer=edges.timer)
        self._roll = Roll(
            self._slots, releases=edges.releases, timer=edges.timer, put=edges.screen.put
        )
        self._watch = Watch(edges.timer, plan.hang_seconds, hangs=self._hangs)
        self._ending = Ending(
            stages, guard=edges.guard, timer=edges.timer, drain_seconds=plan.drain_seconds
        )
        self._code = 0
        self.exit_code: int | None = None

    def _slots_of(self, server: Server) -> list[Slot]:
        return [
            Slot(
                title,
                launch=partial(self._edges.launcher.start, server),
                timer=self._edges.timer,
                leaving_seconds=self._drain_seconds + KILL_SECONDS,
            )
            for title in server.titles
        ]

    def start(self) -> None:
        """Starts everything. The guard comes first, so that nothing is ever without it."""
        self._report.start()
        self._start_guard()
        self._watch.start()
        try:
            release = self._edges.releases.take()
        except FluidkitError as error:
            self._report.error(wording.not_started(error))
            self._end(1)
        else:
            for slot in self._slots:
                self._start(slot, release)
        self._advance()

    def handle(self, message: Message | Heard) -> None:
        """Does what the message calls for."""
        match message:
            case Printed():
                screen = self._edges.screen
                screen.pass_on(message.lines, message.process, unfinished=message.rest)
            case Ready():
                self._watch.heard(message.pid)
                self._ready(message.pid)
            case Alive():
                self._watch.heard(message.pid)
            case Mute():
                self._watch.forget(message.pid)
            case Ended(process="guard"):
                self._edges.guard.ended()
                self._start_guard()
            case Ended():
                self._ended(message)
            case Signalled():
                self._signalled(message.number)
            case Due():
                message.act()
            case _:
                pass  # of `fluidkit dev`
        self._advance()

    def _start(self, slot: Slot, release: Path) -> None:
        """Unless the end has begun, or a rolling restart was faster."""
        if self._ending.begun or not slot.is_empty:
            return
        try:
            slot.start(release)
        except OSError as error:
            self._did_not_serve(slot, f"cannot be started ({error.strerror})")

    def _ready(self, pid: int) -> None:
        slot = self._slot_of(pid)
        if slot and not self._ending.begun:
            slot.ready()
            self._report.serves(slot)
            self._roll.moved(slot)

    def _ended(self, message: Ended) -> None:
        self._edges.guard.drop(message.pid)
        slot = self._slot_of(message.pid)
        if slot is None:
            return
        outcome = slot.ended(message.pid)
        if self._ending.begun:
            return
        how = f"ended {ended_how(message.status)}"
        match outcome:
            case "left":
                self._roll.moved(slot)
            case "kept":
                self._roll.stop(slot, wording.before_it_served(how))
            case "crashed":
                self._again(slot, how)
            case "failed":
                self._did_not_serve(slot, wording.before_it_served(how))
            case _:
                assert_never(outcome)

    def _hangs(self, pid: int) -> None:
        """What leaves has its own time for that."""
        slot = self._slot_of(pid)
        if slot and slot.pid == pid and not is_traced(pid):
            self._report.warn(wording.hangs(slot.title, pid, seconds=self._hang_seconds))
            slot.abort()

    def _did_not_serve(self, slot: Slot, how: str) -> None:
        """What has never served would not do so later either."""
        if slot.has_served:
            self._roll.stop(slot, how)
            self._again(slot, how)
        else:
            self._report.error(wording.all_ends(slot.title, how))
            self._end(1)

    def _again(self, slot: Slot, how: str) -> None:
        delay = slot.backoff.next()
        self._report.warn(wording.again(slot.title, how, delay=delay))
        self._edges.timer.after(delay, partial(self._start_again, slot))

    def _start_again(self, slot: Slot) -> None:
        """What it served from last."""
        if slot.release:
            self._start(slot, slot.release)

    def _start_guard(self) -> None:
        if self._ending.begun:
            return
        try:
            self._edges.guard.start()
        except OSError as error:
            self._report.warn(cannot_start("The guard", error, delay=GUARD_SECONDS))
            self._edges.timer.after(GUARD_SECONDS, self._start_guard)

    def _signalled(self, number: int) -> None:
        match number:
            case signal.SIGHUP if not self._ending.begun:
                self._edges.timer.after(HANGUP_SECONDS, self._hung_up)
            case signal.SIGHUP:
                pass  # a shell and the system may both tell of a terminal that is gone
            case _ if self._ending.begun:
                self._ending.hurry()
            case _:
                self._report.note(wording.SHUTTING_DOWN)
                self._end(128 + number)

    def _hung_up(self) -> None:
        """Who closes a terminal wants to end what runs in it, anybody else new processes."""
        if self._ending.begun:
            return
        if self._edges.terminal_is_gone():
            self._report.note(wording.TERMINAL_GONE)
            self._end(128 + signal.SIGHUP)
        else:
            self._roll.begin()

    def _advance(self) -> None:
        if self._ending.advance():
            self.exit_code = self._code

    def _end(self, code: int) -> None:
        self._code = code
        self._report.stop()
        self._ending.begin()

    def _slot_of(self, pid: int) -> Slot | None:
        return next((slot for slot in self._slots if slot.has(pid)), None)
