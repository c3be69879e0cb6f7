"""A FastAPI app of any size: routers of twenty routes, each with a model in and one out."""

from pathlib import Path

_ROUTES_OF_A_ROUTER = 20

_MAIN = """from fastapi import FastAPI
{imports}

app = FastAPI()
{includes}
"""
_ROUTER = """from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()
"""
_ROUTE = '''

class In{number}(BaseModel):
    name: str
    count: int = 0
    tags: list[str] = []


class Out{number}(BaseModel):
    id: int
    name: str
    count: int = 0
    created: datetime
    tags: list[str] = []


@router.post("/things{number}/{{thing_id}}")
def update_thing{number}(thing_id: int, body: In{number}, q: str | None = None) -> Out{number}:
    """Update thing {number}."""
    return Out{number}(id=thing_id, name=body.name, created=datetime.now())
'''


def make_app(folder: Path, *, routes: int) -> None:
    """Writes `main:app` with this many routes, a multiple of 20."""
    routers = range(routes // _ROUTES_OF_A_ROUTER)
    package = folder / "routes"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    imports = "\n".join(f"from routes import m{number}" for number in routers)
    includes = "\n".join(
        f"app.include_router(m{number}.router, prefix='/api/m{number}')" for number in routers
    )
    main = _MAIN.format(imports=imports, includes=includes)
    (folder / "main.py").write_text(main, encoding="utf-8")
    for number in routers:
        first = number * _ROUTES_OF_A_ROUTER
        numbers = range(first, first + _ROUTES_OF_A_ROUTER)
        text = _ROUTER + "".join(_ROUTE.format(number=number) for number in numbers)
        router_file(folder, number).write_text(text, encoding="utf-8")


def router_file(folder: Path, number: int) -> Path:
    """The module of a router; its client is `m<number>.api.ts`."""
    return folder / "routes" / f"m{number}.py"


def change_route(folder: Path, *, old: str = "q", new: str) -> None:
    """Gives the first route's optional parameter another name."""
    file = router_file(folder, 0)
    before, after = f"In0, {old}: str", f"In0, {new}: str"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
