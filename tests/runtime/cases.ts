// The shared conformance cases, and every way in which their bytes are to be cut into chunks.

export type Bytes = Uint8Array<ArrayBuffer>;

export interface ByteCase {
	readonly id: string;
	readonly name: string;
	readonly bytes_hex: string | null;
	readonly bytes_parts?: [hex: string, repeat: number][];
	readonly chunks_hex: string[] | null;
}

/** In Node; a page gets them from its server. */
export function readCases<T>(file: string): T {
	const { readFileSync } = process.getBuiltinModule('node:fs');
	return JSON.parse(readFileSync(new URL(`cases/${file}`, import.meta.url), 'utf8')) as T;
}

export function bytesOf(testCase: ByteCase): Bytes {
	const parts = testCase.bytes_parts ?? [];
	return fromHex(testCase.bytes_hex ?? parts.map(([hex, repeat]) => hex.repeat(repeat)).join(''));
}

/** Whole, byte by byte, as the case says, and at every two-way split of up to 600 bytes. */
export function* cutsOf(testCase: ByteCase): Generator<[name: string, chunks: Bytes[]]> {
	const bytes = bytesOf(testCase);
	yield ['whole', [bytes]];
	if (testCase.chunks_hex) yield ['as given', testCase.chunks_hex.map(fromHex)];
	if (bytes.length > 100_000) {
		yield ['by kilobytes', pieces(bytes, 1024)];
		return;
	}
	yield ['byte by byte', pieces(bytes, 1)];
	for (let at = 1; at < bytes.length && bytes.length <= 600; at++) {
		yield [`cut at ${at}`, [bytes.slice(0, at), bytes.slice(at)]];
	}
}

function pieces(bytes: Bytes, size: number): Bytes[] {
	const count = Math.ceil(bytes.length / size);
	return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

function fromHex(hex: string): Bytes {
	return Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}
