// Prompts that nobody asked for (credentials.md §8): reported by their owner alone; and the MFA block list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, newcomer } from './support.mjs';

const settings = (demo, document) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const at = demoFor('prompts', {}, (demo) => settings(demo, { reportSuspiciousActivity: { state: 'enabled' } }));
let addresses = 0;
const elsewhere = () => `198.18.7.${++addresses}`;

/** Somebody new with a recovery address and an app, signed in. */
async function somebody() {
  const { demo } = at;
  const name = await newcomer(demo, 'prompted');
  demo.user(name).recovery_mail = `${name}@home.example`;
  const { upn } = demo.user(name);
  await demo.admin('user', 'add-email', upn, `${name}@home.example`);
  const flow = await SignIn.begin(demo, { who: name, from: 'home' });
  await flow.answer(['password', 'register']);
  assert.ok(flow.code, `${flow}`);
  return { name, upn, browser: flow.browser };
}
/** The reset that somebody else begins, as far as the code. */
async function asks(name) {
  const reset = await Reset.begin(at.demo, { who: name, from: elsewhere() });
  const code = await reset.mailed();
  return { reset, code };
}
/** A page of the account, with the second step first where it is asked for. */
async function open(browser, name, below) {
  let { page } = await browser.open(at.demo.at(below));
  for (let turn = 0; turn < 3 && page.asksFor('otp'); turn++) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp(name) }, 'verify'));
  return page;
}
const reportLink = (page) => new URL(page.links().find((l) => l.includes('prompts/report')), page.url).href;
const risk = async (upn) => (await at.demo.admin('risk', 'user', upn)).riskLevel;
const reports = async (upn) => (await at.demo.adminList('risk', 'detections', '--user', upn)).filter((d) => d.riskEventType === 'userReportedSuspiciousActivity');

