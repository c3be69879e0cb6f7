"""What happens to users: in most seconds something, in some of them nothing."""

import time
from random import Random

REPLAYED_SECONDS = 60
"""How much of the past a client that comes back can ask for."""

MESSAGES = (
    "Ada commented on your pull request",
    "Grace approved your pull request",
    "Alan mentioned you in “Halting, or not”",
    "Your export is ready to download",
    "Barbara invited you to the team “Types”",
    "Deployment to production finished",
    "Edsger found a shorter path",
    "Your build passed in 1 min 12 s",
    "Margaret landed your change",
    "Three new people follow you",
)


def happened(user_id: int, *, after: int) -> list[tuple[int, str]]:
    """The seconds since `after` in which something happened, and what it was.

    It is made up from the user and the second, so that every process tells the same story.
    """
    now = int(time.time())
    start = max(after, now - REPLAYED_SECONDS)
    found = []
    for second in range(start + 1, now + 1):
        chance = Random(f"{user_id} {second}")
        if chance.random() < 0.8:
            found.append((second, chance.choice(MESSAGES)))
    return found
