"""Saves while the app is in use."""

import http.client
import re
import shutil
import signal
import threading
from pathlib import Path

import pytest

from devserver.running import MAIN, Dev, make_workspace, running, until


def version(dev: Dev) -> object:
    return dev.get("/api/version")[1]


def reload(dev: Dev, old: str, new: str) -> None:
    """Saves another version and returns when it is served."""
    dev.edit(f'"{old}"', f'"{new}"')
    until(lambda: version(dev) == new)


def test_a_save_is_served_and_its_clients_are_written(dev: Dev) -> None:
    output = dev.root / "frontend/src/lib/api"
    until((output / "types.ts").is_file)
    dev.edit("    name: str\n", "    name: str\n    size: int = 1\n")
    until(lambda: "size" in (output / "types.ts").read_text(encoding="utf-8"))
    until(lambda: dev.get("/api/item")[1] == {"name": "a", "size": 1})
    until(lambda: re.search(r"reloaded in \d+ ms · types.ts 1 type changed\n", dev.said))


def test_a_model_of_an_equal_name_elsewhere_renames_none(dev: Dev) -> None:
    types = dev.root / "frontend/src/lib/api/types.ts"
    until(types.is_file)
    module = dev.root / "backend/also.py"
    module.write_text(
        "from fastapi import APIRouter\nfrom pydantic import BaseModel\nrouter = APIRouter()\n"
        "class Item(BaseModel):\n    size: int\n"
        '@router.get("/api/also")\ndef also() -> Item: return Item(size=1)\n',
        encoding="utf-8",
    )
    use = "app = FastAPI()\nfrom backend.also import router\napp.include_router(router)\n"
    dev.edit("app = FastAPI()\n", use)
    until(lambda: "// From backend.also\n\n// Python: Item" in types.read_text(encoding="utf-8"))
    assert "// From backend.main\n\nexport interface Item {" in types.read_text(encoding="utf-8")


def test_a_change_of_the_overrides_describes_anew(dev: Dev) -> None:
    client = dev.root / "frontend/src/lib/api/main.api.ts"
    until(client.is_file)
    configuration = dev.root / "pyproject.toml"
    override = '[tool.fluidkit.routes.events]\nkind = "text"\n'
    configuration.write_text(configuration.read_text(encoding="utf-8") + override, "utf-8")
    until(lambda: "export function events(options?: TextOptions)" in client.read_text("utf-8"))


def test_the_next_save_mends_a_client_that_was_deleted_or_changed_by_hand(dev: Dev) -> None:
    types = dev.root / "frontend/src/lib/api/types.ts"
    until(types.is_file)
    before = types.read_bytes()
    types.unlink()
    dev.edit('"v1"', '"v2"')
    until(types.is_file)
    types.write_bytes(before + b"// by hand\n")
    dev.edit('"v2"', '"v3"')
    until(lambda: types.read_bytes() == before)


def test_a_client_whose_module_is_gone_is_said_to_be_removed(dev: Dev) -> None:
    module = dev.root / "backend/more.py"
    module.write_text(
        "from fastapi import APIRouter\nrouter = APIRouter()\n"
        '@router.get("/api/more")\ndef more() -> int: return 1\n',
        encoding="utf-8",
    )
    use = "app = FastAPI()\nfrom backend.more import router\napp.include_router(router)\n"
    dev.edit("app = FastAPI()\n", use)
    until((dev.root / "frontend/src/lib/api/more.api.ts").is_file)
    dev.edit(use, "app = FastAPI()\n")
    until(lambda: re.search(r"reloaded in \d+ ms · more.api.ts removed\n", dev.said))


def test_the_environment_file_is_read_and_watched_and_counts_less(tmp_path: Path) -> None:
    main = MAIN.replace('return "v1"', 'return os.environ["FIRST"] + os.environ["SECOND"]')
    root = make_workspace(tmp_path / "tiny", main)
    (root / ".env").write_text("FIRST=file\nSECOND=file\n", encoding="utf-8")
    with running(root, SECOND="real") as dev:
        assert version(dev.ready()) == "filereal"
        (root / ".env").write_text("FIRST=saved\nSECOND=saved\n", encoding="utf-8")
        until(lambda: version(dev) == "savedreal")


