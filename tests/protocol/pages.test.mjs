// What pages say and where they lead: the language, the way back, what a guest has no use for, errors in the words of their place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reset } from '../support_js/reset.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('pages');
const settings = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const languageOf = (page) => page.tags('html')[0].lang;
const leadsTo = (page, below) => page.links().some((href) => new URL(href, page.url).href === at.demo.at(below));

/** Somebody new, at a page of their account. */
async function inside() {
  const who = await newcomer(at.demo, 'reader');
  const browser = new Browser(at.demo, { from: 'home' });
  let { page } = await browser.open(at.demo.at('myaccount'));
  ({ page } = await browser.submit(page.form(['username']), { username: at.demo.user(who).upn }, 'next'));
  ({ page } = await browser.submit(page.form(['password']), { password: at.demo.user(who).password }, 'next'));
  if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
  assert.equal(page.screen, 'UX-140', `${page}`);
  return { who, browser, open: async (below) => (await browser.open(at.demo.at(below))).page };
}

let guests = 0;
/** A guest, signed in with a code by mail. */
async function guestInside() {
  const mail = `guest${++guests}@partner.example`;
  await at.demo.admin('user', 'invite', mail);
  const browser = new Browser(at.demo, { from: `198.18.8.${guests}` });
  let { page } = await browser.open(at.demo.at('myaccount'));
  ({ page } = await browser.submit(page.form(['username']), { username: mail }, 'next'));
  const seen = await Reset.sent(at.demo, mail);
  const ask = page.forms.find((form) => form.fields.includes('method') && form.data().method === 'email');
  assert.ok(ask, `${page}`);
  ({ page } = await browser.submit(ask, {}, 'next'));
  ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await Reset.code(at.demo, mail, seen) }, 'verify'));
  if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
  assert.equal(page.screen, 'UX-140', `${page}`);
  const { page: sessions } = await browser.open(at.demo.at('myaccount/sessions'));
  return { mail, browser, csrf: sessions.form(['csrf'], 'signout').data().csrf };
}

test('`ui_locales` chooses the language of every page of a sign-in, before the browser and after what a person chose', async () => {
  const begin = (params, browser) => SignIn.begin(at.demo, { from: 'home', params, browser });
  for (const [wish, language] of [['de', 'de'], ['xx de', 'de'], ['de-CH en', 'de'], ['xx', 'en'], ['%%%', 'en'], [undefined, 'en']]) {
    const flow = await begin({ ui_locales: wish });
    assert.equal(languageOf(flow.page), language, `${wish}`);
    await flow.press('next', { username: 'alice@contoso.example' });
    assert.equal(flow.screen, 'UX-102', `${flow}`);
    assert.equal(languageOf(flow.page), language, `${wish}: the password`);
    await flow.press('next', { password: 'not the password' });
    assert.equal(flow.errorCode, '50126', `${flow}`);
    assert.equal(languageOf(flow.page), language, `${wish}: the same again`);
    const { page } = await flow.browser.open(flow.page.url);
    if (page.screen === 'UX-102') assert.equal(languageOf(page), language, `${wish}: reloaded`);
  }
  const chosen = new Browser(at.demo, { from: 'home' });
  chosen.jar.take(['lang=en; Path=/'], at.demo.base);
  assert.equal(languageOf((await begin({ ui_locales: 'de' }, chosen)).page), 'en', 'chosen in this browser');

  // An error within the sign-in too: the session it continues ends while its owner is asked for more.
  const who = await newcomer(at.demo, 'reader');
  const first = await SignIn.begin(at.demo, { who, from: 'home' });
  await first.answer(['password', 'skip']);
  assert.ok(first.code, `${first}`);
  const policy = await at.demo.policy({ displayName: 'MFA for one', state: 'enabled', grantControls: { operator: 'AND', builtInControls: ['mfa'] },
    conditions: { users: { includeUsers: [at.demo.user(who).id] }, applications: { includeApplications: ['All'] } } });
  const more = await SignIn.begin(at.demo, { who, browser: first.browser, params: { ui_locales: 'de' } });
  assert.equal(more.screen, 'UX-11', `${more}`);
  await at.demo.advance('PT1S');
  await at.demo.admin('user', 'revoke-sessions', at.demo.user(who).upn);
  await more.press('register', { method: 'softwareOath' });
  assert.equal(more.page.status, 403, `${more}`);
  assert.equal(languageOf(more.page), 'de');
  await at.demo.admin('policy', 'delete', policy.id);
});

test('every page of the account leads back to it', async () => {
  const { open } = await inside();
  for (const below of ['security-info', 'applications', 'sessions', 'devices', 'sign-ins', 'alerts']) {
    const page = await open(`myaccount/${below}`);
    assert.ok(leadsTo(page, 'myaccount'), `${below}: ${page.links()}`);
  }
});

