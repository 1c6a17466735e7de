import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

// Node.js reads certificates but makes none, so this one is put together here: X.509 (RFC 5280) in DER,
// where each thing is a tag, its length and its content.
const TAG = {
	integer: 0x02,
	bits: 0x03,
	octets: 0x04,
	oid: 0x06,
	text: 0x0c,
	time: 0x17,
	sequence: 0x30,
	set: 0x31,
	version: 0xa0,
	extensions: 0xa3,
	ipAddress: 0x87,
};

const DAY_MS = 24 * 3600 * 1000;

function der(tag: keyof typeof TAG, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const size =
		length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([TAG[tag], ...size]), content]);
}

function oid(hex: string): Buffer {
	return der('oid', Buffer.from(hex, 'hex'));
}

function bits(bytes: Buffer): Buffer {
	// No bits of the last byte are unused.
	return der('bits', Buffer.from([0]), bytes);
}

function time(ms: number): Buffer {
	const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '');
	return der('time', Buffer.from(digits.slice(2)));
}

/** A key and a certificate for 127.0.0.1 that it signs itself, valid until tomorrow (both PEM). */
export function selfSigned(): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
	const ecdsaWithSha256 = der('sequence', oid('2a8648ce3d040302'));
	const commonName = der('sequence', oid('550403'), der('text', Buffer.from('Bench vendor')));
	const name = der('sequence', der('set', commonName));
	const addresses = der('sequence', der('ipAddress', Buffer.from([127, 0, 0, 1])));
	const subjectAltName = der('sequence', oid('551d11'), der('octets', addresses));
	const signed = der(
		'sequence',
		der('version', der('integer', Buffer.from([2]))),
		// A serial number is positive.
		der('integer', Buffer.from([1]), randomBytes(8)),
		ecdsaWithSha256,
		name,
		der('sequence', time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der('extensions', der('sequence', subjectAltName)),
	);
	const signature = sign('sha256', signed, privateKey);
	const certificate = der('sequence', signed, ecdsaWithSha256, bits(signature));
	const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
	};
}
