// Approval on another signed-in device with number matching (credentials.md §6.1, CRED-017, CRED-018).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor, newcomer } from './support.mjs';

const settings = (demo, document) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const at = demoFor('approvals', {}, (demo) => settings(demo, { methods: { push: { state: 'enabled' } }, reportSuspiciousActivity: { state: 'enabled' } }));
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Somebody new with an app, and a browser of theirs that is signed in and approves. */
async function somebody() {
  const { demo } = at;
  const name = await newcomer(demo, 'approver');
  const { upn } = demo.user(name);
  const flow = await SignIn.begin(demo, { who: name, from: 'home', userAgent: FIREFOX });
  await flow.answer(['password', 'register']);
  assert.ok(flow.code, `${flow}`);
  const phone = flow.browser;
  let { page } = await phone.open(demo.at('myaccount/security-info/approver'));
  assert.equal(page.screen, 'UX-165', `${page}`);
  assert.match(page.text, /Firefox, Linux/);
  ({ page } = await phone.submit(page.form([], 'register'), {}, 'register'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  assert.match(page.text, /Device that approves sign-ins/);
  return { name, upn, phone };
}
/** A sign-in from elsewhere that asks for MFA, as far as the number. */
async function asks(name, options = {}) {
  const flow = await SignIn.begin(at.demo, { who: name, from: 'tor', ...options });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-20', `${flow}`);
  await press(flow, 'push');
  return flow;
}
/** The button of a method on the page that asks for the second step. */
async function press(flow, method) {
  const form = flow.page.forms.find((f) => f.fields.includes('method') && f.data().method === method);
  assert.ok(form, `no ${method} on ${flow.page}`);
  return flow.arrive(await flow.browser.submit(form, {}, 'verify'));
}
const numberOf = (flow) => flow.page.text.match(/The number:\s*(\d\d)\b/)?.[1];
const waiting = async (phone) => (await phone.open(at.demo.at('myaccount/approvals'))).page;
const type = async (phone, number) => {
  const page = await waiting(phone);
  return (await phone.submit(page.form(['otp'], 'verify'), { otp: number }, 'verify')).page;
};
const other = (number) => (number === '10' ? '11' : '10');
const risk = async (upn) => (await at.demo.admin('risk', 'user', upn)).riskLevel;

test('CRED-017 the number is shown where the sign-in is and typed where the person is; without it nothing approves', async () => {
  const person = await somebody();
  const flow = await asks(person.name);
  assert.equal(flow.screen, 'UX-163', `${flow}`);
  const number = numberOf(flow);
  assert.match(number, /^[1-9]\d$/);
  assert.match(flow.page.text, /Firefox, Linux/);
  assert.equal(flow.page.tags('script').length, 0);

  await flow.press('verify');
  assert.equal(flow.screen, 'UX-163', `not approved yet: ${flow}`);
  assert.match(flow.page.text, /isn’t approved yet/);
  const { page: home } = await person.phone.open(at.demo.at('myaccount'));
  assert.match(home.text, /Approve a sign-in/);
  const page = await waiting(person.phone);
  assert.equal(page.screen, 'UX-164', `${page}`);
  assert.match(page.body, /<h1>Are you signing in on another device\?<\/h1>/);
  assert.ok(!page.body.includes(`>${number}<`) && !page.text.includes(` ${number} `), 'the number is not told');
  assert.match(page.text, /203\.0\.113\.\d+/);

  const approved = await type(person.phone, number);
  assert.match(approved.text, /Approved\. Go on/, `${approved}`);
  assert.match(approved.body, /<h1>Approve on this device<\/h1>/);
  await flow.press('verify');
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, 'mfa');
  assert.deepEqual([...claims.amr].sort(), ['mca', 'mfa', 'pop', 'pwd']);
});

test('CRED-017 a wrong number ends it; the form of before approves nothing any more', async () => {
  const person = await somebody();
  const flow = await asks(person.name);
  const number = numberOf(flow);
  const page = await waiting(person.phone);
  const form = page.form(['otp'], 'verify');
  const { page: wrong } = await person.phone.submit(form, { otp: other(number) }, 'verify');
  assert.match(wrong.text, /wasn’t the number/, `${wrong}`);
  const { page: replay } = await person.phone.submit(form, { otp: number }, 'verify');
  assert.match(replay.text, /That one is over/, `${replay}`);
  await flow.press('verify');
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  assert.equal(flow.errorCode, '500121');
  await flow.press('verify', { otp: await at.demo.otp(person.name) });
  assert.ok(flow.code, `other ways go on: ${flow}`);
});

test('CRED-017 nothing approves by leaving the number out, by guessing, late, or twice', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name);
  const page = await waiting(person.phone);
  const fields = page.form(['otp'], 'verify').data({}, 'verify');
  const { otp: _, ...without } = fields;
  const answer = await person.phone.open(demo.at('myaccount/approvals'), { method: 'POST', fields: without });
  assert.match(answer.page.text, /wasn’t the number/);
  await flow.press('verify');
  assert.equal(flow.errorCode, '500121');

  await press(flow, 'push');
  const late = numberOf(flow);
  const shown = await waiting(person.phone);
  const form = shown.form(['otp'], 'verify');
  await demo.advance('PT61S');
  const { page: over } = await person.phone.submit(form, { otp: late }, 'verify');
  assert.match(over.text, /That one is over/, `${over}`);

  await press(flow.screen === 'UX-163' ? await flow.press('next') : flow, 'push');
  const number = numberOf(flow);
  const two = await waiting(person.phone);
  const both = await Promise.all([1, 2].map(() => person.phone.submit(two.form(['otp'], 'verify'), { otp: number }, 'verify')));
  assert.deepEqual(both.map(({ page: p }) => (/Approved\. Go on/.test(p.text) ? 'approved' : /is over/.test(p.text) ? 'over' : `${p}`)).sort(), ['approved', 'over']);
  const done = flow.page.form([], 'verify');
  const ends = await Promise.all([1, 2].map(() => flow.browser.submit(done, {}, 'verify')));
  assert.equal(ends.filter((e) => e.redirect?.searchParams.get('code')).length, 1, 'of two forms one is answered');
});

