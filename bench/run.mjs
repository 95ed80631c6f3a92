// Product and peers in alternating rounds of one run; a Markdown table.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Demo, ROOT, run } from '../tests/support_js/demo.mjs';
import { Authenticator, answerWith, optionsOf } from '../tests/support_js/authenticator.mjs';
import { form } from '../tests/support_js/http.mjs';
import { freePort } from '../tests/support_js/ports.mjs';
import { Browser, SignIn, challengeOf } from '../tests/support_js/sign_in.mjs';

const BUILD = path.join(ROOT, 'build/release/bench');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-bench-'));
process.once('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
const file = (name, text) => { const where = path.join(scratch, name); fs.writeFileSync(where, text); return where; };
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const basic = ({ client_id, client_secret }) => `Authorization: Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`).toString('base64')}`;
const lastJson = (text) => JSON.parse(text.trim().split('\n').filter((line) => line.startsWith('{')).at(-1));
const exec = promisify(execFile);
const note = (text) => process.stderr.write(`${text}\n`);
const rows = [];
const raw = [];
/** One line of the table. `reached` is true, false or undefined (nothing to reach). */
const row = (bench, product, peer, ratio, reach, reached) => rows.push({ bench, product, peer, ratio, reach, reached });

async function wrk(url, body, header, connections = 8) {
  const { stdout } = await exec('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', path.join(ROOT, 'bench/wrk/post.lua'), url, '--', file('body', body), file('header', header)]);
  return lastJson(stdout);
}
async function load(mode, fields) {
  const result = await run(path.join(BUILD, 'bench_load'), [mode, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)]);
  if (!result.stdout) throw new Error(`bench_load: ${result.stderr}`);
  return lastJson(result.stdout);
}
/** Rounds of every contender in turn; the median round of each. */
async function alternate(bench, contenders) {
  const seen = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, measure] of Object.entries(contenders)) {
      const result = await measure();
      note(`${bench} ${round + 1}/${options.rounds} ${name}: ${JSON.stringify(result)}`);
      raw.push({ bench, contender: name, round, ...result });
      seen[name].push(result);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, results]) => {
    const rate = median(results.map((r) => r.rate));
    return [name, { ...results.find((r) => r.rate === rate), p99_ms: median(results.map((r) => r.p99_ms ?? 0)), errors: results.reduce((sum, r) => sum + (r.errors ?? 0), 0) }];
  }));
}
const say = (one) => `${one.rate.toFixed(0)}/s${one.p99_ms ? `, p99 ${one.p99_ms.toFixed(1)} ms` : ''}${one.errors ? `, **${one.errors} errors**` : ''}`;

async function oidcProvider() {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(ROOT, 'bench/peers/oidc_provider.mjs'), String(port), '16'], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_ENV: 'production' } });
  process.once('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`oidc-provider ended: ${code}`)));
    child.stdout.on('data', (part) => { text += part; const line = text.split('\n').find((l) => l.startsWith('{') && l.endsWith('}')); if (line) resolve({ ...JSON.parse(line), base: `http://127.0.0.1:${port}`, stop: () => child.kill() }); });
  });
}
const against = (demo) => ({ port: demo.port, host: new URL(demo.base).host, path: `/${demo.tenant.id}/oauth2/v2.0/token`, seconds });
/** The Host field must be the authority of the base URL, whatever address wrk connects to. */
const local = (demo, pathname) => `http://127.0.0.1:${demo.port}/${demo.tenant.id}/${pathname}`;
const hostOf = (demo) => `Host: ${new URL(demo.base).host}\n`;

