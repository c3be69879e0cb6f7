"""debugpy in a worker: lets a debugger attach to it, by the Debug Adapter Protocol."""

import os
import pdb
import socket
import sys
from importlib import import_module
from typing import Any

from ..errors import FluidkitError

HOST = "127.0.0.1"


class NoDebugger(FluidkitError):
    """debugpy is not installed."""


def listen() -> int:
    """The port at which this process waits for a debugger; it goes on meanwhile.

    Raises:
        NoDebugger: debugpy is not installed for this Python.
    """
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # it would warn of Python's frozen modules
    try:
        debugpy = import_module("debugpy")  # which the app's Python may lack
    except ImportError as error:
        raise NoDebugger(
            "debugpy is not installed for the API's Python",
            hint="Install it: uv add --dev debugpy, or with that Python's pip",
        ) from error
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    # no process of its own, which would outlive this one
    debugpy.listen((HOST, port), in_process_debug_adapter=True)
    import_module("pydevd_tracing").restore_sys_set_trace_func()  # pdb's is the user's wish

    def stop(*_: Any, **__: Any) -> None:
        """debugpy's own, without a debugger, has pdb stop in its own code."""
        caller = sys._getframe(1)
        if debugpy.is_client_connected():
            import_module("pydevd").settrace(
                suspend=True, trace_only_current_thread=True, stop_at_frame=caller
            )
        else:
            pdb.Pdb().set_trace(caller)

    sys.breakpointhook = stop
    return port
