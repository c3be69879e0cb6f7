"""Says that the process may open hardly any more files, when connections are about to be refused.

The event loop closes those that are too many at once, and says nothing.
"""

import logging
import resource
import time
from functools import lru_cache

LOGGER = logging.getLogger(__name__)

LAST = 16
"""How many may be left before it is said."""

EVERY = 60
"""Seconds that pass before it is said again."""


def watch(descriptor: int) -> None:
    """Takes the number of a new one: the system gives the lowest that is free."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and descriptor >= limit - LAST:
        _warn(limit, int(time.monotonic() // EVERY))


@lru_cache(maxsize=1)
def _warn(limit: int, _period: int) -> None:
    LOGGER.warning(
        "Nearly all of the %d files that this process may have open are: more connections are"
        " closed unanswered. Raise the limit (LimitNOFILE in systemd, ulimit -n), or add workers",
        limit,
    )
