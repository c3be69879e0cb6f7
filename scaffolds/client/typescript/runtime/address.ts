// Builds addresses so that no value can leave the place that the route gives it.

import { page } from './config.ts';
import { InvalidRequest } from './errors.ts';

/** How the parameters of a route are written into its address. */
export interface AddressParts {
	readonly path?: ((template: string) => string) | undefined;
	readonly query?: (() => string) | undefined;
}

export interface UrlOptions {
	readonly baseUrl?: string | undefined;
}

/** `https://host/prefix` or `/prefix`: nothing after which a path could mean another host. */
const BASE = /^(https?:\/\/[^\s/\\?#@]+)?(\/(?![/\\])[^\s\\?#]*)?$/i;

export function addressOf(template: string, parts: AddressParts, options?: UrlOptions): string {
	const base = options?.baseUrl ?? page.baseUrl ?? '';
	if (!BASE.test(base)) throw new InvalidRequest(`Neither http(s) nor a path: ${base}`);
	const path = parts.path?.(template) ?? template;
	return base.replace(/\/+$/, '') + path + (parts.query?.() ?? '');
}
