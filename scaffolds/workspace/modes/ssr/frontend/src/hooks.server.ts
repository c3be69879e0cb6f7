import type { Handle, HandleFetch, HandleServerError } from '@sveltejs/kit/hooks';
import { askApi, hasLeft, isForApi, withCookies } from '#lib/server/api.ts';

export const handle: Handle = async ({ event, resolve }) => {
	const response = await resolve(event, {
		// by which the generated clients tell what an error's body is
		filterSerializedResponseHeaders: (name) => name === 'content-type'
	});
	return withCookies(event, response);
};

export const handleFetch: HandleFetch = ({ event, request, fetch }) =>
	isForApi(event, request) ? askApi(event, request) : fetch(request);

export const handleError: HandleServerError = ({ kind, error, issues, event }) => {
	if (kind === 'validation') console.error('A remote function was not asked as it should be', issues);
	// a page that breaks off since its visitor has left is no fault
	if (kind === 'unknown' && !hasLeft(event, error)) console.error(error);
};
