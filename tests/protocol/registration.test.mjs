// What people are asked about their methods at sign-in: enough for a reset, a look at it now and then, a passkey; and the reminders
// of the registration period (credentials.md §3, §5, §17).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, answerWith, optionsOf } from '../support_js/authenticator.mjs';
import { Reset } from '../support_js/reset.mjs';
import { SignIn } from '../support_js/sign_in.mjs';
import { demoFor, newcomer } from './support.mjs';

const settings = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const at = demoFor('registration');
const MFA = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) };
const PHONE = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

/** Somebody new; what they are asked for while it is set up is not what a test is about. */
async function somebody({ app = false, mail = false } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'newcomer');
  demo.user(name).recovery_mail = `${name}@home.example`;
  const { upn } = demo.user(name);
  if (app) await registersApp(name);
  if (mail) await demo.admin('user', 'add-email', upn, `${name}@home.example`);
  return name;
}
async function registersApp(who) {
  const flow = await signsIn(who, ['password', 'register']);
  if (flow.screen === 'UX-170') await flow.press('skip');
  assert.ok(flow.code, `${flow}`);
}
async function signsIn(who, answers, options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', ...options });
  return flow.answer(answers);
}
/** At UX-170: adds the recovery address, with a wrong code first. */
async function addsMail(flow, who) {
  const { recovery_mail: to } = at.demo.user(who);
  assert.equal(flow.screen, 'UX-124', `${flow}`);
  await flow.press('next', { email: 'no address' });
  assert.equal(flow.screen, 'UX-124', `${flow}`);
  const seen = await Reset.sent(at.demo, to);
  await flow.press('next', { email: to });
  assert.equal(flow.screen, 'UX-125', `${flow}`);
  await flow.press('verify', { otp: '00000000' });
  assert.equal(flow.errorCode, '500121', `${flow}`);
  await flow.press('verify', { otp: await Reset.code(at.demo, to, seen) });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  return flow.press('next');
}
const choices = (flow) => flow.page.forms.flatMap((f) => f.choices('method').length ? f.choices('method') : f.fields.includes('method') ? [f.data().method] : []);

test('CRED-004 CRED-007 what a reset lacks is asked for at every sign-in, can always be put off, and only what is missing', async () => {
  const who = await somebody();
  await settings({ reset: { requiresRegistration: true } });
  for (let time = 0; time < 4; time++) {
    const flow = await signsIn(who, ['password']);
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    await flow.press('skip');
    assert.equal(flow.screen, 'UX-170', `time ${time}: ${flow}`);
    assert.equal(flow.errorCode, '50125');
    assert.deepEqual(choices(flow), ['softwareOath', 'email'], 'the one that can be MFA first');
    await flow.press('skip');
    assert.ok(flow.code, `${flow}`);
  }
  const first = await signsIn(who, ['password', 'skip']);
  await first.press('register', { method: 'email' });
  await addsMail(first, who);
  assert.equal(first.screen, 'UX-170', `${first}`);
  assert.deepEqual(choices(first), ['softwareOath']);
  await first.press('skip');
  assert.ok(first.code, `${first}`);

  const second = await signsIn(who, ['password', 'skip']);
  assert.deepEqual(choices(second), ['softwareOath'], `${second}`);
  await second.press('register');
  assert.equal(second.screen, 'UX-12', `${second}`);
  await second.answer(['register']);
  assert.ok(second.code, `${second}`);
  await second.redeem();
  assert.ok(second.tokens, second.tokenAnswer.body);
  const third = await signsIn(who, ['password']);
  assert.ok(third.code, `nothing is missing any more: ${third}`);
  const reset = await Reset.begin(at.demo, { who, from: '198.18.40.1' });
  await reset.proveBoth();
  assert.equal(reset.screen, 'UX-62', `what was registered resets: ${reset}`);
});

test('attack: the seed that one person was shown is not given to the next in the same browser', async () => {
  const [mallory, alice] = [await somebody(), await somebody()];
  const seed = async (flow) => {
    assert.equal(flow.screen, 'UX-170', `${flow}`);
    await flow.press('register', { method: 'softwareOath' });
    assert.equal(flow.screen, 'UX-12', `${flow}`);
    return flow.page.totpSecret();
  };
  const flow = await signsIn(mallory, ['password', 'skip']);
  const planted = await seed(flow);
  await flow.press('other');
  flow.who = alice;
  await flow.answer(['password', 'skip']);
  assert.notEqual(await seed(flow), planted);
});

