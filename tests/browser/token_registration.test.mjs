// A token that waits for its owner is chosen and activated in a real browser, with scripts and without (CRED-020, UX-10, UX-11, UX-178).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { launchChromium, startApplication } from '../support_js/chromium.mjs';
import { Demo, LOGS } from '../support_js/demo.mjs';
import { form } from '../support_js/http.mjs';
import { challengeOf, freshPassword } from '../support_js/sign_in.mjs';
import { base32 } from '../support_js/totp.mjs';

const SCREENS = path.join(LOGS, 'screens', 'token-registration');
const VIEWS = [['desktop', { width: 1280, height: 800 }], ['phone', { width: 320, height: 640 }]];
const HEADER = 'upn,serial number,secret key,time interval,manufacturer,model\r\n';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
let demo, chrome, application, people = 0;

before(async () => {
  fs.rmSync(SCREENS, { recursive: true, force: true });
  fs.mkdirSync(SCREENS, { recursive: true });
  application = await startApplication();
  demo = await Demo.start({ name: 'browser-token-registration', args: ['--redirect-uri', application.redirect_uri] });
  chrome = await launchChromium();
});
after(async () => { await chrome?.close(); await demo?.stop(); application?.server.close(); });

async function shown() {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((await demo.now()).getTime() / 30000)));
  const mac = createHmac('sha1', base32(SECRET)).update(counter).digest();
  const offset = mac.at(-1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** Somebody new with a token each for `serials`, at the page that comes after the password. */
async function signsIn(serials, { javaScriptEnabled = true, locale = 'en-GB' } = {}) {
  const upn = `wearer${++people}@contoso.example`, password = freshPassword();
  await demo.admin('user', 'create', upn, '--name', 'Somebody', '--password-stdin', { stdin: password });
  await demo.admin('user', 'token', 'import', '-', { stdin: HEADER + serials.map((serial) => `${upn},${serial},${SECRET},30,Feitian,c200\r\n`).join('') });
  const context = await chrome.newContext({ viewport: VIEWS[0][1], javaScriptEnabled, locale });
  await context.route((url) => url.origin === new URL(demo.base).origin, (route) => route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': demo.place('home') } }));
  const page = await context.newPage(), complaints = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/favicon/.test(m.text())) complaints.push(m.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${demo.at('oauth2/v2.0/authorize')}?${form({ client_id: demo.client('web').client_id, response_type: 'code', redirect_uri: application.redirect_uri, scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challengeOf('v'.repeat(43)), code_challenge_method: 'S256' })}`);
  const press = async (selector) => { await page.locator(selector).first().click(); await page.waitForLoadState('domcontentloaded'); };
  await page.locator('[name="username"]').fill(upn);
  await press('button[value="next"]');
  await page.locator('[name="password"]').fill(password);
  await press('button[value="next"]');
  return { page, press, context, complaints, screen: () => page.getAttribute('body', 'data-screen') };
}
async function look(page, name) {
  for (const [view, size] of VIEWS) {
    await page.setViewportSize(size);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} is ${over} pixels wider than a ${view}`);
    await page.screenshot({ path: path.join(SCREENS, `${name}-${view}.png`), fullPage: true });
  }
  await page.setViewportSize(VIEWS[0][1]);
}
/** From the choice to the application; the token is what is chosen already. */
async function activates(person, name) {
  const { page, press } = person;
  await look(page, `${name}-choice`);
  await press('button[value="register"]');
  assert.equal(await person.screen(), 'UX-178');
  assert.equal(await page.locator('[name="otp"]').evaluate((field) => field === document.activeElement), true, 'one types at once');
  await look(page, `${name}-code`);
  await page.locator('[name="otp"]').fill('000000');
  await press('button[value="verify"]');
  await look(page, `${name}-wrong`);
  await press('button[value="cancel"]');
  assert.ok(['UX-10', 'UX-11'].includes(await person.screen()), 'back to the choice');
  await press('button[value="register"]');
  await page.locator('[name="otp"]').fill(await shown());
  await press('button[value="verify"]');
  assert.equal(await person.screen(), 'UX-104');
  await look(page, `${name}-done`);
  await press('button[value="next"]');
  assert.ok(page.url().startsWith(application.redirect_uri), page.url());
  assert.ok(new URL(page.url()).searchParams.get('code'));
  assert.deepEqual(person.complaints, []);
  await person.context.close();
}

test('CRED-020 IDP-024 a token is activated in a sign-in, with scripts', async () => {
  const person = await signsIn(['2308374827']);
  assert.equal(await person.screen(), 'UX-10');
  assert.equal(await person.page.locator('input[name="method"]').count(), 3);
  assert.ok(await person.page.locator('input[value="hardwareOath"]').isChecked());
  await activates(person, 'all');
});

test('CRED-020 and without: what needs a script is not shown, and the token works', async () => {
  const person = await signsIn(['9908374828'], { javaScriptEnabled: false });
  assert.equal(await person.page.locator('input[value="passkey"]').isVisible(), false);
  await activates(person, 'no-script');
});

test('CRED-020 of two tokens one is chosen, and it is said in German too', async () => {
  const person = await signsIn(['9908374829', '9908379913'], { locale: 'de-DE' });
  assert.equal(await person.page.locator('input[name="method"]').count(), 4);
  await activates(person, 'two-german');
});

test('CRED-020 CRED-001 where tokens alone are allowed there is nothing to choose', async () => {
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ methods: { softwareOath: { state: 'disabled' }, fido2: { state: 'disabled' } } }) });
  const person = await signsIn(['9908374830']);
  assert.equal(await person.page.locator('input[name="method"][type="radio"]').count(), 0);
  await activates(person, 'alone');
});