test('CRED-036 IDP-120 a code that was not asked for is reported: the mail leads to a page that asks, then risk is high and the reset is over', async () => {
  const { demo } = at;
  const person = await somebody();
  const { reset, code } = await asks(person.name);
  const mail = (await demo.outbox()).filter((m) => m.to === demo.user(person.name).recovery_mail).sort((a, b) => a.at.localeCompare(b.at)).at(-1);
  const link = mail.text.match(/https?:\/\/\S+/g);
  assert.equal(link?.length, 1, mail.text);
  assert.ok(link[0].endsWith('/contoso.example/myaccount/prompts'), 'the link carries nothing');

  let page = await open(person.browser, person.name, 'myaccount/prompts');
  assert.equal(page.screen, 'UX-160', `${page}`);
  assert.match(page.text, /A code by mail.*to reset your password/);
  assert.match(page.text, new RegExp(`198\\.18\\.7\\.${addresses}`));
  ({ page } = await person.browser.open(reportLink(page)));
  assert.equal(page.screen, 'UX-161', `${page}`);
  assert.equal(await risk(person.upn), 'none', 'looking reports nothing');
  const form = page.form([], 'report');
  ({ page } = await person.browser.submit(form, {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  assert.equal(await risk(person.upn), 'high');
  const [detection] = await reports(person.upn);
  assert.equal(detection.riskLevel, 'high');
  assert.equal(detection.source, 'EndUserReported');

  // What was being reset is over; a replay of the form raises nothing.
  await reset.press('verify', { otp: code });
  assert.equal(reset.last.status, 400, `${reset}`);
  const again = await person.browser.submit(form, {}, 'report');
  assert.equal(again.page.screen, 'UX-160', `${again.page}`);
  assert.match(again.page.text, /can’t be reported any more/);
  assert.equal((await reports(person.upn)).length, 1);
  const told = (await demo.outbox()).filter((m) => m.to === demo.user('secadmin').upn && /reported a prompt/.test(m.subject));
  assert.equal(told.length, 1, 'administrators hear of it');
});

test('attack: a reported reset is over after its first proof too, whatever is proven next', async () => {
  const { demo } = at;
  const person = await somebody();
  const { reset, code } = await asks(person.name);
  await reset.press('verify', { otp: code });
  assert.equal(reset.screen, 'UX-61', `one of two: ${reset}`);
  let page = await open(person.browser, person.name, 'myaccount/prompts');
  ({ page } = await person.browser.open(reportLink(page)));
  ({ page } = await person.browser.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  await reset.choose('softwareOath');
  if (reset.page?.asksFor('otp')) await reset.press('verify', { otp: await demo.otp(person.name) });
  assert.ok(!reset.page?.asksFor('newPassword'), `${reset.page}`);
});

test('CRED-036 plain denial and doing nothing differ from a report: no risk', async () => {
  const person = await somebody();
  await asks(person.name);
  const page = await open(person.browser, person.name, 'myaccount/prompts');
  const { page: question } = await person.browser.open(reportLink(page));
  const { page: back } = await person.browser.submit(question.form([], 'cancel'), {}, 'cancel');
  assert.equal(back.screen, 'UX-160', `${back}`);
  assert.equal(await risk(person.upn), 'none');
});

test('attack: a forwarded mail, another person’s id, a form of another site, and a stale session report nothing', async () => {
  const { demo } = at;
  const [hers, his] = [await somebody(), await somebody()];
  await asks(hers.name);
  const list = await open(hers.browser, hers.name, 'myaccount/prompts');
  const report = reportLink(list);
  const stranger = new Browser(demo, { from: 'abroad' });
  assert.equal((await stranger.open(report)).page.screen, 'UX-101', 'a sign-in comes first');
  await open(his.browser, his.name, 'myaccount/prompts');
  const { page: nothing } = await his.browser.open(report);
  assert.equal(nothing.screen, 'UX-160', `${nothing}`);
  assert.doesNotMatch(nothing.text, /A code by mail/);
  const csrf = nothing.body.match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';
  const forced = await his.browser.send(report, { method: 'POST', fields: { action: 'report', csrf } });
  assert.notEqual(forced.status, 303, `${forced.status}`);

  const { page: question } = await hers.browser.open(report);
  const fields = question.form([], 'report').data({}, 'report');
  const { csrf: _, ...without } = fields;
  assert.equal((await hers.browser.send(report, { method: 'POST', fields: without })).status, 403);
  assert.equal((await hers.browser.send(report, { method: 'POST', fields, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } })).status, 403);
  await demo.advance('PT6M');
  const stale = await hers.browser.submit(question.form([], 'report'), {}, 'report');
  assert.equal(stale.page.screen, 'UX-20', 'a stale session is asked for MFA first');
  for (const person of [hers, his]) assert.equal(await risk(person.upn), 'none');
});

test('CRED-036 where it is off, or not for this person, mails have no link and nothing can be reported', async () => {
  const { demo } = at;
  const person = await somebody();
  await asks(person.name);
  const report = reportLink(await open(person.browser, person.name, 'myaccount/prompts'));
  for (const off of [{ state: 'default' }, { state: 'disabled' }, { state: 'enabled', includeTargets: [{ targetType: 'user', id: demo.user('bob').id }] }]) {
    await settings(demo, { reportSuspiciousActivity: off });
    await demo.advance('PT2H');
    const again = await Reset.begin(demo, { who: person.name, from: elsewhere() });
    await again.mailed();
    const mail = (await demo.outbox()).filter((m) => m.to === demo.user(person.name).recovery_mail).sort((a, b) => a.at.localeCompare(b.at)).at(-1);
    assert.doesNotMatch(mail.text, /https?:/, JSON.stringify(off));
    const page = await open(person.browser, person.name, 'myaccount/prompts');
    assert.equal(page.screen, 'UX-80', `${page}`);
    const { page: home } = await person.browser.open(at.demo.at('myaccount'));
    assert.ok(!home.links().some((l) => l.endsWith('myaccount/prompts')));
  }
  const gone = await open(person.browser, person.name, new URL(report).pathname.split('/').slice(2).join('/') + new URL(report).search);
  assert.equal(gone.status, 404, `${gone}`);
  await settings(demo, { reportSuspiciousActivity: { state: 'enabled', includeTargets: [{ targetType: 'group', id: 'all_users' }] } });
});

test('CRED-037 who is blocked for MFA is denied with 500121 whatever they answer, for 90 days, and let in once unblocked', async () => {
  const { demo } = at;
  const person = await somebody();
  const shown = await demo.admin('user', 'mfa-block', person.upn, '--reason', 'phone stolen');
  assert.equal(shown.mfaBlock.reason, 'phone stolen');
  const [listed] = await demo.adminList('user', 'mfa-blocks');
  assert.equal(listed.userPrincipalName, person.upn);
  assert.equal(Math.round((Date.parse(listed.untilDateTime) - Date.parse(listed.blockedDateTime)) / 86400000), 90);

  const denied = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await denied.answer(['password', 'otp']);
  assert.equal(denied.screen, 'UX-162', `${denied}`);
  assert.equal(denied.errorCode, '500121');
  const [record] = await demo.adminList('signins', 'list', '--user', person.upn, '--top', '1');
  assert.equal(record.status.errorCode, 500121);
  const without = await SignIn.begin(demo, { who: person.name, from: 'home' });
  await without.answer(['password']);
  assert.ok(without.code, `where nothing asks for MFA the password is enough: ${without}`);
  const { page } = await without.browser.open(demo.at('myaccount/security-info'));
  assert.equal(page.screen, 'UX-162', `${page}`);

  await demo.admin('user', 'mfa-unblock', person.upn, '--reason', 'found');
  assert.equal((await demo.adminList('user', 'mfa-blocks')).length, 0);
  const free = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await free.answer(['password', 'otp']);
  assert.ok(free.code, `${free}`);
});

test('CRED-037 a block that comes while the code is asked for holds, resets are refused, and 90 days end it', async () => {
  const { demo } = at;
  const person = await somebody();
  await settings(demo, { reset: { scope: 'all', gates: 1 } });
  const waiting = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await waiting.answer(['password']);
  assert.equal(waiting.screen, 'UX-20', `${waiting}`);
  await demo.admin('user', 'mfa-block', person.upn, '--reason', 'while they wait');
  await waiting.press('verify', { otp: await demo.otp(person.name) });
  assert.equal(waiting.errorCode, '500121', `${waiting}`);
  assert.equal(waiting.screen, 'UX-162');
  const reset = await Reset.begin(demo, { who: person.name, from: elsewhere() });
  await reset.proveApp();
  assert.equal(reset.errorCode, '500121', `as for a name nobody has: ${reset}`);
  await demo.advance('P90D');
  const free = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await free.answer(['password', 'otp']);
  assert.ok(free.code, `${free}`);
});

test('CRED-037 a report also blocks where the tenant wants that; risk and block are cleared apart', async () => {
  const { demo } = at;
  await settings(demo, { reportSuspiciousActivity: { state: 'enabled', blocksMfa: true } });
  const person = await somebody();
  await asks(person.name);
  const { page } = await person.browser.open(reportLink(await open(person.browser, person.name, 'myaccount/prompts')));
  await person.browser.submit(page.form([], 'report'), {}, 'report');
  const [listed] = (await demo.adminList('user', 'mfa-blocks')).filter((b) => b.userPrincipalName === person.upn);
  assert.equal(listed.byReport, true);
  await demo.admin('risk', 'dismiss', person.upn);
  const denied = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await denied.answer(['password', 'otp']);
  assert.equal(denied.errorCode, '500121', `${denied}`);
  await demo.admin('user', 'mfa-unblock', person.upn, '--reason', 'talked to them');
  const free = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await free.answer(['password', 'otp']);
  assert.ok(free.code, `${free}`);
  await settings(demo, { reportSuspiciousActivity: { blocksMfa: false } });
});
