from fastapi import FastAPI

from blog.models import Item as BlogItem
from shop import Holder
from shop.models import Item as ShopItem

app = FastAPI()


@app.get("/shop")
def shop() -> ShopItem: ...


@app.post("/blog")
def blog(item: BlogItem) -> BlogItem: ...


@app.get("/nested")
def nested() -> Holder.Item: ...