@pytest.mark.fault(19)
def test_an_open_stream_does_not_delay_a_reload_and_is_cut_without_an_end(dev: Dev) -> None:
    stream = dev.stream()
    dev.edit('"v1"', '"v2"')
    assert until(lambda: version(dev) == "v2") < 2
    with pytest.raises(http.client.IncompleteRead):
        stream.read()
    until(lambda: "generator closed" in dev.said)


STUBBORN = """
from fastapi.sse import EventSourceResponse

async def stay() -> AsyncIterable[str]:
    yield "1"
    try:
        await asyncio.sleep(3600)
    except BaseException:
        pass  # and so it would seem to have ended

@app.get("/api/stubborn/native", response_class=EventSourceResponse)
async def native() -> AsyncIterable[str]:
    async for text in stay():
        yield text

@app.get("/api/stubborn/events")
async def stubborn_events() -> StreamingResponse:
    return StreamingResponse(stay(), media_type="text/event-stream")

@app.get("/api/stubborn/text")
async def stubborn_text() -> StreamingResponse:
    return StreamingResponse(stay(), media_type="text/plain")
"""


@pytest.mark.parametrize("way", ["a save", "the end"])
def test_a_generator_that_swallows_its_cancellation_is_cut_all_the_same(
    tmp_path: Path, way: str
) -> None:
    with running(make_workspace(tmp_path / "tiny", MAIN + STUBBORN)) as dev:
        dev.ready()
        streams = [dev.stream(f"/api/stubborn/{kind}") for kind in ("native", "events", "text")]
        if way == "a save":
            dev.edit('"v1"', '"v2"')
        else:
            dev.signal(signal.SIGINT)
        for stream in streams:
            with pytest.raises(http.client.IncompleteRead):
                stream.read()


def test_saves_of_equal_length_within_a_second_are_each_served(dev: Dev) -> None:
    for number in range(1, 7):
        reload(dev, f"v{number}", f"v{number + 1}")


def test_ordinary_requests_and_a_download_outlive_a_reload(dev: Dev) -> None:
    slow, download, report = dev.connect(), dev.stream("/api/download"), dev.stream("/api/report")
    slow.request("GET", "/api/slow")
    reload(dev, "v1", "v2")
    assert slow.getresponse().read() == b'"slow"'
    assert len(download.read()) == 99
    assert report.read() == b"1]"


def test_no_request_is_refused_or_cut_while_saves_come(dev: Dev) -> None:
    failures: list[BaseException] = []
    counts: list[int] = []
    done = threading.Event()

    def ask(*, keep: bool) -> None:
        count = 0
        connection = dev.connect()
        try:
            while not done.is_set():
                connection.request("GET", "/api/item")
                answer = connection.getresponse()
                assert answer.read() == b'{"name":"a"}'
                count += 1
                if not keep:
                    connection.close()
        except (OSError, http.client.HTTPException, AssertionError) as error:
            failures.append(error)
        connection.close()
        counts.append(count)

    threads = [threading.Thread(target=ask, kwargs={"keep": keep}) for keep in (True, False)]
    for thread in threads:
        thread.start()
    for number in range(1, 9):
        reload(dev, f"v{number}", f"v{number + 1}")
    done.set()
    for thread in threads:
        thread.join(10)
    assert failures == []
    assert min(counts) > 8


@pytest.mark.fault(35)
def test_a_storm_of_saves_is_few_reloads(dev: Dev) -> None:
    before = dev.said.count("reloaded")
    for number in range(300):
        (dev.root / "backend" / f"module_{number}.py").write_text("x = 1\n", encoding="utf-8")
    reload(dev, "v1", "v2")
    until(lambda: dev.said.count("reloaded") > before)
    assert dev.said.count("reloaded") - before <= 3


HANGING = """app = FastAPI()
import threading, time
threading.Thread(target=time.sleep, args=(999,)).start()
time.sleep(999)
"""


