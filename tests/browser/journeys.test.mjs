// The four journeys in a real browser with scripts off, photographed on desktop and phone (build/test-logs/screens).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { launchChromium, startApplication } from '../support_js/chromium.mjs';
import { Demo, LOGS } from '../support_js/demo.mjs';
import { form } from '../support_js/http.mjs';
import { Reset } from '../support_js/reset.mjs';
import { challengeOf, freshPassword } from '../support_js/sign_in.mjs';

const SCREENS = path.join(LOGS, 'screens');
const VIEWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
let demo, chrome, application;

before(async () => {
  fs.rmSync(SCREENS, { recursive: true, force: true });
  fs.mkdirSync(SCREENS, { recursive: true });
  application = await startApplication();
  demo = await Demo.start({ name: 'browser', args: ['--redirect-uri', application.redirect_uri] });
  chrome = await launchChromium();
});
after(async () => { await chrome?.close(); await demo?.stop(); application?.server.close(); });

class Journey {
  static async begin(name, { who, from, javaScriptEnabled = false, client = 'web' }) {
    const journey = Object.assign(new Journey(), { name, who, shots: 0, complaints: [], client: demo.client(client), verifier: randomBytes(32).toString('base64url') });
    journey.context = await chrome.newContext({ viewport: VIEWS.desktop, javaScriptEnabled, locale: 'en-GB', extraHTTPHeaders: { 'x-forwarded-for': demo.place(from) } });
    journey.page = await journey.context.newPage();
    journey.page.on('console', (message) => { if (['error', 'warning'].includes(message.type()) && !/favicon/.test(message.text())) journey.complaints.push(message.text()); });
    journey.page.on('pageerror', (error) => journey.complaints.push(String(error)));
    const redirect_uri = application.redirect_uri;
    await journey.page.goto(`${demo.at('oauth2/v2.0/authorize')}?${form({ client_id: journey.client.client_id, response_type: 'code', redirect_uri, scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challengeOf(journey.verifier), code_challenge_method: 'S256' })}`);
    return journey;
  }

  get screen() { return this.page.getAttribute('body', 'data-screen'); }
  /** The application is not part of the journey: a page that says so stands where it would be. */
  get arrived() { return this.page.url().startsWith(application.redirect_uri) ? new URL(this.page.url()) : undefined; }
  get code() { return this.arrived?.searchParams.get('code'); }
  get errorCode() { return this.page.getAttribute('body', 'data-error-code'); }
  asksFor(field) { return this.page.locator(`[name="${field}"]:visible`).first().isVisible(); }
  offers(action) { return this.page.locator(`button[name="action"][value="${action}"]`).first().isVisible(); }

  /** Photographs the page in both sizes and measures what a person would notice. */
  async look(what) {
    for (const [view, size] of Object.entries(VIEWS)) {
      await this.page.setViewportSize(size);
      await this.page.screenshot({ path: path.join(SCREENS, `${this.name}-${++this.shots}-${what}-${view}.png`), fullPage: true });
    }
    await this.page.setViewportSize({ width: 320, height: 640 });
    const box = await this.page.locator('main').first().boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 320, `${what}: wider than 320 px: ${JSON.stringify(box)}`);
    await this.page.setViewportSize(VIEWS.desktop);
    assert.equal(await this.page.locator('h1').count(), 1, `${what}: one heading`);
    assert.ok(await this.page.getAttribute('html', 'lang'), `${what}: a language`);
    const labelled = await this.page.locator('input:visible').all();
    for (const input of labelled) {
      const id = await input.getAttribute('id');
      const label = (id && await this.page.locator(`label[for="${id}"]`).count()) || await input.getAttribute('aria-label') || await input.locator('xpath=ancestor::label').count();
      assert.ok(label, `${what}: ${await input.getAttribute('name')} has no label`);
    }
  }

  async fill(fields, action) {
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`[name="${name}"]:visible`).first().fill(value);
    await this.press(action);
  }
  async press(action) {
    const button = action ? this.page.locator(`button[name="action"][value="${action}"]`).first() : this.page.locator('button.primary').first();
    await button.click();
    await this.page.waitForLoadState('domcontentloaded');
  }

  async password() {
    if (await this.asksFor('username')) { await this.look('user-name'); await this.fill({ username: demo.user(this.who).upn, ...(await this.asksFor('password') ? { password: demo.user(this.who).password } : {}) }, 'next'); }
    if (!this.arrived && await this.asksFor('password')) { await this.look('password'); await this.fill({ password: demo.user(this.who).password }); }
  }
  async otp(code) { await this.look('code'); await this.fill({ otp: code ?? await demo.otp(this.who) }, 'verify'); }

  async end() {
    await this.context.close();
    assert.deepEqual(this.complaints, [], 'the browser complained');
  }
}

