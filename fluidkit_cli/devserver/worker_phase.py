"""A worker as the logic of reloads sees it."""

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What a worker is doing."""

    IMPORTING = "importing"
    ON_HOLD = "on hold"
    STARTING = "starting"
    SERVING = "serving"
    RELEASING = "releasing"
    RELEASED = "released"
    ENDING = "ending"


@dataclass(slots=True, eq=False)
class Worker:
    """A worker. `saved_at` is the time of the change that it was forked for."""

    number: int
    saved_at: float
    hold: bool = False
    explains: bool = False
    phase: Phase = Phase.IMPORTING
