"""What can be set from outside: variables of the environment, with what holds without them."""

import json
import math
import os
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TypeVar

MEBIBYTE = 1_048_576
MOST_SECONDS = 1_000_000
"""Timers of Node, which reads some of this, too, end there."""

Value = TypeVar("Value")

_ORIGIN = re.compile(r"https?://[^/?#\s]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `serve(app)` is told."""

    shutdown_timeout: float
    """Seconds that requests get to end when the process is told to."""

    shutdown_delay: float
    """Seconds of them in which connections are still accepted: those on their way, and of proxies
    that do not know yet. Longer than a proxy waits between two looks at `/readyz`, none is lost."""

    body_limit: int
    """Bytes of a request's body."""

    body_timeout: float
    """Seconds that the next few KiB of a body are waited for; with 0, for ever."""

    streams_per_user: int
    """Streams that one user may hold open, on each worker."""

    allowed_origins: frozenset[str]
    """Of other sites, whose pages may ask all the same."""

    proxies: str
    """Addresses of those who are believed when they say who asks. uvicorn reads them itself."""


def read_settings() -> Settings:
    """As they are now."""
    return Settings(
        shutdown_timeout=seconds("SHUTDOWN_TIMEOUT", 5),
        shutdown_delay=seconds("SHUTDOWN_DELAY", 0.2),
        body_limit=integer("BODY_LIMIT", 100 * MEBIBYTE),
        body_timeout=seconds("BODY_TIMEOUT", 30),
        streams_per_user=integer("STREAMS_PER_USER", 50),
        allowed_origins=_setting(
            "ALLOWED_ORIGINS",
            "",
            _origins,
            allowed="origins such as https://login.example.com, with commas between",
        ),
        proxies=_setting(
            "FORWARDED_ALLOW_IPS",
            "127.0.0.1,::1",
            _proxies,
            allowed="addresses and networks such as 10.0.0.0/8, with commas between, or *",
        ),
    )


def integer(name: str, standard: int, *, least: int = 0, most: float = math.inf) -> int:
    """A whole number."""

    def parse(text: str) -> int:
        if not (text.isdecimal() and least <= int(text) <= most):
            raise ValueError
        return int(text)

    end = "on" if most == math.inf else f"to {most}"
    return _setting(name, str(standard), parse, allowed=f"a whole number from {least} {end}")


def seconds(name: str, standard: float) -> float:
    """A time."""

    def parse(text: str) -> float:
        if not 0 <= (number := float(text)) < MOST_SECONDS:
            raise ValueError
        return number

    allowed = f"a number of seconds below {MOST_SECONDS}"
    return _setting(name, f"{standard:g}", parse, allowed=allowed)


def choice(name: str, standard: str, *, of: Collection[str]) -> str:
    """One of several names, in whatever case."""

    def parse(text: str) -> str:
        for each in of:
            if text.lower() == each.lower():
                return each
        raise ValueError

    return _setting(name, standard, parse, allowed=", ".join(of))


def _origins(text: str) -> frozenset[str]:
    named = frozenset(each.strip().rstrip("/") for each in text.split(",")) - {""}
    if not all(map(_ORIGIN.fullmatch, named)):
        raise ValueError
    return named


def _proxies(text: str) -> str:
    """uvicorn takes what is no address for the name of a socket, and trusts nobody."""
    for each in text.split(",") if text not in {"", "*"} else ():
        ip_network(each.strip())
    return text


def _setting(name: str, standard: str, parse: Callable[[str], Value], *, allowed: str) -> Value:
    """Ends the process by one line if it cannot be: a traceback would only lead here."""
    text = os.environ.get(name, standard)
    try:
        return parse(text)
    except ValueError:
        sys.exit(f"{name} cannot be {json.dumps(text)}: it may be {allowed}")
