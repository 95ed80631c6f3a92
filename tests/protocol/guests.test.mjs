// Guests sign in with a code by mail (credentials.md §6.4), and what nobody else gets by it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('guests');
const settings = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
let guests = 0, addresses = 0;
/** Each time from somewhere else: not the budget of one address is tested here. */
const elsewhere = () => `198.18.7.${++addresses}`;
/** A guest whose codes and tries are nobody else's: the name by which the demo knows them. */
async function guest(...options) {
  const name = `guest${++guests}`;
  const mail = `${name}@partner.example`;
  const made = await at.demo.admin('user', 'invite', mail, ...options);
  at.demo.addUser(name, { upn: made.userPrincipalName, mail, id: made.id, recovery_mail: mail });
  return name;
}
/** A sign-in that stands at the password. */
async function named(name, options = {}) {
  const flow = await SignIn.begin(at.demo, { from: elsewhere(), ...options });
  await flow.press('next', { username: name });
  assert.equal(flow.screen, 'UX-102', `${flow}`);
  return flow;
}
/** Asks for a code in this sign-in, and reads it. */
async function asked(flow, who) {
  const { mail } = at.demo.user(who);
  const seen = await Reset.sent(at.demo, mail);
  await flow.press('next', { method: 'email' });
  assert.equal(flow.screen, 'UX-175', `${flow}`);
  return Reset.code(at.demo, mail, seen);
}
/** A sign-in that waits for the code, and the code. */
async function waiting(who, options) {
  const flow = await named(at.demo.user(who).upn, options);
  const code = await asked(flow, who);
  return { flow, code };
}
const isIn = (flow) => assert.ok(flow.screen === 'UX-10' || flow.code, `${flow}`);
function isRefused(flow) {
  assert.equal(flow.screen, 'UX-175', `${flow}`);
  assert.equal(flow.errorCode, '50126');
}
async function signedIn(who, options) {
  const { flow, code } = await waiting(who, options);
  await flow.press('verify', { otp: code });
  if (flow.screen === 'UX-10') await flow.press('skip');
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  return flow;
}
const wrong = (code) => code.replace(/\d$/, (digit) => (digit === '0' ? '1' : '0'));
const restarts = async (minutes) => at.demo.advance(`PT${minutes}M`);

test('CRED-022 where nobody is a guest no page speaks of guests; once somebody is, every name sees the same', async () => {
  const before = await named('alice@contoso.example');
  assert.ok(!before.page.text.includes('guest'), before.page.text);
  await guest();
  for (const name of ['alice@contoso.example', 'nobody@contoso.example', 'guest1@partner.example']) {
    assert.ok((await named(name)).page.text.includes('Invited as a guest?'), name);
  }
});

test('CRED-022 PROTO-142 PROTO-526 a guest is invited by mail and signs in with a code: one factor, `idp`, logged', async () => {
  const { demo } = at;
  const who = await guest('--name', 'Bob Partner', '--language', 'de');
  const { upn, mail } = demo.user(who);
  assert.equal(upn, mail);
  const shown = await demo.admin('user', 'show', upn);
  assert.equal(shown.userType, 'Guest');
  assert.deepEqual(shown.authenticationMethods.map((m) => m.method), ['email']);
  for (let i = 0; i < 100 && await Reset.sent(demo, mail) === 0; i++) await new Promise((done) => setTimeout(done, 50));
  const [invitation] = (await demo.outbox()).filter((m) => m.to === mail);
  assert.match(invitation.subject, /eingeladen/);
  assert.ok(invitation.text.includes(mail), invitation.text);
  assert.doesNotMatch(invitation.text, /\d{8}|code=|token=|flow=/);
  const links = invitation.text.match(/https?:\S+/g);
  assert.equal(links.length, 1, invitation.text);
  assert.match(links[0], /^http:\/\/localhost:\d+\/contoso\.example\/myaccount$/);
  const audit = JSON.stringify(await demo.cli(['audit', 'list']));
  assert.match(audit, /InviteGuest/);

  const { flow, code } = await waiting(who);
  const letter = (await demo.outbox()).filter((m) => m.to === mail).find((m) => m.text.includes(code));
  assert.doesNotMatch(letter.text, /https?:/, 'a code has no link beside it');
  await flow.press('verify', { otp: `${code.slice(0, 4)} ${code.slice(4)}` });
  isIn(flow);
  await flow.press('skip');
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, '1fa');
  assert.deepEqual([...claims.amr].sort(), ['email', 'otp']);
  assert.equal(claims.idp, 'mail');
  assert.equal(claims.preferred_username, upn);
  const [row] = await demo.adminList('signins', 'list', '--user', upn, '--top', '1');
  const record = await demo.admin('signins', 'show', row.id);
  assert.ok(record.authenticationDetails.some((step) => step.authenticationMethod === 'Email one-time passcode' && step.succeeded), JSON.stringify(record.authenticationDetails));
  assert.ok(!JSON.stringify(record).includes(code), 'the code is in the record');
  const member = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  assert.equal((await member.claims()).idp, undefined);
});

