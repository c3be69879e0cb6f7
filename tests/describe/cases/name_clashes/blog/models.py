from pydantic import BaseModel


class Item(BaseModel):
    title: str
    draft: bool = False