def test_an_import_that_never_ends_gives_way_to_the_next_save(dev: Dev) -> None:
    dev.edit("app = FastAPI()\n", HANGING)
    place = "importing for 5 s, and is at backend/main.py:13: time.sleep(999)"
    until(lambda: place in dev.said)
    assert version(dev) == "v1"
    dev.edit(HANGING, "app = FastAPI()\n")
    reload(dev, "v1", "v2")


def test_saves_are_noticed_by_polling_too(workspace: Path) -> None:
    (workspace / "backend/gone.py").symlink_to("nowhere")
    with running(workspace, FLUIDKIT_TEST_POLL="1") as dev:
        reload(dev.ready(), "v1", "v2")


def test_a_module_in_a_new_folder_is_noticed(dev: Dev) -> None:
    (dev.root / "backend/things").mkdir()
    (dev.root / "backend/things/one.py").write_text('NAME = "new"\n', encoding="utf-8")
    until(lambda: "reloaded" in dev.said)
    dev.edit('return "v1"', "from .things.one import NAME; return NAME")
    until(lambda: version(dev) == "new")
    (dev.root / "backend/things/one.py").write_text('NAME = "newer"\n', encoding="utf-8")
    until(lambda: version(dev) == "newer")


@pytest.mark.fault(17)
def test_a_broken_save_leaves_the_last_good_code_and_its_clients(dev: Dev) -> None:
    client = dev.root / "frontend/src/lib/api/main.api.ts"
    until(client.is_file)
    before = client.read_bytes()
    dev.edit("app = FastAPI()\n", "app = FastAPI()\ndef (:\n")
    assert until(lambda: "main.py:11" in dev.said) < 1
    assert dev.error["error"]["loc"] == {"file": str(dev.main), "line": 11, "column": 5}
    assert "> 11 | def (:\n" in dev.error["error"]["frame"]
    assert (version(dev), dev.state["state"], client.read_bytes()) == ("v1", "error", before)
    dev.edit("def (:\n", "")
    until(lambda: dev.state["state"] == "ready")
    assert dev.error == {}


