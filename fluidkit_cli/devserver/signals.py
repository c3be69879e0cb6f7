"""The signals that end a run, or tell it something, as messages."""

import asyncio
import signal

from .events import Post, Signalled

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen_to_signals(post: Post) -> None:
    """From now on each is a message. Who has us ignore SIGHUP, as nohup does, is obeyed."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        ignored = signal.getsignal(number) is signal.SIG_IGN
        if not (ignored and number == signal.SIGHUP):
            loop.add_signal_handler(number, post, Signalled(number))


def ignore_signals() -> None:
    """All has ended, and so do we: one Ctrl-C more changes nothing, and not the exit code."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        try:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
        except KeyboardInterrupt:  # in between
            signal.signal(number, signal.SIG_IGN)
