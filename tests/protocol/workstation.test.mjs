// portcullis-login, what a workstation runs: the device grant from a terminal, and the interrupt of registration within it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { BINARY } from '../support_js/demo.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const at = demoFor('workstation');
const PROGRAM = path.join(path.dirname(BINARY), 'portcullis-login');

/** The program at work: what it has said, the code it shows, and how it ends. */
function workstation(args = [], { issuer = at.demo.issuer, client = at.demo.client('native').client_id, env = {} } = {}) {
  const child = spawn(PROGRAM, ['--issuer', issuer, '--client-id', client, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, PORTCULLIS_DEVICE_FILE: path.join(at.demo.folder, 'workstation', 'device-key'), PORTCULLIS_DEVICE_NAME: 'ws-0417', ...env } });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (part) => { said[stream] += part; });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  const code = async () => {
    for (let i = 0; i < 100; i++) {
      const shown = said.stdout.match(/open\s+(\S+)\s+[\s\S]*enter the code\s+(\S+)/);
      if (shown) return { uri: shown[1], code: shown[2] };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no code: ${said.stdout}${said.stderr}`);
  };
  return { child, code, ended };
}
/** The person at the browser, up to what `stopAt` names or the end. */
async function atTheBrowser({ uri, code }, who, stopAt, decision) {
  const flow = Object.assign(new SignIn(), { demo: at.demo, who, client: {}, pages: [], browser: new Browser(at.demo, { from: 'home' }) });
  flow.page = (await flow.browser.open(uri)).page;
  return goOn(flow, code, stopAt, decision);
}
async function goOn(flow, code, stopAt, decision = 'next') {
  for (let i = 0; i < 12 && flow.page && flow.screen !== stopAt; i++) {
    if (flow.page.fields.has('user_code') && flow.page.asksFor('user_code')) await flow.press(flow.page.form(['user_code']).actions[0], { user_code: code });
    else if (flow.page.asksFor('username') || flow.page.asksFor('password')) await flow.answer(['password']);
    else if (flow.page.asksFor('otp')) await flow.answer(['otp']);
    else if (flow.page.offers(decision)) await flow.press(decision);
    else break;
  }
  return flow;
}

test('IDP-023 CRED-014 UX-15 a new person sets up a workstation: registration interrupts, and the machine goes on by itself', { timeout: 60_000 }, async () => {
  const machine = workstation(['--domain', at.demo.tenant.domain, '--', 'sh', '-c', 'echo "shell of $PORTCULLIS_USER"'], { env: { PAM_USER: 'frank' } });
  const shown = await machine.code();
  const flow = await atTheBrowser(shown, 'frank', 'UX-15');
  assert.equal(flow.screen, 'UX-15', `${flow.page}`);
  assert.equal(flow.page.errorCode, '50079');
  assert.match(flow.page.text, /Your device goes on by itself/);
  await flow.answer(['register']);
  await goOn(flow, shown.code);
  const ended = await machine.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /Signed in as frank@.*\n.*shell of frank@/s);
});

test('CRED-014 whoever is not the one the machine asks for, or refuses in the browser, is not let in', { timeout: 60_000 }, async () => {
  const other = workstation(['--user', 'alice']);
  await atTheBrowser(await other.code(), 'henry');
  const wrong = await other.ended;
  assert.equal(wrong.code, 1, wrong.stdout);
  assert.match(wrong.stderr, /henry@.* signed in, not alice/);

  const elsewhere = workstation(['--user', 'henry', '--domain', 'fabrikam.example']);
  await atTheBrowser(await elsewhere.code(), 'henry');
  assert.equal((await elsewhere.ended).code, 1, 'a short name is of one domain');

  const refused = workstation();
  await atTheBrowser(await refused.code(), 'alice', undefined, 'cancel');
  const no = await refused.ended;
  assert.equal(no.code, 1, no.stdout);
  assert.match(no.stderr, /refused in the browser/);
});

test('attack: a device that one person confirmed is not given to whoever signs in after them in the same browser', { timeout: 30_000 }, async () => {
  const machine = workstation();
  try {
    const shown = await machine.code();
    const flow = await atTheBrowser(shown, 'alice', 'UX-108');
    assert.equal(flow.screen, 'UX-108', `${flow.page}`);
    flow.browser.from = 'tor';
    await flow.press('next');
    assert.equal(flow.screen, 'UX-20', `${flow.page}`);
    await flow.press('other');
    flow.who = 'henry';
    flow.browser.from = 'home';
    await flow.answer(['password', 'otp']);
    assert.ok(flow.page?.asksFor('user_code'), `${flow.page}`);
  } finally {
    machine.child.kill();
    await machine.ended;
  }
});

test('CRED-014 a machine asks nobody for root, nobody without TLS, and says what is wrong with its settings', { timeout: 30_000 }, async () => {
  const ended = async (args, options) => workstation(args, options).ended;
  assert.match((await ended(['--user', 'root'])).stderr, /root signs in with its own password/);
  assert.match((await ended([], { env: { PAM_TYPE: 'auth' } })).stderr, /PAM does not say who/);
  const plain = await ended([], { issuer: 'http://provider.example/t/v2.0' });
  assert.deepEqual([plain.code, /is not https/.test(plain.stderr)], [2, true]);
  const nobody = await ended([], { issuer: at.demo.issuer.replace(/[0-9a-f-]{36}/, '00000000-0000-0000-0000-000000000000') });
  assert.notEqual(nobody.code, 0);
  const client = await ended([], { client: '00000000-0000-0000-0000-000000000000' });
  assert.equal(client.code, 2, client.stderr);
  assert.match(client.stderr, /AADSTS7000218/);
});

const devicesOf = async (who) => (await at.demo.adminList('user', 'device', 'list', at.demo.user(who).upn)).filter((one) => one.kind === 'workstation');

test('CRED-070 the machine is a device of whoever signs in to it; disabled, it lets them in no more, and the others still', { timeout: 60_000 }, async () => {
  const first = workstation();
  await atTheBrowser(await first.code(), 'henry');
  assert.equal((await first.ended).code, 0);
  const [device, ...more] = await devicesOf('henry');
  assert.deepEqual([device?.displayName, more.length], ['ws-0417', 0]);
  const file = path.join(at.demo.folder, 'workstation', 'device-key');
  assert.equal((await stat(file)).mode & 0o777, 0o600, 'the key is kept from others');

  await at.demo.admin('user', 'device', 'disable', at.demo.user('henry').upn, device.id, '--reason', 'sold');
  const refused = workstation();
  const flow = await atTheBrowser(await refused.code(), 'henry');
  assert.equal(flow.screen, 'UX-182', `${flow.page}`);
  const ended = await refused.ended;
  assert.equal(ended.code, 1, ended.stdout);
  assert.match(ended.stderr, /refused in the browser/);
  const other = workstation();
  await atTheBrowser(await other.code(), 'alice');
  assert.equal((await other.ended).code, 0, 'another person at the machine');

  await at.demo.admin('user', 'device', 'enable', at.demo.user('henry').upn, device.id, '--reason', 'bought back');
  const again = workstation();
  await atTheBrowser(await again.code(), 'henry');
  assert.equal((await again.ended).code, 0);
});

test('attack: a key file that others can read, or that leads elsewhere, is not used', { timeout: 30_000 }, async () => {
  const file = path.join(at.demo.folder, 'open-key');
  await writeFile(file, `${'A'.repeat(43)}\n`, { mode: 0o644 });
  await chmod(file, 0o644);
  const link = path.join(at.demo.folder, 'linked-key');
  await symlink(file, link);
  for (const [key, why] of [[file, /is not kept from others/], [link, /cannot be read/], ['/proc/none/key', /cannot be written/]]) {
    const machine = workstation([], { env: { PORTCULLIS_DEVICE_FILE: key } });
    await machine.code();
    machine.child.kill();
    assert.match((await machine.ended).stderr, why);
  }
});
