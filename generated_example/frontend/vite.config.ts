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
			// what pages may load, run and ask: another site for an API, say, is one more of connect-src
			csp: {
				directives: {
					'default-src': ['self'],
					'script-src': ['self'],
					// for `style="…"`; what Svelte makes of <style> is a file
					'style-src-attr': ['unsafe-inline'],
					// Vite puts small images and fonts into the files that use them
					'img-src': ['self', 'data:', 'blob:'],
					'font-src': ['self', 'data:'],
					'media-src': ['self', 'blob:'],
					'connect-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['self'],
					'form-action': ['self'],
					'frame-ancestors': ['self']
				}
			},
			// one page, 200.html, answers every address that is not prerendered
			adapter: adapter({ fallback: '200.html', precompress: true })
		}),
		fluidkit()
	]
});
