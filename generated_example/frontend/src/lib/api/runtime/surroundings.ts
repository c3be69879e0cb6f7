// Copied by fluidkit. Changes to this file are overwritten.
// Where this runs, as far as Vite or the globals tell.

/**
 * `import.meta` as Vite has it. It replaces `(import.meta as Meta).env?.DEV` where it is written so,
 * and drops what stands behind it.
 */
export interface Meta {
	readonly env?: { readonly SSR?: boolean; readonly DEV?: boolean };
}

/** Neither a page nor a web worker. A page's bundle leaves out what only a server needs. */
export const isServer = (import.meta as Meta).env?.SSR !== false && typeof location === 'undefined';
