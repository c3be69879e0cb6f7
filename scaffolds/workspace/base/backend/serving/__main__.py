"""`python -m backend.serving`: serves the application with uvicorn, as it is deployed.

Beyond uvicorn's own command: clients that never finish their headers are closed, and the access
log tells how long streams were open and how they ended.
"""

import argparse
import contextlib
import gc
import math
import os
import resource
import socket
import sys
from collections.abc import Sequence

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from . import pulse
from .logs import configuration, is_supervised
from .protocol import HttpProtocol
from .settings import integer, read_settings

BACKLOG = 2048
STARTUP_FAILURE = 3
"""As uvicorn exits when the application does not start."""
COLLECT_AFTER = 10_000
"""New objects before garbage is collected. By Python's 700, all that 2,000 held streams consist of
was looked through so often that an event cost twice the time."""
OPEN_FILES = 65_536
"""Each connection is one; many systems begin with 1,024."""


def main(arguments: Sequence[str]) -> int:
    """Serves until it is told to end; the exit code."""
    settings = read_settings()
    options = _parser().parse_args(arguments)
    os.environ["WEB_CONCURRENCY"] = str(options.workers)
    _allow_open_files()
    config = Config(
        options.application,
        http=HttpProtocol,
        workers=options.workers,
        log_config=configuration(),
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        # for what `draining.py` cannot end by then
        timeout_graceful_shutdown=math.ceil(settings.shutdown_timeout) + 1,
    )
    with _listener(options) as listener:
        if not is_supervised():
            print(f"{options.application} at {_url(listener)}, pid {os.getpid()}", file=sys.stderr)
        return _serve(config, listener)


class ReadyServer(Server):
    """Tells whoever has started it that it serves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.set_threshold(COLLECT_AFTER)
        pulse.tell()


def _serve(config: Config, listener: socket.socket) -> int:
    with contextlib.suppress(KeyboardInterrupt):
        if config.workers == 1:
            ReadyServer(config).run([listener])
        else:
            workers = Multiprocess(config, sockets=[listener])
            workers.run()
            if any(worker.exitcode == STARTUP_FAILURE for worker in workers.processes):
                return STARTUP_FAILURE
    return 0


def _parser() -> argparse.ArgumentParser:
    package = __package__.split(".", 1)[0]
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    add = parser.add_argument
    add("application", nargs="?", default=f"{package}.main:app", help="default: %(default)s")
    host, port = os.environ.get("HOST", "127.0.0.1"), integer("PORT", 8000, most=65535)
    add("--host", default=host, help="default: HOST, %(default)s")
    add("--port", type=int, default=port, help="default: PORT, %(default)s")
    add("--fd", type=int, help="a descriptor that listens already, instead of host and port")
    workers = integer("WEB_CONCURRENCY", 1, least=1)
    add("--workers", type=_count, default=workers, help="default: WEB_CONCURRENCY, %(default)s")
    return parser


def _count(text: str) -> int:
    """Without a worker, uvicorn listens and never answers."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


def _listener(options: argparse.Namespace) -> socket.socket:
    if options.fd is not None:
        return socket.socket(fileno=options.fd)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.exit(f"Cannot listen on {options.host}, port {options.port}: {reason}")


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
