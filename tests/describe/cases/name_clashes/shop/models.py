from pydantic import BaseModel


class Item(BaseModel):
    price: float
