"""How much reading a route may take."""

from dataclasses import dataclass


class TooMuch(Exception):
    """Reading a route took more steps than it is worth."""


TOO_MUCH = "there is more code behind it than is worth reading"
ANNOTATE = "Annotate what it returns, or what its generator yields"

_RESERVE = 500
OUTERMOST = 2
"""Calls within each other: that of a response, and those among its arguments."""


@dataclass(slots=True)
class Budget:
    """How much reading a route may take. Steps, not seconds: the result is the same anywhere.

    When it is spent within a call, only that call stays unclear, and `reserves` more are spent on
    what is left: that a route streams is seen whatever its generator takes to be read.
    """

    steps: int = 6_000
    depth: int = 120
    calls: int = 0
    reserves: int = 10

    def go_on(self, *, depth: int) -> bool:
        """Whether there is a reserve to go on with, `depth` as it was before the call."""
        self.reserves -= 1
        self.steps, self.depth = max(self.steps, _RESERVE), depth
        return self.reserves >= 0