test('CRED-005 CRED-007 whoever has an app proves it before another method is added, and nothing is shown or stored before', async () => {
  const who = await somebody({ app: true });
  const flow = await signsIn(who, ['password']);
  assert.equal(flow.screen, 'UX-170', `${flow}`);
  assert.deepEqual(choices(flow), ['email']);
  await flow.press('register');
  assert.equal(flow.screen, 'UX-20', `${flow}`);
  // A form of a later step changes nothing.
  const jumped = await flow.browser.submit(flow.page.form(['otp'], 'verify'), { email: 'thief@evil.example' }, 'next');
  assert.equal(jumped.page.screen, 'UX-20', `${jumped.page}`);
  assert.equal(await Reset.sent(at.demo, 'thief@evil.example'), 0);
  await flow.press('verify', { otp: await at.demo.wrongOtp(who) });
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  await flow.press('verify', { otp: await at.demo.otp(who) });
  await addsMail(flow, who);
  assert.ok(flow.code, `${flow}`);
  assert.ok((await signsIn(who, ['password'])).code);
});

test('CRED-007 CRED-012 nobody at risk is asked, nor whoever came with an access pass, nor on the way to the account page', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const risky = await signsIn(who, ['password', 'otp'], { from: 'tor' });
  assert.ok(risky.code, `MFA for the risk, and nothing else: ${risky}`);
  await demo.admin('risk', 'dismiss', demo.user(who).upn);
  const { temporaryAccessPass: code } = await demo.admin('user', 'issue-pass', demo.user(who).upn);
  const passed = await signsIn(who, []);
  await passed.press('next', { username: demo.user(who).upn });
  await passed.press('next', { method: 'temporaryAccessPass' });
  await passed.press('next', { otp: code });
  assert.ok(passed.code, `${passed}`);
  const { page } = await passed.browser.open(demo.at('myaccount/sign-ins'));
  assert.notEqual(page.screen, 'UX-170');
  const later = await signsIn(who, ['password']);
  if (later.page?.asksFor('otp')) await later.answer(['otp']);
  assert.equal(later.screen, 'UX-170', `${later}`);
});

test('CRED-008 a look at what is registered, after MFA, when the interval is over; never at 0; changing it counts', async () => {
  const { demo } = at;
  const who = await somebody({ app: true, mail: true });
  assert.ok((await signsIn(who, ['password'])).code);
  await settings({ reset: { reconfirmAfterInDays: 1 } });
  await demo.advance('PT25H');
  await settings({ reset: { reconfirmAfterInDays: 0 } });
  assert.ok((await signsIn(who, ['password'])).code, 'never at 0');
  await settings({ reset: { reconfirmAfterInDays: 1 } });
  const flow = await signsIn(who, ['password']);
  assert.equal(flow.screen, 'UX-20', `MFA first: ${flow}`);
  assert.equal(flow.page.text.includes('home.example'), false);
  await flow.answer(['otp']);
  assert.equal(flow.screen, 'UX-171', `${flow}`);
  assert.equal(flow.errorCode, '50125');
  assert.match(flow.page.text, /home\.example/);
  assert.equal(flow.page.body.includes(demo.user(who).recovery_mail), false, 'the address is masked');
  assert.equal(flow.page.offers('skip'), false);
  await flow.press('next');
  assert.ok(flow.code, `${flow}`);
  assert.ok((await signsIn(who, ['password'])).code, 'not again');

  await demo.advance('PT25H');
  const changing = await signsIn(who, ['password', 'otp']);
  assert.equal(changing.screen, 'UX-171', `${changing}`);
  await changing.press('change');
  assert.equal(changing.screen, 'UX-170', `${changing}`);
  assert.equal(changing.page.offers('skip'), false);
  await changing.press('cancel');
  assert.equal(changing.screen, 'UX-171', `${changing}`);
  await changing.press('change');
  demo.user(who).recovery_mail = `${who}@elsewhere.example`;
  await changing.press('register', { method: 'email' });
  await addsMail(changing, who);
  assert.ok(changing.code, `${changing}`);
  assert.ok((await signsIn(who, ['password'])).code);
  await settings({ reset: { requiresRegistration: false } });
  await demo.advance('PT50H');
  assert.ok((await signsIn(who, ['password'])).code, 'only where registration is required');
});

