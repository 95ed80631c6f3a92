// The pages of risk remediation and recovery codes: in a real browser with scripts off, photographed on desktop and a narrow phone,
// light and dark (build/test-logs/remediation-screens).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium } from '../support_js/chromium.mjs';
import { Demo, LOGS } from '../support_js/demo.mjs';
import { SignIn, freshPassword } from '../support_js/sign_in.mjs';

const SCREENS = path.join(LOGS, 'remediation-screens');
const VIEWS = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
const EVERYBODY = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } };
let demo, chrome;

before(async () => {
  fs.rmSync(SCREENS, { recursive: true, force: true });
  fs.mkdirSync(SCREENS, { recursive: true });
  demo = await Demo.start({ name: 'browser-remediation' });
  chrome = await launchChromium();
  await demo.policiesOff();
});
after(async () => { await chrome?.close(); await demo?.stop(); });

/** A person at a browser of their own. */
class Visitor {
  static async at(place, who) {
    const visitor = new Visitor();
    visitor.who = who;
    visitor.context = await chrome.newContext({ viewport: VIEWS.desktop, javaScriptEnabled: false, locale: 'en-GB', extraHTTPHeaders: { 'x-forwarded-for': demo.place(place) } });
    visitor.page = await visitor.context.newPage();
    return visitor;
  }
  close() { return this.context.close(); }
  screen() { return this.page.getAttribute('body', 'data-screen'); }
  async open(below) { await this.page.goto(demo.at(below)); }
  async press(action) {
    await this.page.locator(`button[name="action"][value="${action}"]`).first().click();
    await this.page.waitForLoadState('domcontentloaded');
  }
  async name() {
    await this.page.fill('[name="username"]', demo.user(this.who).upn);
    await this.press('next');
  }
  async password() {
    await this.page.fill('[name="password"]', demo.user(this.who).password);
    await this.press('next');
  }
  async code() {
    await this.page.fill('[name="otp"]', await demo.otp(this.who));
    await this.press('verify');
  }
  /** Photographs the page, which must fit every view. */
  async look(what, screen) {
    assert.equal(await this.screen(), screen, what);
    for (const colorScheme of ['light', 'dark']) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const [view, size] of Object.entries(VIEWS)) {
        await this.page.setViewportSize(size);
        const overhang = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overhang, 0, `${what} is wider than a ${view}`);
        await this.page.screenshot({ path: path.join(SCREENS, `${what}-${view}-${colorScheme}.png`), fullPage: true });
      }
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.page.setViewportSize(VIEWS.desktop);
    assert.equal(await this.page.locator('h1').count(), 1, `${what}: one heading`);
  }
}

test('UX-21 UX-30 UX-35 the older notices stand before what they announce, and two sign-ins end a risk', { timeout: 120_000 }, async () => {
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ riskPages: { showsNotices: true } }) });
  const mfa = await demo.policy({ displayName: 'Risky sign-ins', state: 'enabled', conditions: { ...EVERYBODY, signInRiskLevels: ['low', 'medium', 'high'] }, grantControls: { operator: 'OR', builtInControls: ['mfa'] } });
  const unusual = await Visitor.at('tor', 'alice');
  await unusual.open('myaccount');
  await unusual.name();
  await unusual.password();
  await unusual.look('unusual-notice', 'UX-21');
  await unusual.press('verify');
  assert.equal(await unusual.screen(), 'UX-20');
  await unusual.close();
  await demo.admin('policy', 'delete', mfa.id);

  const remediate = await demo.policy({ displayName: 'Remediate', state: 'enabled', conditions: { ...EVERYBODY, userRiskLevels: ['low', 'medium', 'high'] }, grantControls: { operator: 'AND', builtInControls: ['riskRemediation'] } });
  const alice = await Visitor.at('home', 'alice');
  await alice.open('myaccount');
  await alice.name();
  await alice.password();
  await alice.look('risk-notice', 'UX-30');
  await alice.press('next');
  await alice.code();
  await alice.look('sign-in-again', 'UX-35');
  await alice.press('next');
  await alice.password();
  await alice.press('next');  // the notice of the second sign-in
  await alice.code();
  assert.equal(await alice.screen(), 'UX-140');
  assert.equal((await demo.admin('risk', 'user', demo.user('alice').upn)).riskDetail, 'microsoftRevokedSessions');
  await alice.close();
  await demo.admin('policy', 'delete', remediate.id);
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ riskPages: { showsNotices: false } }) });
});

