"""The addresses by which other machines reach this one."""

import socket

_ANY = {"0.0.0.0": socket.AF_INET, "::": socket.AF_INET6}
_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Reserved for documentation, see RFC 5737 and 3849. Nothing is sent there."""

_DISCARD_PORT = 9
_LOOPBACK = ("127.", "::1", "localhost")


def network_addresses(host: str) -> list[str]:
    """Of a server that listens on `host`: none on loopback, and none without a network."""
    if host not in _ANY:
        return [] if host.startswith(_LOOPBACK) else [host]
    families = [socket.AF_INET] + [socket.AF_INET6] * (host == "::")
    found = [_address(family) for family in families]
    return [address for address in found if address and not address.startswith(_LOOPBACK)]


def _address(family: socket.AddressFamily) -> str:
    """What the system would send from: that of the network, not that of a container's bridge."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((_ELSEWHERE[family], _DISCARD_PORT))
            return str(probe.getsockname()[0])
    except OSError:
        return ""
