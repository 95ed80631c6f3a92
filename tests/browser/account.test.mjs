// My sign-ins, "this was not me", and the account secured: in a real browser with scripts off, photographed in both sizes, light and dark.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium } from '../support_js/chromium.mjs';
import { Demo, LOGS } from '../support_js/demo.mjs';
import { SignIn, freshPassword } from '../support_js/sign_in.mjs';

const SCREENS = path.join(LOGS, 'account-screens');
const VIEWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
let demo, chrome;

before(async () => {
  fs.rmSync(SCREENS, { recursive: true, force: true });
  fs.mkdirSync(SCREENS, { recursive: true });
  demo = await Demo.start({ name: 'browser-account' });
  chrome = await launchChromium();
});
after(async () => { await chrome?.close(); await demo?.stop(); });

async function look(page, what) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [view, size] of Object.entries(VIEWS)) {
      await page.setViewportSize(size);
      await page.screenshot({ path: path.join(SCREENS, `${what}-${view}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(VIEWS.desktop);
  assert.equal(await page.locator('h1').count(), 1, `${what}: one heading`);
}
const screenOf = (page) => page.getAttribute('body', 'data-screen');

test('UX-80 UX-80a a person finds a sign-in that was not theirs, says so, and is secured', { timeout: 120_000 }, async () => {
  const odd = await SignIn.complete(demo, { who: 'alice', from: 'tor' });
  assert.ok(odd.code, `${odd}`);
  const abroad = await SignIn.complete(demo, { who: 'alice', from: 'home', client: 'spa' });
  assert.ok(abroad.tokens.refresh_token);
  await demo.admin('risk', 'dismiss', demo.user('alice').upn);

  const context = await chrome.newContext({ viewport: VIEWS.desktop, javaScriptEnabled: false, locale: 'en-GB', extraHTTPHeaders: { 'x-forwarded-for': demo.place('home') } });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/favicon/.test(m.text())) complaints.push(m.text()); });
  const press = async (action) => { await page.locator(`button[name="action"][value="${action}"]`).first().click(); await page.waitForLoadState('domcontentloaded'); };
  const follow = async (part) => { await page.locator(`a[href*="${part}"]`).first().click(); await page.waitForLoadState('domcontentloaded'); };
  const code = async () => { if (['UX-20', 'UX-23'].includes(await screenOf(page))) { await page.fill('[name="otp"]', await demo.otp('alice')); await press('verify'); } };

  await page.goto(demo.at('myaccount'));
  await page.fill('[name="username"]', demo.user('alice').upn);
  await press('next');
  await page.fill('[name="password"]', demo.user('alice').password);
  await press('next');
  await code();
  assert.equal(await screenOf(page), 'UX-140');
  await look(page, 'home');
  await follow('myaccount/sessions');
  await look(page, 'sessions');
  await follow('sessions/end');
  await code();
  await look(page, 'session-end');
  await page.goto(demo.at('myaccount'));
  await follow('myaccount/sign-ins');
  assert.equal(await screenOf(page), 'UX-80');
  assert.ok(await page.getByRole('heading', { name: 'Was this you?' }).isVisible());
  assert.ok(await page.getByRole('img', { name: /Map of the places/ }).isVisible());
  await look(page, 'sign-ins');
  await follow('sign-ins/report');
  await code();
  assert.equal(await screenOf(page), 'UX-143');
  await look(page, 'report');
  await press('report');
  assert.equal(await screenOf(page), 'UX-80a');
  await look(page, 'secure');
  await page.goto(demo.at('myaccount'));
  await look(page, 'home-pending');
  await follow('password?with=mfa');
  await code();
  const next = freshPassword();
  await page.fill('[name="currentPassword"]', demo.user('alice').password);
  await page.fill('[name="newPassword"]', next);
  await page.fill('[name="confirmPassword"]', next);
  await press('change');
  assert.equal(await screenOf(page), 'UX-33');
  await press('next');
  assert.equal(await screenOf(page), 'UX-140');
  assert.match(await page.innerText('main'), /We secured your account/);
  await look(page, 'home-secured');
  await follow('myaccount/alerts');
  assert.equal(await screenOf(page), 'UX-144');
  await look(page, 'alerts');
  assert.equal((await abroad.refresh()).status, 400, 'whoever else was signed in is not any more');
  const risk = await demo.admin('risk', 'user', demo.user('alice').upn);
  assert.match(JSON.stringify(risk), /"riskState":"remediated"/);
  await page.goto(demo.at('myaccount'));
  await page.locator('input[name="language"][value="de"]').check();
  await press('change');
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  await look(page, 'home-german');
  await context.close();
  assert.deepEqual(complaints, [], 'the browser complained');
});

test('a new password is told what is missing while it is typed, where scripts are on; nothing is sent for that', { timeout: 60_000 }, async () => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await chrome.newContext({ viewport: VIEWS.desktop, javaScriptEnabled, locale: 'en-GB', extraHTTPHeaders: { 'x-forwarded-for': demo.place('home') } });
    const page = await context.newPage();
    const sent = [];
    await page.goto(demo.at('myaccount/password'));
    await page.fill('[name="username"]', demo.user('henry').upn);
    await page.locator('button.primary').first().click();
    await page.fill('[name="password"]', demo.user('henry').password);
    await page.locator('button.primary').first().click();
    await page.waitForLoadState('domcontentloaded');
    if (await screenOf(page) === 'UX-20') { await page.fill('[name="otp"]', await demo.otp('henry')); await page.locator('button.primary').first().click(); await page.waitForLoadState('domcontentloaded'); }
    assert.equal(await screenOf(page), 'UX-114');
    page.on('request', (request) => sent.push(request.url()));
    assert.equal(await page.locator('[data-hints]').isVisible(), javaScriptEnabled);
    if (javaScriptEnabled) {
      const met = () => page.locator('[data-rule].met').evaluateAll((lines) => lines.map((line) => line.dataset.rule));
      assert.deepEqual(await met(), []);
      await page.locator('[name="newPassword"]').pressSequentially('Henry ');
      assert.deepEqual(await met(), []);
      await page.fill('[name="newPassword"]', 'henry by the harbour');
      assert.deepEqual(await met(), ['length']);
      await page.fill('[name="newPassword"]', 'c0ntoso ltd by the harbour');
      assert.deepEqual(await met(), ['length'], 'the name of the organisation, written as the server reads it');
      await page.fill('[name="newPassword"]', 'lantern by the harbour');
      assert.deepEqual(await met(), ['length', 'names']);
      await page.fill('[name="confirmPassword"]', 'lantern by the harbour');
      assert.deepEqual(await met(), ['length', 'names', 'same']);
      await look(page, 'password-hints');
    }
    assert.deepEqual(sent, []);
    await context.close();
  }
});
