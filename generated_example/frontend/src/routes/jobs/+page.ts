import { read_source } from '#lib/api/sources.api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({
	source: await read_source('jobs', { fetch })
});
