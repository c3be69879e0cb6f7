"""JSON: one request, one answer."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter()

Language = Literal["english", "french", "hindi", "spanish"]

HELLO: dict[Language, str] = {
    "english": "Hello",
    "french": "Bonjour",
    "hindi": "नमस्ते",
    "spanish": "Hola",
}


class Person(BaseModel):
    name: str = Field(min_length=1, max_length=40)


class Greeting(BaseModel):
    text: str
    language: Language


@router.post("/greetings/{language}")
async def greet(language: Language, person: Person, excited: bool = False) -> Greeting:
    """Greet somebody in their language."""
    mark = "!" if excited else "."
    return Greeting(text=f"{HELLO[language]}, {person.name}{mark}", language=language)
