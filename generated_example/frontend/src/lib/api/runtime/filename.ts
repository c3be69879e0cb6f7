// Copied by fluidkit. Changes to this file are overwritten.
// The name of a downloaded file: what the server suggests, made harmless.

const FALLBACK = 'download';
const LONGEST = 255;

/** From a `Content-Disposition` header (RFC 6266, RFC 8187), else from the last segment of `address`. */
export function filenameOf(disposition: string | null, address: string): string {
	return safe(suggested(disposition ?? '') ?? lastSegment(address)) || FALLBACK;
}

function suggested(disposition: string): string | undefined {
	const found = new Map<string, string>();
	const parameter = /;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g;
	for (const [, name = '', value = ''] of disposition.matchAll(parameter)) {
		const key = name.toLowerCase();
		if (!found.has(key)) found.set(key, value.trim());
	}
	return extended(found.get('filename*')) ?? unquoted(found.get('filename'));
}

/** `UTF-8''na%C3%AFve.txt` */
function extended(value: string | undefined): string | undefined {
	const [, charset, encoded] = /^([\w-]+)'[^']*'(.*)$/.exec(value ?? '') ?? [];
	if (!charset || !encoded) return undefined;
	const bytes = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
		String.fromCharCode(parseInt(hex, 16))
	);
	try {
		const decoder = new TextDecoder(charset, { fatal: true });
		return decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
	} catch {
		return undefined;
	}
}

function unquoted(value: string | undefined): string | undefined {
	return value?.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

function lastSegment(address: string): string {
	const segment = address.split(/[?#]/, 1)[0]?.split('/').pop() ?? '';
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

/** No folders, control or direction characters, nothing that Windows refuses; at most 255 bytes. */
function safe(name: string): string {
	const base = name.split(/[\\/]/).pop() ?? '';
	const plain = base
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/^[. ]+|[. ]+$/g, '');
	const isDevice = /^(con|prn|aux|nul|con(in|out)\$|(com|lpt)[\d¹²³]) *(\.|$)/i.test(plain);
	return shortened(isDevice ? `_${plain}` : plain);
}

function shortened(name: string): string {
	const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
	const stem = [...name.slice(0, name.length - extension.length)].slice(0, LONGEST);
	const size = (text: string) => new TextEncoder().encode(text).length;
	while (stem.length && size(stem.join('') + extension) > LONGEST) stem.pop();
	return stem.join('') + extension;
}
