// What a person signs in on, and its end: credentials.md §14 "Disable device" (CRED-070), conditional-access.md §15.3.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('devices');
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const LIST = 'myaccount/devices';
const cookieOf = (browser, name) => browser.jar.get(browser.jar.find(name));

/** Somebody new with an authenticator app. */
async function person() {
  const who = await newcomer(at.demo, 'holder');
  const flow = await SignIn.complete(at.demo, { who, from: 'home', answer: ['password', 'register'] });
  assert.ok(flow.tokens?.refresh_token, `${flow}`);
  const [device] = await devices(who);
  await act('disable', who, device.id);  // so that the tests begin with none that is enabled
  await at.demo.advance('PT31S');
  return who;
}
const upn = (who) => at.demo.user(who).upn;
const all = (who) => at.demo.adminList('user', 'device', 'list', upn(who));
const devices = async (who) => (await all(who)).filter((device) => device.accountEnabled);
const act = (what, who, id, reason = 'a test') => at.demo.admin('user', 'device', what, upn(who), id, '--reason', reason);
/** A code of the app that was not used before. */
async function signIn(who, options = {}) {
  await at.demo.advance('PT31S');
  const flow = await SignIn.complete(at.demo, { who, from: 'home', ...options });
  return flow;
}
async function signedIn(who, options) {
  const flow = await signIn(who, options);
  assert.ok(flow.tokens?.refresh_token, `${flow}`);
  return flow;
}
const introspect = async (token) => (await at.demo.post('oauth2/v2.0/introspect', { token }, { as: 'web' })).json();
const userinfo = (token) => at.demo.fetch(at.demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${token}` } });
const silent = (browser) => SignIn.begin(at.demo, { browser, params: { prompt: 'none' } });
async function isVoid(flow) {
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  assert.equal((await silent(flow.browser)).error, 'login_required');
  assert.equal((await userinfo(flow.tokens.access_token)).status, 401);
}
/** A page of the account, through whatever comes before it. */
async function open(browser, who, below = LIST) {
  let { page } = await browser.open(at.demo.at(below));
  for (let turn = 0; turn < 5; turn++) {
    if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: upn(who) }, 'next'));
    else if (page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password: at.demo.user(who).password }, 'next'));
    else if (['UX-20', 'UX-23'].includes(page.screen) && page.asksFor('otp')) {
      await at.demo.advance('PT31S');
      ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp(who) }, 'verify'));
    } else break;
  }
  return page;
}
const pathOf = (id) => `${LIST}/device?id=${id}`;

test('CRED-070 a sign-in registers its device once, named by browser and system, and never tells what it is recognised by', async () => {
  const who = await person();
  const flow = await signedIn(who, { userAgent: FIREFOX });
  const [first, ...others] = await devices(who);
  assert.deepEqual(others, []);
  assert.equal(first.displayName, 'Firefox, Linux');
  assert.equal(first.kind, 'browser');
  assert.ok(first.lastIpAddress);
  await signedIn(who, { browser: flow.browser, params: { prompt: 'login' } });
  const again = await devices(who);
  assert.equal(again.length, 1, 'the same browser is the same device');
  assert.equal(again[0].id, first.id);
  assert.ok(again[0].approximateLastSignInDateTime > first.approximateLastSignInDateTime);
  await signedIn(who);
  assert.equal((await devices(who)).length, 2, 'another browser is another');
  assert.ok(!JSON.stringify(await all(who)).includes(cookieOf(flow.browser, 'dev').split('.')[0]));
});

test('CRED-070 disable a device: bound refresh refused with 135011, tokens inactive, session over; another device goes on', async () => {
  const { demo } = at;
  const who = await person();
  const lost = await signedIn(who);
  const offline = await signedIn(who, { browser: lost.browser, client: 'native' });
  const [device] = await devices(who);
  const kept = await signedIn(who, { userAgent: FIREFOX });
  assert.equal((await introspect(lost.tokens.access_token)).active, true);
  assert.equal((await introspect(lost.tokens.refresh_token)).active, true);

  const answer = await act('disable', who, device.id, 'left in a taxi');
  const now = answer.value.find((one) => one.id === device.id);
  assert.deepEqual([now.accountEnabled, now.disabledBecause], [false, 'left in a taxi']);
  for (const flow of [lost, offline]) isOAuthError(await flow.refresh(), 400, 'invalid_grant', { number: 135011, suberror: 'message_only' });
  for (const token of [lost.tokens.access_token, lost.tokens.refresh_token]) assert.deepEqual(await introspect(token), { active: false });
  assert.equal((await userinfo(lost.tokens.access_token)).status, 401);
  assert.equal((await silent(lost.browser)).error, 'login_required', 'its cookie is void');
  assert.equal((await kept.refresh()).status, 200);
  assert.ok((await silent(kept.browser)).code);
  const mail = (await demo.outbox()).filter((message) => message.to === upn(who) && /device/.test(message.subject));
  assert.ok(mail.some((message) => message.text.includes(device.displayName)), 'the person is told');
  const audit = JSON.stringify(await demo.adminList('audit', 'list', '--user', upn(who)));
  assert.match(audit, /DisableDevice/);
  assert.match(audit, /left in a taxi/);
});

test('CRED-070 a new sign-in on a disabled device is refused after the right proof; elsewhere the same person gets in, and so does somebody else there', async () => {
  const who = await person();
  const other = await person();
  const lost = await signedIn(who);
  const [device] = await devices(who);
  await act('disable', who, device.id);

  const guess = await SignIn.begin(at.demo, { who, browser: lost.browser, from: 'home', password: 'not the password of anybody' });
  await guess.answer(['password']);
  assert.equal(guess.errorCode, '50126', 'who does not know the password learns nothing of devices');
  const refused = await signIn(who, { browser: lost.browser });
  assert.equal(refused.screen, 'UX-182', `${refused}`);
  assert.equal(refused.page.errorCode, '135011');
  assert.match(refused.page.text, /another device/);
  assert.equal(cookieOf(lost.browser, 'idsid') === undefined || (await silent(lost.browser)).error === 'login_required', true);
  const line = (await at.demo.adminList('signins', 'list', '--user', upn(who), '--top', '1'))[0];
  assert.equal(line.status.errorCode, 135011);

  assert.ok((await signIn(who, { userAgent: FIREFOX })).code, 'on another device');
  assert.ok((await signIn(other, { browser: lost.browser })).code, 'another person at the same browser');
});

test('CRED-070 enabling brings sign-in back, not what was issued before', async () => {
  const who = await person();
  const before = await signedIn(who);
  const [device] = await devices(who);
  await act('disable', who, device.id);
  await at.demo.advance('PT1S');
  await act('enable', who, device.id, 'it was found');
  await isVoid(before);
  const after = await signedIn(who, { browser: before.browser });
  assert.equal((await after.refresh()).status, 200);
  assert.equal((await devices(who))[0].id, device.id);
});

test('CRED-070 parallel refreshes and the act that disables: afterwards nothing is alive, whoever was faster', async () => {
  const who = await person();
  const flows = [];
  const first = await signedIn(who);
  flows.push(first);
  for (let i = 0; i < 4; i++) flows.push(await signedIn(who, { browser: first.browser, client: i % 2 ? 'native' : 'spa' }));
  const [device] = await devices(who);
  const refreshes = flows.map(async (flow) => { for (let i = 0; i < 6; i++) if ((await flow.refresh()).status !== 200) return; });
  await Promise.all([act('disable', who, device.id), ...refreshes]);
  for (const flow of flows) {
    isOAuthError(await flow.refresh(), 400, 'invalid_grant');
    assert.deepEqual(await introspect(flow.tokens.access_token), { active: false });
  }
  await act('enable', who, device.id);
  for (const flow of flows) isOAuthError(await flow.refresh(), 400, 'invalid_grant');
});

test('attack: a code that was issued before its device was disabled is redeemed after, and after it is enabled again (CRED-070)', async () => {
  const who = await person();
  await signedIn(who);
  const [device] = await devices(who);
  const flow = await signedIn(who);
  const [second] = (await devices(who)).filter((one) => one.id !== device.id);
  const pending = await SignIn.begin(at.demo, { who, browser: flow.browser });
  const later = await SignIn.begin(at.demo, { who, browser: flow.browser });
  assert.ok(pending.code && later.code, `${pending}`);
  await act('disable', who, second.id);
  isOAuthError(await pending.redeem(), 400, 'invalid_grant', { number: 135011 });
  await act('enable', who, second.id);
  isOAuthError(await later.redeem(), 400, 'invalid_grant');
});

test('attack: a sign-in that began before its device was disabled does not end in a session (CRED-070)', async () => {
  const who = await person();
  const known = await signedIn(who);
  const [device] = await devices(who);
  await at.demo.advance('PT31S');
  const flow = await SignIn.begin(at.demo, { who, browser: known.browser, from: 'home', params: { prompt: 'login', acr_values: 'mfa' } });
  await flow.answer(['password']);
  await act('disable', who, device.id);
  if (flow.page?.asksFor('otp')) await flow.answer(['otp']);
  assert.ok(!flow.code || (await flow.redeem()).status === 400, `${flow}`);
  assert.equal((await silent(known.browser)).error, 'login_required');
});

test('attack: a forged device cookie is nobody’s device (CRED-070)', async () => {
  const who = await person();
  const lost = await signedIn(who);
  const [device] = await devices(who);
  const [id, mac] = cookieOf(lost.browser, 'dev').split('.');
  for (const forged of [`${id}.${mac.slice(0, -2)}AA`, id, `${id}.`, `${randomBytes(16).toString('base64url')}.${mac}`, `.${mac}`]) {
    const browser = new Browser(at.demo, { from: 'home' });
    browser.jar.set(lost.browser.jar.find('dev'), forged);
    await signedIn(who, { browser });
    assert.equal((await devices(who)).find((one) => one.id === device.id).approximateLastSignInDateTime, device.approximateLastSignInDateTime, forged);
    assert.notEqual(cookieOf(browser, 'dev'), forged);
  }
});

test('CRED-070 without its cookie a disabled device is a new one: whoever deletes it signs in anew and gets nothing of what was', async () => {
  const who = await person();
  const lost = await signedIn(who);
  const [device] = await devices(who);
  await act('disable', who, device.id);
  lost.browser.jar.delete(lost.browser.jar.find('dev'));
  await isVoid(lost);
  const anew = await signedIn(who, { browser: lost.browser });
  assert.ok(anew.code);
  assert.equal((await all(who)).filter((one) => one.id === device.id)[0].accountEnabled, false, 'the old one stays disabled');
});

test('CRED-070 CRED-091 a person sees their devices, signs one out, and disables a lost one; both ask first and for a fresh proof', async () => {
  const who = await person();
  const there = await signedIn(who, { userAgent: FIREFOX });
  const phone = await signedIn(who, { userAgent: 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0' });
  const [onPhone, onDesk] = await devices(who);
  assert.match(onPhone.displayName, /Android/);
  const browser = new Browser(at.demo, { from: 'home' });
  let page = await open(browser, who);
  assert.equal(page.screen, 'UX-180', `${page}`);
  assert.match(page.text, /Firefox, Linux/);
  assert.match(page.text, /this one/);
  assert.match(page.text, /disabled/, 'the one that an administrator disabled stands there');

  await at.demo.advance('PT6M');
  page = (await browser.open(at.demo.at(pathOf(onPhone.id)))).page;
  assert.equal(page.screen, 'UX-20', 'a stale session proves itself first');
  page = await open(browser, who, pathOf(onPhone.id));
  assert.equal(page.screen, 'UX-181', `${page}`);
  const form = page.form([], 'report');
  await at.demo.advance('PT6M');
  page = (await browser.submit(form, {}, 'report')).page;
  assert.equal(page.screen, 'UX-20', 'the form alone is no proof');
  assert.equal((await phone.refresh()).status, 200);
  page = await open(browser, who, pathOf(onPhone.id));
  ({ page } = await browser.submit(page.form([], 'cancel'), {}, 'cancel'));
  assert.equal((await phone.refresh()).status, 200, 'nothing happened');

  page = await open(browser, who, pathOf(onPhone.id));
  ({ page } = await browser.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-180', `${page}`);
  assert.match(page.text, /disabled and signed out/);
  isOAuthError(await phone.refresh(), 400, 'invalid_grant', { number: 135011 });
  assert.equal((await signIn(who, { browser: phone.browser })).page?.errorCode, '135011');
  assert.equal((await browser.open(at.demo.at(pathOf(onPhone.id)))).page.status, 404, 'nothing is left to do with it');

  page = await open(browser, who, pathOf(onDesk.id));
  ({ page } = await browser.submit(page.form([], 'signout'), {}, 'signout'));
  assert.match(page.text, /signed out/);
  await isVoid(there);
  assert.ok(!(await all(who)).some((one) => one.id === onDesk.id), 'it is forgotten');
  assert.ok((await signIn(who, { browser: there.browser })).code, 'and may come back');
});

test('CRED-070 the device at hand: the page warns that one is signed out, and one is', async () => {
  const who = await person();
  const flow = await signedIn(who);
  const [device] = await devices(who);
  let page = await open(flow.browser, who, pathOf(device.id));
  assert.match(page.text, /you will be signed out here/);
  ({ page } = await flow.browser.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-106', `${page}`);
  await isVoid(flow);
});

test('attack: one person disables, signs out or looks at another’s device; a form from elsewhere does nothing (CRED-070)', async () => {
  const victim = await person(), attacker = await person();
  const theirs = await signedIn(victim);
  const [device] = await devices(victim);
  const own = await signedIn(attacker);
  const [ownDevice] = await devices(attacker);
  const page = await open(own.browser, attacker, pathOf(ownDevice.id));
  assert.equal((await own.browser.open(at.demo.at(pathOf(device.id)))).page.status, 404);
  for (const action of ['report', 'signout']) {
    const answer = await own.browser.send(at.demo.at(pathOf(device.id)), { method: 'POST', fields: page.form([], action).data({}, action) });
    assert.equal(answer.status, 404, action);
  }
  const fields = page.form([], 'report').data({}, 'report');
  const foreign = await own.browser.send(at.demo.at(pathOf(ownDevice.id)), { method: 'POST', fields, headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } });
  assert.ok(foreign.status >= 400, `${foreign.status}`);
  const bare = await own.browser.send(at.demo.at(pathOf(ownDevice.id)), { method: 'POST', fields: { ...fields, csrf: 'made-up' } });
  assert.ok(bare.status >= 400, `${bare.status}`);
  const wrong = await at.demo.cli(['user', 'device', 'disable', upn(attacker), device.id, '--reason', 'x']);
  assert.notEqual(wrong.code, 0, 'a device is its own person’s');
  assert.equal((await theirs.refresh()).status, 200);
  assert.equal((await own.refresh()).status, 200);
});

// ---- workstations

/** A workstation that asks for a sign-in and for tokens that last, as its person allows it in `browser`. */
async function workstation(who, browser, { key, name = 'ws-0417', meanwhile } = {}) {
  const asked = await at.demo.post('oauth2/v2.0/devicecode', { client_id: at.demo.client('native').client_id, scope: 'openid profile offline_access', ...(key ? { device_key: key, device_name: name } : {}) });
  if (asked.status !== 200) return { asked };
  const grant = asked.json();
  let { page } = await browser.open(at.demo.at('device'));
  const flow = Object.assign(new SignIn(), { demo: at.demo, who, client: {}, pages: [], browser, page });
  for (let i = 0; i < 8 && flow.page; i++) {
    if (flow.page.fields.has('user_code') && flow.page.asksFor('user_code')) await flow.press(flow.page.form(['user_code']).actions[0], { user_code: grant.user_code });
    else if (flow.page.asksFor('username') || flow.page.asksFor('password')) await flow.answer(['password']);
    else if (flow.page.asksFor('otp')) { await at.demo.advance('PT31S'); await flow.answer(['otp']); } else if (flow.page.offers('next')) await flow.press('next');
    else break;
  }
  await at.demo.advance('PT6S');
  await meanwhile?.();
  const answer = await at.demo.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: grant.device_code }, { as: 'native' });
  return { asked, flow, answer, tokens: answer.status === 200 ? answer.json() : undefined };
}
const refresh = (tokens) => at.demo.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }, { as: 'native' });

test('CRED-070 CRED-014 a workstation’s tokens are bound to it: disabling it refuses its refresh and its next sign-in, and nothing else', async () => {
  const who = await person();
  const desk = await signedIn(who);
  const key = randomBytes(32).toString('base64url');
  const machine = await workstation(who, desk.browser, { key });
  assert.ok(machine.tokens?.refresh_token, `${machine.answer?.body} ${machine.flow}`);
  const device = (await devices(who)).find((one) => one.kind === 'workstation');
  assert.equal(device.displayName, 'ws-0417');
  assert.ok(!JSON.stringify(await all(who)).includes(key));
  const again = await workstation(who, desk.browser, { key });
  assert.ok(again.tokens, `${again.answer?.body}`);
  assert.equal((await devices(who)).filter((one) => one.kind === 'workstation').length, 1, 'the same machine');

  await act('disable', who, device.id);
  for (const { tokens } of [machine, again]) isOAuthError(await refresh(tokens), 400, 'invalid_grant', { number: 135011 });
  assert.deepEqual(await introspect(machine.tokens.access_token), { active: false });
  assert.equal((await desk.refresh()).status, 200, 'where it was allowed goes on');
  const refused = await workstation(who, desk.browser, { key });
  assert.equal(refused.flow.screen, 'UX-182', `${refused.flow}`);
  isOAuthError(refused.answer, 400, ['access_denied', 'authorization_declined']);
  const elsewhere = await workstation(who, desk.browser, { key: randomBytes(32).toString('base64url'), name: 'ws-0418' });
  assert.ok(elsewhere.tokens, 'another machine');
  const other = await person();
  assert.ok((await workstation(other, (await signedIn(other)).browser, { key })).tokens, 'another person at the machine');
});

test('attack: what a person allowed a workstation before it was disabled gives nothing after it is enabled again (CRED-070)', async () => {
  const who = await person();
  const desk = await signedIn(who);
  const key = randomBytes(32).toString('base64url');
  assert.ok((await workstation(who, desk.browser, { key })).tokens);
  const device = (await devices(who)).find((one) => one.kind === 'workstation');
  const meanwhile = async () => { await act('disable', who, device.id); await at.demo.advance('PT1S'); await act('enable', who, device.id, 'it was found'); };
  const late = await workstation(who, desk.browser, { key, meanwhile });
  isOAuthError(late.answer, 400, 'invalid_grant');
  assert.ok((await workstation(who, desk.browser, { key })).tokens, 'what is allowed from now on is given');
});

test('CRED-070 what was allowed from a lost browser ends with it, whatever machine it went to', async () => {
  const who = await person();
  const phone = await signedIn(who);
  const [device] = await devices(who);
  const machine = await workstation(who, phone.browser, { key: randomBytes(32).toString('base64url') });
  const plain = await workstation(who, phone.browser);
  assert.ok(machine.tokens && plain.tokens, `${machine.answer?.body}`);
  await act('disable', who, device.id);
  for (const { tokens } of [machine, plain]) isOAuthError(await refresh(tokens), 400, 'invalid_grant', { number: 135011 });
  const approval = await workstation(who, phone.browser);
  assert.equal(approval.flow.page?.errorCode, '135011', 'nor is anything allowed from there');
  assert.equal(approval.tokens, undefined);
});

test('attack: a workstation that gives a key anybody could guess, or none, is bound to nothing of anybody', async () => {
  const who = await person();
  const desk = await signedIn(who);
  for (const key of ['1', 'ws-0417', 'x'.repeat(42), 'x'.repeat(129), `${'x'.repeat(42)}/`]) {
    isOAuthError((await workstation(who, desk.browser, { key })).asked, 400, 'invalid_request');
  }
  const odd = await workstation(who, desk.browser, { key: randomBytes(32).toString('base64url'), name: `ws\u0007 <b>\u202e${'n'.repeat(300)}` });
  assert.ok(odd.tokens, `${odd.answer?.body}`);
  const named = (await devices(who)).find((one) => one.kind === 'workstation');
  assert.match(named.displayName, /^[\x20-\x7e]{1,64}$/);
  const page = await open(desk.browser, who);
  assert.ok(!page.body.includes('<b>n'), 'what a machine calls itself is text');
});

test('CRED-070 a disabled device is unknown to the lockout: strangers lock it out, as they do not lock out one that is enabled', async () => {
  for (const disables of [false, true]) {
    const who = await person();
    const known = await signedIn(who);
    await signedIn(who, { browser: known.browser, params: { prompt: 'login' } });  // from now on the device is familiar
    const [device] = await devices(who);
    if (disables) await act('disable', who, device.id);
    const password = async (browser, given) => {
      const flow = await SignIn.begin(at.demo, { who, browser, from: 'abroad', params: { prompt: 'login' } });
      if (flow.asksFor('username')) await flow.press('next', { username: upn(who) });
      await flow.press('next', { password: given });
      return flow;
    };
    for (let i = 0; i < 12; i++) await password(new Browser(at.demo, {}), `not this one ${i} ${randomBytes(4).toString('hex')}`);
    const own = await password(known.browser, at.demo.user(who).password);
    assert.equal(own.errorCode === '50126', disables, `${disables}: ${own}`);
  }
});
