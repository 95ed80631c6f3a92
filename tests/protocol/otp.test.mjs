// One-time codes: protocols.md §17.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { stepOf, totp } from '../support_js/totp.mjs';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('otp');
/** A sign-in that stands at the code prompt. */
async function atPrompt(who, from = 'tor') {
  const flow = await SignIn.begin(at.demo, { who, from });
  await flow.answer(['password']);
  assert.ok(flow.asksFor('otp'), `${flow}`);
  return flow;
}

test('PROTO-520 CRED-019 a TOTP code is accepted once, and no earlier step after it', async () => {
  const first = await atPrompt('alice');
  const code = await at.demo.otp('alice');
  await first.press('verify', { otp: code });
  assert.ok(first.code, `${first}`);
  const again = await atPrompt('alice');
  await again.press('verify', { otp: code });
  assert.equal(again.code, undefined);
  assert.equal(String(again.errorCode), '500121');
  const earlier = totp(at.demo.user('alice').totp_secret, stepOf(await at.demo.now()) - 1);
  await again.press('verify', { otp: earlier });
  assert.equal(again.code, undefined);
});

test('PROTO-520 of parallel uses of one code exactly one gets in', async () => {
  const flows = await Promise.all(Array.from({ length: 4 }, () => atPrompt('henry')));
  const code = await at.demo.otp('henry');
  await Promise.all(flows.map((flow) => flow.press('verify', { otp: code })));
  assert.equal(flows.filter((flow) => flow.code).length, 1);
});

test('PROTO-521 spaces are removed; anything but six ASCII digits is refused', async () => {
  const flow = await atPrompt('erin');
  for (const otp of ['', '12345', '1234567', '12a456', '１２３４５６', '-12345', '+12345', '1e5']) {
    const probe = await atPrompt('admin');
    await probe.press('verify', { otp });
    assert.equal(probe.code, undefined, otp);
    await at.demo.advance('PT20M');
  }
  const fresh = await atPrompt('erin');
  const code = await at.demo.otp('erin');
  await fresh.press('verify', { otp: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
  assert.ok(fresh.code, `${fresh}`);
  assert.equal(flow.code, undefined);
});

test('PROTO-522 PROTO-524 the second step does not start without the first: no code field, no session by jumping', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'henry', from: 'tor' });
  const other = await atPrompt('henry');
  const { action } = other.page.form(['otp']);
  const stranger = new Browser(at.demo, { from: 'tor' });
  const jumped = await stranger.open(action, { method: 'POST', fields: other.page.form(['otp'], 'verify').data({ otp: await at.demo.otp('henry') }, 'verify') });
  assert.ok(!jumped.redirect?.searchParams.get('code'), 'another browser finished the sign-in');
  const early = await flow.browser.open(flow.page.form(['username']).action, { method: 'POST', fields: { ...flow.page.form(['username']).data(), otp: await at.demo.otp('henry'), action: 'verify' } });
  assert.ok(!early.redirect?.searchParams.get('code'), 'a code alone signed in');
  const silent = await SignIn.begin(at.demo, { browser: other.browser, params: { prompt: 'none' } });
  assert.equal(silent.error, 'login_required', 'half a sign-in is no session');
});

test('PROTO-523 after five wrong codes the right one is refused too, also in a new sign-in; the pause ends', async () => {
  const flow = await atPrompt('secadmin');
  for (let i = 0; i < 5 && flow.page?.asksFor('otp'); i++) await flow.press('verify', { otp: await at.demo.wrongOtp('secadmin') });
  if (flow.page?.asksFor('otp')) await flow.press('verify', { otp: await at.demo.otp('secadmin') });
  assert.equal(flow.code, undefined);
  const again = await SignIn.begin(at.demo, { who: 'secadmin', from: 'tor' });
  await again.answer(['password', 'otp']);
  assert.equal(again.code, undefined, 'restarting reset the counter');
  await at.demo.advance('PT16M');
  const later = await SignIn.complete(at.demo, { who: 'secadmin', from: 'tor', answer: ['password', 'otp'] });
  assert.ok(later.code, `${later}`);
});

test('PROTO-525 enrolment needs one correct code, shows the seed no-store, and makes the picture itself', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'frank', from: 'home' });
  await flow.answer(['password']);
  for (let i = 0; i < 4 && !flow.page.totpSecret(); i++) {
    const chooser = flow.page.forms.find((f) => f.choices('method').length > 0);
    if (chooser) { await flow.press(['register', 'next'].find((a) => chooser.actions.includes(a)), { method: chooser.choices('method').find((m) => /totp|otp|app|oath/i.test(m)) }); } else await flow.press(flow.page.offers('register') ? 'register' : 'next');
  }
  const secret = flow.page.totpSecret();
  assert.match(secret, /^[A-Z2-7]{32}$/, '160 bits');
  assert.match(flow.last.header('cache-control'), /no-store/);
  for (const image of flow.page.tags('img')) assert.doesNotMatch(image.src, /^(https?:)?\/\//, 'no third party draws the seed');
  assert.ok(flow.page.tags('svg', 'img').length > 0);
  at.demo.user('frank').totp_secret = secret;
  const verify = ['verify', 'register', 'next'].find((a) => flow.page.form(['otp']).actions.includes(a));
  await flow.press(verify, { otp: await at.demo.wrongOtp('frank') });
  assert.equal(flow.code, undefined);
  assert.ok(flow.page.asksFor('otp'), `${flow}`);
  await flow.answer(['register']);
  assert.ok(flow.code, `${flow}`);
});

test('CRED-088 the thirtieth wrong code in a row is told to the owner, once', async () => {
  const { demo } = at;
  const who = await newcomer(demo, 'guessed');
  const { upn } = demo.user(who);
  await (await SignIn.begin(demo, { who, from: 'home' })).answer(['password', 'register']);
  const told = async () => (await demo.outbox()).filter((m) => m.to === upn && /wrong codes/.test(m.subject)).length;
  for (let round = 0; round < 7; round++) {
    assert.equal(await told(), round === 6 ? 1 : 0, `after ${round * 5}`);
    await demo.advance('PT6H');
    const flow = await SignIn.begin(demo, { who, from: 'tor' });
    await flow.answer(['password']);
    for (let i = 0; i < 5; i++) await flow.press('verify', { otp: 'x'.repeat(6) });
  }
  assert.equal(await told(), 1);
});
