"""What an answer of the assistant consists of, as a run yields it."""

import time
from collections.abc import AsyncIterator

from pydantic import BaseModel

from .assistant import answer


class Question(BaseModel):
    question: str


class Token(BaseModel):
    text: str


class Usage(BaseModel):
    tokens: int
    seconds: float


Part = Question | Token | Usage


class Answer(BaseModel):
    """All that has come until now, or its end, where the beginning is no longer kept."""

    is_whole: bool = True
    question: str = ""
    text: str = ""
    usage: Usage | None = None


async def reply(question: str) -> AsyncIterator[Part]:
    """The question, the tokens of the answer, and what they took."""
    yield Question(question=question)
    started, tokens = time.monotonic(), 0
    async for text in answer(question):
        yield Token(text=text)
        tokens += 1
    yield Usage(tokens=tokens, seconds=round(time.monotonic() - started, 2))


def joined(parts: list[Part], *, is_whole: bool = True) -> Answer:
    """The parts put together."""
    found = Answer(is_whole=is_whole)
    for part in parts:
        match part:
            case Question(question=question):
                found.question = question
            case Token(text=text):
                found.text += text
            case Usage():
                found.usage = part
    return found