test('CRED-016 after MFA a passkey is asked for; three times it can be put off, the fourth it cannot', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const nudged = async (options = {}) => signsIn(who, ['password', 'otp'], { params: MFA, ...options });
  assert.ok((await nudged()).code, 'off unless it is switched on');
  await settings({ registrationCampaign: { state: 'enabled' } });
  assert.ok((await signsIn(who, ['password'])).code, 'not without MFA');
  assert.ok((await nudged({ userAgent: PHONE })).code, 'not on a telephone');
  for (const left of [3, 2, 1]) {
    const flow = await nudged();
    assert.equal(flow.screen, 'UX-172', `${flow}`);
    assert.match(flow.page.text, left === 1 ? /once more/ : new RegExp(`${left} more times`));
    await flow.press('skip');
    assert.ok(flow.code, `${flow}`);
    assert.ok((await nudged()).code, 'not within the snooze of a day');
    await demo.advance('PT25H');
  }
  const flow = await nudged();
  assert.equal(flow.screen, 'UX-172', `${flow}`);
  assert.equal(flow.page.offers('skip'), false);
  const forced = await flow.browser.submit(flow.page.form([], 'register'), {}, 'skip');
  assert.equal(forced.page?.screen, 'UX-172', 'a button that is not there does nothing');
  await settings({ registrationCampaign: { excludeTargets: [{ targetType: 'user', id: demo.user(who).id }] } });
  assert.ok((await nudged()).code, 'whom the campaign does not mean is not asked');
  await settings({ registrationCampaign: { excludeTargets: [], enforceRegistrationAfterAllowedSnoozes: false } });
  assert.equal((await nudged()).page.offers('skip'), true, 'nothing is enforced');
  await settings({ registrationCampaign: { enforceRegistrationAfterAllowedSnoozes: true } });

  await flow.press('register');
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  await flow.press('cancel');
  assert.equal(flow.screen, 'UX-172', `${flow}`);
  const again = await nudged();
  await again.press('register');
  const key = new Authenticator(demo);
  again.arrive(await answerWith(again.browser, again.page, key.create((await optionsOf(again.browser, again.page)).json()), { methodName: 'Laptop' }));
  assert.equal(again.screen, 'UX-104', `${again}`);
  await again.press('next');
  assert.ok(again.code, `${again}`);
  await again.redeem();
  assert.equal((await again.claims()).acr, 'phr', 'the new passkey is proven by its making');
  const after = await signsIn(who, ['password'], { params: MFA });
  assert.equal(after.screen, 'UX-20', `${after}`);
  await after.answer(['otp']);
  assert.ok(after.code, `who followed is not asked again: ${after}`);
  await settings({ registrationCampaign: { state: 'default' } });
});

test('CRED-016 with a snooze of 0 it is asked at every MFA; nobody at risk is asked', async () => {
  const who = await somebody({ app: true });
  await settings({ registrationCampaign: { state: 'enabled', snoozeDurationInDays: 0 } });
  for (let time = 0; time < 2; time++) {
    const flow = await signsIn(who, ['password', 'otp'], { params: MFA });
    assert.equal(flow.screen, 'UX-172', `${flow}`);
    await flow.press('skip');
  }
  const risky = await signsIn(who, ['password', 'otp'], { from: 'tor' });
  assert.ok(risky.code, `${risky}`);
  await settings({ registrationCampaign: { state: 'default', snoozeDurationInDays: 1 } });
});

test('CRED-088 reminders of the registration period come on days 1, 7 and 12, once each, and end with registration', async () => {
  const { demo } = at;
  const [late, prompt] = [await somebody(), await somebody()];
  for (const who of [late, prompt]) {
    const flow = await signsIn(who, ['password', 'skip']);
    assert.ok(flow.code, `${flow}`);
  }
  const reminders = async (who) => (await demo.outbox()).filter((m) => m.to === demo.user(who).upn && /second way to sign in/i.test(m.subject));
  const rows = [['PT23H', 0], ['PT2H', 1], ['PT12H', 1], ['P6D', 2], ['P5D', 3], ['P1D', 3], ['P3D', 3]];
  for (const [step, expected] of rows) {
    await demo.advance(step);
    assert.equal((await reminders(late)).length, expected, `after ${step}`);
    assert.equal((await reminders(prompt)).length, Math.min(expected, 1), 'whoever registered hears no more');
    if (expected === 1 && step === 'PT2H') await registersApp(prompt);
  }
  const last = (await reminders(late)).at(-1);
  assert.match(last.text, /days left: \d/);
  assert.doesNotMatch(last.text, /[{}]|https?:/);
});

