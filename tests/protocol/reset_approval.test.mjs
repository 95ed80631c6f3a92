// Approval on another device as the second proof of a password reset (credentials.md §6.1, §9.1, CRED-017, CRED-018, CRED-049).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, newcomer } from './support.mjs';

const settings = (demo, document) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const at = demoFor('reset-approval', {}, (demo) => settings(demo, {
  methods: { push: { state: 'enabled' } }, reportSuspiciousActivity: { state: 'enabled' }, reset: { scope: 'all', methods: ['softwareOath', 'email', 'push'] },
}));
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let addresses = 0;
/** Each time from somewhere else: not the budget of one address is tested here. */
const elsewhere = () => `198.18.9.${++addresses}`;

/** Somebody new with an app, and a browser of theirs that is signed in and approves. */
async function somebody({ mail = false, approves = true } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'resetter');
  const { upn } = demo.user(name);
  const flow = await SignIn.begin(demo, { who: name, from: 'home', userAgent: FIREFOX });
  await flow.answer(['password', 'register']);
  assert.ok(flow.code, `${flow}`);
  if (mail) {
    demo.user(name).recovery_mail = `${name}@home.example`;
    await demo.admin('user', 'add-email', upn, `${name}@home.example`);
  }
  const phone = flow.browser;
  if (approves) {
    const { page } = await phone.open(demo.at('myaccount/security-info/approver'));
    const added = await phone.submit(page.form([], 'register'), {}, 'register');
    assert.equal(added.page.screen, 'UX-83', `${added.page}`);
  }
  return { name, upn, phone };
}
/** A reset from elsewhere, its app proven. */
async function begun(name, options = {}) {
  await at.demo.advance('PT31S'); // a code works once
  const reset = await Reset.begin(at.demo, { who: name, from: elsewhere(), ...options });
  await reset.proveApp();
  return reset;
}
async function asked(name) {
  const reset = await begun(name);
  await reset.choose('push');
  assert.equal(reset.screen, 'UX-163', `${reset}`);
  return reset;
}
async function removeApprover(phone) {
  const info = (await phone.open(at.demo.at('myaccount/security-info'))).page;
  let page;
  for (const way of info.links().filter((l) => l.includes('security-info/method'))) {
    ({ page } = await phone.open(new URL(way, info.url).href));
    if (/approves sign-ins/.test(page.text)) break;
  }
  ({ page } = await phone.submit(page.form([], 'remove'), {}, 'remove'));
  ({ page } = await phone.submit(page.form([], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-83', `${page}`);
}
const numberOf = (reset) => reset.page.text.match(/The number:\s*(\d\d)\b/)?.[1];
const waiting = async (phone) => (await phone.open(at.demo.at('myaccount/approvals'))).page;
const type = async (phone, otp) => {
  const page = await waiting(phone);
  return (await phone.submit(page.form(['otp'], 'verify'), { otp }, 'verify')).page;
};
const other = (number) => (number === '10' ? '11' : '10');

test('CRED-017 CRED-039 after the app a number typed on another device is the second proof; it says that it is for a reset, and every session ends', async () => {
  const { demo } = at;
  const person = await somebody();
  const reset = await asked(person.name);
  const number = numberOf(reset);
  assert.match(number, /^[1-9]\d$/);
  assert.match(reset.page.text, /Firefox, Linux/);
  assert.equal(reset.page.tags('script').length, 0);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-163', `not approved yet: ${reset}`);
  assert.match(reset.page.text, /isn’t approved yet/);

  const { page: home } = await person.phone.open(demo.at('myaccount'));
  assert.match(home.text, /Approve a password reset/);
  const page = await waiting(person.phone);
  assert.equal(page.screen, 'UX-164', `${page}`);
  assert.match(page.body, /<h1>Are you resetting your password on another device\?<\/h1>/);
  assert.doesNotMatch(page.text, /sign-in/, 'nothing on the page speaks of a sign-in');
  assert.match(page.text, /A request to approve\s*to reset your password/);
  assert.match(page.text, /wants to choose a new password/);
  assert.match(page.text, /198\.18\.9\.\d+/);
  assert.doesNotMatch(page.text, /Are you signing in/);
  assert.ok(!page.body.includes(`>${number}<`) && !page.text.includes(` ${number} `), 'the number is not told');
  const approved = await type(person.phone, number);
  assert.match(approved.text, /Approved\. Go on/, `${approved}`);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-62', `${reset}`);
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);

  const after = await person.phone.open(demo.at('myaccount/approvals'));
  assert.equal(after.page.screen, 'UX-101', `signed out with all others: ${after.page}`);
  await demo.advance('PT1S');
  assert.ok((await demo.outbox()).some((m) => m.to === person.upn && /password was reset/i.test(m.subject)));
  const flow = await SignIn.begin(demo, { who: person.name, from: 'home' });
  await flow.answer(['password', 'otp']);
  assert.ok(flow.code, `${flow}`);
});

test('CRED-017 a wrong number, a refusal and a minute end it; the page says so, other ways go on, and the form of before approves nothing', async () => {
  const { demo } = at;
  const person = await somebody({ mail: true });
  const reset = await asked(person.name);
  const form = (await waiting(person.phone)).form(['otp'], 'verify');
  const { page: wrong } = await person.phone.submit(form, { otp: other(numberOf(reset)) }, 'verify');
  assert.match(wrong.text, /wasn’t the number/);
  const { page: replay } = await person.phone.submit(form, { otp: numberOf(reset) }, 'verify');
  assert.match(replay.text, /That one is over/);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-61', `${reset}`);
  assert.equal(reset.errorCode, '500121');
  assert.match(reset.page.text, /wasn’t approved in time/);
  assert.deepEqual(reset.methods, ['push', 'email']);

  await reset.choose('push');
  const page = await waiting(person.phone);
  const { page: denied } = await person.phone.submit(page.form(['otp'], 'cancel'), {}, 'cancel');
  assert.match(denied.text, /Refused/);
  await reset.press('verify');
  assert.equal(reset.errorCode, '500121');

  await reset.choose('push');
  const late = (await waiting(person.phone)).form(['otp'], 'verify');
  await demo.advance('PT61S');
  const { page: over } = await person.phone.submit(late, { otp: numberOf(reset) }, 'verify');
  assert.match(over.text, /That one is over/);
  await reset.press('verify');
  assert.equal(reset.errorCode, '500121');
  await reset.proveMail();
  assert.equal(reset.screen, 'UX-62', `other ways go on: ${reset}`);
});

test('CRED-039 CRED-040 the setting: never the only way, refused with the reason; with one proof asked for, codes only', async () => {
  const { demo } = at;
  const refuse = async (document, because) => {
    const refused = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify(document) });
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stdout, because);
  };
  await refuse({ reset: { methods: ['push'] } }, /never the only way/);
  await refuse({ reset: { methods: ['push', 'email'] } }, /never the only way/);
  await refuse({ reset: { methods: ['push', 'sms', 'voice'] } }, /never the only way/);
  await refuse({ reset: { gates: 1, methods: ['push'] } }, /never the only way/);
  await refuse({ reset: { methods: ['push', 'passkeySynced', 'email'] } }, /`reset\.methods` may hold/);
  await settings(demo, { reset: { gates: 1, methods: ['softwareOath', 'push'] } });
  await refuse({ reset: { gates: 2 } }, /never the only way/);
  const person = await somebody();
  const reset = await begun(person.name);
  assert.equal(reset.screen, 'UX-62', `the app is all that is asked for: ${reset}`);
  await settings(demo, { reset: { gates: 2, methods: ['softwareOath', 'email', 'push'] } });
});