test('CRED-022 a guest with a name here is found by it and by their mail address, however it is written', async () => {
  const who = await guest('--upn', 'visitor@contoso.example');
  assert.equal(at.demo.user(who).upn, 'visitor@contoso.example');
  for (const name of ['visitor@contoso.example', at.demo.user(who).mail, at.demo.user(who).mail.toUpperCase()]) {
    const flow = await named(name);
    await flow.press('verify', { otp: await asked(flow, who) });
    isIn(flow);
    await restarts(1);
  }
});

test('CRED-022 an invitation is refused for what is no address, of the organisation itself, or taken', async () => {
  const who = await guest();
  const { mail } = at.demo.user(who);
  for (const [address, said, ...options] of [['not an address', /not one plain mail address/], ['bob@contoso.example', /of the organisation itself/],
    [mail, /already/], [mail.toUpperCase().replace('PARTNER.EXAMPLE', 'partner.example'), /already/], [mail, /already/, '--upn', 'other@contoso.example'],
    ['new@partner.example', /already/, '--upn', 'alice@contoso.example'], ['new@partner.example', /must end in/, '--upn', 'x@partner.example']]) {
    const refused = await at.demo.cli(['user', 'invite', address, ...options]);
    assert.equal(refused.code, 1, address);
    assert.match(refused.stdout + refused.stderr, said);
  }
});

test('CRED-022 a code works in its thirtieth minute and not in its thirty-first', async () => {
  const [in_time, late] = [await guest(), await guest()];
  const good = await waiting(in_time), over = await waiting(late);
  await at.demo.advance('PT29M30S');
  await good.flow.press('verify', { otp: good.code });
  isIn(good.flow);
  await at.demo.advance('PT1M');
  await over.flow.press('verify', { otp: over.code });
  isRefused(over.flow);
  await over.flow.press('verify', { otp: await asked(over.flow, late) });
  isIn(over.flow);
});

test('CRED-022 session, grants and tokens end 24 hours after the code, however long those of others last', async () => {
  const { demo } = at;
  await settings({ lifetimes: { sessionAbsolute: 'PT72H' } });
  try {
    const who = await guest();
    const flow = await signedIn(who);
    const member = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    assert.ok(flow.tokens.refresh_token_expires_in <= 24 * 3600, JSON.stringify(flow.tokens));
    const silently = (browser) => SignIn.begin(demo, { browser, params: { prompt: 'none' } });
    const cookie = flow.browser.jar.find('idsid');
    assert.ok(cookie);
    for (const step of ['PT7H50M', 'PT7H50M', 'PT7H50M', 'PT25M']) {  // 23:55 in all, and never idle
      await demo.advance(step);
      const browser = (await silently(flow.browser)), other = await silently(member.browser);
      assert.ok(browser.code && other.code, `${step}: ${browser}, ${other}`);
      assert.equal((await flow.refresh()).status, 200);
    }
    assert.ok(flow.tokens.expires_in <= 300, `an access token outlives its session: ${flow.tokens.expires_in}`);
    await demo.advance('PT10M');
    assert.equal((await silently(flow.browser)).error, 'login_required');
    isOAuthError(await flow.refresh(), 400, 'invalid_grant');
    assert.ok((await silently(member.browser)).code, 'a member is signed out with the guest');
  } finally { await settings({ lifetimes: { sessionAbsolute: 'PT24H' } }); }
});