test('alice from home: user name, password, and in', async () => {
  const journey = await Journey.begin('alice-from-home', { who: 'alice', from: 'home' });
  await journey.password();
  assert.ok(journey.code, `on ${await journey.screen}`);
  await journey.end();
});

test('alice from Tor: an ordinary code prompt, a mistake, the right code, and in', async () => {
  const journey = await Journey.begin('alice-from-tor', { who: 'alice', from: 'tor' });
  await journey.password();
  assert.equal(await journey.screen, 'UX-20');
  assert.doesNotMatch(await journey.page.innerText('main'), /risk|suspicious|\bTor\b|anonym/i);
  await journey.otp(await demo.wrongOtp('alice'));
  assert.equal(await journey.errorCode, '500121');
  await journey.look('wrong-code');
  if (!await journey.asksFor('otp')) await journey.press('next');
  await journey.otp();
  assert.ok(journey.code, `on ${await journey.screen}`);
  await journey.end();
});

test('a double click is one answer, where scripts are on', async () => {
  const sent = [];
  for (let i = 0; i < 3; i++) {
    const journey = await Journey.begin('alice-twice', { who: 'alice', from: 'home', javaScriptEnabled: true });
    journey.page.on('request', (request) => { if (request.method() === 'POST') sent.push(new URL(request.url()).pathname); });
    await journey.page.fill('[name="username"]', demo.user('alice').upn);
    await journey.page.dblclick('button[value="next"]');
    await journey.page.waitForSelector('[name="password"]');
    await journey.page.fill('[name="password"]', demo.user('alice').password);
    await journey.page.dblclick('button[value="next"]');
    await journey.page.waitForURL((url) => url.href.startsWith(application.redirect_uri));
    assert.ok(journey.code, journey.page.url());
    await journey.context.close();
  }
  assert.equal(sent.length, 6, `each page was sent once: ${sent}`);
});

test('carol: code, a new password, told so, and in', async () => {
  const journey = await Journey.begin('carol', { who: 'carol', from: 'home' });
  await journey.password();
  await journey.otp();
  assert.equal(await journey.screen, 'UX-31');
  await journey.look('change');
  const next = freshPassword();
  const current = await journey.asksFor('currentPassword') ? { currentPassword: demo.user('carol').password } : {};
  await journey.fill({ ...current, newPassword: 'Passw0rd123', confirmPassword: 'Passw0rd123' }, 'change');
  await journey.look('refused');
  assert.ok(await journey.asksFor('newPassword'));
  await journey.fill({ ...(await journey.asksFor('currentPassword') ? { currentPassword: demo.user('carol').password } : {}), newPassword: next, confirmPassword: next }, 'change');
  if (!journey.arrived) { assert.equal(await journey.screen, 'UX-33'); await journey.look('changed'); await journey.press('next'); }
  assert.ok(journey.code, `on ${await journey.screen}`);
  await journey.end();
});