test('CRED-031 UX-36 ten codes are made, shown once, and one of them is part of the way back', { timeout: 120_000 }, async () => {
  const password = freshPassword(), upn = 'paper@contoso.example', mail = 'paper@home.example';
  const made = await demo.admin('user', 'create', upn, '--name', 'Paper Keeper', '--password-stdin', { stdin: password });
  demo.addUser('paper', { upn, password, id: made.id, recovery_mail: mail });
  await demo.admin('user', 'add-email', upn, mail);
  const enrolled = await SignIn.begin(demo, { who: 'paper', from: 'home' });
  await enrolled.answer(['password', 'register']);
  assert.ok(enrolled.code, `${enrolled}`);

  const owner = await Visitor.at('home', 'paper');
  await owner.open('myaccount/security-info/recovery-codes');
  await owner.name();
  await owner.password();
  await owner.code();
  await owner.look('codes-offer', 'UX-131');
  await owner.press('register');
  await owner.look('codes-shown', 'UX-132');
  const codes = (await owner.page.innerText('main')).match(/(?<![\w-])\d(?:-[a-z2-7]{4}){4}(?![\w-])/g);
  assert.equal(new Set(codes).size, 10);
  await owner.page.locator('main a.button').click();
  await owner.page.waitForLoadState('domcontentloaded');
  await owner.look('security-info-codes', 'UX-83');
  assert.ok(!(await owner.page.content()).includes(codes[0]), 'shown once');
  await owner.close();

  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ riskPages: { changesThroughRecovery: true } }) });
  const remediate = await demo.policy({ displayName: 'Remediate', state: 'enabled', conditions: { ...EVERYBODY, userRiskLevels: ['low', 'medium', 'high'] }, grantControls: { operator: 'AND', builtInControls: ['riskRemediation'] } });
  await demo.admin('risk', 'leaked-credentials', upn);
  const back = await Visitor.at('home', 'paper');
  await back.open('myaccount');
  await back.name();
  await back.password();
  await back.code();
  await back.look('recovery-entry', 'UX-36');
  await back.press('next');
  if (await back.screen() === 'UX-60') await back.name();
  await back.look('reset-methods', 'UX-61');
  await back.page.locator('form', { has: back.page.locator('input[name="method"][value="recoveryCode"]') }).locator('button[value="next"]').click();
  await back.page.waitForLoadState('domcontentloaded');
  await back.look('reset-recovery-code', 'UX-61');
  await back.page.fill('[name="otp"]', '0-aaaa-bbbb-cccc-dddd');
  await back.press('verify');
  await back.look('reset-recovery-code-wrong', 'UX-61');
  await back.page.fill('[name="otp"]', codes[0]);
  await back.press('verify');
  await back.page.locator('form', { has: back.page.locator('input[name="method"][value="softwareOath"]') }).locator('button[value="next"]').click();
  await back.page.waitForLoadState('domcontentloaded');
  await back.code();
  assert.equal(await back.screen(), 'UX-62');
  const next = freshPassword();
  await back.page.fill('[name="newPassword"]', next);
  await back.page.fill('[name="confirmPassword"]', next);
  await back.press('change');
  assert.equal(await back.screen(), 'UX-63');
  const risk = await demo.admin('risk', 'user', upn);
  assert.equal(risk.riskState, 'remediated');
  assert.equal(risk.riskDetail, 'userPerformedSecuredPasswordReset');
  await back.close();
  await demo.admin('policy', 'delete', remediate.id);
});
