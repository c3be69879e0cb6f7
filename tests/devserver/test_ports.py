"""Which port a server gets, and what is said when it cannot have it."""

import os
import socket
import threading

import pytest

from fluidkit_cli.devserver.ports import choose_port, listening_socket
from fluidkit_cli.errors import MissingTool


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