test('attack: another person, another device of the same person, and the browser that signs in cannot approve', async () => {
  const { demo } = at;
  const [hers, his] = [await somebody(), await somebody()];
  const flow = await asks(hers.name);
  const number = numberOf(flow);
  const id = (await waiting(hers.phone)).form(['otp'], 'verify').data({}, 'verify').approval;
  const theirs = await waiting(his.phone);
  assert.match(theirs.text, /Nothing waits for you/);
  const csrf = (await his.phone.open(demo.at('myaccount'))).page.body.match(/name="csrf" value="([^"]+)"/)[1];
  const stolen = await his.phone.open(demo.at('myaccount/approvals'), { method: 'POST', fields: { csrf, action: 'verify', approval: id, otp: number } });
  assert.match(stolen.page.text, /That one is over/, `${stolen.page}`);

  const laptop = await SignIn.begin(demo, { who: hers.name, from: 'home' });
  await laptop.answer(['password']);
  let { page } = await laptop.browser.open(demo.at('myaccount/approvals'));
  if (page.asksFor('otp') && page.screen === 'UX-20') ({ page } = await laptop.browser.submit(page.form(['otp'], 'verify'), { otp: await demo.otp(hers.name) }, 'verify'));
  assert.match(page.text, /doesn’t approve anything yet/, `${page}`);
  const token = (await laptop.browser.open(demo.at('myaccount'))).page.body.match(/name="csrf" value="([^"]+)"/)[1];
  await laptop.browser.open(demo.at('myaccount/approvals'), { method: 'POST', fields: { csrf: token, action: 'verify', approval: id, otp: number } });
  await flow.press('verify');
  assert.equal(flow.screen, 'UX-163', `nobody approved: ${flow}`);

  // Stepping up in the browser that approves: it is not offered, for it cannot be answered there.
  await demo.advance('PT6M');
  ({ page } = await hers.phone.open(demo.at('myaccount/security-info/app')));
  assert.equal(page.screen, 'UX-20', `${page}`);
  assert.ok(!page.forms.some((f) => f.fields.includes('method') && f.data().method === 'push'), `${page}`);
});

