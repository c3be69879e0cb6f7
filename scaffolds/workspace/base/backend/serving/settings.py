"""What can be set from outside: variables of the environment, with what holds without them."""

import math
import os
from dataclasses import dataclass, field

MEBIBYTE = 1_048_576


def _number(name: str, default: str) -> float:
    text = os.environ.get(name, default)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} cannot be {text!r}")
    return number


@dataclass(frozen=True, slots=True)
class Settings:
    """As they are when this is made."""

    shutdown_timeout: float = field(default_factory=lambda: _number("SHUTDOWN_TIMEOUT", "5"))
    """Seconds that requests get to end when the process is told to."""

    shutdown_delay: float = field(default_factory=lambda: _number("SHUTDOWN_DELAY", "0.2"))
    """Seconds of them in which connections are still accepted: those on their way, and of proxies
    that do not know yet. Longer than a proxy waits between two looks at `/readyz`, none is lost."""

    body_limit: int = field(default_factory=lambda: int(_number("BODY_LIMIT", str(100 * MEBIBYTE))))
    """Bytes of a request's body."""

    streams_per_user: int = field(default_factory=lambda: int(_number("STREAMS_PER_USER", "50")))
    """Streams that one user may hold open, on each worker."""
