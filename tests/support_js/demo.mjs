// Starts `portcullis demo` on a free port with data of its own, drives its clock and its command line, and ends it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { form, request } from './http.mjs';
import { freePort } from './ports.mjs';
import { Postgres } from './postgres.mjs';
import { stepOf, totp } from './totp.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const LOGS = path.join(ROOT, 'build/test-logs');
export const BINARY = process.env.PORTCULLIS_BINARY ?? path.join(ROOT, 'build/release/portcullis');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Demo {
  #process;
  #lastStep = new Map();
  #output = '';

  /** `store`: sqlite or postgres; `tls`; `fastHash`: cheapest Argon2id; `args`: more options; `name`: of its log. */
  static async start({ store = 'sqlite', tls = false, fastHash = true, args = [], name = 'demo' } = {}) {
    const demo = new Demo();
    demo.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-demo-'));
    demo.name = name;
    demo.database = store === 'postgres' ? (await Postgres.shared()).create() : undefined;
    demo.port = await freePort();
    demo.options = ['--data', path.join(demo.folder, 'data'), '--listen', `127.0.0.1:${demo.port}`, ...(fastHash ? ['--fast-hash'] : []),
      ...(demo.database ? ['--database', demo.database] : []), ...(tls ? ['--tls'] : []), ...args];
    try { await demo.up(); }
    catch (error) { await demo.stop(); throw error; }
    return demo;
  }

  /** Starts, or starts again on the same data. */
  async up() {
    const readyFile = path.join(this.folder, 'ready.json');
    fs.rmSync(readyFile, { force: true });
    fs.mkdirSync(path.join(LOGS, 'demo'), { recursive: true });
    const log = fs.createWriteStream(path.join(LOGS, 'demo', `${this.name.replace(/[^\w.-]+/g, '_').slice(0, 80)}.log`), { flags: 'a' });
    this.#process = spawn(BINARY, ['demo', ...this.options, '--ready-file', readyFile], { stdio: ['ignore', 'pipe', 'pipe'] });
    const child = this.#process;
    let ended = null;
    child.on('error', (error) => { ended = error.message; });
    child.on('exit', (code, signal) => { ended ??= `exit ${code ?? signal}`; });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => { this.#output = (this.#output + part).slice(-4000); log.write(part); });
    process.once('exit', () => child.kill('SIGKILL'));
    for (const deadline = Date.now() + 30000; !fs.existsSync(readyFile); await pause(10)) {
      if (ended) throw new Error(`portcullis demo: ${ended}\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`portcullis demo: not ready in 30 s\n${this.#output}`);
    }
    this.ready = JSON.parse(fs.readFileSync(readyFile, 'utf8'));
    this.base = this.ready.base;
    this.tenant = this.ready.tenants.contoso;
    this.issuer = this.tenant.issuer;
    this.users ??= structuredClone(this.tenant.users);
    this.ca = this.ready.ca && fs.readFileSync(this.ready.ca);
    this.pid = child.pid;
  }

  /** Ends the server: SIGTERM and patience, or SIGKILL. */
  async down(signal = 'SIGTERM') {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 8000);
    await gone;
    clearTimeout(timer);
  }

  async stop() {
    await this.down();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  // ---- where things are
  client(name) { const found = this.tenant.clients[name]; if (!found) throw new Error(`no client ${name}`); return found; }
  user(name) { const found = this.users[name]; if (!found) throw new Error(`no user ${name}`); return found; }
  addUser(name, user) { this.users[name] = user; return user; }
  place(name) { return this.ready.places[name]?.ip ?? name; }
  url(pathname) { return new URL(pathname, this.base).href; }
  /** An endpoint of the tenant: `oauth2/v2.0/token`. */
  at(pathname) { return `${this.base}/${this.tenant.id}/${pathname}`; }

  fetch(url, options = {}) {
    const from = options.from ? { 'x-forwarded-for': this.place(options.from) } : {};
    return request(url.startsWith('http') ? url : this.url(url), { ca: this.ca, ...options, headers: { ...from, ...options.headers } });
  }

  /** POST of a form to an endpoint of the tenant; `as` authenticates a client, by Basic unless it is registered otherwise. */
  post(pathname, fields, { as, from, headers = {}, method = 'POST' } = {}) {
    const auth = as ? clientAuthentication(this.client(as)) : { headers: {}, fields: {} };
    return this.fetch(this.at(pathname), {
      method, from, body: form({ ...fields, ...auth.fields }),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...auth.headers, ...headers },
    });
  }
  token(fields, options) { return this.post('oauth2/v2.0/token', fields, options); }

  async metadata() { return (this.cachedMetadata ??= (await this.fetch(`${this.issuer}/.well-known/openid-configuration`)).json()); }
  async jwks() { return (await this.fetch((await this.metadata()).jwks_uri)).json(); }

  /** Verifies a JWT of this issuer with an independent library: its header and claims. */
  async verify(jwt, options = {}) {
    const { protectedHeader, payload } = await jwtVerify(jwt, createLocalJWKSet(await this.jwks()),
      { issuer: this.issuer, currentDate: await this.now(), ...options });
    return { header: protectedHeader, claims: payload };
  }

  // ---- time
  async now() { return new Date((await this.fetch('/demo/clock')).json().now); }
  async advance(duration) {
    const answer = await this.fetch('/demo/clock', { method: 'POST', body: JSON.stringify({ advance: duration }), headers: { 'content-type': 'application/json' }, timeout: 60000 });
    if (answer.status !== 200) throw new Error(`clock: ${answer.status} ${answer.body}`);
    return new Date(answer.json().now);
  }
  async outbox() { const mail = (await this.fetch('/demo/outbox.json')).json(); return mail.value ?? mail; }

  // ---- codes
  /** A TOTP code not used before. Turns the clock by one step when the window holds no fresh one. */
  async otp(name) {
    const user = this.user(name);
    const used = this.#lastStep.get(user.totp_secret) ?? 0;
    let step = Math.max(stepOf(await this.now()), used + 1);
    while (step > stepOf(await this.now()) + 1) await this.advance('PT30S');
    this.#lastStep.set(user.totp_secret, step);
    return totp(user.totp_secret, step);
  }
  /** Six digits that no step near now gives. */
  async wrongOtp(name) {
    const now = stepOf(await this.now());
    const right = [-2, -1, 0, 1, 2, 3].map((d) => totp(this.user(name).totp_secret, now + d));
    return ['000000', '111111', '222222', '333333', '444444', '555555', '666666', '777777'].find((code) => !right.includes(code));
  }

  // ---- command line
  /** `portcullis ARGS --json` against this store: `{code, stdout, stderr, json}`. */
  cli(args, { stdin = '', json = true } = {}) {
    const all = [...args, '--data', path.join(this.folder, 'data'), ...(this.database ? ['--database', this.database] : []),
      '--tenant', this.tenant.domain ?? this.tenant.id, ...(json ? ['--json'] : [])];
    return run(BINARY, all, stdin);
  }
  /** As `cli`, and it must succeed: its JSON. */
  async admin(...args) {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    const result = await this.cli(args, options);
    if (result.code !== 0) throw new Error(`portcullis ${args.join(' ')}: exit ${result.code}\n${result.stdout}${result.stderr}`);
    return result.json;
  }
  async adminList(...args) { const json = await this.admin(...args); return json?.value ?? json; }

  /** Creates a policy from a Graph document. */
  async policy(document) { return this.admin('policy', 'create', '-', { stdin: JSON.stringify(document) }); }
  async policiesOff() {
    for (const policy of await this.adminList('policy', 'list')) if (policy.state !== 'disabled') await this.admin('policy', 'disable', policy.id);
  }
}

export function run(program, args, stdin = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (part) => { stdout += part; });
    child.stderr.on('data', (part) => { stderr += part; });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (code) => {
      let json;
      try { json = JSON.parse(stdout); } catch { json = undefined; }
      resolve({ code, stdout, stderr, json });
    });
    child.stdin.end(stdin);
  });
}

export function clientAuthentication(client) {
  if (!client.client_secret) return { headers: {}, fields: { client_id: client.client_id } };
  if (client.token_endpoint_auth_method === 'client_secret_post') return { headers: {}, fields: { client_id: client.client_id, client_secret: client.client_secret } };
  return { headers: { authorization: basic(client.client_id, client.client_secret) }, fields: {} };
}
export const basic = (id, secret) => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