test('CRED-022 attack: a code of another sign-in, of another guest, or of before is refused', async () => {
  const [who, other] = [await guest(), await guest()];
  const first = await waiting(who);
  await restarts(1);
  const second = await waiting(who), foreign = await waiting(other);
  await first.flow.press('verify', { otp: second.code });
  isRefused(first.flow);
  await second.flow.press('verify', { otp: foreign.code });
  isRefused(second.flow);
  await second.flow.press('verify', { otp: first.code });
  isRefused(second.flow);
  assert.notEqual(first.code, second.code);
  // A code is for the name that it was asked for, in the same sign-in too.
  await foreign.flow.press('other');
  await foreign.flow.press('next', { username: at.demo.user(who).upn });
  await foreign.flow.press('next', { method: 'email' });
  await foreign.flow.press('verify', { otp: foreign.code });
  isRefused(foreign.flow);
  await second.flow.press('verify', { otp: second.code });
  isIn(second.flow);
});

test('CRED-022 attack: a code works once, and of parallel uses one gets in', async () => {
  const who = await guest();
  const { flow, code } = await waiting(who);
  const form = flow.page.form(['otp'], 'verify');
  const answers = await Promise.all(Array.from({ length: 6 }, () => flow.browser.submit(form, { otp: code }, 'verify')));
  const inside = answers.filter(({ page, redirect }) => redirect || page.screen === 'UX-10');
  assert.equal(inside.length, 1, answers.map(({ page, redirect }) => `${redirect ?? page}`).join('\n'));
  const replay = await named(at.demo.user(who).upn);
  await restarts(1);
  await replay.press('next', { method: 'email' });
  await replay.press('verify', { otp: code });
  isRefused(replay);
});

test('CRED-022 PROTO-523 attack: after five wrong codes right ones are refused, in other sign-ins too, for a quarter of an hour', async () => {
  const who = await guest();
  const { flow, code } = await waiting(who);
  for (let i = 0; i < 5; i++) { await flow.press('verify', { otp: wrong(code) }); isRefused(flow); }
  await flow.press('verify', { otp: code });
  isRefused(flow);
  await restarts(1);
  const second = await waiting(who, { from: flow.browser.from });
  await second.flow.press('verify', { otp: second.code });
  isRefused(second.flow);
  await restarts(15);
  await flow.press('verify', { otp: code });
  isRefused(flow);
  const third = await waiting(who, { from: flow.browser.from });
  await third.flow.press('verify', { otp: third.code });
  isIn(third.flow);
  const detections = await at.demo.cli(['risk', 'user', at.demo.user(who).upn]);
  assert.doesNotMatch(detections.stdout, /riskEventType|atRisk/, 'wrong codes make no detection');
});

test('CRED-022 attack: guesses in parallel cannot outrun the count', async () => {
  const who = await guest();
  const { flow, code } = await waiting(who);
  const form = flow.page.form(['otp'], 'verify');
  const guesses = Array.from({ length: 20 }, (_, i) => String((Number(code) + i + 1) % 1e8).padStart(8, '0'));
  await Promise.all(guesses.map((otp) => flow.browser.submit(form, { otp }, 'verify')));
  await flow.press('verify', { otp: code });
  assert.ok(!flow.code && flow.screen !== 'UX-10', `${flow}`);
});

test('CRED-022 a code is mailed when asked for, not again within 30 seconds, and five times an hour; the page does not tell', async () => {
  const who = await guest();
  const { mail, upn } = at.demo.user(who);
  for (let i = 0; i < 100 && await Reset.sent(at.demo, mail) === 0; i++) await new Promise((done) => setTimeout(done, 50));
  const flow = await named(upn);
  assert.equal(await Reset.sent(at.demo, mail), 1, 'typing a name mails something');
  const first = await asked(flow, who);
  const page = flow.page.withoutIds();
  await flow.press('next', { method: 'email' });  // at once: none is sent, and the one before still works
  assert.equal(flow.page.withoutIds(), page);
  for (let i = 0; i < 4; i++) { await at.demo.advance('PT31S'); await asked(flow, who); }
  await at.demo.advance('PT31S');
  await flow.press('next', { method: 'email' });
  assert.equal(flow.page.withoutIds(), page);
  const marker = await guest();
  await waiting(marker);  // what was queued before it is out
  assert.equal(await Reset.sent(at.demo, mail), 6);
  await flow.press('verify', { otp: first });
  isRefused(flow);
  await restarts(60);
  const later = await waiting(who);
  await later.flow.press('verify', { otp: later.code });
  isIn(later.flow);
});

