from pydantic import BaseModel


class Holder:
    class Item(BaseModel):
        held: bool
