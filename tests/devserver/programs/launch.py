"""Runs the supervisor in the current folder with a small web server in Vite's place."""

import ctypes
import os
import sys
from pathlib import Path

from fluidkit_cli import console
from fluidkit_cli.commands.routes import route_table
from fluidkit_cli.devserver import supervisor
from fluidkit_cli.devserver.wiring import Plan
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.workspace import find_workspace

if os.environ.get("FLUIDKIT_TEST_SUBREAPER"):  # who gets orphans, as process 1 does
    ctypes.CDLL(None).prctl(36, 1)
# runs beside each other look for their ports at different places
supervisor.API_PORT, supervisor.WEB_PORT = (10_000 + os.getpid() % 10_000 + n for n in (0, 10_000))
workspace = find_workspace(Path.cwd())
plan = Plan(
    workspace=workspace,
    python=Path(os.environ.get("FLUIDKIT_TEST_PYTHON") or sys.executable),
    web=(sys.executable, str(Path(__file__).with_name("web.py"))),
    web_environment=os.environ,
    port=workspace.port,
    api_port=workspace.api_port,
    debug=bool(os.environ.get("FLUIDKIT_TEST_DEBUG")),
    poll=bool(os.environ.get("FLUIDKIT_TEST_POLL")),
    routes=route_table,
    plain=bool(os.environ.get("FLUIDKIT_TEST_PLAIN")),
)
try:
    sys.exit(supervisor.supervise(plan))
except FluidkitError as error:
    console.report_error(error)
    sys.exit(error.exit_code)
