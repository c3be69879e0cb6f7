"""A deployed site: its services run side by side, and are asked as a browser asks."""

import contextlib
import http.client
import os
import select
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.composition import Service, services
from deploy.dockerfile import Stage
from running import free_port, wait_for


@dataclass(frozen=True, slots=True)
class Site:
    """The services of a compose file; those that run have a process."""

    services: Mapping[str, Service]
    logs: Path
    ports: Mapping[tuple[str, str], int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Starts a service, and waits until it is healthy."""
        service = self.services[name]
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                service.command,
                cwd=service.folder,
                env=service.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(lambda: self._is_healthy_or_gone(name))

    def is_healthy(self, name: str) -> bool:
        """What the health check of its image or of compose says."""
        service = self.services[name]
        environment = {"PATH": os.environ["PATH"], **service.environment}
        check = subprocess.run(
            service.health,
            cwd=service.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
        return check.returncode == 0

    def _is_healthy_or_gone(self, name: str) -> bool:
        code = self.processes[name].poll()
        assert code is None, f"{name} ended with {code}:\n{self.log(name)}"
        return self.is_healthy(name)

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self, name: str) -> float:
        """Ends a service as `docker stop` does; the seconds it took, at most those it is given."""
        process = self.processes.pop(name)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=self.services[name].grace)
        return time.monotonic() - began

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait(timeout=20)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.ports['caddy', '443']}"

    @property
    def inner_urls(self) -> list[str]:
        """Where else the API is to be had: through the front, if there is one."""
        front = self.services.get("front")
        return [f"http://127.0.0.1:{front.environment['PORT']}"] if front else []

    def curl(self, path: str, *options: str) -> tuple[list[str], str]:
        """The head of the answer, in lower case, and its body, uncompressed."""
        run = subprocess.run(
            [*CURL, "--include", "--compressed", *options, f"{self.url}{path}"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        head, _, body = run.stdout.partition("\n\n")
        return head.lower().splitlines(), body

    def asked_at(self, name: str, path: str) -> str:
        """What a worker answers when it is asked itself."""
        with contextlib.closing(self._connection(name)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def _connection(self, name: str) -> http.client.HTTPConnection:
        port = self.services[name].environment["PORT"]
        return http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)

    def has_certificate(self) -> bool:
        """Caddy gets one when it has started, and is healthy meanwhile."""
        with contextlib.closing(self.secure_connection()) as connection:
            try:
                connection.connect()
            except ssl.SSLError:
                return False
            return True

    def plain_connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", self.ports["caddy", "80"], timeout=20)

    def secure_connection(self) -> http.client.HTTPSConnection:
        """One that is used for many requests."""
        port, context = self.ports["caddy", "443"], ssl._create_unverified_context()
        return http.client.HTTPSConnection("localhost", port, timeout=30, context=context)


CURL = ("curl", "--silent", "--show-error", "--insecure", "--http2", "--max-time", "25")


class EventStream:
    """Server-sent events, read one by one over HTTP/2."""

    def __init__(self, url: str, *, after: str | None = None) -> None:
        header = ("--header", f"Last-Event-ID: {after}") if after else ()
        self.process = subprocess.Popen(
            [*CURL, "--no-buffer", *header, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._unread = b""

    def next(self) -> dict[str, str]:
        """The fields of the next event."""
        while fields := self._block():
            found = [line.partition(": ") for line in fields if not line.startswith(":")]
            if found:
                return {name: value for name, _, value in found}
        raise EOFError

    def _block(self) -> list[str]:
        assert self.process.stdout
        while b"\n\n" not in self._unread:
            is_there, _, _ = select.select([self.process.stdout], [], [], 20)
            assert is_there, "no event came within 20 s"
            if not (chunk := os.read(self.process.stdout.fileno(), 65536)):
                return []
            self._unread += chunk.replace(b"\r\n", b"\n")
        block, _, self._unread = self._unread.partition(b"\n\n")
        return block.decode().splitlines()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@contextmanager
def running_site(clone: Path, *, images: Mapping[str, Stage], folder: Path) -> Iterator[Site]:
    """All services of `clone/compose.yaml`, healthy; everything ends within its bound."""
    ports: dict[tuple[str, str], int] = {}

    def port(service: str, own: str) -> int:
        return ports.setdefault((service, own), free_port())

    composed = services(clone, images=images, state=folder / "state", ports=port)
    site = Site({service.name: service for service in composed}, folder, ports)
    try:
        for service in composed:
            site.start(service.name)
        wait_for(site.has_certificate)
        yield site
        for service in reversed(composed):
            site.stop(service.name)
    finally:
        for process in site.processes.values():
            process.kill()
            process.wait()
