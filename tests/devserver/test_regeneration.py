"""What a save does to the clients on disk: all that matters reaches them, and nothing else."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from devserver.running import CONFIGURATION, REPOSITORY, Dev, make_workspace, running, until
from devserver.running import MAIN as TINY

MAIN = """from fastapi import FastAPI

from .routes import things

app = FastAPI()
app.include_router(things.router, prefix="/api")
"""

THINGS = '''from fastapi import APIRouter, Response

from elsewhere.money import Price
from shared.kinds import Kind

from ..models import Thing

router = APIRouter()


@router.get("/things")
def list_things(limit: int = 10) -> list[Thing]:
    """All the things."""
    return [Thing(name="a")][:limit]


@router.post("/things/{thing_id}")
def price_thing(thing_id: int, kind: Kind) -> Price:
    return Price(amount=thing_id)


@router.get("/things.txt")
def dump_things() -> Response:
    return Response("a")
'''

MODELS = """from pydantic import BaseModel


class Thing(BaseModel):
    name: str
"""

KINDS = """from enum import Enum


class Kind(Enum):
    NEW = "new"
    OLD = "old"
"""

MONEY = """from pydantic import BaseModel


class Price(BaseModel):
    amount: int
"""

FILES = {
    "backend/main.py": MAIN,
    "backend/models.py": MODELS,
    "backend/routes/__init__.py": "",
    "backend/routes/things.py": THINGS,
    "shared/__init__.py": "",
    "shared/kinds.py": KINDS,
    "../library/elsewhere/__init__.py": "",
    "../library/elsewhere/money.py": MONEY,
}


@dataclass(frozen=True, slots=True)
class Change:
    """Saved files, None for one that goes, and texts that the clients have then, or lose.

    The clients are all files of the output, each line behind the name of its file.
    """

    name: str
    saved: Mapping[str, str | None]
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()


def edited(file: str, old: str, new: str) -> dict[str, str | None]:
    """The file with another text in one place."""
    assert FILES[file].count(old) == 1
    return {file: FILES[file].replace(old, new)}


ROUTES = "backend/routes/things.py"
CLIENT = "things.api.ts:"
_PRICE_THING = THINGS[THINGS.index("@router.post") : THINGS.index('@router.get("/things.txt")')]

MATTERS = [
    Change(
        "an added route",
        {ROUTES: f'{THINGS}\n\n@router.get("/more")\ndef more() -> int:\n    return 1\n'},
        gains=(f"{CLIENT}export function more(",),
    ),
    Change(
        "a removed route",
        {ROUTES: THINGS.replace(_PRICE_THING, "")},
        loses=(f"{CLIENT}export function price_thing(", "types.ts:export interface Price {"),
    ),
    Change(
        "a renamed route",
        edited(ROUTES, "def list_things", "def all_things"),
        gains=(f"{CLIENT}export function all_things(", f"{CLIENT}export function all_things_url("),
        loses=("list_things",),
    ),
    Change(
        "another path",
        edited(ROUTES, '"/things"', '"/stuff"'),
        gains=("'/api/stuff'",),
        loses=("'/api/things'",),
    ),
    Change(
        "another prefix in the app's own module",
        edited("backend/main.py", '"/api"', '"/api/v2"'),
        gains=("'/api/v2/things'",),
    ),
    Change("another method", edited(ROUTES, "router.post", "router.put"), gains=("'PUT'",)),
    Change(
        "an added parameter",
        edited(ROUTES, "limit: int = 10", "limit: int = 10, page: int = 1"),
        gains=("page?: number | undefined",),
    ),
    Change(
        "a removed parameter",
        edited(ROUTES, "thing_id: int, kind: Kind", "thing_id: int"),
        loses=("kind: Kind",),
    ),
    Change(
        "a renamed parameter",
        edited(ROUTES, "limit: int = 10", "most: int = 10"),
        gains=("most?: number | undefined",),
        loses=("limit",),
    ),
    Change(
        "another type of a parameter",
        edited(ROUTES, "limit: int = 10", "limit: str = '10'"),
        gains=("limit?: string | undefined",),
    ),
    Change(
        "a default that makes a parameter optional",
        edited(ROUTES, "kind: Kind)", "kind: Kind = Kind.NEW)"),
        gains=("kind?: Kind | undefined",),
    ),
    Change(
        "a default that goes",
        edited(ROUTES, "limit: int = 10", "limit: int"),
        gains=(f"{CLIENT}export function list_things(limit: number",),
    ),
    Change(
        "another answer",
        edited(ROUTES, "-> list[Thing]", "-> dict[str, Thing]"),
        gains=("Promise<Record<string, Thing>>",),
    ),
    Change(
        "a stream in place of an answer",
        {
            ROUTES: THINGS.replace(
                "from fastapi", "from collections.abc import Iterator\n\nfrom fastapi"
            )
            .replace("-> list[Thing]", "-> Iterator[Thing]")
            .replace("return [Thing(", "yield from [Thing(")
        },
        gains=("RecordStream<Thing>",),
    ),
    Change(
        "a docstring",
        edited(ROUTES, "All the things.", "Every single thing."),
        gains=(f"{CLIENT} * Every single thing.",),
    ),
    Change(
        "a field of a model in another module",
        edited("backend/models.py", "name: str", "name: str\n    size: int = 1"),
        gains=("types.ts:\tsize: number;",),
    ),
    Change(
        "a renamed model",
        {
            "backend/models.py": MODELS.replace("Thing", "Item"),
            ROUTES: THINGS.replace("Thing]", "Item]")
            .replace("Thing(", "Item(")
            .replace("import Thing", "import Item"),
        },
        gains=("types.ts:export interface Item {",),
        loses=("types.ts:export interface Thing {",),
    ),
    Change(
        "the docstring of a model",
        edited("backend/models.py", "(BaseModel):\n", '(BaseModel):\n    """Has a name."""\n\n'),
        gains=("types.ts:/** Has a name. */",),
    ),
    Change(
        "a member of an enumeration beside the backend",
        edited("shared/kinds.py", '"old"\n', '"old"\n    WORN = "worn"\n'),
        gains=("worn",),
    ),
    Change(
        "a model outside of the workspace",
        edited("../library/elsewhere/money.py", "amount: int", "amount: int\n    unit: str"),
        gains=("types.ts:\tunit: string;",),
    ),
    Change(
        "a renamed module",
        {
            ROUTES: None,
            "backend/routes/stuff.py": THINGS,
            "backend/main.py": MAIN.replace("things", "stuff"),
        },
        gains=("stuff.api.ts:export function list_things(",),
        loses=(CLIENT,),
    ),
    Change(
        "a module moved to another package",
        {
            ROUTES: None,
            "backend/routes/admin/__init__.py": "",
            "backend/routes/admin/things.py": THINGS.replace("..models", "...models"),
            "backend/main.py": MAIN.replace(".routes import", ".routes.admin import"),
        },
        gains=("admin/things.api.ts:export function list_things(",),
        loses=(f"\n{CLIENT}",),
    ),
    Change(
        "names as TypeScript has them",
        {"pyproject.toml": f'{CONFIGURATION}naming = "camelCase"\n'},
        gains=(f"{CLIENT}export function listThings(",),
        loses=("function list_things(",),
    ),
    Change(
        "dates as JavaScript has them",
        {
            "backend/models.py": f"from datetime import datetime\n\n{MODELS}    made: datetime\n",
            "pyproject.toml": f'{CONFIGURATION}dates = "Date"\n',
        },
        gains=("made: Date;", "export const reviveThing"),
    ),
    Change(
        "an override of a route",
        {"pyproject.toml": f'{CONFIGURATION}[tool.fluidkit.routes.dump_things]\nkind = "text"\n'},
        gains=("): TextStream {",),
    ),
]

NOTHING = [
    Change("a comment", edited(ROUTES, "router = APIRouter()", "router = APIRouter()  # mine")),
    Change("other white space", {ROUTES: THINGS.replace("\n\n\n", "\n\n\n\n\n\n")}),
    Change("another way to write it", edited(ROUTES, '"/things"', "'/things'")),
    Change("the body of a route", edited(ROUTES, 'name="a"', 'name="b"')),
    Change(
        "a function that is no route", edited(ROUTES, "router =", "def no(): ...\n\n\nrouter =")
    ),
    Change(
        "another order of imports", edited("backend/main.py", "\n\nfrom .routes", "\nfrom .routes")
    ),
    Change("a module that nobody imports", {"backend/unused.py": "class Thing: ...\n"}),
    Change("a save of the same text", {ROUTES: THINGS}),
    Change(
        "a setting that is not ours", {"pyproject.toml": f"{CONFIGURATION}[tool.other]\na = 1\n"}
    ),
]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A run on the files above, for one change after the other."""
    root = make_workspace(tmp_path_factory.mktemp("regeneration") / "tiny")
    save(root, FILES)
    with running(root, PYTHONPATH=f"{root.parent / 'library'}:{REPOSITORY}") as started:
        started.ready()
        yield started