test('attack: an approval is no proof of this moment: with it alone nobody adds a passkey or another approver', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name);
  await type(person.phone, numberOf(flow));
  await flow.press('verify');
  assert.ok(flow.code, `${flow}`);
  for (const below of ['passkey', 'approver']) {
    const { page } = await flow.browser.open(demo.at(`myaccount/security-info/${below}`));
    assert.equal(page.screen, 'UX-20', `${below}: ${page}`);
    assert.ok(page.asksFor('otp'));
    assert.ok(!page.forms.some((f) => f.fields.includes('method') && f.data().method === 'push'), 'nor is another approval asked for');
  }
});

test('whoever signed in by an approval proves something of their own before a method is added at sign-in, and is not nudged to what they cannot do', async () => {
  const { demo } = at;
  const person = await somebody();
  const mfa = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) };
  const approved = async () => {
    const flow = await asks(person.name, { from: 'home', params: mfa });
    await type(person.phone, numberOf(flow));
    return flow.press('verify');
  };
  await settings(demo, { registrationCampaign: { state: 'enabled', snoozeDurationInDays: 0 } });
  const first = await approved();
  assert.ok(first.code, `a passkey would ask for a proof of one's own: ${first}`);
  await settings(demo, { registrationCampaign: { state: 'default', snoozeDurationInDays: 1 }, reset: { scope: 'all', requiresRegistration: true } });
  const second = await approved();
  assert.equal(second.screen, 'UX-170', `${second}`);
  await second.press('register');
  assert.equal(second.screen, 'UX-20', `${second}`);
  assert.ok(!second.page.forms.some((f) => f.fields.includes('method') && f.data().method === 'push'), `${second.page}`);
  await second.press('verify', { otp: await demo.otp(person.name) });
  assert.equal(second.screen, 'UX-124', `${second}`);
  await settings(demo, { reset: { requiresRegistration: false } });
});

test('attack: no answer without its anti-forgery value or from another site, nor without a session', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name);
  const fields = { ...(await waiting(person.phone)).form(['otp'], 'verify').data({}, 'verify'), otp: numberOf(flow) };
  const { csrf: _, ...without } = fields;
  const url = demo.at('myaccount/approvals');
  assert.equal((await person.phone.send(url, { method: 'POST', fields: without })).status, 403);
  assert.equal((await person.phone.send(url, { method: 'POST', fields, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } })).status, 403);
  const stranger = await new Browser(demo, { from: 'abroad' }).send(url, { method: 'POST', fields });
  assert.match(stranger.body, /data-screen="UX-101"/);
  await flow.press('verify');
  assert.equal(flow.screen, 'UX-163', `${flow}`);
});

test('CRED-018 CRED-088 the fourth request in ten minutes that nobody answered is not sent; the record says so and its owner is told, once; other ways go on', async () => {
  const { demo } = at;
  const person = await somebody();
  const told = async () => (await demo.outbox()).filter((m) => m.to === person.upn && /keeps asking/.test(m.subject));
  const pauses = async () => Number((await demo.fetch('/metrics')).body.match(/^portcullis_approval_pauses_total (\d+)$/m)[1]);
  const before = await pauses();
  const flow = await asks(person.name);
  for (let i = 1; i < 3; i++) {
    assert.equal((await told()).length, 0);
    await flow.press('next');
    await press(flow, 'push');
    assert.equal(flow.screen, 'UX-163', `${i}: ${flow}`);
  }
  await flow.press('next');
  await press(flow, 'push');
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  assert.match(flow.page.text, /Too many of these/);
  assert.match((await waiting(person.phone)).text, /Nothing waits for you/);
  const [record] = await demo.adminList('signins', 'list', '--user', person.upn, '--top', '1');
  assert.deepEqual(record.authenticationProcessingDetails, [{ key: 'MFA fatigue', value: '3' }], 'administrators see it before anybody comes back');
  assert.equal(record.status.errorCode, 500121);
  assert.equal(await pauses(), before + 1);
  await demo.advance('PT5S');
  const [mail] = await told();
  assert.match(mail.text, /knows the password of your .* account asked for your approval again and again/);
  assert.match(mail.text, /Near: /);
  assert.match(mail.text, /Changing it now keeps them out/);
  assert.doesNotMatch(mail.text + mail.html, /[{}]|[Tt]he number/);
  await flow.press('verify', { otp: await demo.otp(person.name) });
  assert.ok(flow.code, `${flow}`);
  await demo.advance('PT31M');
  const again = await asks(person.name);
  assert.equal(again.screen, 'UX-163');
  for (let i = 1; i < 3; i++) {
    await again.press('next');
    await press(again, 'push');
  }
  await demo.advance('PT5S');
  assert.equal((await told()).length, 1, 'told once a day');
  assert.equal(await pauses(), before + 2);
});

