// Lets Node import Svelte's modules and components: compiled for the browser, or for its server.

import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Where svelte is installed: neither the runtime nor this folder lies below its node_modules.
const TOOLS = pathToFileURL(new URL('../typescript/package.json', import.meta.url).pathname).href;

type Target = 'client' | 'server';

export async function compileFor(generate: Target): Promise<void> {
	const conditions = generate === 'client' ? ['browser'] : [];
	registerHooks({
		resolve(specifier, context, next) {
			if (!/^svelte(\/|$)/.test(specifier)) return next(specifier, context);
			const found = [...context.conditions, ...conditions];
			return next(specifier, { ...context, conditions: found, parentURL: TOOLS });
		},
		load(url, context, next) {
			if (!/\.svelte(\.ts)?$/.test(url)) return next(url, context);
			return { format: 'module', shortCircuit: true, source: compiled(url) };
		}
	});
	const { compile, compileModule } = await import('svelte/compiler');
	const compiled = (url: string): string => {
		const filename = fileURLToPath(url);
		const source = readFileSync(filename, 'utf8');
		const options = { filename, generate, dev: false } as const;
		if (filename.endsWith('.svelte')) return compile(source, options).js.code;
		return compileModule(stripTypeScriptTypes(source), options).js.code;
	};
}
