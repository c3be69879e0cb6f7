"""What holds several values: lists of all kinds, and dictionaries by their keys."""

import enum
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Color(enum.StrEnum):
    red = "red"
    blue = "blue"


class Level(enum.IntEnum):
    low = 1


class Lists(BaseModel):
    queue: deque[int] = deque([1])
    unique: set[int] = {1}
    frozen: frozenset[str] = frozenset("a")
    sequence: Sequence[int] = [1]
    many: tuple[int, ...] = (1, 2)
    pair: tuple[int, str] = (1, "a")
    none: tuple[()] = ()


class Dictionaries(BaseModel):
    mapping: Mapping[str, int] = {"a": 1}
    counts: Counter[str] = Counter("aab")
    lists: defaultdict[str, list[int]] = defaultdict(list, {"a": [1]})
    by_uuid: dict[UUID, int] = {UUID(int=1): 1}
    by_date: dict[date, int] = {date(2026, 11, 21): 1}
    by_number: dict[int, str] = {1: "a"}
    by_flag: dict[bool, int] = {True: 1}
    by_choice: dict[Literal["a", "b"], int] = {"a": 1}
    by_color: dict[Color, int] = {Color.red: 1}
    by_level: dict[Level, int] = {Level.low: 1}
    by_pair: dict[tuple[int, int], int] = {(1, 2): 3}


@app.get("/lists")
def lists() -> Lists:
    return Lists()


@app.get("/dictionaries")
def dictionaries() -> Dictionaries:
    return Dictionaries()


@app.post("/dictionaries")
def send_dictionaries(dictionaries: Dictionaries) -> None: ...


@app.get("/bare")
def bare() -> dict[Color, list[Lists]]:
    return {Color.red: [Lists()]}
