// RFC 6238 with SHA-1, 6 digits, 30 s: the test's own, so that the product is not checked against itself.
import { createHmac } from 'node:crypto';

export function base32(text) {
  let bits = '';
  for (const letter of text.toUpperCase().replace(/[=\s-]/g, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (value < 0) throw new Error(`not base32: ${letter}`);
    bits += value.toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
}

export const stepOf = (instant) => Math.floor(instant.getTime() / 30000);

/** The code of one 30-second step. */
export function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}
