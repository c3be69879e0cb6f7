"""Ports to listen on: the pinned one, or the first free one."""

import contextlib
import errno
import socket

from ..errors import BadArgument, MissingTool
from .system import holder_of

MOST_TRIES = 100

_FREE_ERRORS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""The address does not exist on this machine, so nobody else has it."""


def listening_socket(
    pinned: int | None, *, start: int, flag: str, host: str = "127.0.0.1"
) -> socket.socket:
    """A socket that listens on the pinned port, or on the first free one from `start` on.

    Raises:
        BadArgument: nobody can listen on `host` here.
        MissingTool: the pinned port is taken, or there is no free one. `flag` names the option.
    """
    port = choose_port(pinned, start=start, flag=flag, host=host)
    try:
        return _listening(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
    return listening_socket(pinned, start=start, flag=flag, host=host)  # somebody was faster


def choose_port(pinned: int | None, *, start: int, flag: str, host: str) -> int:
    """The pinned port, or the first one from `start` on that nobody listens on.

    Raises:
        BadArgument: nobody can listen on `host` here.
        MissingTool: the pinned port is taken, or there is no free one.
    """
    _require_own(host)
    if pinned is not None:
        if is_free(pinned, host=host):
            return pinned
        raise MissingTool(_taken(pinned), hint=f"End it, or choose another port with {flag}")
    for port in range(start, start + MOST_TRIES):
        if is_free(port, host=host):
            return port
    raise MissingTool(
        f"All ports from {start} to {start + MOST_TRIES - 1} are taken",
        hint=f"Choose another one with {flag}",
    )


def _require_own(host: str) -> None:
    """An address of another machine, or a name of none, would make every port look taken."""
    with contextlib.suppress(OSError, UnicodeError):
        if host:  # Vite listens nowhere that `http://:5173` would name
            _bound(host, 0).close()
            return
    raise BadArgument(
        f"{host!r} is no address of this machine",
        hint="Take 127.0.0.1, or 0.0.0.0 for all that it has",
    )


def is_free(port: int, *, host: str) -> bool:
    """Whether nobody listens on it, on the loopback addresses of IPv4 and IPv6 either.

    A browser that is told `localhost` may take either, and would find the other program there.
    """
    return all(_can_bind(address, port) for address in dict.fromkeys((host, "127.0.0.1", "::1")))


def _can_bind(host: str, port: int) -> bool:
    try:
        _bound(host, port).close()
    except PermissionError as error:
        raise MissingTool(
            f"Port {port} is not for every user", hint="Take one from 1024 on"
        ) from error
    except OSError as error:
        return error.errno in _FREE_ERRORS
    return True


def _listening(host: str, port: int) -> socket.socket:
    """Two may be bound to a port, but one listens."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(_bound(host, port))
        listener.listen(socket.SOMAXCONN)
        stack.pop_all()
    return listener


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    with contextlib.ExitStack() as stack:
        stack.callback(bound.close)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if bound.family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        stack.pop_all()
    return bound


def _taken(port: int) -> str:
    holder = holder_of(port)
    if holder is None:
        return f"Port {port} is taken"
    return f"Port {port} is taken by process {holder.pid} ({holder.command})"
