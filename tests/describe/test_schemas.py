"""Schemas, where ours are made otherwise than pydantic's own."""

from collections.abc import Callable

import pytest

from fluidkit_cli.api import Api, Model, Scalar
from fluidkit_cli.describe.schemas import SchemaGenerator

OVERRIDDEN = """
from decimal import Decimal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

app = FastAPI()


class Price(BaseModel):
    model_config = ConfigDict(json_schema_mode_override="serialization")
    amount: Decimal


@app.post("/prices")
def pay(price: Price) -> None: ...
"""


def test_a_model_may_override_the_mode_of_its_schema(
    write_app: Callable[[str], Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    described = write_app(OVERRIDDEN)
    [price] = described.types
    assert isinstance(price, Model)
    assert price.fields[0].type == Scalar("string")  # read it could be a number, too
    monkeypatch.delattr(SchemaGenerator, "mode")
    assert write_app(OVERRIDDEN) == described
