// Hardware OATH tokens: inventory, activation, sign-in, return (credentials.md §6.2, §14; CRED-020), and the strict window (PROTO-527).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { base32 } from '../support_js/totp.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('hardware-tokens');
const HEADER = 'upn,serial number,secret key,time interval,manufacturer,model\r\n';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
let serials = 0;
const newSerial = () => `HW-${++serials}`;

/** What a token shows, `ahead` steps from now: the test's own arithmetic. */
async function shown({ interval = 30, hash = 'sha1' } = {}, ahead = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((await at.demo.now()).getTime() / 1000 / interval) + ahead));
  const mac = createHmac(hash, base32(SECRET)).update(counter).digest();
  const offset = mac.at(-1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}
const wrong = async (token) => {
  const near = await Promise.all([-4, -3, -2, -1, 0, 1, 2, 3, 4].map((ahead) => shown(token, ahead)));
  return ['000000', '111111', '222222', '333333', '444444', '555555', '666666', '777777', '888888', '999999'].find((code) => !near.includes(code));
};
const nextStep = (token = {}) => at.demo.advance(`PT${token.interval ?? 30}S`);
const cli = (...args) => at.demo.admin('user', 'token', ...args);
const standing = async (serial) => (await at.demo.adminList('user', 'token', 'list')).find((t) => t.serialNumber === serial)?.status;
const row = (upn, serial, { interval = 30, secret = SECRET } = {}) => `${upn},${serial},${secret},${interval},Maker,M1\r\n`;
const importRows = (rows, ...options) => cli('import', '-', ...options, { stdin: HEADER + rows });
const strict = (window) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ oneTimeCodes: { window } }) });

/** A page of the account, with the sign-in that comes first; `code()` gives the second step. */
async function open(browser, who, below, code) {
  const user = at.demo.user(who);
  let { page } = await browser.open(at.demo.at(below));
  for (let turn = 0; turn < 6; turn++) {
    if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: user.upn }, 'next'));
    else if (page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password: user.password }, 'next'));
    else if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
    else if (page.screen === 'UX-20' && code) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await code() }, 'verify'));
    else break;
  }
  return page;
}
const linkOf = (page, part) => new URL(page.links().find((href) => href.includes(part)), page.url).href;

/** Somebody new with an assigned token, on its activation page. */
async function holder(token = {}) {
  const name = await newcomer(at.demo, 'holder');
  const serial = newSerial();
  await importRows(row(at.demo.user(name).upn, serial, token), ...(token.hash === 'sha256' ? ['--hash-function', 'hmacsha256'] : []));
  const browser = new Browser(at.demo, { from: 'home' });
  const info = await open(browser, name, 'myaccount/security-info');
  assert.equal(info.screen, 'UX-83', `${info}`);
  return { name, serial, token, browser, info };
}
async function activates(person, code) {
  const { page } = await person.browser.open(linkOf(person.info, '/security-info/token?id='));
  assert.equal(page.screen, 'UX-178', `${page}`);
  const done = await person.browser.submit(page.form(['otp'], 'verify'), { otp: code ?? await shown(person.token) }, 'verify');
  return done.page;
}
/** Somebody new whose token is activated, its step over. */
async function activated(token = {}) {
  const person = await holder(token);
  const page = await activates(person);
  assert.equal(page.screen, 'UX-83', `${page}`);
  await nextStep(token);
  return person;
}
async function atPrompt(who) {
  const flow = await SignIn.begin(at.demo, { who, from: 'tor' });
  await flow.answer(['password']);
  assert.ok(flow.asksFor('otp'), `${flow}`);
  return flow;
}

