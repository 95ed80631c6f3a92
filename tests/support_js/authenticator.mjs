// An authenticator and the browser in front of it, in software: real ES256 keys, real signatures, every field open to be wrong.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const UP = 0x01, UV = 0x04, BE = 0x08, BS = 0x10, AT = 0x40;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');

// The little of CBOR that an attestation object needs (RFC 8949 §3).
const head = (major, n) => (n < 24 ? Buffer.from([major << 5 | n]) : n < 256 ? Buffer.from([major << 5 | 24, n]) : Buffer.from([major << 5 | 25, n >> 8, n & 0xff]));
const bytes = (value) => Buffer.concat([head(2, value.length), value]);
const text = (value) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);

export class Authenticator {
  /** `attester`: what the maker of its model signs with, `{aaguid, x5c, key}`; without one it attests nothing. */
  constructor(demo, attester = undefined) {
    this.attester = attester;
    this.origin = new URL(demo.base).origin;
    this.rpId = new URL(demo.base).hostname;
    this.id = randomBytes(32);
    this.counter = 0;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.key = privateKey;
    const { x, y } = publicKey.export({ format: 'jwk' });
    this.cose = Buffer.concat([head(5, 5), Buffer.from('0102032620012158', 'hex'), Buffer.from([0x20]), Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')]);
  }

  #client(type, challenge, { origin = this.origin } = {}) { return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })); }
  #data(flags, { rpId = this.rpId, counter = this.counter } = {}) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
  }
  #answer(response) { return JSON.stringify({ id: b64(this.id), rawId: b64(this.id), type: 'public-key', response, clientExtensionResults: {} }); }

  #statement(signed) {
    if (!this.attester) return ['none', head(5, 0)];
    const { key, x5c } = this.attester;
    return ['packed', Buffer.concat([head(5, 3), text('alg'), Buffer.from([0x26]), text('sig'), bytes(sign('sha256', signed, key)),
      text('x5c'), head(4, x5c.length), ...x5c.map(bytes)])];
  }

  /** RegistrationResponseJSON to creation options; `wrong` changes the origin, the RP ID, the flags or the counter. */
  create(options, wrong = {}) {
    this.userHandle = options.user.id;
    const client = this.#client('webauthn.create', options.challenge, wrong);
    const kept = this.attester ? 0 : BE | BS; // what is attested stays in its device
    const aaguid = this.attester?.aaguid ?? Buffer.alloc(16);
    const data = Buffer.concat([this.#data(wrong.flags ?? (UP | UV | AT | kept), wrong), aaguid, Buffer.from([0, 32]), this.id, this.cose]);
    const [format, statement] = this.#statement(Buffer.concat([data, sha256(client)]));
    const object = Buffer.concat([head(5, 3), text('fmt'), text(format), text('attStmt'), statement, text('authData'), bytes(data)]);
    return this.#answer({ clientDataJSON: b64(client), attestationObject: b64(object), transports: ['internal'] });
  }

  /** AuthenticationResponseJSON to request options. */
  get(options, wrong = {}) {
    const client = this.#client('webauthn.get', options.challenge, wrong);
    const data = this.#data(wrong.flags ?? (this.attester ? UP | UV : UP | UV | BE | BS), wrong);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.key);
    return this.#answer({ clientDataJSON: b64(client), authenticatorData: b64(data), signature: b64(signature), userHandle: wrong.userHandle ?? this.userHandle });
  }
}

/** What web/static/passkey.js does: asks for the options of the page's passkey form. */
export async function optionsOf(browser, page, fields = {}) {
  const found = page.forms.find((f) => passkeyForm(f));
  if (!found) throw new Error(`no passkey is asked for on ${page}`);
  const url = new URL(attribute(found, 'data-options'), page.url).href;
  return browser.send(url, { method: 'POST', fields: { ...found.data(fields) }, headers: { accept: '*/*' } });
}
/** What the page itself brings along, where it does: the browser is asked for it before anything else. */
export const requestOf = (page) => JSON.parse(attribute(page.forms.find((f) => passkeyForm(f)), 'data-request'));
/** Posts an answer with the page's passkey form. */
export function answerWith(browser, page, passkey, fields = {}) {
  return browser.submit(page.forms.find((f) => passkeyForm(f)), { passkey, ...fields });
}
export const asksForPasskey = (page) => Boolean(page?.forms.some((f) => passkeyForm(f)));
const attribute = (found, name) => found.element.attrs.find((a) => a.name === name)?.value;
const passkeyForm = (found) => attribute(found, 'data-passkey') !== undefined;
