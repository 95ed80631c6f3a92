// A FIDO Metadata Service of a test's own, and the maker of a model of security key; certificates by the openssl command.
import { execFileSync } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');

/** As openssl's database of certificates and its options spell a time. */
const asn1 = (date, year) => date.toISOString().replace(/[-:T]|\.\d+/g, '').slice(year === 2 ? 2 : 0);

/** Certificates on P-256 in a folder of their own, removed at the end. */
export class Authority {
  #serials = 6;
  constructor(name) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-authority-'));
    process.once('exit', () => fs.rmSync(this.folder, { recursive: true, force: true }));
    this.#openssl('req', '-x509', ...this.#fresh('root'), '-out', this.#at('root.pem'), '-days', '3650', '-subj', `/CN=${name}`,
      '-addext', 'basicConstraints=critical,CA:TRUE');
    this.pem = fs.readFileSync(this.#at('root.pem'), 'utf8');
    this.der = derOf(this.pem);
  }
  #at(name) { return path.join(this.folder, name); }
  #openssl(...args) { execFileSync('openssl', args, { stdio: 'ignore' }); }
  #fresh(name) { return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.#at(`${name}.key`)]; }

  /** A certificate of this authority: `{der, key}`. `extensions` as openssl's configuration spells them. */
  issue(name, subject, extensions) {
    fs.writeFileSync(this.#at(`${name}.ext`), ['basicConstraints=CA:FALSE', ...extensions].join('\n'));
    this.#openssl('req', ...this.#fresh(name), '-out', this.#at(`${name}.csr`), '-subj', subject);
    this.#openssl('x509', '-req', '-in', this.#at(`${name}.csr`), '-CA', this.#at('root.pem'), '-CAkey', this.#at('root.key'), '-days', '3650',
      '-set_serial', String(++this.#serials), '-extfile', this.#at(`${name}.ext`), '-out', this.#at(`${name}.pem`));
    const key = createPrivateKey(fs.readFileSync(this.#at(`${name}.key`), 'utf8'));
    return { der: derOf(fs.readFileSync(this.#at(`${name}.pem`), 'utf8')), key, serial: this.#serials };
  }
  /** Its revocation list, PEM: of the certificates `revoked`, current from `from` to `until`. */
  crl({ revoked = [], from = new Date(Date.now() - 3600e3), until = new Date(Date.now() + 3650 * 864e5) } = {}) {
    const serialOf = (certificate) => certificate.serial.toString(16).padStart(2, '0').toUpperCase();
    fs.writeFileSync(this.#at('index.txt'), revoked.map((one) => `R\t491231000000Z\t${asn1(from, 2)}\t${serialOf(one)}\tunknown\t/CN=x\n`).join(''));
    fs.writeFileSync(this.#at('ca.cnf'), `[ca]\ndefault_ca=it\n[it]\ndatabase=${this.#at('index.txt')}\ndefault_md=sha256\n`);
    this.#openssl('ca', '-config', this.#at('ca.cnf'), '-gencrl', '-keyfile', this.#at('root.key'), '-cert', this.#at('root.pem'),
      '-crl_lastupdate', asn1(from), '-crl_nextupdate', asn1(until), '-out', this.#at('list.pem'));
    return fs.readFileSync(this.#at('list.pem'), 'utf8');
  }
}
const derOf = (pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');

/** The maker of one model: `attester` is what an Authenticator of it attests with. */
export class Maker {
  constructor(aaguid, description = 'Example key 5') {
    this.aaguid = aaguid;
    this.description = description;
    this.authority = new Authority('Example maker');
    const { der, key } = this.authority.issue('attestation', '/C=SE/O=Example/OU=Authenticator Attestation/CN=Example key',
      [`1.3.6.1.4.1.45724.1.1.4=DER:0410${aaguid.replaceAll('-', '')}`]);
    this.attester = { aaguid: Buffer.from(aaguid.replaceAll('-', ''), 'hex'), x5c: [der], key };
  }
  /** Its entry in the metadata; `statement` replaces members of the metadata statement. */
  entry({ statuses = ['FIDO_CERTIFIED_L1'], statement = {} } = {}) {
    return {
      aaguid: this.aaguid,
      metadataStatement: {
        description: this.description, protocolFamily: 'fido2', keyProtection: ['hardware', 'secure_element'],
        userVerificationDetails: [[{ userVerificationMethod: 'passcode_external' }]],
        attestationRootCertificates: [this.authority.der.toString('base64')],
        authenticatorGetInfo: { versions: ['FIDO_2_0'], options: { rk: true, clientPin: true } },
        ...statement,
      },
      statusReports: statuses.map((status) => ({ status, effectiveDate: '2024-01-01' })),
      timeOfLastStatusChange: '2024-01-01',
    };
  }
}

export class MetadataService {
  constructor({ host = 'mds.fidoalliance.org', authority = new Authority('Metadata root'), crlUrl } = {}) {
    this.authority = authority;
    this.leaf = this.authority.issue('leaf', '/CN=metadata', [`subjectAltName=DNS:${host}`, ...(crlUrl ? [`crlDistributionPoints=URI:${crlUrl}`] : [])]);
  }
  /** A signed document; `header` replaces members of its header. */
  document(no, entries, { nextUpdate = '2099-12-31', header = {} } = {}) {
    const head = { alg: 'ES256', typ: 'JWT', x5c: [this.leaf.der.toString('base64')], ...header };
    const text = `${b64(JSON.stringify(head))}.${b64(JSON.stringify({ legalHeader: 'for tests', no, nextUpdate, entries }))}`;
    return `${text}.${b64(sign('sha256', Buffer.from(text), { key: this.leaf.key, dsaEncoding: 'ieee-p1363' }))}`;
  }
}
