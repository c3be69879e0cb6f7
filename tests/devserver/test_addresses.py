"""Where other machines find this one."""

import ipaddress

import pytest

from fluidkit_cli.devserver.addresses import network_addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_nobody_else_reaches_loopback(host: str) -> None:
    assert network_addresses(host) == []


def test_a_certain_address_is_itself() -> None:
    assert network_addresses("192.168.1.20") == ["192.168.1.20"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_of_all_addresses_only_those_of_a_network_are_told(host: str) -> None:
    for address in map(ipaddress.ip_address, network_addresses(host)):
        assert not address.is_loopback
        assert not address.is_unspecified


def test_without_a_network_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert network_addresses("0.0.0.0") == []
