// Keys and self-signed certificates of clients, made by the openssl command; and assertions signed with them.
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';

/** A certificate of its own key: `{certificate (its file), pem, der, privateKey, privatePem, x5t, x5tS256}`. `kind`: rsa or ec. */
export function makeCertificate({ kind = 'rsa', days = 30, name = 'daemon' } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-cert-'));
  const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const fresh = kind === 'rsa' ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync('openssl', ['req', '-x509', ...fresh, '-nodes', '-keyout', key, '-out', certificate, '-days', String(days), '-subj', `/CN=${name}`], { stdio: 'ignore' });
  const pem = fs.readFileSync(certificate, 'utf8');
  const privatePem = fs.readFileSync(key, 'utf8');
  fs.rmSync(key);
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const thumbprint = (hash) => createHash(hash).update(der).digest('base64url');
  return { certificate, pem, der, privatePem, privateKey: createPrivateKey(privatePem), x5t: thumbprint('sha1'), x5tS256: thumbprint('sha256') };
}

/** A client assertion as MSAL makes it; `claims` and `header` replace what they name, and `undefined` leaves it out. */
export function assertionOf({ clientId, audience, key, now, header = {}, claims = {} }) {
  const seconds = Math.floor(now.getTime() / 1000);
  const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
  return new SignJWT(clean({ aud: audience, exp: seconds + 600, iss: clientId, jti: randomUUID(), nbf: seconds, sub: clientId, ...claims }))
    .setProtectedHeader(clean({ alg: 'PS256', 'x5t#S256': key.x5tS256, ...header }))
    .sign(key.privateKey);
}