test('attack: whoever only knows a name makes no device ask, and sees the same as of a name nobody has (CRED-041, CRED-018)', async () => {
  const { demo } = at;
  const person = await somebody({ mail: true });
  const shape = (reset, upn) => ({ screen: reset.screen, code: reset.errorCode, methods: reset.methods, size: reset.last.body.replaceAll(upn, '').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').length });
  const steps = async (upn) => {
    const reset = await Reset.begin(demo, { upn, from: elsewhere() });
    const seen = [shape(reset, upn)];
    const form = reset.page.forms.find((f) => f.actions.includes('next'));
    const forced = await reset.browser.open(form.action, { method: 'POST', fields: { flow: form.data().flow, csrf: form.data().csrf, action: 'next', method: 'push' } });
    seen.push(forced.page.screen, forced.page.errorCode, sizeOf(forced.answer.body, upn));
    await reset.choose('email');
    seen.push(shape(reset, upn));
    return seen;
  };
  const sizeOf = (body, upn) => body.replaceAll(upn, '').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').length;
  const hers = await steps(person.upn);
  assert.deepEqual(hers[0].methods, ['softwareOath', 'email']);
  assert.deepEqual(await steps('nobody-at-all@contoso.example'), hers);
  assert.match((await waiting(person.phone)).text, /Nothing waits for you/);
});

test('attack: mail and a signed-in browser reset nobody who has an app: a session is no second factor (CRED-049)', async () => {
  const person = await somebody({ mail: true });
  const reset = await Reset.begin(at.demo, { who: person.name, from: elsewhere() });
  await reset.proveMail();
  assert.deepEqual(reset.methods, ['softwareOath'], `${reset}`);
  const form = reset.page.forms.find((f) => f.actions.includes('next'));
  const { page } = await reset.browser.open(form.action, { method: 'POST', fields: { flow: form.data().flow, csrf: form.data().csrf, action: 'next', method: 'push' } });
  assert.equal(page.screen, 'UX-61', `${page}`);
  assert.match((await waiting(person.phone)).text, /Nothing waits for you/);
});

test('attack: the approval of a sign-in lets no reset on, nor that of a reset a sign-in or another reset (CRED-017)', async () => {
  const { demo } = at;
  const person = await somebody();
  const signIn = async () => {
    const flow = await SignIn.begin(demo, { who: person.name, from: 'home', params: { acr_values: 'mfa' } });
    await flow.answer(['password']);
    const form = flow.page.forms.find((f) => f.fields.includes('method') && f.data().method === 'push');
    assert.ok(form, `${flow}`);
    await flow.arrive(await flow.browser.submit(form, {}, 'verify'));
    assert.equal(flow.screen, 'UX-163', `${flow}`);
    return flow;
  };
  const reset = await asked(person.name);
  const flow = await signIn(); // takes its place
  assert.match((await waiting(person.phone)).text, /Are you signing in/);
  const number = flow.page.text.match(/The number:\s*(\d\d)\b/)[1];
  assert.match((await type(person.phone, number)).text, /Approved\. Go on/);
  await reset.press('verify');
  assert.equal(reset.errorCode, '500121', `${reset}`);
  await flow.press('verify');
  assert.ok(flow.code, `it was the sign-in's: ${flow}`);

  const stuck = await signIn();
  const second = await asked(person.name);
  assert.match((await type(person.phone, numberOf(second))).text, /Approved\. Go on/);
  await stuck.press('verify');
  assert.equal(stuck.code, undefined, `${stuck}`);
  assert.equal(stuck.errorCode, '500121');
  await reset.choose('push');
  await second.press('verify');
  assert.equal(second.errorCode, '500121', `the newer request took its place: ${second}`);
  assert.equal(reset.screen, 'UX-163');
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-163', `${reset}`);
});

test('attack: no step without its anti-forgery value or cookie, and another person or the browser that resets cannot approve (PROTO-801, CRED-017)', async () => {
  const { demo } = at;
  const [hers, his] = [await somebody(), await somebody()];
  const reset = await asked(hers.name);
  const number = numberOf(reset);
  const id = (await waiting(hers.phone)).form(['otp'], 'verify').data({}, 'verify').approval;
  const csrf = (await his.phone.open(demo.at('myaccount'))).page.body.match(/name="csrf" value="([^"]+)"/)[1];
  const stolen = await his.phone.open(demo.at('myaccount/approvals'), { method: 'POST', fields: { csrf, action: 'verify', approval: id, otp: number } });
  assert.match(stolen.page.text, /That one is over/);
  const form = reset.page.form([], 'verify');
  const good = form.data({}, 'verify');
  for (const [fields, headers] of [[{ ...good, csrf: 'x' }, {}], [good, { 'sec-fetch-site': 'cross-site' }], [good, { cookie: '' }]]) {
    const answer = await reset.browser.send(form.action, { method: 'POST', fields, headers });
    assert.ok([400, 403].includes(answer.status), `${answer.status}`);
  }
  const thief = new Browser(demo, { from: elsewhere() });
  assert.equal((await thief.send(form.action, { method: 'POST', fields: good })).status, 400);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-163', `nobody approved: ${reset}`);

  // In the browser that approves there is nothing that could.
  const here = await begun(hers.name, { browser: hers.phone });
  await here.choose('push');
  assert.equal(here.errorCode, '500121', `${here}`);
  assert.match(here.page.text, /None of your devices can approve it right now/);
});

test('attack: signed out, removed or revoked between the number and the next page: the approval is void (CRED-017)', async () => {
  const { demo } = at;
  for (const lose of ['signs out', 'is removed', 'is revoked']) {
    const person = await somebody();
    const reset = await asked(person.name);
    assert.match((await type(person.phone, numberOf(reset))).text, /Approved\. Go on/);
    if (lose === 'signs out') {
      const { page } = await person.phone.open(demo.at('oauth2/v2.0/logout'));
      await person.phone.submit(page.form([], 'signout'), {}, 'signout');
      assert.equal((await waiting(person.phone)).screen, 'UX-101');
    } else if (lose === 'is removed') {
      await removeApprover(person.phone);
    } else {
      await demo.admin('user', 'revoke-sessions', person.upn);
    }
    await reset.press('verify');
    assert.notEqual(reset.screen, 'UX-62', `${lose}: ${reset}`);
  }
});

test('CRED-018 CRED-088 the fourth request in ten minutes that nobody answered is not sent, and its owner is told what was proven', async () => {
  const { demo } = at;
  const person = await somebody({ mail: true });
  const reset = await asked(person.name);
  for (let i = 1; i < 3; i++) {
    await reset.press('next');
    await reset.choose('push');
    assert.equal(reset.screen, 'UX-163', `${i}: ${reset}`);
  }
  await reset.press('next');
  await reset.choose('push');
  assert.equal(reset.screen, 'UX-61', `${reset}`);
  assert.match(reset.page.text, /Too many of these/);
  assert.match((await waiting(person.phone)).text, /Nothing waits for you/);
  await demo.advance('PT5S');
  const [mail] = (await demo.outbox()).filter((m) => m.to === person.upn && /keeps asking you to approve a password reset/.test(m.subject));
  assert.match(mail.text, /authenticator app/);
  assert.doesNotMatch(mail.text + (mail.html ?? ''), /[{}]|knows the password/);
  const flow = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await flow.answer(['password']);
  const form = flow.page.forms.find((f) => f.fields.includes('method') && f.data().method === 'push');
  await flow.arrive(await flow.browser.submit(form, {}, 'verify'));
  assert.match(flow.page.text, /Too many of these/, `one budget with sign-ins: ${flow}`);
  await reset.proveMail();
  assert.equal(reset.screen, 'UX-62', `other ways go on: ${reset}`);
});

test('CRED-036 IDP-120 "it isn’t me: report it" refuses at once and, confirmed, makes the risk high and ends the reset', async () => {
  const { demo } = at;
  const person = await somebody();
  const reset = await asked(person.name);
  let page = await waiting(person.phone);
  ({ page } = await person.phone.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-161', `${page}`);
  assert.match(page.text, /A request to approve\s*to reset your password/);
  ({ page } = await person.phone.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  assert.equal((await demo.admin('risk', 'user', person.upn)).riskLevel, 'high');
  await reset.press('verify').catch(() => {});
  assert.equal(reset.last.status, 400, `the reset is over: ${reset}`);
});

test('somebody without such a device is not offered it, nor somebody whose device is not signed in while there are other ways', async () => {
  const { demo } = at;
  const bare = await somebody({ mail: true, approves: false });
  const reset = await begun(bare.name);
  assert.deepEqual(reset.methods, ['email'], `${reset}`);
  const away = await somebody({ mail: true });
  await demo.admin('user', 'revoke-sessions', away.upn);
  await demo.advance('PT2S');
  const second = await begun(away.name);
  assert.deepEqual(second.methods, ['email'], `${second}`);
});

test('attack: a session that was carried off approves no reset from where its owner never is', async () => {
  const { demo } = at;
  const person = await somebody();
  await demo.advance('PT31S');
  const again = await SignIn.begin(demo, { who: person.name, browser: person.phone, from: 'home', params: { prompt: 'login', acr_values: 'mfa' } });
  await again.answer(['password', 'otp']);  // its cookie is known by now
  assert.ok(again.code, `${again}`);
  const reset = await asked(person.name);
  const form = (await waiting(person.phone)).form(['otp'], 'verify');
  person.phone.from = 'tor';  // whoever has its cookies
  assert.doesNotMatch((await waiting(person.phone)).text, /resetting your password/);
  const { page } = await person.phone.submit(form, { otp: numberOf(reset) }, 'verify');
  assert.doesNotMatch(page.text, /Approved\. Go on/);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-163', `${reset}`);
  person.phone.from = 'home';
  assert.match((await type(person.phone, numberOf(reset))).text, /Approved\. Go on/);
});

test('attack: who is at risk approves no reset, with a session from before', async () => {
  const { demo } = at;
  const person = await somebody({ mail: true });
  const reset = await asked(person.name);
  const form = (await waiting(person.phone)).form(['otp'], 'verify');
  await demo.admin('risk', 'leaked-credentials', person.upn);
  const { page } = await person.phone.submit(form, { otp: numberOf(reset) }, 'verify');
  assert.doesNotMatch(page.text, /Approved\. Go on/);
  await reset.press('verify');
  assert.equal(reset.screen, 'UX-163', `${reset}`);
});
