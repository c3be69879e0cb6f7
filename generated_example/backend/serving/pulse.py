"""Tells whoever has started the process that it serves, and then that it goes on to."""

import asyncio
import contextlib
import os
import signal


def tell() -> None:
    """A line to `READY_FD` says that it serves, as s6 wants it.

    Where HEARTBEAT_SECONDS is set, another one follows that often for as long as the event loop
    turns: a process in which it does not answers nobody, and is better replaced. Where nobody
    listens any more, it ends: it would hold its socket for ever.
    """
    descriptor = int(os.environ.pop("READY_FD", "-1"))
    seconds = float(os.environ.pop("HEARTBEAT_SECONDS", "0"))
    if descriptor < 0:
        return
    if seconds:
        os.set_inheritable(descriptor, False)
        _beat(descriptor, seconds)
    else:
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\n")
            os.close(descriptor)


def _beat(descriptor: int, seconds: float) -> None:
    try:
        os.write(descriptor, b"\n")
    except BlockingIOError:
        pass  # nobody has read for a long time
    except OSError:
        os.kill(os.getpid(), signal.SIGTERM)
        return
    asyncio.get_running_loop().call_later(seconds, _beat, descriptor, seconds)
