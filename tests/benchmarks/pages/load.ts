// Asks for one address as often as it can, over connections that are kept, for a while:
//
//   node load.ts URL ACCEPT_ENCODING CONNECTIONS SECONDS
//
// prints how many whole answers came, of what status and size.

import { connect } from 'node:net';

const [address = '', coding = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const url = new URL(address);
const REQUEST = Buffer.from(
	`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/html,*/*;q=0.8\r\n` +
		`Accept-Encoding: ${coding}\r\nUser-Agent: load\r\n\r\n`
);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

const answers = { count: 0, status: '', size: 0 };
const end = performance.now() + Number(seconds) * 1000;

await Promise.all(Array.from({ length: Number(connections) }, () => ask()));
console.log(JSON.stringify(answers));

/** One request after the other, each when the answer before is whole. */
function ask(): Promise<void> {
	return new Promise((done, fail) => {
		const socket = connect(Number(url.port), url.hostname, () => socket.write(REQUEST));
		let rest: Buffer = Buffer.alloc(0);
		let missing = 0;
		socket.setNoDelay(true);
		socket.on('error', fail);
		socket.on('close', () => done());
		socket.on('data', (piece: Buffer) => {
			if (missing === 0) {
				rest = rest.length ? Buffer.concat([rest, piece]) : piece;
				const head = rest.indexOf(END_OF_HEAD);
				if (head < 0) return;
				const text = rest.toString('latin1', 0, head);
				answers.status = text.slice(9, 12);
				answers.size = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
				missing = answers.size - (rest.length - head - END_OF_HEAD.length);
				rest = Buffer.alloc(0);
			} else missing -= piece.length;
			if (missing !== 0) return missing > 0 ? undefined : fail(new Error('more than asked'));
			answers.count += 1;
			if (performance.now() < end) socket.write(REQUEST);
			else socket.destroy();
		});
	});
}
