// A provider of MFA outside, as Microsoft's "external method provider reference" describes it: metadata, keys, and answers by form_post.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export class ExternalProvider {
  /** Its certificate is there at once, because the product is started with it. */
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-provider-'));
    this.ca = path.join(this.folder, 'cert.pem');
    this.keyFile = path.join(this.folder, 'key.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.keyFile, '-out', this.ca,
      '-days', '2', '-subj', '/CN=provider', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
    process.once('exit', () => fs.rmSync(this.folder, { recursive: true, force: true }));
    this.clientId = 'portcullis-at-provider';
    this.reads = { metadata: 0, keys: 0 };
    this.keys = new Map();
    this.published = [];
    this.metadata = {};
    this.isDown = false;
  }

  async start() {
    await this.addKey('k1');
    this.server = https.createServer({ key: fs.readFileSync(this.keyFile), cert: fs.readFileSync(this.ca) }, (request, response) => this.#answer(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.origin = `https://127.0.0.1:${this.server.address().port}`;
    this.authorize = `${this.origin}/authorize`;
    this.discoveryUrl = `${this.origin}/.well-known/openid-configuration`;
    return this;
  }
  async stop() { this.server?.closeAllConnections(); await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve())); }

  async addKey(kid, { alg = 'RS256', publish = true } = {}) {
    const pair = await generateKeyPair(alg, { extractable: true });
    const jwk = { ...await exportJWK(pair.publicKey), kid, use: 'sig', alg };
    this.keys.set(kid, { ...pair, jwk, alg });
    if (publish) this.published.push(jwk);
  }

  #answer(request, response) {
    if (this.isDown) return request.socket.destroy();
    const json = (body) => { const text = JSON.stringify(body); response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }); response.end(text); };
    if (request.url === '/.well-known/openid-configuration') {
      this.reads.metadata++;
      return json({ issuer: this.origin, authorization_endpoint: this.authorize, jwks_uri: `${this.origin}/keys`, response_types_supported: ['id_token'],
        response_modes_supported: ['form_post'], scopes_supported: ['openid'], id_token_signing_alg_values_supported: ['RS256'], subject_types_supported: ['public'], ...this.metadata });
    }
    if (request.url === '/keys') { this.reads.keys++; return json({ keys: this.published }); }
    response.writeHead(404).end();
  }

  /** The claims it answers a request with; `change` replaces what it names, and `undefined` leaves out. */
  claims(asked, hint, now, change = {}) {
    const seconds = Math.floor(now.getTime() / 1000);
    const claims = { iss: this.origin, aud: asked.client_id, sub: hint.sub, nonce: asked.nonce, iat: seconds, exp: seconds + 300, acr: 'possessionorinherence', amr: ['fido'], ...change };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }
  sign(claims, { kid = 'k1', header = {} } = {}) {
    const key = this.keys.get(kid);
    return new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid, typ: 'JWT', ...header }).sign(key.privateKey);
  }
  unsigned(claims) { return `${b64({ alg: 'none', kid: 'k1', typ: 'JWT' })}.${b64(claims)}.`; }
  /** HS256 under the text of the public key: what a verifier takes that lets the token choose the algorithm. */
  async signedWithPublicKey(claims, kid = 'k1') {
    const input = `${b64({ alg: 'HS256', kid, typ: 'JWT' })}.${b64(claims)}`;
    return `${input}.${createHmac('sha256', await exportSPKI(this.keys.get(kid).publicKey)).update(input).digest('base64url')}`;
  }
}