const BENCHES = {
  async client_credentials() {
    const [demo, peer] = [await Demo.start({ name: 'bench' }), await oidcProvider()];
    const plain = await demo.token({ grant_type: 'client_credentials' }, { as: 'service' });
    const body = plain.status === 200 ? 'grant_type=client_credentials' : `grant_type=client_credentials&scope=${encodeURIComponent(`${demo.client('service').resource ?? 'api://demo'}/.default`)}`;
    const result = await alternate('client_credentials', {
      portcullis: () => wrk(local(demo, 'oauth2/v2.0/token'), body, hostOf(demo) + basic(demo.client('service'))),
      'oidc-provider': () => wrk(`${peer.base}${peer.path}`, `grant_type=client_credentials&scope=read&resource=${peer.resource}`, basic(peer)),
    });
    const ratio = result.portcullis.rate / result['oidc-provider'].rate;
    row('client_credentials, ES256 JWT, durable audit, 8 connections', say(result.portcullis), `oidc-provider ${say(result['oidc-provider'])}`, ratio, '≥ 4×, p99 ≤ 5 ms', ratio >= 4 && result.portcullis.p99_ms <= 5 && !result.portcullis.errors);
    peer.stop();
    await demo.stop();
  },

  async refresh() {
    const [demo, peer] = [await Demo.start({ name: 'bench' }), await oidcProvider()];
    await signIdTokensWithES256(demo);
    const fresh = async () => {
      const tokens = [];
      for (let i = 0; i < 8; i++) tokens.push((await SignIn.complete(demo, { who: ['alice', 'henry', 'erin'][i % 3], from: 'home', answer: ['password'] })).tokens.refresh_token);
      return file('tokens', tokens.join('\n'));
    };
    const peerTokens = file('peer-tokens', peer.refresh_tokens.slice(0, 8).join('\n'));
    let spent = 0;
    const result = await alternate('refresh', {
      portcullis: async () => load('refresh', { ...against(demo), tokens: await fresh(), headers: file('h1', `${basic(demo.client('web'))}\r\n`), connections: 8 }),
      // oidc-provider's tokens rotate too: a new process each round gives new ones.
      'oidc-provider': async () => {
        const one = spent++ === 0 ? peer : await oidcProvider();
        const tokens = one === peer ? peerTokens : file('peer-tokens', one.refresh_tokens.slice(0, 8).join('\n'));
        const answer = await load('refresh', { port: one.port, host: `localhost:${one.port}`, path: one.path, tokens, headers: file('h2', `${basic(one)}\r\n`), connections: 8, seconds });
        one.stop();
        return answer;
      },
    });
    const ratio = result.portcullis.rate / result['oidc-provider'].rate;
    row('refresh with rotation, 8 connections', say(result.portcullis), `oidc-provider ${say(result['oidc-provider'])}`, ratio, '≥ 4×', ratio >= 4 && !result.portcullis.errors);
    await demo.stop();
  },

  async introspection() {
    const [demo, peer] = [await Demo.start({ name: 'bench' }), await oidcProvider()];
    const { tokens } = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    const result = await alternate('introspection', {
      portcullis: () => wrk(local(demo, 'oauth2/v2.0/introspect'), form({ token: tokens.access_token }), hostOf(demo) + basic(demo.client('web'))),
      'oidc-provider': () => wrk(`${peer.base}${peer.introspection}`, form({ token: peer.token }), basic(peer)),
    });
    const ratio = result.portcullis.rate / result['oidc-provider'].rate;
    row('introspection, 8 connections', say(result.portcullis), `oidc-provider ${say(result['oidc-provider'])}`, ratio, '≥ 4×', ratio >= 4 && !result.portcullis.errors);
    peer.stop();
    await demo.stop();
  },

  async sign_in() {
    const demo = await people(1000, { fastHash: false });
    const result = await alternate('sign_in', {
      portcullis: () => signIns(demo, { connections: 16, users: 1000 }),
      'argon2id alone': async () => lastJson((await run(path.join(BUILD, 'bench_argon2'), [String(seconds), String(os.cpus().length)])).stdout),
    });
    const ratio = result.portcullis.rate / result['argon2id alone'].rate;
    row(`password sign-ins, whole flow, ${os.cpus().length} cores`, say(result.portcullis), `Argon2id alone ${say(result['argon2id alone'])}`, ratio, '≥ 90 % of the ceiling', ratio >= 0.9 && !result.portcullis.errors);
    const flood = await signIns(demo, { connections: 160, users: 1000, seconds: seconds * 2 });
    raw.push({ bench: 'sign_in overload', ...flood });
    row('the same at 10× overload (160 people at once, tried again when turned away)', `${say(flood)}, ${flood.turned_away} turned away, slowest ${(flood.max_ms / 1000).toFixed(1)} s`, '–', flood.rate / result['argon2id alone'].rate, 'bounded, nobody lost', flood.errors === 0);
    await demo.stop();
  },

  async passkey() {
    const demo = await people(32);
    await signIdTokensWithES256(demo);
    const keys = [];
    for (let number = 0; number < 32; number++) keys.push(await passkeyOf(demo, `bench${number}@${demo.tenant.domain}`, demo.user('henry').password));
    const result = await alternate('passkey', {
      portcullis: () => load('passkey', { ...authorizing(demo), connections: keys.length, users: 1, pattern: 'nobody{}', password: '-', keys: file('keys', keys.join('\n')) }),
      'rows and cryptography alone': async () => lastJson((await run(path.join(BUILD, 'bench_floor'), [String(seconds)])).stdout),
    });
    const ratio = result.portcullis.rate / result['rows and cryptography alone'].rate;
    row(`sign-ins with a passkey, whole flow, ${os.cpus().length} cores, ${keys.length} people on devices that are known`, say(result.portcullis), `its rows and cryptography alone ${say(result['rows and cryptography alone'])}`, ratio, '≥ 2000/s', result.portcullis.rate >= 2000 && !result.portcullis.errors);
    await demo.stop();
  },

  async policies() {
    const own = await inProcess('policies');
    const peers = (await run(process.execPath, [path.join(ROOT, 'bench/peers/policy.mjs'), '10,200,10000', String(Math.min(seconds, 3))])).stdout.trim().split('\n').map((line) => JSON.parse(line));
    raw.push(...own, ...peers);
    const at = (list, policies) => list.find((one) => one.policies === policies);
    for (const policies of [10, 200, 10000]) {
      const mine = at(own, policies);
      const others = peers.filter((one) => one.policies === policies);
      const best = others.reduce((a, b) => (a.p50_us < b.p50_us ? a : b));
      const ratio = mine && best.p50_us / mine.p50_us;
      row(`policy evaluation, ${policies} policies`, mine ? `p50 ${mine.p50_us.toFixed(2)} µs, p99 ${mine.p99_us.toFixed(2)} µs` : 'not built', others.map((one) => `${one.engine} p50 ${one.p50_us.toFixed(0)} µs`).join(', '), ratio,
        policies === 200 ? '≥ 50×' : policies === 10000 ? '≤ 50× the time of 200' : '–', policies === 200 ? ratio >= 50 : policies === 10000 && mine ? mine.p50_us <= 50 * at(own, 200).p50_us : undefined);
    }
  },

  async decision() {
    for (const one of await inProcess('decision')) {
      raw.push(one);
      row(`sign-in decision in process, ${one.policies} policies`, `p50 ${one.p50_us.toFixed(2)} µs, p99 ${one.p99_us.toFixed(2)} µs`, '–', undefined, 'p50 ≤ 20 µs, p99 ≤ 100 µs', one.p50_us <= 20 && one.p99_us <= 100);
    }
  },

  async account() {
    const count = 10000;
    const demo = await Demo.start({ name: 'bench' });
    const who = new Browser(demo, { from: 'home' });
    const open = async () => {
      let { page } = await who.open(demo.at('myaccount/sign-ins'));
      if (page.asksFor('username')) ({ page } = await who.submit(page.form(['username']), { username: demo.user('alice').upn }, 'next'));
      if (page.asksFor('password')) ({ page } = await who.submit(page.form(['password']), { password: demo.user('alice').password }, 'next'));
      if (page.asksFor('otp')) ({ page } = await who.submit(page.form(['otp'], 'verify'), { otp: await demo.otp('alice') }, 'verify'));
      return page;
    };
    await open();
    await demo.down();
    await exec('python3', [path.join(ROOT, 'bench/seed_sign_ins.py'), storeOf(demo), demo.user('alice').upn, String(count)]);
    await demo.up();
    const page = await open();
    const shown = page.links().filter((l) => l.includes('sign-ins/report')).length;
    if (page.screen !== 'UX-80' || shown < 30) throw new Error(`the page shows ${shown} sign-ins: ${page}`);
    const header = `${hostOf(demo)}Cookie: ${who.jar.header(demo.at('myaccount/sign-ins'))}\nX-Forwarded-For: ${demo.place('home')}\nUser-Agent: ${who.userAgent}\n`;
    const { portcullis } = await alternate('account', { portcullis: () => wrk(local(demo, 'myaccount/sign-ins'), '', header, 2) });
    row(`my sign-ins, ${count} of them, 2 connections`, `${say(portcullis)}, p50 ${portcullis.p50_ms.toFixed(1)} ms`, '–', undefined, 'p99 ≤ 20 ms', portcullis.p99_ms <= 20 && !portcullis.errors);
    await demo.stop();
  },

  async passwords() {
    for (const one of await inProcess('passwords')) {
      raw.push(one);
      row(`password check, 1000 terms of the organisation and ${one.policies} breached ones`, `p50 ${one.p50_us.toFixed(2)} µs, p99 ${one.p99_us.toFixed(2)} µs`, '–', undefined, 'p99 ≤ 100 µs', one.p99_us <= 100);
    }
  },

  async cold_start() {
    const demo = await people(10000);
    const times = [];
    for (let i = 0; i < 5; i++) {
      await demo.down();
      const start = performance.now();
      await demo.up();
      times.push(performance.now() - start);
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const megabytes = Number(fs.readFileSync(`/proc/${demo.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
    raw.push({ bench: 'cold_start', times, megabytes });
    row('cold start and idle memory, 10 000 users', `ready in ${median(times).toFixed(0)} ms, ${megabytes.toFixed(0)} MB`, '–', undefined, '≤ 300 ms, ≤ 40 MB', median(times) <= 300 && megabytes <= 40);
    await demo.stop();
  },

  async scale() {
    const p99 = {};
    const demo = await people(1);
    for (const users of [10000, 100000, 1000000]) {
      await demo.down();
      await seed(demo, users);
      await demo.up();
      await signIns(demo, { connections: 4, users, seconds: 1 });
      const results = [];
      for (let round = 0; round < Number(options.rounds); round++) results.push(await signIns(demo, { connections: 4, users }));
      p99[users] = median(results.map((r) => r.p99_ms));
      raw.push(...results.map((r) => ({ bench: 'scale', users, ...r })));
      note(`scale ${users}: p99 ${p99[users].toFixed(2)} ms`);
    }
    const ratio = p99[1000000] / p99[10000];
    row('sign-in at 10 thousand, 100 thousand, 1 million users (cheap hash)', Object.values(p99).map((ms) => `p99 ${ms.toFixed(1)} ms`).join(', '), 'itself', ratio, 'p99 within 1.5×', ratio <= 1.5);
    await demo.stop();
  },
};

async function inProcess(bench) {
  const program = path.join(BUILD, 'bench_decision');
  if (!fs.existsSync(program)) { note('bench_decision is not built'); return []; }
  return (await run(program, [])).stdout.trim().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)).filter((one) => one.bench === bench);
}

/** A demo with so many people beside the named ones. */
async function people(count, demoOptions = {}) {
  const demo = await Demo.start({ name: 'bench', ...demoOptions });
  await demo.down();
  await seed(demo, count);
  await demo.up();
  return demo;
}
async function seed(demo, count) {
  note(`seeding ${count} people`);
  const result = await run('/usr/bin/python3', [path.join(ROOT, 'bench/seed.py'), storeOf(demo), demo.user('henry').upn, String(count)]);
  if (result.code !== 0) throw new Error(`seed: ${result.stderr}`);
}
/** As the peer signs them: an RSA signature costs more than all the rest of a refresh. */
async function signIdTokensWithES256(demo) {
  await demo.down();
  const change = `UPDATE applications SET document = replace(document, '"idTokenAlg":"RS256"', '"idTokenAlg":"ES256"')`;
  const result = await run('/usr/bin/python3', ['-c', 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db: print(db.execute(sys.argv[2]).rowcount)', storeOf(demo), change]);
  if (!(Number(result.stdout) > 0)) throw new Error(`the clients' algorithm: ${result.stderr}`);
  await demo.up();
}
function storeOf(demo) {
  const folder = path.join(demo.folder, 'data');
  return path.join(folder, fs.readdirSync(folder).find((name) => /\.(db|sqlite3?)$/.test(name)));
}
/** What every sign-in of bench_load sends. */
function authorizing(demo) {
  const verifier = 'v'.repeat(43);
  const web = demo.client('web');
  const authorize = `/${demo.tenant.id}/oauth2/v2.0/authorize?${form({ client_id: web.client_id, response_type: 'code', redirect_uri: web.redirect_uris[0], scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challengeOf(verifier), code_challenge_method: 'S256' })}`;
  return { ...against(demo), authorize, redirect: web.redirect_uris[0], verifier,
    headers: file('h3', `${basic(web)}\r\nX-Forwarded-For: ${demo.place('home')}\r\nUser-Agent: ${new Browser(demo, { from: 'home' }).userAgent}\r\nAccept: text/html\r\nAccept-Language: en\r\n`) };
}
async function signIns(demo, { connections, users, seconds: time = seconds }) {
  return load('sign_in', { ...authorizing(demo), seconds: time, connections, users, pattern: `bench{}@${demo.tenant.domain}`, password: demo.user('henry').password });
}
/** A passkey added by its owner on the security-info page, as their first method, as a line for bench_load. */
async function passkeyOf(demo, who, password) {
  const browser = new Browser(demo, { from: 'home' });
  let { page } = await browser.open(demo.at('myaccount/security-info/passkey'));
  if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: who }, 'next'));
  if (page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password }, 'next'));
  if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
  const key = new Authenticator(demo);
  const options = await optionsOf(browser, page);
  if (options.status !== 200) throw new Error(`${who}: no passkey can be added: ${page} ${options.body}`);
  const added = await answerWith(browser, page, key.create(options.json()), { methodName: 'Bench' });
  if (added.page.screen !== 'UX-83') throw new Error(`${who}: the passkey was not added: ${added.page}`);
  return [key.id.toString('base64url'), key.userHandle, key.key.export({ type: 'pkcs8', format: 'der' }).toString('base64')].join(' ');
}

