// Where this runs, as far as Vite or the globals tell.

interface Env {
	readonly SSR?: boolean;
}

/** Neither a page nor a web worker. Vite leaves out of a page's bundle what only a server needs. */
export const isServer =
	(import.meta as { env?: Env }).env?.SSR !== false && typeof location === 'undefined';