test('where nobody resets a password by themselves the page says so and leads back: to the sign-in, or to the account', async () => {
  await settings({ reset: { scope: 'none' } });
  const flow = await SignIn.begin(at.demo, { from: 'home' });
  await flow.press('next', { username: 'alice@contoso.example' });
  const forgotten = flow.page.links().find((href) => href.includes('/reset'));
  assert.ok(forgotten, 'the link stays: help stands there');
  const { page } = await flow.browser.open(new URL(forgotten, flow.page.url).href);
  assert.equal(page.screen, 'UX-64', `${page}`);
  const back = page.links().find((href) => href.includes('/login?flow='));
  assert.ok(back, `${page.links()}`);
  assert.equal((await flow.browser.open(new URL(back, page.url).href)).page.screen, 'UX-102');
  const alone = (await new Browser(at.demo, { from: 'home' }).open(at.demo.at('reset'))).page;
  assert.equal(alone.screen, 'UX-64');
  assert.ok(leadsTo(alone, 'myaccount'), `${alone.links()}`);
  await settings({ reset: { scope: 'all' } });
});

test('a guest is neither offered nor given what resets a password, nor a password to change', async () => {
  await settings({ phone: { countries: ['31'] }, reset: { scope: 'all', methods: ['softwareOath', 'email', 'sms', 'recoveryCode'] } });
  const member = await inside();
  const theirs = await member.open('myaccount/security-info');
  for (const what of ['recovery-codes', 'phone', 'email']) assert.ok(leadsTo(theirs, `myaccount/security-info/${what}`), `a member: ${what}`);

  const { mail, browser, csrf } = await guestInside();
  const { page: info } = await browser.open(at.demo.at('myaccount/security-info'));
  assert.equal(info.screen, 'UX-83', `${info}`);
  for (const what of ['security-info/recovery-codes', 'security-info/phone', 'security-info/email', 'password']) assert.ok(!leadsTo(info, `myaccount/${what}`), what);
  const posted = { 'security-info/recovery-codes': { action: 'register' }, 'security-info/phone': { action: 'next', phone: '+31612345678', method: 'sms' },
    'security-info/email': { action: 'next', email: 'me@home.example' },
    password: { action: 'change', currentPassword: 'x', newPassword: freshPassword(), confirmPassword: freshPassword() } };
  const messages = (await at.demo.outbox()).length;
  for (const [below, fields] of Object.entries(posted)) {
    const said = below === 'password' ? /There is no password to change/ : /Guests don’t need this/;
    for (const options of [{}, { method: 'POST', fields: { csrf, ...fields } }]) {
      const { page } = await browser.open(at.demo.at(`myaccount/${below}`), options);
      assert.equal(page.status, 403, `${below}: ${page}`);
      assert.match(page.text, said, below);
      assert.ok(leadsTo(page, 'myaccount'), `${below}: ${page.links()}`);
    }
  }
  assert.equal((await at.demo.outbox()).length, messages, 'nothing was sent');
  const shown = await at.demo.admin('user', 'show', mail);
  assert.deepEqual(shown.authenticationMethods.map((m) => m.method), ['email']);
  await settings({ phone: { countries: [] }, reset: { methods: ['softwareOath', 'recoveryCode', 'email'] } });
});

test('UX-111 speaks of an application where there is one, and of what is shown elsewhere', async () => {
  const { browser, open } = await inside();
  const sessions = await open('myaccount/sessions');
  const { csrf } = sessions.form(['csrf'], 'signout').data();
  for (const below of ['myaccount', 'myaccount/security-info', 'myaccount/applications', 'reset']) {
    const { page } = await browser.open(at.demo.at(below), { method: 'POST', fields: { csrf, action: 'change', language: 'd\0e' } });
    assert.equal(page.screen, 'UX-111', `${below}: ${page}`);
    assert.equal(page.status, 400, below);
    assert.match(page.text, /Go back and try again/, below);
    assert.doesNotMatch(page.text, /application/i, below);
    assert.equal(leadsTo(page, 'myaccount'), below !== 'reset', below);
  }
  const flow = await SignIn.begin(at.demo, { from: 'home' });
  const { page: typed } = await flow.browser.open(at.demo.at('login'), { method: 'POST', fields: { ...flow.page.form(['username']).data(), username: 'a\0b', action: 'next' } });
  assert.match(typed.text, /Go back and try again/);
  const { page: asked } = await new Browser(at.demo, { from: 'home' }).open(at.demo.at('oauth2/v2.0/authorize'), { method: 'POST', fields: {}, headers: { 'content-type': 'text/plain' } });
  assert.match(asked.text, /Start again from the application/);
});

test('UX-111 an ended reset says that the reset is started again, not the sign-in', async () => {
  const reset = await Reset.begin(at.demo, { who: 'alice', from: '198.18.9.7' });
  await at.demo.advance('PT2H');
  const form = reset.page.forms.find((f) => f.fields.includes('flow'));
  const { page } = await reset.browser.open(form.action, { method: 'POST', fields: form.data({}, form.actions[0]) });
  assert.equal(page.screen, 'UX-111', `${page}`);
  assert.match(page.text, /Start the reset again/);
  assert.doesNotMatch(page.text, /application/i);
});
