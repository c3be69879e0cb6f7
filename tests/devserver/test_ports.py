"""Which port a server gets, and what is said when it cannot have it."""

import errno
import os
import socket
import threading
from typing import Any

import pytest

from fluidkit_cli.devserver.ports import choose_port, listening_socket
from fluidkit_cli.errors import BadArgument, MissingTool


@pytest.mark.fault(23)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])
def test_a_port_that_is_taken_on_any_loopback_address_is_passed_over(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as other:
        taken = other.getsockname()[1]
        assert choose_port(None, start=taken, flag="--port", host="127.0.0.1") > taken


def test_a_pinned_port_is_never_left_and_its_holder_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(MissingTool) as caught:
            listening_socket(port, start=8000, flag="--api-port")
    assert caught.value.message.startswith(f"Port {port} is taken by process {os.getpid()} (")
    assert "--api-port" in caught.value.hint


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a..b", ""])
@pytest.mark.parametrize("pinned", [None, 18300])
def test_a_host_that_is_not_this_machine_is_no_matter_of_ports(
    host: str, pinned: int | None
) -> None:
    with pytest.raises(BadArgument, match="no address of this machine"):
        choose_port(pinned, start=18300, flag="--port", host=host)


def test_a_port_that_only_root_may_have_is_not_called_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Refusing(socket.socket):
        def bind(self, address: Any) -> None:
            if address[1] == 80:
                raise PermissionError(errno.EACCES, "Permission denied")
            super().bind(address)

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(MissingTool, match="Port 80 is not for every user"):
        choose_port(80, start=80, flag="--port", host="127.0.0.1")


def test_of_many_who_look_at_the_same_moment_each_gets_a_port_of_its_own() -> None:
    together = threading.Barrier(8)
    found: list[socket.socket] = []

    def look() -> None:
        for _ in range(8):
            together.wait(10)
            found.append(listening_socket(None, start=18200, flag="--api-port"))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    ports = {listener.getsockname()[1] for listener in found}
    for listener in found:
        listener.close()
    assert len(ports) == 64


def test_the_listening_socket_keeps_its_port_from_others() -> None:
    with listening_socket(None, start=18000, flag="--api-port") as listener:
        port = listener.getsockname()[1]
        assert choose_port(None, start=port, flag="--port", host="127.0.0.1") > port
        assert not listener.get_inheritable()