@pytest.mark.fault(17)
def test_a_cold_start_without_good_code_answers_503_until_it_is_mended(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()", "app = nothing"))
    with running(root) as dev:
        until(lambda: dev.state.get("state") == "error", 15)
        until(lambda: "http://" in dev.said, 15)
        status, body = dev.get("/api/version")
        assert (status, body["file"], body["line"]) == (503, str(dev.main), 10)
        assert "nothing" in body["detail"]
        dev.edit("app = nothing", "app = FastAPI()")
        assert until(lambda: dev.get("/api/version") == (200, "v1")) < 2


@pytest.mark.parametrize(
    "error",
    [
        'raise RuntimeError("x" * 300_000)',
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd()",
    ],
)
def test_a_cold_start_with_an_odd_error_is_shown_and_mended(tmp_path: Path, error: str) -> None:
    root = make_workspace(tmp_path / "tiny", f"{MAIN}\n{error}\n")
    with running(root) as dev:
        until(lambda: dev.state.get("state") == "error", 15)
        until(lambda: dev.get("/api/version")[0] == 503)
        dev.edit(error, "")
        until(lambda: dev.get("/api/version") == (200, "v1"))
        until(lambda: dev.state["state"] == "ready")


def test_a_startup_error_of_any_size_is_shown(tmp_path: Path) -> None:
    lifespan = LIFESPAN.replace(
        "    yield\n", '    raise RuntimeError("y" * 3_000_000)\n    yield\n'
    )
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", lifespan))
    with running(root) as dev:
        until(lambda: dev.state.get("state") == "error", 15)
        assert dev.error["error"]["message"].startswith("RuntimeError: yyy")


def test_a_missing_app_is_said_without_a_word_about_our_own_code(tmp_path: Path) -> None:
    main = MAIN.replace("app = FastAPI()\n", "app = other = FastAPI()\n") + "\ndel app\n"
    root = make_workspace(tmp_path / "tiny", main)
    with running(root) as dev:
        until(lambda: dev.state.get("state") == "error", 15)
        shown = dev.error["error"]
        assert shown["message"].startswith("No FastAPI app at backend.main:app")
        assert "loc" not in shown
        for text in (str(shown), dev.said):
            assert "_fluidkit_worker" not in text
            assert "AppNotFound" not in text


def test_an_app_that_starts_a_process_while_it_is_imported_gets_its_clients(
    tmp_path: Path,
) -> None:
    manager = "import multiprocessing\nmanager = multiprocessing.get_context('fork').Manager()\n"
    root = make_workspace(
        tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", f"{manager}app = FastAPI()\n")
    )
    with running(root) as dev:
        until((root / "frontend/src/lib/api/main.api.ts").is_file, 15)
        dev.ready()


def test_a_run_survives_that_its_folder_is_deleted(dev: Dev) -> None:
    shutil.rmtree(dev.root / ".fluidkit")
    dev.edit("app = FastAPI()\n", "app = FastAPI()\nnothing\n")
    until((dev.root / ".fluidkit/error.json").is_file)
    assert "NameError" in dev.error["error"]["message"]
    assert (dev.root / ".fluidkit/.gitignore").read_text(encoding="utf-8") == "*\n"
    dev.edit("nothing\n", "")
    until(lambda: dev.state.get("state") == "ready")


LIFESPAN = """
from contextlib import asynccontextmanager
from pathlib import Path

LOCK = Path(__file__).with_name("lock")


@asynccontextmanager
async def lifespan(app):
    LOCK.touch(exist_ok=False)
    yield
    LOCK.unlink()


app = FastAPI(lifespan=lifespan)
"""


def test_an_app_that_cannot_start_beside_itself_is_handed_over(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", LIFESPAN))
    with running(root) as dev:
        dev.ready()
        reload(dev, "v1", "v2")
        until(lambda: "ends first" in dev.said)
        reload(dev, "v2", "v3")
        assert dev.said.count("ends first") == 1
        assert dev.error == {}


def test_a_failing_startup_is_shown_and_the_old_worker_serves_on(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "tiny", MAIN.replace("app = FastAPI()\n", LIFESPAN))
    with running(root) as dev:
        dev.ready()
        dev.edit("    LOCK.touch(exist_ok=False)", '    raise RuntimeError("no database")')
        until(lambda: dev.state["state"] == "error")
        assert dev.error["error"]["message"] == "RuntimeError: no database"
        assert version(dev) == "v1"
        connection = dev.connect()
        connection.request("GET", "/api/version")
        assert connection.getresponse().getheader("connection") is None


def test_modules_are_learned_but_for_packages_that_start_threads(tmp_path: Path) -> None:
    library = tmp_path / "library"
    (library / "threaded").mkdir(parents=True)
    thread = (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    (library / "threaded/__init__.py").write_text(thread, encoding="utf-8")
    imported = MAIN.replace(
        "import asyncio\n", "import asyncio\nimport tabnanny\nimport threaded\n"
    )
    root = make_workspace(tmp_path / "tiny", imported)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('preload = ["threaded"]\n')
    (root / "backend/main.py").write_text(
        imported.replace('return "v1"', 'import mailbox; return "v1"'), encoding="utf-8"
    )
    learned = root / ".fluidkit/preload.json"
    learned.parent.mkdir()
    learned.write_text('{"modules": ["threaded", "wave"], "threaded": []}', encoding="utf-8")
    with running(root, PYTHONPATH=f"{library}:{Path(__file__).parents[2]}") as dev:
        dev.ready()
        until(lambda: "tabnanny" in learned.read_text(encoding="utf-8"))
        text = learned.read_text(encoding="utf-8")
        assert '"threaded": [\n  "threaded"\n ]' in text
        assert dev.said.count("as it starts a thread: threaded") == 1
        assert '"wave"' in text
        assert "mailbox" not in text
        assert version(dev) == "v1"
        until(lambda: "mailbox" in learned.read_text(encoding="utf-8"))
        reload(dev, "v1", "v2")