const names = [];
const options = { seconds: 5, rounds: 3, json: undefined };
const USAGE = `usage: scripts/bench [NAME...] [--json FILE] [--seconds N] [--rounds N]\nNames, all by default: ${Object.keys(BENCHES).join(' ')}\n`;
for (const args = process.argv.slice(2); args.length > 0;) {
  const word = args.shift();
  if (word === '--help' || word === '-h') { process.stdout.write(USAGE); process.exit(0); }
  const isOption = word.startsWith('--') && word.slice(2) in options;
  if (isOption && args.length > 0) options[word.slice(2)] = args.shift();
  else if (word in BENCHES) names.push(word);
  else { process.stderr.write(`scripts/bench: ${isOption ? `${word} needs a value` : `there is no ${word}`}\n${USAGE}`); process.exit(2); }
}
const seconds = Number(options.seconds);
let broken = 0;
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  try { await BENCHES[name](); } catch (error) { broken++; note(`${name}: ${error.stack}`); row(name, `could not run: ${error.message.split('\n')[0]}`, '–', undefined, '–', false); }
}
console.log('| Bench | Portcullis | Peer or limit | Ratio | Reach | |\n| --- | --- | --- | --- | --- | --- |');
for (const one of rows) console.log(`| ${one.bench} | ${one.product} | ${one.peer} | ${one.ratio === undefined ? '–' : `${one.ratio.toFixed(2)}×`} | ${one.reach} | ${one.reached === undefined ? '' : one.reached ? 'reached' : 'short'} |`);
if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ at: new Date().toISOString(), cpus: os.cpus().map((cpu) => cpu.model), node: process.version, seconds, rounds: Number(options.rounds), rows, raw }, null, 2)}\n`);
process.exit(broken ? 1 : 0);