test('CRED-020 a token goes from available to assigned to activated and back, over command line and pages', async () => {
  const { demo } = at;
  const name = await newcomer(demo, 'owner');
  const { upn } = demo.user(name);
  const serial = newSerial();
  const imported = await importRows(row('', serial) + row('', `${serial}-2`, { interval: 60 }));
  assert.deepEqual(imported.value.map((t) => [t.serialNumber, t.status, t.timeIntervalInSeconds, t.secretKey]), [[serial, 'available', 30, null], [`${serial}-2`, 'available', 60, null]]);
  const assigned = await cli('assign', serial.toLowerCase(), upn);
  assert.deepEqual([assigned.value[0].status, assigned.value[0].assignedTo], ['assigned', upn]);

  const browser = new Browser(demo, { from: 'home' });
  const info = await open(browser, name, 'myaccount/security-info');
  assert.match(info.text, new RegExp(`Maker M1 ${serial} Not active yet`));
  const person = { name, serial, token: {}, browser, info };
  const refused = await activates(person, await wrong());
  assert.equal(refused.screen, 'UX-178', `${refused}`);
  assert.equal(refused.errorCode, '500121');
  assert.equal(await standing(serial), 'assigned');
  const done = await activates(person);
  assert.equal(done.screen, 'UX-83', `${done}`);
  assert.match(done.text, /It’s added/);
  assert.match(done.text, /Hardware token/);
  assert.equal(await standing(serial), 'activated');
  await demo.advance('PT1S');
  assert.ok((await demo.outbox()).some((m) => m.to === upn && /hardware token/.test(m.text)), 'the owner is told');

  await nextStep();
  const code = await shown();
  const flow = await atPrompt(name);
  await flow.press('verify', { otp: code });
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, 'mfa');
  for (const value of ['pwd', 'otp', 'hwk', 'mfa']) assert.ok(claims.amr.includes(value), `amr ${claims.amr}`);
  const replay = await atPrompt(name);
  await replay.press('verify', { otp: code });
  assert.equal(replay.code, undefined);
  assert.equal(String(replay.errorCode), '500121');

  // An app beside it; then the token goes back.
  await demo.admin('risk', 'dismiss', upn);
  await nextStep();
  const mine = new Browser(demo, { from: 'home' });
  let page = await open(mine, name, 'myaccount/security-info/app', () => shown());
  demo.user(name).totp_secret = page.totpSecret();
  ({ page } = await mine.submit(page.form(['otp'], 'register'), { otp: await demo.otp(name), methodName: 'Phone' }, 'register'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  const methods = page.links().filter((href) => href.includes('/method?id='));
  for (const href of methods) {
    ({ page } = await mine.open(new URL(href, page.url).href));
    if (page.text.includes(serial)) break;
  }
  assert.equal(page.asksFor('methodName'), false, 'a token cannot be renamed');
  ({ page } = await mine.submit(page.form([], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-122', `${page}`);
  ({ page } = await mine.submit(page.form(['confirmed'], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  assert.equal(await standing(serial), 'available');
  assert.equal(page.text.includes(serial), false);
  await cli('delete', serial);
  assert.equal(await standing(serial), undefined);
});

test('CRED-020 nothing of a file with mistakes is imported, each is named by its line, and no secret is shown', async () => {
  const { demo } = at;
  const serial = newSerial();
  const rows = HEADER + row('', serial) + row('nobody@contoso.example', `${serial}-b`) + row('', serial) + row('', `${serial}-c`, { interval: 31 }) + `,"${serial}-d`;
  const result = await demo.cli(['user', 'token', 'import', '-'], { stdin: rows });
  assert.notEqual(result.code, 0);
  const said = result.stdout + result.stderr;
  for (const part of ['nothing was imported', 'line 3: there is no user', 'line 4: serial number', 'line 5: `time interval`', 'line 6: a double quote']) assert.ok(said.includes(part), said);
  assert.equal(said.includes(SECRET), false);
  assert.equal(await standing(serial), undefined);
  await importRows(row('', serial));
  const listed = await demo.cli(['user', 'token', 'list']);
  assert.equal((listed.stdout + listed.stderr).includes(SECRET), false);
  const acts = await demo.cli(['audit', 'list']);
  if (acts.code === 0) assert.equal(acts.stdout.includes(SECRET), false);
  const twice = await demo.cli(['user', 'token', 'import', '-'], { stdin: HEADER + row('', serial.toLowerCase()) });
  assert.match(twice.stdout + twice.stderr, /in the inventory already/);
});

test('attack: another person neither activates nor uses a token, and it is one person\'s', async () => {
  const { demo } = at;
  const hers = await holder(), his = await holder();
  const path = linkOf(hers.info, '/security-info/token?id=');
  const { page } = await his.browser.open(path);
  assert.equal(page.status, 404, `${page}`);
  const own = await his.browser.open(linkOf(his.info, '/security-info/token?id='));
  const form = own.page.form(['otp'], 'verify');
  const posted = await his.browser.open(path, { method: 'POST', fields: form.data({ otp: await shown() }, 'verify') });
  assert.equal(posted.page.status, 404, `${posted.page}`);
  assert.equal(await standing(hers.serial), 'assigned');
  const forged = await new Browser(demo, { from: 'home' }).open(path, { method: 'POST', fields: { otp: await shown(), action: 'verify' } });
  assert.equal(forged.page.screen, 'UX-101', `${forged.page}`);
  const crossSite = await hers.browser.send(path, { method: 'POST', fields: { otp: await shown(), action: 'verify' }, headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } });
  assert.ok(crossSite.status >= 400, `${crossSite.status}`);
  assert.equal(await standing(hers.serial), 'assigned');
  const taken = await demo.cli(['user', 'token', 'assign', hers.serial, demo.user(his.name).upn]);
  assert.notEqual(taken.code, 0);
  const deleted = await demo.cli(['user', 'token', 'delete', hers.serial]);
  assert.notEqual(deleted.code, 0);
  assert.equal(await standing(hers.serial), 'assigned');
});

test('CRED-020 PROTO-520 of parallel uses of one code of a token exactly one gets in, and parallel activations make one method', async () => {
  const person = await holder();
  const { page } = await person.browser.open(linkOf(person.info, '/security-info/token?id='));
  const code = await shown();
  await Promise.all([1, 2, 3].map(() => person.browser.submit(page.form(['otp'], 'verify'), { otp: code }, 'verify')));
  const user = await at.demo.admin('user', 'show', at.demo.user(person.name).upn);
  assert.deepEqual(user.authenticationMethods.map((m) => m.method), ['hardwareOath']);
  await nextStep();
  const flows = await Promise.all(Array.from({ length: 4 }, () => atPrompt(person.name)));
  const next = await shown();
  await Promise.all(flows.map((flow) => flow.press('verify', { otp: next })));
  assert.equal(flows.filter((flow) => flow.code).length, 1);
});

test('CRED-020 a token of 60 seconds and SHA-256 works, and wrong codes pause it like any other', async () => {
  const token = { interval: 60, hash: 'sha256' };
  const person = await activated(token);
  const flow = await atPrompt(person.name);
  await flow.press('verify', { otp: await shown(token) });
  assert.ok(flow.code, `${flow}`);
  await nextStep(token);
  const guess = await atPrompt(person.name);
  for (let i = 0; i < 5 && guess.page?.asksFor('otp'); i++) await guess.press('verify', { otp: await wrong(token) });
  if (guess.page?.asksFor('otp')) await guess.press('verify', { otp: await shown(token) });
  assert.equal(guess.code, undefined, 'a right code after five wrong ones');
});

test('CRED-020 CRED-069 the help desk activates a token by a code; registering MFA again leaves it assigned; unassigning ends it', async () => {
  const { demo } = at;
  const person = await holder();
  const { upn } = demo.user(person.name);
  const refused = await demo.cli(['user', 'token', 'activate', person.serial, await wrong()]);
  assert.notEqual(refused.code, 0);
  const made = await cli('activate', person.serial, await shown());
  assert.equal(made.value[0].status, 'activated');
  await demo.admin('user', 'reset-mfa', upn);
  assert.equal(await standing(person.serial), 'assigned');
  const user = await demo.admin('user', 'show', upn);
  assert.deepEqual(user.authenticationMethods, []);
  await nextStep();
  await cli('activate', person.serial, await shown());
  await nextStep();
  await cli('unassign', person.serial);
  assert.equal(await standing(person.serial), 'available');
  const flow = await SignIn.begin(demo, { who: person.name, from: 'home' });
  await flow.answer(['password']);
  assert.equal(flow.asksFor('otp'), false, `${flow}`);
});

test('CRED-020 attack: what a token proved ends when it is taken away, in sessions and refresh tokens', async () => {
  const { demo } = at;
  const person = await activated();
  const flow = await atPrompt(person.name);
  await flow.press('verify', { otp: await shown() });
  await flow.redeem();
  assert.equal((await flow.refresh()).status, 200);
  await cli('unassign', person.serial);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  const silent = await SignIn.begin(demo, { who: person.name, browser: flow.browser, params: { prompt: 'none', claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  assert.equal(silent.code, undefined, `${silent}`);
});

test('CRED-020 CRED-049 a reset asks whoever has a token for its code', async () => {
  const { demo } = at;
  const person = await activated();
  const mail = `${person.name}@home.example`;
  demo.user(person.name).recovery_mail = mail;
  await demo.admin('user', 'add-email', demo.user(person.name).upn, mail);
  const reset = await Reset.begin(demo, { who: person.name, from: '198.18.77.1' });
  await reset.proveMail();
  assert.deepEqual(reset.methods, ['softwareOath'], `${reset}`);
  await reset.choose('softwareOath');
  await reset.press('verify', { otp: await wrong() });
  assert.equal(reset.errorCode, '500121');
  await reset.press('verify', { otp: await shown() });
  assert.equal(reset.screen, 'UX-62', `${reset}`);
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);
});

test('CRED-001 CRED-020 where the policy does not allow tokens, none is activated or taken', async () => {
  const { demo } = at;
  const waiting = await holder(), person = await activated();
  const policy = (state) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ methods: { hardwareOath: { state } } }) });
  const flow = await atPrompt(person.name);
  await policy('disabled');
  try {
    const { page } = await waiting.browser.open(linkOf(waiting.info, '/security-info/token?id='));
    assert.equal(page.status, 404, `${page}`);
    await flow.press('verify', { otp: await shown() });
    assert.equal(flow.code, undefined, `${flow}`);
    assert.equal(await standing(person.serial), 'activated');
  } finally { await policy('enabled'); }
});

test('PROTO-527 in the strict window the code of the step before is refused, that of now taken; else both', async () => {
  const person = await activated();
  await strict('strict');
  try {
    const late = await atPrompt(person.name);
    const before = await shown();
    await nextStep();
    await late.press('verify', { otp: before });
    assert.equal(late.code, undefined, `${late}`);
    await late.press('verify', { otp: await shown() });
    assert.ok(late.code, `${late}`);
  } finally { await strict('standard'); }
  await nextStep();
  const usual = await atPrompt(person.name);
  const before = await shown();
  await nextStep();
  await usual.press('verify', { otp: before });
  assert.ok(usual.code, `${usual}`);
  const odd = await at.demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ oneTimeCodes: { window: 'wide' } }) });
  assert.notEqual(odd.code, 0);
});