test('CRED-006 CRED-021 people add one telephone for resets, proven by a code, to countries that are allowed and within the budgets', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const below = 'myaccount/security-info/phone';
  const opens = async (path = below) => {
    const flow = await signsIn(who, ['password', 'otp'], { params: MFA });
    const { page } = await flow.browser.open(demo.at(path));
    return { browser: flow.browser, page };
  };
  assert.equal((await opens()).page.screen, 'UX-83', 'there are no countries');
  await settings({ phone: { countries: ['31'] }, reset: { methods: ['softwareOath', 'email', 'sms'] } });
  const home = await opens('myaccount/security-info');
  assert.ok(home.page.links().some((href) => href.endsWith('/phone')), `${home.page}`);

  const { browser, page } = await opens();
  assert.equal(page.screen, 'UX-173', `${page}`);
  const asks = async (phone) => (await browser.submit((await browser.open(demo.at(below))).page.form(['phone'], 'next'), { phone }, 'next')).page;
  assert.match((await asks('12345')).text, /isn’t a whole number/);
  assert.match((await asks('+49 1512 3456789')).text, /No codes are sent to that country/);
  assert.match((await asks('+31 85 123 4567')).text, /Internet telephony/);
  const byHand = await demo.cli(['user', 'add-phone', demo.user(who).upn, '+31851234567']);
  assert.notEqual(byHand.code, 0);
  assert.match(byHand.stdout + byHand.stderr, /Internet telephony/);
  const number = '+31612345678';
  const stale = await Reset.sent(demo, number);
  let typed = await asks('+31 6 1234 5678');
  assert.equal(typed.screen, 'UX-174', `${typed}`);
  assert.match((await asks(number)).text, /a moment ago/, 'not twice within 30 seconds');
  ({ page: typed } = await browser.submit(typed.form(['otp'], 'verify'), { otp: '000000' }, 'verify'));
  assert.equal(typed.errorCode, '500121', `${typed}`);
  ({ page: typed } = await browser.submit(typed.form(['otp'], 'verify'), { otp: await Reset.code(demo, number, stale, 6) }, 'verify'));
  assert.equal(typed.screen, 'UX-83', `${typed}`);
  assert.match(typed.text, /78/);
  assert.equal(typed.body.includes(number), false, 'the number is masked');
  const mails = (await demo.outbox()).filter((m) => m.to === demo.user(who).upn && /was added/i.test(m.subject));
  assert.ok(mails.some((m) => /text message/.test(m.text)), 'the owner is told');

  const reset = await Reset.begin(demo, { who, from: '198.18.41.1' });
  await reset.proveApp();
  assert.deepEqual(reset.methods, ['sms'], `it is the second proof: ${reset}`);

  // A new number takes the place of the old; the sixth message in an hour is not sent.
  for (let sent = 1; sent < 5; sent++) {
    await demo.advance('PT31S');
    const again = await opens();
    const { page: next } = await again.browser.submit(again.page.form(['phone'], 'next'), { phone: `+3161234567${sent}` }, 'next');
    assert.equal(next.screen, 'UX-174', `${sent}: ${next}`);
    if (sent > 1) continue;
    const code = await Reset.code(demo, '+31612345671', 0, 6);
    const { page: stored } = await again.browser.submit(next.form(['otp'], 'verify'), { otp: code }, 'verify');
    assert.match(stored.text, /71/);
    assert.doesNotMatch(stored.text, /X78/);
  }
  await demo.advance('PT31S');
  const sixth = await opens();
  const { page: refused } = await sixth.browser.submit(sixth.page.form(['phone'], 'next'), { phone: number }, 'next');
  assert.equal(refused.screen, 'UX-173', `${refused}`);
  assert.match(refused.text, /Wait a while/);
  await settings({ phone: { countries: [] }, reset: { methods: ['softwareOath', 'recoveryCode', 'email'] } });
});
