// What a page carries of the runtime: bundled and minified by Vite, and compressed by `gzip -9`.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from '../typescript/node_modules/vite/dist/node/index.js';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const RUNTIME = fileURLToPath(
	new URL('../../scaffolds/client/typescript/runtime.ts', import.meta.url)
);

/** Of all that `runtime.ts` exports; `live()` needs Svelte, and is another file. */
const everything = Object.keys(await import(RUNTIME)).join(', ');

const PAGES = {
	'reads server-sent events': `
		import { events } from '${RUNTIME}';
		for await (const tick of events('GET', '/api/ticks', {})) document.title = String(tick);`,
	'asks for JSON': `
		import { json } from '${RUNTIME}';
		document.title = await json('GET', '/api/title', {});`,
	'uses everything': `
		import { ${everything} } from '${RUNTIME}';
		Object.assign(globalThis, { ${everything} });`
};

// Bytes: a budget for what comes next, a little above what there is.
const BUDGETS: Record<keyof typeof PAGES, number> = {
	'reads server-sent events': 4_200,
	'asks for JSON': 1_560,
	'uses everything': 7_550
};

for (const [what, budget] of Object.entries(BUDGETS)) {
	test(`a page that ${what} carries at most ${budget} bytes`, async (t) => {
		const size = gzipSync(await bundle(t, what as keyof typeof PAGES), { level: 9 }).length;
		t.diagnostic(`${size} bytes`);
		assert.ok(size <= budget, `${size} bytes`);
		assert.ok(size > budget * 0.9, `${size} bytes: lower the budget`);
	});
}

const FOR_DEVELOPERS = /Over HTTP\/1\.1 a browser/;
const FOR_SERVERS = /redirected to another origin|No origin for|takes only baseUrl/;

test('a page in production carries nothing for developers or servers', async (t) => {
	const code = await bundle(t, 'uses everything');
	assert.doesNotMatch(code, FOR_DEVELOPERS);
	assert.doesNotMatch(code, FOR_SERVERS);
	assert.doesNotMatch(code, /import\.meta/);
});

test('a page in development is warned', async (t) => {
	const code = await bundle(t, 'reads server-sent events', 'development');
	assert.match(code, FOR_DEVELOPERS);
	assert.doesNotMatch(code, FOR_SERVERS);
});

async function bundle(t: TestContext, what: keyof typeof PAGES, mode = 'production') {
	const { NODE_ENV } = process.env;
	process.env['NODE_ENV'] = mode;
	t.after(() => {
		if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
		else process.env['NODE_ENV'] = NODE_ENV;
	});
	const entry = `${ROOT}page.ts`;
	const page = {
		name: 'page',
		resolveId: (id: string) => (id === entry ? id : undefined),
		load: (id: string) => (id === entry ? PAGES[what] : undefined)
	};
	const built = (await build({
		root: ROOT,
		mode,
		configFile: false,
		logLevel: 'error',
		plugins: [page],
		build: { write: false, modulePreload: false, rolldownOptions: { input: entry } }
	})) as Rolldown.RolldownOutput;
	return built.output[0].code;
}