test('erin forgets her password: a code from her app, one by mail, a new password, and in', async () => {
  const journey = await Journey.begin('erin-forgets', { who: 'erin', from: 'home' });
  await journey.fill({ username: demo.user('erin').upn }, 'next');
  await journey.page.locator('a[href*="/reset"]').click();
  assert.equal(await journey.screen, 'UX-60');
  await journey.look('whose');
  await journey.fill({ username: demo.user('erin').upn }, 'next');
  await journey.look('proofs');
  const choose = async (method) => { await journey.page.locator(`form:has([name="method"][value="${method}"]) button`).click(); await journey.page.waitForLoadState('domcontentloaded'); };
  await choose('softwareOath');
  await journey.fill({ otp: '000000' }, 'verify');
  assert.equal(await journey.errorCode, '500121');
  await journey.look('wrong-code');
  await journey.fill({ otp: await demo.otp('erin') }, 'verify');
  await journey.look('one-more');
  const to = demo.user('erin').recovery_mail;
  const seen = await Reset.sent(demo, to);
  await choose('email');
  await journey.look('mailed');
  await journey.fill({ otp: await Reset.code(demo, to, seen) }, 'verify');
  assert.equal(await journey.screen, 'UX-62');
  await journey.look('new-password');
  await journey.fill({ newPassword: 'erin2026', confirmPassword: 'erin2026' }, 'change');
  await journey.look('refused');
  const next = freshPassword();
  await journey.fill({ newPassword: next, confirmPassword: next }, 'change');
  assert.equal(await journey.screen, 'UX-63');
  await journey.look('done');
  await journey.page.locator('a.primary').click();
  await journey.page.waitForLoadState('domcontentloaded');
  await journey.fill({ password: next });
  if (!journey.arrived && await journey.asksFor('otp')) await journey.otp();
  assert.ok(journey.code, `on ${await journey.screen}`);
  await journey.end();
});

test('bob may skip registration; frank may not, registers an authenticator, and is in', async () => {
  const bob = await Journey.begin('bob', { who: 'bob', from: 'home' });
  await bob.password();
  assert.equal(await bob.screen, 'UX-10');
  await bob.look('more-information');
  await bob.press('skip');
  assert.ok(bob.code, `on ${await bob.screen}`);
  await bob.end();

  const frank = await Journey.begin('frank', { who: 'frank', from: 'home' });
  await frank.password();
  assert.equal(await frank.screen, 'UX-11');
  assert.equal(await frank.offers('skip'), false);
  await frank.look('must-register');
  await frank.press('register');
  for (let i = 0; i < 3 && !await frank.asksFor('otp'); i++) {
    await frank.look('choose');
    const radio = frank.page.locator('input[type="radio"][name="method"]').first();
    if (await radio.count()) await radio.check();
    const button = frank.page.locator('button[name="method"]').first();
    if (await button.count()) await button.click(); else await frank.press();
  }
  await frank.look('scan');
  const html = await frank.page.content();
  const secret = html.match(/secret=([A-Z2-7]{32})/)?.[1] ?? (await frank.page.innerText('main')).match(/(?:[A-Z2-7]{4}\s?){8}/)?.[0].replace(/\s/g, '');
  assert.match(secret ?? '', /^[A-Z2-7]{32}$/);
  demo.user('frank').totp_secret = secret;
  await frank.fill({ otp: await demo.otp('frank') });
  if (!frank.arrived) { await frank.look('done'); await frank.press(); }
  assert.ok(frank.code, `on ${await frank.screen}`);
  await frank.end();
});

test('the newcomer\'s door: the demo page shows who, where, when and the mail', async () => {
  const context = await chrome.newContext({ viewport: VIEWS.desktop });
  const page = await context.newPage();
  await page.goto(demo.url('/demo'));
  const text = await page.innerText('body');
  for (const word of ['alice', 'carol', 'bob']) assert.match(text, new RegExp(word, 'i'));
  for (const [view, size] of Object.entries(VIEWS)) { await page.setViewportSize(size); await page.screenshot({ path: path.join(SCREENS, `demo-${view}.png`), fullPage: true }); }
  await context.close();
});

test('a stopped sign-in says what to do, and the help desk\'s details unfold without script', async () => {
  const journey = await Journey.begin('dave', { who: 'dave', from: 'home' });
  await journey.password();
  assert.equal(journey.code, undefined);
  await journey.look('stopped');
  assert.match(await journey.errorCode, /^5300[34]$/);
  await journey.page.locator('details summary').first().click();
  assert.match(await journey.page.innerText('details'), /\d{4}-\d\d-\d\dT[\d:.]+Z/);
  await journey.end();
});