@pytest.fixture
def before(dev: Dev) -> Iterator[str]:
    """The clients before a change, which is undone after the test."""
    clients = shown(dev.root)
    yield clients
    known = {dev.root / name for name in FILES}
    for file in (*dev.root.glob("*/**/*.py"),):
        if file not in known and file.stat().st_size:
            file.unlink()
    save(dev.root, {**FILES, "pyproject.toml": CONFIGURATION})
    until(lambda: shown(dev.root) == clients)


def save(root: Path, files: Mapping[str, str | None]) -> None:
    """Writes the files, those that go last."""
    for name, text in files.items():
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    for name, text in files.items():
        if text is None:
            (root / name).unlink()


def shown(root: Path, output: str = "frontend/src/lib/api") -> str:
    """The lines of all clients, each behind its file's name."""
    folder, lines = root / output, [""]
    # `glob` fails at a folder that is removed as it looks.
    walked = ((at, file) for at, _, files in os.walk(folder) for file in files)
    for file in sorted(Path(at, file) for at, file in walked if file.endswith(".ts")):
        name = file.relative_to(folder)
        if name.name in ("runtime.ts", "live.svelte.ts") or "runtime" in name.parts:
            continue
        with contextlib.suppress(FileNotFoundError):  # just removed
            lines += (f"{name}:{line}" for line in file.read_text(encoding="utf-8").splitlines())
    return "\n".join(lines)


