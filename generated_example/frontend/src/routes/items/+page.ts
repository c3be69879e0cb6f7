import { list_items } from '#lib/api/items.api.ts';
import { read_source } from '#lib/api/sources.api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const [items, source] = await Promise.all([
		list_items({ fetch }),
		read_source('items', { fetch })
	]);
	return { items, source };
};
