import { list_files } from '#lib/api/files.api.ts';
import { read_source } from '#lib/api/sources.api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const [files, source] = await Promise.all([
		list_files({ fetch }),
		read_source('files', { fetch })
	]);
	return { files, source };
};
