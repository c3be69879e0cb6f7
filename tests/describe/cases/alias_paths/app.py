"""Values that are read from within others, or by one of several names."""

from typing import Annotated

from fastapi import FastAPI, Form, Query
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field

app = FastAPI()


class Within(BaseModel):
    name: str = Field(validation_alias=AliasPath("user", "name"))
    city: str = Field("", validation_alias=AliasPath("user", "address", "city"))
    second: int = Field(validation_alias=AliasPath("numbers", 1))
    last: int = Field(0, validation_alias=AliasPath("more", -1))
    key_or_within: int = Field(1, validation_alias=AliasChoices(AliasPath("numbers", 2), "key"))
    one_of_two: int = Field(validation_alias=AliasChoices(AliasPath("a", "b"), AliasPath("c")))
    within_own: int = Field(0, validation_alias=AliasPath("own", "deep"))
    own: dict[str, int] = {}


class ByNameToo(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    name: str = Field(validation_alias=AliasPath("user", "name"))


class Choices(BaseModel):
    limit: int = Field(validation_alias=AliasChoices("max", "most"))


class ByName(BaseModel):
    model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
    limit: int = Field(alias="max")


@app.post("/within")
def within(body: Within) -> Within:
    return body


@app.post("/by-name-too")
def by_name_too(body: ByNameToo) -> ByNameToo:
    return body


@app.get("/choices")
def choices(found: Annotated[Choices, Query()]) -> int:
    return found.limit


@app.get("/choice")
def choice(limit: int = Query(validation_alias=AliasChoices("max", "most"))) -> int:
    return limit


@app.post("/chosen")
def chosen(form: Annotated[Choices, Form()]) -> int:
    return form.limit


@app.get("/by-name")
def by_name(found: Annotated[ByName, Query()]) -> int:
    return found.limit


@app.post("/by-name")
def by_name_of_a_form(form: Annotated[ByName, Form()]) -> int:
    return form.limit