test('CRED-036 IDP-120 "it isn’t me" refuses; "report it" refuses at once and, confirmed, makes the risk high', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name);
  const before = await risk(person.upn);
  assert.notEqual(before, 'high');
  let page = await waiting(person.phone);
  ({ page } = await person.phone.submit(page.form(['otp'], 'cancel'), {}, 'cancel'));
  assert.match(page.text, /Refused/, `${page}`);
  await flow.press('verify');
  assert.equal(flow.errorCode, '500121', `${flow}`);
  assert.equal(await risk(person.upn), before);

  await press(flow, 'push');
  page = await waiting(person.phone);
  ({ page } = await person.phone.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-161', `${page}`);
  assert.match(page.text, /A sign-in to approve/);
  assert.equal(await risk(person.upn), before, 'it asks first');
  ({ page } = await person.phone.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  assert.equal(await risk(person.upn), 'high');
  const records = await demo.adminList('signins', 'list', '--user', person.upn);
  const shown = await demo.admin('signins', 'show', records.find((r) => r.status.errorCode === 500121).id);
  assert.match(JSON.stringify(shown), /fraud code entered/);
  await flow.press('verify');
  assert.equal(flow.last.status, 400, `the sign-in is over: ${flow}`);
});

test('CRED-001 CRED-017 off unless turned on, and a device that was removed approves nothing', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name, { from: 'home', params: { acr_values: 'mfa' } });
  const number = numberOf(flow);
  const info = (await person.phone.open(demo.at('myaccount/security-info'))).page;
  const ways = info.links().filter((l) => l.includes('security-info/method')).map((l) => new URL(l, info.url).href);
  let page;
  for (const way of ways) {
    ({ page } = await person.phone.open(way));
    if (/approves sign-ins/.test(page.text)) break;
  }
  const approve = (await waiting(person.phone)).form(['otp'], 'verify');
  await person.phone.submit(approve, { otp: number }, 'verify');
  ({ page } = await person.phone.submit(page.form([], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-122', `${page}`);
  ({ page } = await person.phone.submit(page.form([], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  await flow.press('verify');
  assert.equal(flow.errorCode, '500121', `approved by what is gone: ${flow}`);

  const second = await somebody();
  await settings(demo, { methods: { push: { state: 'disabled' } } });
  const plain = await SignIn.begin(demo, { who: second.name, from: 'tor' });
  await plain.answer(['password']);
  assert.ok(!plain.page.forms.some((f) => f.fields.includes('method') && f.data().method === 'push'), `${plain}`);
  assert.equal((await second.phone.open(demo.at('myaccount/approvals'))).page.status, 404);
  await settings(demo, { methods: { push: { state: 'enabled' } } });

  const alone = await asks(second.name);
  await type(second.phone, numberOf(alone));
  await settings(demo, { methods: { softwareOath: { state: 'disabled' } } });
  await alone.press('verify');
  assert.equal(alone.code, undefined, 'an approval stands beside another method or not at all');
  assert.equal(alone.errorCode, '500121', `${alone}`);
  await settings(demo, { methods: { softwareOath: { state: 'enabled' } } });
});

test('attack: an approval ends with the session that gave it', async () => {
  const { demo } = at;
  const person = await somebody();
  const flow = await asks(person.name);
  assert.match((await type(person.phone, numberOf(flow))).text, /Approved\. Go on/);
  const { page } = await person.phone.open(demo.at('oauth2/v2.0/logout'));
  await person.phone.submit(page.form([], 'signout'), {}, 'signout');
  await flow.press('verify');
  assert.equal(flow.code, undefined, `${flow}`);
  assert.equal(flow.errorCode, '500121', `${flow}`);
});
