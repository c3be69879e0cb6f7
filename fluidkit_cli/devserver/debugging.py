"""Debuggers: which prompt has the terminal and which ones wait, and where one may attach."""

import signal
from dataclasses import dataclass
from typing import assert_never

from . import wording
from .edges import Edges
from .events import Post, Signalled, WorkerPrompts, WorkerReported
from .protocol import Debugs, Imported, Interrupted, Paused, Ready, Resumed
from .workers import Workers


@dataclass(frozen=True, slots=True)
class _Prompt:
    worker: int
    pid: int
    place: str


class Debugging:
    """Lends the terminal to one prompt after the other, and opens the port of `--debug`."""

    def __init__(self, edges: Edges, *, workers: Workers, post: Post) -> None:
        self._edges = edges
        self._workers = workers
        self._post = post
        self._prompts: list[_Prompt] = []
        self._ports: dict[int, int] = {}
        self._stopped = False

    def start(self) -> None:
        """Opens the port of `--debug`."""
        if debugger := self._edges.debugger:
            debugger.start()
            self._edges.screen.put(wording.debugger(debugger.address))

    def heard(self, message: WorkerReported) -> None:
        """A worker said something. Debuggers go to the one that serves, and leave it in time."""
        debugger = self._edges.debugger
        if not debugger:
            return
        match message.report:
            case Debugs():
                self._ports[message.worker] = message.report.port
            case Imported() if message.worker != self._workers.serving:
                debugger.cut()
            case Ready() if message.worker in self._ports:
                debugger.open(self._ports[message.worker])
            case _:
                pass

    def reported(self, message: WorkerPrompts, *, pid: int) -> None:
        """A debugger in the worker, which runs as `pid`, said something."""
        match message.report:
            case Paused():
                self._workers.pause(message.worker, paused=True)
                self._prompts.append(_Prompt(message.worker, pid, message.report.place))
                if len(self._prompts) == 1:
                    self._lend()
            case Resumed():
                self._workers.pause(message.worker, paused=False)
                self._end(message.worker)
            case Interrupted():
                self._post(Signalled(signal.SIGINT))
            case _:
                assert_never(message.report)

    def ended(self, worker: int) -> None:
        """The worker is gone, and its debugger with it."""
        self._ports.pop(worker, None)
        if self._edges.debugger and worker == self._workers.serving:
            self._edges.debugger.cut()
        self._end(worker)

    def stop(self) -> None:
        """Nobody gets the terminal any more."""
        self._stopped = True
        if self._edges.debugger:
            self._edges.debugger.stop()
        if self._prompts:
            self._prompts.clear()
            self._edges.keyboard.take_back()

    def _end(self, worker: int) -> None:
        had_it = self._prompts[:1]
        self._prompts = [prompt for prompt in self._prompts if prompt.worker != worker]
        if had_it and had_it != self._prompts[:1]:
            self._edges.keyboard.take_back()
            self._lend()

    def _lend(self) -> None:
        if not self._prompts:
            return
        first = self._prompts[0]
        terminal = "" if self._stopped else self._edges.keyboard.lend(first.pid)
        if not (terminal or self._stopped):
            self._edges.screen.put(wording.no_terminal(first.place), "warn")
        self._edges.api.lend(first.worker, terminal)
