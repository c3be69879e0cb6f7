import type { Handle, HandleFetch } from '@sveltejs/kit/hooks';
import { askApi, isForApi, withCookies } from '#lib/server/api.ts';

export const handle: Handle = async ({ event, resolve }) => {
	const response = await resolve(event, {
		// by which the generated clients tell what an error's body is
		filterSerializedResponseHeaders: (name) => name === 'content-type'
	});
	return withCookies(event, response);
};

export const handleFetch: HandleFetch = ({ event, request, fetch }) =>
	isForApi(event, request) ? askApi(event, request) : fetch(request);
