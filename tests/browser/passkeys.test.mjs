// Passkeys in a real browser with a virtual authenticator: added, used without a name and as a second factor, and removed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { launchChromium, startApplication } from '../support_js/chromium.mjs';
import { Demo, LOGS } from '../support_js/demo.mjs';
import { form } from '../support_js/http.mjs';
import { challengeOf } from '../support_js/sign_in.mjs';

const SCREENS = path.join(LOGS, 'screens', 'passkeys');
const VIEWS = [['desktop', { width: 1280, height: 800 }], ['phone', { width: 320, height: 640 }]];
const AUTHENTICATOR = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
const HOME = 'myaccount/security-info';
let demo, chrome, application;

before(async () => {
  fs.rmSync(SCREENS, { recursive: true, force: true });
  fs.mkdirSync(SCREENS, { recursive: true });
  application = await startApplication();
  demo = await Demo.start({ name: 'browser-passkeys', args: ['--redirect-uri', application.redirect_uri] });
  chrome = await launchChromium();
});
after(async () => { await chrome?.close(); await demo?.stop(); application?.server.close(); });

/** A person's browser, with an authenticator where `credentials` of another one may live on. */
class Person {
  static async at(from, { who, authenticator = true, javaScriptEnabled = true } = {}) {
    const person = Object.assign(new Person(), { who, complaints: [] });
    person.context = await chrome.newContext({ viewport: VIEWS[0][1], javaScriptEnabled, locale: 'en-GB' });
    // Ours only: a header added to a request of another origin would need its leave.
    await person.context.route((url) => url.origin === new URL(demo.base).origin, (route) => route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': demo.place(from) } }));
    person.page = await person.context.newPage();
    person.page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/favicon/.test(m.text())) person.complaints.push(m.text()); });
    person.page.on('pageerror', (error) => person.complaints.push(String(error)));
    person.cdp = await person.context.newCDPSession(person.page);
    if (authenticator) {
      await person.cdp.send('WebAuthn.enable', { enableUI: false });
      person.authenticator = (await person.cdp.send('WebAuthn.addVirtualAuthenticator', { options: AUTHENTICATOR })).authenticatorId;
    }
    return person;
  }
  get screen() { return this.page.getAttribute('body', 'data-screen'); }
  get arrived() { return this.page.url().startsWith(application.redirect_uri); }
  get code() { return this.arrived ? new URL(this.page.url()).searchParams.get('code') : undefined; }
  credentials() { return this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.authenticator }).then((answer) => answer.credentials); }
  /** Whether the person touches the key at once when asked from now on; what waits already goes on waiting. */
  touches(enabled) { return this.cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.authenticator, enabled }); }
  /** The same key in this person's hands. */
  async holds(credential) {
    this.held = credential;
    await this.cdp.send('WebAuthn.addCredential', { authenticatorId: this.authenticator, credential });
  }

  open(below) { return this.page.goto(demo.at(below)); }
  async authorize(client = 'web') {
    this.verifier = randomBytes(32).toString('base64url');
    await this.page.goto(`${demo.at('oauth2/v2.0/authorize')}?${form({ client_id: demo.client(client).client_id, response_type: 'code', redirect_uri: application.redirect_uri, scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challengeOf(this.verifier), code_challenge_method: 'S256' })}`);
  }
  /** Presses the passkey button and touches the key. */
  async useKey() {
    await this.page.waitForTimeout(300); // what the browser suggests is waiting by now, untouched
    await this.touches(true);
    await this.page.locator('form[data-passkey] button').click();
  }
  async press(selector) {
    await this.page.locator(selector).first().click();
    await this.page.waitForLoadState('domcontentloaded');
  }
  async fill(name, value) { await this.page.locator(`[name="${name}"]:visible`).first().fill(value); }
  async name() { await this.fill('username', demo.user(this.who).upn); await this.press('button[value="next"]'); }
  async password() { await this.fill('password', demo.user(this.who).password); await this.press('button[value="next"]'); }
  async otp() { await this.fill('otp', await demo.otp(this.who)); await this.press('button[value="verify"]'); }
  /** Until the page is another one, or says something. */
  async until(what, check) {
    for (const deadline = Date.now() + 15000; ; await new Promise((r) => setTimeout(r, 50))) {
      if (await Promise.resolve().then(check).catch(() => false)) return;
      if (Date.now() > deadline) assert.fail(`${what}: still at ${this.page.url()}: ${(await this.page.innerText('body')).slice(0, 300)}`);
    }
  }

  /** Photographs the page, phone and desktop, light and dark, and measures that it fits. */
  async look(what) {
    for (const [view, size] of VIEWS) {
      for (const colorScheme of ['light', 'dark']) {
        await this.page.setViewportSize(size);
        await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await this.page.screenshot({ path: path.join(SCREENS, `${what}-${view}-${colorScheme}.png`), fullPage: true });
      }
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${what}: ${wide} px too wide on ${view}`);
    }
    await this.page.setViewportSize(VIEWS[0][1]);
    assert.equal(await this.page.locator('h1').count(), 1);
    for (const input of await this.page.locator('input:visible').all()) {
      const id = await input.getAttribute('id');
      assert.ok((id && await this.page.locator(`label[for="${id}"]`).count()) || await input.locator('xpath=ancestor::label').count(), `${what}: a field without a label`);
    }
  }
  async end() {
    // It is one key: its counter goes on where this person left it.
    if (this.held) Object.assign(this.held, (await this.credentials()).find((c) => c.credentialId === this.held.credentialId));
    await this.context.close();
    assert.deepEqual(this.complaints, [], 'the browser complained');
  }
}

let alicesKey;

test('alice adds a passkey on her security-info page', async () => {
  const alice = await Person.at('home', { who: 'alice' });
  await alice.open(HOME);
  assert.equal(await alice.screen, 'UX-101');
  await alice.look('user-name');
  await alice.name();
  await alice.look('password');
  await alice.password();
  assert.equal(await alice.screen, 'UX-20', 'MFA comes before the page');
  await alice.otp();
  assert.equal(await alice.screen, 'UX-83');
  await alice.look('security-info');
  await alice.press('a[href$="/passkey"]');
  await alice.look('add-passkey');
  await alice.fill('methodName', 'Alice’s laptop');
  await alice.page.locator('form[data-passkey] button').click();
  await alice.until('the passkey is added', async () => await alice.screen === 'UX-83');
  assert.match(await alice.page.innerText('main'), /Alice’s laptop[\s\S]*It’s added|It’s added[\s\S]*Alice’s laptop/);
  await alice.look('security-info-added');

  await alice.press('a[href$="/passkey"]');
  await alice.page.locator('form[data-passkey] button').click();
  await alice.until('the device has one already', () => alice.page.locator('[data-passkey-says="there"]').isVisible());
  await alice.look('add-passkey-there');
  [alicesKey] = await alice.credentials();
  assert.equal(alicesKey.rpId, 'localhost');
  await alice.end();
});

test('PROTO-500 alice signs in with it, without a name', async () => {
  const alice = await Person.at('home');
  await alice.holds(alicesKey);
  await alice.touches(false);
  await alice.authorize();
  assert.equal(await alice.page.locator('#username').getAttribute('autocomplete'), 'username webauthn');
  await alice.useKey();
  await alice.until('signed in', () => Boolean(alice.code));
  const tokens = (await demo.token({ grant_type: 'authorization_code', code: alice.code, redirect_uri: application.redirect_uri, code_verifier: alice.verifier }, { as: 'web' })).json();
  const { claims } = await demo.verify(tokens.id_token, { audience: demo.client('web').client_id });
  assert.equal(claims.preferred_username, demo.user('alice').upn);
  assert.ok(claims.amr.includes('fido'));
  await alice.end();
});

test('the browser suggests the passkey in the user-name field', async () => {
  const alice = await Person.at('home');
  await alice.holds(alicesKey);
  // A virtual authenticator that touches at once answers the browser's own suggestion.
  const asked = [];
  alice.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await alice.authorize().catch((error) => { if (!/interrupted|aborted/i.test(error.message)) throw error; });
  await alice.until('signed in', () => Boolean(alice.code));
  assert.ok(!asked.some((path) => path.endsWith('/options')), 'the page brings its first challenge along');
  await alice.end();
});

test('a passkey answers the MFA of a risky sign-in and clears its risk', async () => {
  const alice = await Person.at('tor', { who: 'alice' });
  await alice.holds(alicesKey);
  await alice.touches(false);
  await alice.authorize();
  await alice.name();
  await alice.password();
  assert.equal(await alice.screen, 'UX-20');
  assert.doesNotMatch(await alice.page.innerText('main'), /risk|suspicious|\bTor\b|anonym/i);
  assert.equal(await alice.page.locator('[name="otp"]').isVisible(), false, 'the code is folded away');
  await alice.look('mfa-passkey');
  await alice.page.locator('summary', { hasText: 'code' }).click();
  assert.ok(await alice.page.locator('[name="otp"]').isVisible());
  await alice.look('mfa-passkey-code');
  await alice.useKey();
  await alice.until('signed in', () => Boolean(alice.code));
  await alice.end();
  const [latest] = await demo.adminList('signins', 'list', '--user', demo.user('alice').upn, '--top', '1');
  assert.equal(latest.riskState, 'remediated', JSON.stringify(latest).slice(0, 600));
  assert.equal(latest.riskDetail, 'userPassedMFADrivenByRiskBasedPolicy');
});

test('a key that is not there, or not touched, leaves the person where they were', async () => {
  const stranger = await Person.at('home');
  await stranger.authorize();
  await stranger.page.locator('form[data-passkey] button').click();
  await stranger.until('told so', () => stranger.page.locator('[data-passkey-says="stopped"]').isVisible());
  await stranger.look('user-name-stopped');
  assert.equal(stranger.code, undefined);
  await stranger.end();
});

test('without script the pages are what they were: no passkey is offered, and the code field is open', async () => {
  const alice = await Person.at('tor', { who: 'alice', javaScriptEnabled: false, authenticator: false });
  await alice.authorize();
  assert.equal(await alice.page.locator('form[data-passkey]').isVisible(), false);
  await alice.name();
  assert.equal(await alice.page.locator('form[data-passkey]').isVisible(), false);
  await alice.password();
  assert.ok(await alice.page.locator('[name="otp"]').isVisible());
  await alice.look('mfa-passkey-no-script');
  await alice.otp();
  assert.ok(alice.code, `on ${await alice.screen}`);
  await alice.end();
});

test('bob chooses a passkey when he is asked to register, and frank’s only passkey is all he is asked for', async () => {
  const frank = await Person.at('home', { who: 'frank' });
  await frank.authorize();
  await frank.name();
  await frank.password();
  assert.equal(await frank.screen, 'UX-11');
  await frank.page.locator('input[value="passkey"]').check();
  await frank.look('registration-choice');
  await frank.press('button[value="register"]');
  await frank.look('registration-passkey');
  await frank.page.locator('form[data-passkey] button').click();
  await frank.until('registered', async () => await frank.screen === 'UX-104');
  await frank.look('registration-done');
  await frank.press('button[value="next"]');
  assert.ok(frank.code, `on ${await frank.screen}`);
  const [key] = await frank.credentials();
  await frank.end();

  const abroad = await Person.at('tor', { who: 'frank' });
  await abroad.holds(key);
  await abroad.touches(false);
  await abroad.authorize();
  await abroad.name();
  await abroad.password();
  assert.equal(await abroad.screen, 'UX-20');
  assert.equal(await abroad.page.locator('[name="otp"]').count(), 0);
  await abroad.look('mfa-passkey-only');
  await abroad.useKey();
  await abroad.until('signed in', () => Boolean(abroad.code));
  await abroad.end();
});

test('PROTO-505 alice removes it with her code, and it signs nobody in any more', async () => {
  const alice = await Person.at('home', { who: 'alice', authenticator: false });
  await alice.open(HOME);
  await alice.name();
  await alice.password();
  if (await alice.page.locator('summary', { hasText: 'code' }).count() && !await alice.page.locator('[name="otp"]').isVisible()) await alice.page.locator('summary', { hasText: 'code' }).click();
  await alice.otp();
  assert.equal(await alice.screen, 'UX-83');
  await alice.page.locator('li', { hasText: 'Alice’s laptop' }).locator('a.button').click();
  await alice.page.waitForLoadState('domcontentloaded');
  assert.equal(await alice.screen, 'UX-121');
  await alice.look('method');
  await alice.press('button[value="remove"]');
  assert.equal(await alice.screen, 'UX-122');
  await alice.look('method-removal');
  await alice.press('button[value="remove"]');
  assert.equal(await alice.screen, 'UX-83');
  assert.doesNotMatch(await alice.page.innerText('.list'), /Alice’s laptop/);
  await alice.look('security-info-removed');
  await alice.press('a[href$="/app"]');
  await alice.look('add-app');
  await alice.end();

  const again = await Person.at('home');
  await again.holds(alicesKey);
  await again.touches(false);
  await again.authorize();
  await again.useKey();
  await again.until('refused', () => again.page.getByText('wasn’t accepted here').isVisible());
  assert.equal(again.code, undefined);
  await again.touches(false);
  await again.look('user-name-refused');
  await again.end();
});