test('CRED-022 attack: one address cannot have mail sent to many guests', async () => {
  const from = elsewhere();
  for (let i = 0; i < 20; i++) {
    const flow = await named(`stranger${i}@partner.example`, { from });
    await flow.press('next', { method: 'email' });
    assert.equal(flow.screen, 'UX-175', `${i} ${flow}`);
  }
  const flow = await named('stranger20@partner.example', { from });
  await flow.press('next', { method: 'email' });
  assert.equal(flow.last.status, 429, `${flow}`);
});

test('CRED-022 PROTO-803 attack: no page and no answer tells a guest from a member or from nobody', async () => {
  const who = await guest();
  const alike = ['nobody', 'member', 'secret'].map((name) => `${name}@partner.example`);
  const made = await guest();
  await at.demo.admin('user', 'temporary-password', at.demo.user(made).upn);  // a guest with a password
  const names = [at.demo.user(who).upn, ...alike, at.demo.user(made).upn, 'alice@contoso.example'];
  const seen = [];
  for (const name of names) {
    const pages = [];
    const flow = await named(name);
    const keep = () => pages.push(`${flow.last.status} ${flow.page.withoutIds().replaceAll(name, 'NAME').replace(/(<b aria-hidden="true">)[^<]*(<\/b>)/g, '$1$2')}`);
    keep();
    await flow.press('next', { method: 'email' });
    keep();
    for (let i = 0; i < 6; i++) { await flow.press('verify', { otp: '12345678' }); keep(); }
    await flow.press('next', { method: 'email' });
    keep();
    await flow.press('next', { method: 'password' });
    keep();
    seen.push(pages);
  }
  for (const [i, pages] of seen.entries()) assert.deepEqual(pages, seen[0], names[i]);
});

test('CRED-022 nobody but a guest without a password gets a code, and no code is right for them', async () => {
  const { demo } = at;
  const who = await guest();
  await demo.admin('user', 'temporary-password', demo.user(who).upn);
  const member = await newcomer(demo, 'member');
  await demo.admin('user', 'add-email', demo.user(member).upn, 'member@home.example');
  demo.user(member).mail = 'member@home.example';
  const sent = { [who]: 0, [member]: 0 };
  for (const name of [who, member]) {
    sent[name] = await Reset.sent(demo, demo.user(name).mail);
    const flow = await named(demo.user(name).upn);
    await flow.press('next', { method: 'email' });
    for (const otp of ['', '00000000', '        ']) { await flow.press('verify', { otp }); isRefused(flow); }
  }
  await waiting(await guest());
  for (const name of [who, member]) {
    const codes = (await demo.outbox()).filter((m) => m.to === demo.user(name).mail && /\b\d{8}\b/.test(m.text));
    assert.deepEqual(codes, [], name);
  }
});

test('CRED-022 CRED-001 the methods policy turns codes for guests off, for all or for some', async () => {
  const { demo } = at;
  const [who, excluded] = [await guest(), await guest()];
  assert.equal((await demo.admin('tenant', 'settings')).methods.email.allowExternalIdToUseEmailOtp, 'default');
  const { flow, code } = await waiting(who);
  const page = await named(demo.user(excluded).upn);
  await settings({ methods: { email: { allowExternalIdToUseEmailOtp: 'disabled' } } });
  try {
    await flow.press('verify', { otp: code });
    assert.equal(flow.screen, 'UX-102', `${flow}`);
    assert.ok(!flow.page.text.includes('Invited as a guest?'), flow.page.text);
    await page.press('next', { method: 'email' });
    assert.equal(page.screen, 'UX-102', `${page}`);
  } finally { await settings({ methods: { email: { allowExternalIdToUseEmailOtp: 'enabled' } } }); }
  await settings({ methods: { email: { excludeTargets: [{ targetType: 'user', id: demo.user(excluded).id }] } } });
  try {
    const before = await Reset.sent(demo, demo.user(excluded).mail);
    const out = await named(demo.user(excluded).upn);
    await out.press('next', { method: 'email' });
    await restarts(1);
    isIn(await signedIn(who));
    assert.ok(await Reset.sent(demo, demo.user(excluded).mail) <= Math.max(before, 1), 'who is excluded was mailed a code');
  } finally { await settings({ methods: { email: { excludeTargets: [], allowExternalIdToUseEmailOtp: 'default' } } }); }
  const wrongly = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ methods: { email: { allowExternalIdToUseEmailOtp: 'perhaps' } } }) });
  assert.equal(wrongly.code, 1);
  assert.match(wrongly.stdout, /methods\.email\.allowExternalIdToUseEmailOtp/);
});

