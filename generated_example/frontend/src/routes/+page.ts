import { read_welcome } from '#lib/api/welcome.api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({ welcome: await read_welcome({ fetch }) });
