// Calls the functions of the case `dates`, and prints what came with its dates marked.

const [folder, baseUrl] = process.argv.slice(2);
const app = await import(`${folder}/app.api.ts`);

const AT = new Date('2026-11-21T04:30:00.123Z');
const NAIVE = new Date('2026-11-21T04:30:00.000Z');
const here = { baseUrl };

const moment = { maybe: NAIVE, counted: 5 };
const byName = JSON.parse('{ "__proto__": 1 }', (key, value) => (key === '__proto__' ? NAIVE : value));

const came = {
	plain: await app.plain(here),
	nested: await app.nested(here),
	unions: await app.unions(here),
	pages: await app.pages(here),
	pages_of_dates: await app.pages_of_dates(here),
	pages_of_text: await app.pages_of_text(here),
	boxes: await app.boxes(here),
	tree: await app.tree(here),
	branch: await app.branch(here),
	opened: await app.opened(here),
	dates: await app.dates(here),
	none: await app.none(here),
	numbered: await app.numbered(here),
	sent_numbered: await app.send_numbered({ at: NAIVE }, here),
	echoed: await app.echo({ moment, nested: { moment, by_name: byName } }, here),
	since: await app.since(NAIVE, AT, { ...here, all: [AT, NAIVE], x_at: AT }),
	since_url: app.since_url(NAIVE, AT, { all: [AT] }),
	ticks: await all(app.ticks(here)),
	happenings: (await all(app.happenings(here).events())).map(({ type, value }) => [type, value]),
	rows: await all(app.rows(here)),
	answered: await app.ask({ at: NAIVE }, here),
	asked: await all(app.ask({ at: NAIVE, stream: true }, here)),
	late: await app.late({ ...here, detail: 'too late' }).catch((error: any) => error.body)
};
process.stdout.write(JSON.stringify(marked(came)), () => process.exit());

async function all(items: AsyncIterable<any>): Promise<any[]> {
	const found = [];
	for await (const item of items) found.push(item);
	return found;
}

function marked(value: any): unknown {
	if (value instanceof Date) return { $date: value.toJSON() };
	if (Array.isArray(value)) return value.map(marked);
	if (value === null || typeof value !== 'object') return value;
	const found = Object.create(null);
	for (const [key, inner] of Object.entries(value)) found[key] = marked(inner);
	return found;
}
