// Scripts and styles with a hash in their name never change: they are answered from memory.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { list } from './addresses.js';
import { pathOf } from './requests.js';

const CLIENT = fileURLToPath(new URL('../build/client', import.meta.url));
const IMMUTABLE = '_app/immutable';
const TYPES = { '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json' };
const CODINGS = { br: '.br', gzip: '.gz' }; // in order of preference

/** Of one file: as much may wait in the connection of each slow reader. */
const KEPT_BYTES = 256 * 1024;
const KEPT_BYTES_IN_ALL = 64 * 1024 * 1024;

const assets = existsSync(join(CLIENT, IMMUTABLE)) ? kept() : new Map();

/** Whether it was for such a file, which is sent then. Ranges and all else are SvelteKit's. */
export function answersAsset(request, response) {
	const { method, headers } = request;
	const forms = method === 'GET' && !headers.range ? assets.get(pathOf(request)) : undefined;
	if (!forms) return false;
	const weight = weights(headers['accept-encoding']);
	const liked = forms.filter(({ coding }) => weight(coding) > 0);
	const best = liked.sort((one, other) => weight(other.coding) - weight(one.coding))[0];
	const { told, etag, content } = best ?? forms.at(-1);
	const known = list(headers['if-none-match']).map((tag) => tag.replace(/^W\//, ''));
	if (known.includes(etag)) response.writeHead(304, told).end();
	else response.writeHead(200, { ...told, 'content-length': content.length }).end(content);
	return true;
}

/** By path, in each coding that there is; as it is comes last. */
function kept() {
	const found = new Map();
	let room = KEPT_BYTES_IN_ALL;
	for (const name of readdirSync(join(CLIENT, IMMUTABLE), { recursive: true })) {
		const file = join(CLIENT, IMMUTABLE, name);
		const type = TYPES[extname(name)];
		if (!type || statSync(file).size > Math.min(KEPT_BYTES, room)) continue;
		const forms = formsOf(file, type);
		found.set(`/${IMMUTABLE}/${name.replaceAll('\\', '/')}`, forms);
		for (const { content } of forms) room -= content.length;
	}
	return found;
}

function formsOf(file, type) {
	const suffixes = Object.entries({ ...CODINGS, identity: '' });
	const present = suffixes.filter(([, suffix]) => existsSync(file + suffix));
	return present.map(([coding, suffix]) => {
		const content = readFileSync(file + suffix);
		const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 20)}-${coding}"`;
		const told = {
			etag,
			'content-type': type,
			'cache-control': 'public,max-age=31536000,immutable',
			vary: 'Accept-Encoding',
			...(coding !== 'identity' && { 'content-encoding': coding })
		};
		return { coding, told, etag, content };
	});
}

/** How welcome a coding is, https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function weights(accepted = '') {
	const told = new Map(
		list(accepted.toLowerCase()).map((part) => {
			const [coding, weight = 'q=1'] = part.split(/\s*;\s*/);
			return [coding, Number(weight.slice(2)) || 0];
		})
	);
	// nobody has to name that there is none
	const others = told.get('*');
	return (coding) => told.get(coding) ?? others ?? (coding === 'identity' ? 0.0001 : 0);
}