def reloads(dev: Dev) -> int:
    """How many lines say that a reload is over, its clients included."""
    return dev.said.count("reloaded in ")


def untouched(root: Path) -> dict[Path, tuple[int, int]]:
    """What is another one for a file that was written, be it with the same text."""
    files = (root / "frontend").glob("**/*.ts")
    return {file: (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}


@pytest.mark.parametrize("change", MATTERS, ids=lambda change: change.name)
def test_what_changes_the_api_reaches_the_clients(dev: Dev, before: str, change: Change) -> None:
    def has_come() -> bool:
        now = shown(dev.root)
        return all(text in now for text in change.gains) and not any(
            text in now for text in change.loses
        )

    assert not any(text in before for text in change.gains)
    assert all(text in before for text in change.loses)
    save(dev.root, change.saved)
    until(has_come)


@pytest.mark.parametrize("change", NOTHING, ids=lambda change: change.name)
def test_what_does_not_change_the_api_touches_no_client(
    dev: Dev, before: str, change: Change
) -> None:
    files, count = untouched(dev.root), reloads(dev)
    save(dev.root, change.saved)
    until(lambda: reloads(dev) > count)
    assert untouched(dev.root) == files


def test_another_output_takes_all_clients_along(dev: Dev, before: str) -> None:
    save(dev.root, {"pyproject.toml": f'{CONFIGURATION}output = "frontend/src/clients"\n'})
    until(lambda: shown(dev.root, "frontend/src/clients") == before)
    until(lambda: not any((dev.root / "frontend/src/lib/api").iterdir()))
    save(dev.root, {"pyproject.toml": CONFIGURATION})
    until(lambda: shown(dev.root) == before)
    until(lambda: not any((dev.root / "frontend/src/clients").iterdir()))


def test_a_python_client_follows_every_save_as_well(dev: Dev, before: str) -> None:
    client = dev.root / "api_client"
    configured = f'{CONFIGURATION}python-client = "api_client"\n'

    def says(text: str, file: str = "things.py") -> bool:
        return (client / file).is_file() and text in (client / file).read_text(encoding="utf-8")

    save(dev.root, {"pyproject.toml": configured})
    until(lambda: says("def list_things(") and says("name: str", "models.py"))
    save(dev.root, edited(ROUTES, "def list_things", "def all_things"))
    until(lambda: says("def all_things("))
    save(dev.root, {"pyproject.toml": configured.replace("api_client", "other_client")})
    until(lambda: (dev.root / "other_client/things.py").is_file() and not any(client.iterdir()))
    save(dev.root, {"pyproject.toml": CONFIGURATION})
    until(lambda: not any((dev.root / "other_client").iterdir()))


def test_another_app_takes_the_place_of_the_first(dev: Dev, before: str) -> None:
    other = MAIN.replace("from .routes", "from backend.routes").replace('"/api"', '"/other"')
    save(
        dev.root,
        {"other/main.py": other, "pyproject.toml": f'{CONFIGURATION}app = "other.main:app"\n'},
    )
    until(lambda: "'/other/things'" in shown(dev.root))
    save(dev.root, {"pyproject.toml": CONFIGURATION})
    until(lambda: shown(dev.root) == before)
    (dev.root / "other/main.py").unlink()


@pytest.mark.fault(35)
def test_a_switch_to_another_branch_is_one_change(dev: Dev, before: str) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=dev.root, check=True)

    ignored = "frontend\n.fluidkit\noutput.log\n__pycache__\n"
    save(dev.root, {".gitignore": ignored})
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "--message=one")
    git("switch", "--create=other")
    for change in MATTERS:
        if change.name in ("a renamed module", "a member of an enumeration beside the backend"):
            save(dev.root, change.saved)
    git("add", ".")
    git("commit", "--message=two")
    until(lambda: "stuff.api.ts:" in shown(dev.root) and "worn" in shown(dev.root))
    there, count = shown(dev.root), reloads(dev)
    git("switch", "main")
    until(lambda: shown(dev.root) == before)
    git("switch", "other")
    until(lambda: shown(dev.root) == there)
    until(lambda: reloads(dev) > count + 1)
    assert reloads(dev) <= count + 6
    git("switch", "main")
    shutil.rmtree(dev.root / ".git")


SLOW = """
import asyncio
from contextlib import asynccontextmanager


@asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(0.5)
    yield


app = FastAPI(lifespan=lifespan)
"""


def test_clients_never_call_what_is_not_served_yet(tmp_path: Path) -> None:
    slow = TINY.replace("app = FastAPI()\n", SLOW)
    with running(make_workspace(tmp_path / "tiny", slow)) as dev:
        dev.ready()
        dev.edit("def version() -> str:", "def version(short: bool = False) -> str:")
        until(lambda: "short" in shown(dev.root))
        assert dev.get("/api/version?short=nonsense")[0] == 422
