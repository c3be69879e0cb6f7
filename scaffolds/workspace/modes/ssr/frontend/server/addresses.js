// Who asks, for what address: as a proxy that is trusted tells, else as it looks from here.

import { randomUUID } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { ORIGIN, setting } from './settings.js';

const TRUSTED = list(process.env.FORWARDED_ALLOW_IPS ?? '127.0.0.1,::1');

const trusted = setting(
	'FORWARDED_ALLOW_IPS',
	'',
	networks,
	'addresses and networks such as 10.0.0.0/8, with commas between, or *'
);

// by connection: to look an address up takes longer than all else that is done for a request
const peers = new WeakMap();

/** The headers that tell it on. */
export function seen({ headers, socket }) {
	const peer = peerOf(socket);
	const told = peer.isTrusted ? headers : {};
	const hops = list(told['x-forwarded-for']);
	const [proto] = list(told['x-forwarded-proto']);
	const [host = headers.host ?? ''] = list(told['x-forwarded-host']);
	return {
		'x-forwarded-for': hops.findLast((address) => !trusts(address)) ?? hops[0] ?? peer.address,
		'x-forwarded-proto': ORIGIN?.protocol.slice(0, -1) ?? (proto === 'https' ? 'https' : 'http'),
		'x-forwarded-host': ORIGIN?.host ?? host,
		host: ORIGIN?.host ?? host,
		// by which the lines of a page and of what it asks of the API are found in both logs
		'x-request-id': /^[\w.-]{1,64}$/.exec(told['x-request-id'])?.[0] ?? randomUUID()
	};
}

function peerOf(socket) {
	const known = peers.get(socket);
	if (known) return known;
	const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
	const peer = { address, isTrusted: trusts(address) };
	peers.set(socket, peer);
	return peer;
}

/** The parts of a header that is a list. */
export function list(header = '') {
	return header.split(',').flatMap((text) => text.trim() || []);
}

function networks() {
	const addresses = new BlockList();
	for (const entry of TRUSTED.filter((text) => text !== '*')) {
		const [, address, bits = isIP(address) === 6 ? 128 : 32] = /^([^/]+)(?:\/(\d+))?$/.exec(entry);
		addresses.addSubnet(address, Number(bits), family(address));
	}
	return addresses;
}

function trusts(address) {
	const known = isIP(address) !== 0 && trusted.check(address, family(address));
	return known || TRUSTED.includes('*');
}

function family(address) {
	return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
