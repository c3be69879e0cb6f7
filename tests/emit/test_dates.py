"""What dates cost the pages that have none, and what is emitted when a project changes its mind."""

import json
from dataclasses import replace
from pathlib import Path

from fluidkit_cli.api import Api, Field, Model
from fluidkit_cli.emit import Memory, emit_typescript
from fluidkit_cli.files import GeneratedFile, write_changed
from fluidkit_cli.workspace import DateForm

from .building import TEXT
from .conftest import TOOLS, TypeScript
from .date_apps import CALLED_LONG, dates

BUNDLE = """
import { build } from '%(vite)s';
const source = (used) => `import { ${used} } from './things.api.ts'; globalThis.use = ${used};`;
const sizes = {};
for (const name of ['string', 'Date']) for (const used of ['flag', 'read_item', 'pay']) {
	const entry = `${import.meta.dirname}/${name}/page.js`;
	const page = {
		name: 'page',
		resolveId: (id) => (id === entry ? id : undefined),
		load: (id) => (id === entry ? source(used) : undefined)
	};
	const { output } = await build({
		root: import.meta.dirname, configFile: false, logLevel: 'error', plugins: [page],
		build: { write: false, modulePreload: false, rolldownOptions: { input: entry } }
	});
	sizes[`${name} ${used}`] = output[0].code;
}
console.log(JSON.stringify(sizes));
"""


FORMS: tuple[DateForm, ...] = ("string", "Date")


def emitted(form: DateForm, api: Api, memory: Memory | None = None) -> list[GeneratedFile]:
    return emit_typescript(api, package="backend", naming="python", dates=form, memory=memory)


def without(api: Api, name: str) -> Api:
    routes = tuple(route for route in api.routes if name not in str(route.answer))
    return replace(api, routes=routes, types=tuple(t for t in api.types if t.name != name))


def test_a_page_without_dates_carries_no_byte_more(typescript: TypeScript, tmp_path: Path) -> None:
    # A computed key, as `['__proto__']`, counts as an effect: bundlers keep the object around it.
    api = without(dates(), CALLED_LONG)
    for form in FORMS:
        write_changed(tmp_path / form, emitted(form, api))
    vite = (TOOLS / "node_modules/vite/dist/node/index.js").as_uri()
    code = json.loads(typescript.run(BUNDLE % {"vite": vite}, folder=tmp_path))
    assert code["Date flag"] == code["string flag"]
    of_item, of_card = "sold:", "card:"
    assert of_item in code["Date read_item"]
    assert of_item not in code["Date pay"] + code["string read_item"]
    assert of_card in code["Date pay"]
    assert of_card not in code["Date read_item"] + code["string pay"]


def test_another_form_of_dates_is_printed_anew() -> None:
    memory = Memory()
    for form in (*FORMS, *reversed(FORMS)):
        assert emitted(form, dates(), memory) == emitted(form, dates())


def test_a_type_that_gets_its_first_date_changes_what_mentions_it() -> None:
    memory = Memory()
    late = Model("Late", (Field("detail", TEXT),))
    other = tuple(late if type.name == "Late" else type for type in dates().types)
    for api in (replace(dates(), types=other), dates()):
        assert emitted("Date", api, memory) == emitted("Date", api)


def test_text_is_what_dates_are_unless_a_project_asks_for_more() -> None:
    files = emit_typescript(dates(), package="backend", naming="python")
    assert files == emitted("string", dates())
    assert "dates.ts" not in [file.path for file in files]
    own = [file.text for file in files if not file.path.startswith("runtime")]
    assert not any("Date;" in text or "revive" in text for text in own)


def test_what_answers_with_no_dates_needs_no_functions_for_them() -> None:
    routes = tuple(r for r in dates().routes if r.name in ("flag", "or_text", "untold"))
    assert len(routes) == 3
    files = emitted("Date", replace(dates(), routes=routes))
    assert "dates.ts" not in [file.path for file in files]
