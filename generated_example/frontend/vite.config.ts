import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { fluidkit } from './fluidkit.vite.ts';

export default defineConfig({
	plugins: [
		sveltekit({
			compilerOptions: {
				// runes everywhere but in libraries that still use the older syntax
				runes: ({ filename }) =>
					filename.split(/[/\\]/).includes('node_modules') ? undefined : true
			},
			// of the one `.env` only what src/env.ts declares as public reaches the browser
			env: { dir: '..' },
			// one page, 200.html, answers every address that is not prerendered
			adapter: adapter({ fallback: '200.html', precompress: true })
		}),
		fluidkit()
	]
});