test('CRED-022 PROTO-526 a policy for guests asks for a second factor, and the mail is none', async () => {
  const { demo } = at;
  const policy = await demo.policy({
    displayName: 'MFA for guests', state: 'enabled', conditions: { users: { includeUsers: ['GuestsOrExternalUsers'] }, applications: { includeApplications: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  try {
    const who = await guest();
    const { flow, code } = await waiting(who, { who });
    await flow.press('verify', { otp: code });
    assert.ok(['UX-10', 'UX-11'].includes(flow.screen), `${flow}`);
    await flow.answer(['register']);
    assert.ok(flow.code, `${flow}`);
    await restarts(1);
    const again = await waiting(who, { who });
    await again.flow.press('verify', { otp: again.code });
    assert.equal(again.flow.screen, 'UX-20', `${again.flow}`);
    await again.flow.press('verify', { otp: again.code });
    assert.equal(again.flow.errorCode, '500121', `${again.flow}`);
    await again.flow.answer(['otp']);
    assert.ok(again.flow.code, `${again.flow}`);
    await again.flow.redeem();
    const claims = await again.flow.claims();
    assert.equal(claims.acr, 'mfa');
    assert.deepEqual([...claims.amr].sort(), ['email', 'mfa', 'otp']);
    assert.ok(again.flow.tokens.refresh_token_expires_in <= 24 * 3600);
    const alice = await SignIn.begin(demo, { who: 'alice', from: 'home' });
    await alice.answer(['password']);
    assert.ok(alice.code, `a member is asked as guests are: ${alice}`);
  } finally { await demo.admin('policy', 'disable', policy.id); }
});

test('CRED-022 CRED-051 a guest at risk is not led to a new password, and does not reset one', async () => {
  const { demo } = at;
  const who = await guest();
  await signedIn(who);
  await demo.admin('risk', 'leaked-credentials', demo.user(who).upn);
  await restarts(1);
  const { flow, code } = await waiting(who);
  await flow.press('verify', { otp: code });
  assert.ok(!flow.code && !flow.asksFor('newPassword'), `${flow}`);
  assert.ok(['53003', '53004', '53011', '50053'].includes(flow.errorCode), `${flow}`);
  await demo.admin('risk', 'dismiss', demo.user(who).upn);
  const seen = await Reset.sent(demo, demo.user(who).mail);
  const [own, nobodys] = [await Reset.begin(demo, { upn: demo.user(who).upn, from: elsewhere() }), await Reset.begin(demo, { upn: 'nobody@partner.example', from: elsewhere() })];
  assert.equal(own.screen, nobodys.screen);
  assert.equal(await Reset.sent(demo, demo.user(who).mail), seen);
});

test('CRED-022 attack: whoever has a guest\'s session does not move their codes to another address', async () => {
  const { demo } = at;
  const who = await guest();
  const { flow, code } = await waiting(who);
  await flow.press('verify', { otp: code });
  await flow.press('skip');
  const thief = flow.browser;
  const replaced = await thief.open(demo.at('myaccount/security-info/email'));
  if (replaced.page.asksFor('email')) {
    const answer = await thief.submit(replaced.page.form(['email']), { email: 'thief@evil.example' }, 'next');
    assert.ok(!answer.page.asksFor('otp'), `${answer.page}`);
  }
  const shown = await demo.admin('user', 'show', demo.user(who).upn);
  const method = shown.authenticationMethods.find((m) => m.method === 'email');
  const removal = await thief.open(demo.at(`myaccount/security-info/method?id=${method.id}`));
  assert.ok(!removal.page?.offers('remove'), `${removal.page}`);
  assert.equal((await demo.outbox()).filter((m) => m.to === 'thief@evil.example').length, 0);
  // Requiring registration anew leaves the way in.
  await demo.admin('user', 'reset-mfa', demo.user(who).upn);
  await restarts(1);
  isIn(await signedIn(who));
});

test('CRED-022 a blocked guest is told so after the right code only, and a deleted one is nobody', async () => {
  const { demo } = at;
  const [blocked, deleted] = [await guest(), await guest()];
  const a = await waiting(blocked), b = await waiting(deleted);
  await demo.admin('user', 'block', demo.user(blocked).upn);
  await demo.admin('user', 'delete', demo.user(deleted).upn);
  await a.flow.press('verify', { otp: wrong(a.code) });
  isRefused(a.flow);
  await a.flow.press('verify', { otp: a.code });
  assert.equal(a.flow.errorCode, '50057', `${a.flow}`);
  await b.flow.press('verify', { otp: b.code });
  isRefused(b.flow);
});

test('CRED-022 attack: a code for an address that was replaced is none, and what rested on the old address is over', async () => {
  const who = await guest();
  const { upn } = at.demo.user(who);
  const inside = await signedIn(who);
  assert.equal((await inside.refresh()).status, 200);
  const stale = await waiting(who);
  await at.demo.admin('user', 'add-email', upn, `${who}@newer.example`);
  await stale.flow.press('verify', { otp: stale.code });
  isRefused(stale.flow);
  isOAuthError(await inside.refresh(), 400, 'invalid_grant');
  assert.equal((await at.demo.admin('user', 'show', upn)).mail, `${who}@newer.example`, 'notices go on to the old address');
  const told = (await at.demo.outbox()).filter((m) => /address of your account was changed/.test(m.subject)).map((m) => m.to);
  for (const address of [`${who}@partner.example`, `${who}@newer.example`]) assert.ok(told.includes(address), `${address} is not told: ${told}`);
});

test('CRED-022 attack: strangers keep no guest out: not by asking, nor by guessing, elsewhere', async () => {
  const who = await guest();
  const { upn } = at.demo.user(who);
  const own = await waiting(who, { from: '198.18.9.1' });
  await restarts(1);
  const stranger = await named(upn, { from: '198.19.9.1' });
  for (let i = 0; i < 6; i++) {
    await stranger.press('next', { method: 'email' });
    await restarts(1);
  }
  for (let i = 0; i < 6; i++) await stranger.press('verify', { otp: '00000000' });
  await own.flow.press('verify', { otp: own.code });
  isIn(own.flow);
});

test('CRED-022 attack: one code has five tries, from however many networks they come', async () => {
  const who = await guest();
  const { flow, code } = await waiting(who);
  for (let i = 0; i < 5; i++) {
    flow.browser.from = `198.19.${20 + i}.1`;
    await flow.press('verify', { otp: wrong(code) });
    isRefused(flow);
  }
  flow.browser.from = '198.19.40.1';
  await flow.press('verify', { otp: code });
  isRefused(flow);
});

test('attack: a guest who came by mail and somebody’s approval adds no passkey, no app and no device', async () => {
  const { demo } = at;
  await settings({ methods: { push: { state: 'enabled' } } });
  const who = await guest();
  const first = await SignIn.begin(demo, { who, from: elsewhere() });
  await first.press('next', { username: demo.user(who).upn });
  await first.press('verify', { otp: await asked(first, who) });
  if (first.screen === 'UX-10') await first.answer(['register']);
  assert.ok(first.code, `${first}`);
  const phone = first.browser;
  let { page } = await phone.open(demo.at('myaccount/security-info/approver'));
  ({ page } = await phone.submit(page.form([], 'register'), {}, 'register'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  await restarts(10);
  const { flow: thief, code: read } = await waiting(who, { from: 'tor' });
  await thief.press('verify', { otp: read });
  const push = thief.page.forms.find((form) => form.fields.includes('method') && form.data().method === 'push');
  assert.ok(push, `${thief}`);
  await thief.arrive(await thief.browser.submit(push, {}, 'verify'));
  const number = thief.page.text.match(/The number:\s*(\d\d)\b/)?.[1];
  ({ page } = await phone.open(demo.at('myaccount/approvals')));
  ({ page } = await phone.submit(page.form(['otp'], 'verify'), { otp: number }, 'verify'));
  assert.match(page.text, /Approved\. Go on/, `${page}`);
  await thief.press('verify');
  assert.ok(thief.code, `${thief}`);
  for (const what of ['passkey', 'app', 'approver']) {
    ({ page } = await thief.browser.open(demo.at(`myaccount/security-info/${what}`)));
    assert.equal(page.screen, 'UX-20', `${what}: ${page}`);
  }
});
