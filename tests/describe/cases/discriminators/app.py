"""What tells the members of a union from each other must be sent, even where it has a default."""

from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str


class Square(BaseModel):
    shape: Literal["square"] = Field("square", alias="type")


class Circle(BaseModel):
    shape: Literal["circle"] = Field("circle", alias="type")


class Group(BaseModel):
    kind: Literal["group"] = "group"
    members: list["Member"] = []


Member = Annotated[Cat | Group, Field(discriminator="kind")]
Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
Group.model_rebuild()


class Home(BaseModel):
    pet: Pet
    shape: Square | Circle = Field(discriminator="shape")


@app.post("/pet")
def pet(body: Pet) -> None: ...


@app.post("/home")
def home(body: Home) -> Home: ...


@app.post("/group")
def group(body: Group) -> None: ...
