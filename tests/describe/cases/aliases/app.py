"""Names of fields on the wire, which may differ by the direction."""

from fastapi import FastAPI
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, computed_field
from pydantic.alias_generators import to_camel

app = FastAPI()


class Item(BaseModel):
    both: int = Field(alias="BOTH")
    read: int = Field(validation_alias="READ")
    written: int = Field(serialization_alias="WRITTEN")
    either: int = Field(validation_alias=AliasChoices("EITHER", "other"))
    first: int = Field(default=5, validation_alias=AliasPath("LIST", 0))

    @computed_field(alias="SUM")
    def total(self) -> int:
        return self.both + self.read


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)
    first_name: str
    born_in: int | None = None


@app.post("/item")
def item(item: Item) -> Item:
    return item


@app.post("/by-name", response_model_by_alias=False)
def by_name(item: Item) -> Item:
    return item


@app.post("/camel")
def camel(person: Camel) -> Camel:
    return person
