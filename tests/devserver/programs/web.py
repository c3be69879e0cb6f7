"""Answers every GET on `--port`; with FLUIDKIT_TEST_STUBBORN it ignores all polite signals.

With FLUIDKIT_TEST_GATE it listens no sooner than that file is there.
"""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if os.environ.get("FLUIDKIT_TEST_STUBBORN"):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
gate = os.environ.get("FLUIDKIT_TEST_GATE")
while gate and not Path(gate).exists():
    time.sleep(0.01)
port = int(sys.argv[sys.argv.index("--port") + 1])
ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()
