// The methods policy (credentials.md §1.2) and temporary access passes (§6.6), and what must not be done with a pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('access-pass');
/** Somebody new, with an app when asked for, whose tries are nobody else's. */
async function somebody({ app = false } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'passholder');
  if (app) {
    const flow = await SignIn.begin(demo, { who: name, from: 'home' });
    await flow.answer(['password', 'register']);
    assert.ok(flow.code, `${flow}`);
  }
  return name;
}
const issue = async (who, ...options) => (await at.demo.admin('user', 'issue-pass', at.demo.user(who).upn, ...options)).temporaryAccessPass;
const settings = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
/** A sign-in that stands where a pass is asked for instead of the password. */
async function atPass(who, options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', ...options });
  await flow.press('next', { username: options.upn ?? at.demo.user(who).upn });
  assert.equal(flow.screen, 'UX-102', `${flow}`);
  await flow.press('next', { method: 'temporaryAccessPass' });
  assert.equal(flow.screen, 'UX-130', `${flow}`);
  return flow;
}
const givesPass = async (who, pass, options) => (await atPass(who, options)).press('next', { otp: pass });

test('CRED-013 CRED-029 a pass lets in as MFA, still asks to register, and tokens and session end with it', async () => {
  const { demo } = at;
  const who = await somebody();
  const pass = await issue(who, '--minutes', '60');
  const ends = (await demo.now()).getTime() + 3600_000;
  assert.match(pass, /^[a-zA-Z0-9]{8}$/);
  const flow = await givesPass(who, `${pass.slice(0, 4)} ${pass.slice(4)}`);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('skip');
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, 'mfa');
  assert.ok(claims.amr.includes('tap') && claims.amr.includes('mfa') && !claims.amr.includes('fido') && !claims.amr.includes('pwd'), `${claims.amr}`);
  assert.ok(claims.exp * 1000 <= ends, 'the id token outlives the pass');
  assert.ok(flow.tokens.expires_in <= 3600 && flow.tokens.refresh_token_expires_in <= 3600, JSON.stringify(flow.tokens));
  await demo.advance('PT30M');
  assert.equal((await flow.refresh()).status, 200);
  assert.ok(flow.tokens.expires_in <= 1800);
  await demo.advance('PT31M');
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  const silent = await SignIn.begin(demo, { browser: flow.browser, params: { prompt: 'none' } });
  assert.equal(silent.error, 'login_required', `${silent}`);
  assert.equal((await givesPass(who, pass)).errorCode, '50126');
});

test('CRED-029 a one-time pass works once, and lets register for ten minutes', async () => {
  const { demo } = at;
  const who = await somebody();
  const pass = await issue(who, '--once');
  const flow = await givesPass(who, pass);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  const replay = await givesPass(who, pass);
  assert.equal(replay.errorCode, '50126', `${replay}`);
  await demo.advance('PT9M');
  await flow.answer(['register']);
  assert.ok(flow.code, `${flow}`);

  const late = await somebody();
  const slow = await givesPass(late, await issue(late, '--once'));
  await demo.advance('PT11M');
  await slow.answer(['register']);
  assert.equal(slow.code, undefined, `${slow}`);
  assert.ok(!slow.page?.totpSecret(), `${slow}`);
});

test('CRED-029 of parallel uses of a one-time pass exactly one gets in', async () => {
  const who = await somebody({ app: true });
  const pass = await issue(who, '--once');
  const flows = await Promise.all(Array.from({ length: 4 }, () => atPass(who)));
  await Promise.all(flows.map((flow) => flow.press('next', { otp: pass })));
  assert.equal(flows.filter((flow) => flow.code).length, 1, flows.join('\n'));
});

test('CRED-029 passes for several uses stop working when the tenant has them work once', async () => {
  const who = await somebody({ app: true });
  const pass = await issue(who);
  assert.ok((await givesPass(who, pass)).code);
  await settings({ methods: { temporaryAccessPass: { isUsableOnce: true } } });
  assert.equal((await givesPass(who, pass)).errorCode, '50126');
  const shown = await at.demo.admin('user', 'show', at.demo.user(who).upn);
  assert.equal(shown.temporaryAccessPass.methodUsabilityReason, 'DisabledByPolicy');
  assert.equal(JSON.stringify(shown).includes(pass), false, 'the pass is shown twice');
  await settings({ methods: { temporaryAccessPass: { isUsableOnce: false } } });
  assert.ok((await givesPass(who, pass)).code);
});

test('CRED-028 lifetimes have limits, a start can be set, and a new pass takes the place of the old', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const upn = demo.user(who).upn;
  for (const minutes of ['9', '59', '481', '43201']) {
    const refused = await demo.cli(['user', 'issue-pass', upn, '--minutes', minutes]);
    assert.equal(refused.code, 1, minutes);
    assert.match(refused.stdout, /60 to 480 whole minutes/);
  }
  const wrong = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ methods: {
    temporaryAccessPass: { minimumLifetimeInMinutes: 9, maximumLifetimeInMinutes: 43201, defaultLength: 7 }, email: { state: 'perhaps', includeTargets: [{ targetType: 'group', id: 'nobody' }] } } }) });
  assert.equal(wrong.code, 1);
  for (const named of [/methods\.email\.state/, /methods\.email\.includeTargets/]) assert.match(wrong.stdout, named);
  const wide = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ methods: {
    temporaryAccessPass: { minimumLifetimeInMinutes: 9, maximumLifetimeInMinutes: 43201, defaultLength: 7 } } }) });
  for (const named of [/minimumLifetime/, /maximumLifetime/, /defaultLength/]) assert.match(wide.stdout, named);
  await settings({ methods: { temporaryAccessPass: { minimumLifetimeInMinutes: 10, maximumLifetimeInMinutes: 43200 } } });
  const longest = await demo.admin('user', 'issue-pass', upn, '--minutes', '43200');
  assert.equal(longest.lifetimeInMinutes, 43200);
  const later = await issue(who, '--start', new Date((await demo.now()).getTime() + 3600_000).toISOString());
  assert.equal((await givesPass(who, longest.temporaryAccessPass)).errorCode, '50126', 'the pass before still works');
  assert.equal((await givesPass(who, later)).errorCode, '50126', 'it works before its start');
  await demo.advance('PT61M');
  assert.ok((await givesPass(who, later)).code);
  await demo.admin('user', 'delete-pass', upn);
  assert.equal((await givesPass(who, later)).errorCode, '50126');
  assert.equal((await demo.cli(['user', 'delete-pass', upn])).code, 1);
});

test('CRED-088 the owner is told that there is a pass, and the mail does not hold it', async () => {
  const { demo } = at;
  const who = await somebody();
  const pass = await issue(who);
  await demo.advance('PT1S');
  const mails = (await demo.outbox()).filter((m) => m.to === demo.user(who).upn);
  assert.ok(mails.some((m) => /access pass/i.test(m.subject)), JSON.stringify(mails));
  assert.equal(JSON.stringify(mails).includes(pass), false);
});

test('CRED-015 after the password a pass is asked for first, and another way stays open', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const pass = await issue(who);
  const atMfa = async () => {
    const flow = await SignIn.begin(demo, { who, from: 'tor' });
    await flow.answer(['password']);
    assert.equal(flow.screen, 'UX-20', `${flow}`);
    assert.equal(flow.page.form(['otp', 'method']).data().method, 'temporaryAccessPass');
    return flow;
  };
  const wrong = await atMfa();
  await wrong.press('verify', { otp: 'bcdfghjk', method: 'temporaryAccessPass' });
  assert.equal(wrong.errorCode, '500121', `${wrong}`);
  const byPass = await atMfa();
  await byPass.press('verify', { otp: pass, method: 'temporaryAccessPass' });
  assert.ok(byPass.code, `${byPass}`);
  const byCode = await atMfa();
  const form = byCode.page.forms.find((f) => f.visibleFields.includes('otp') && !f.fields.includes('method'));
  const otp = await demo.otp(who);
  byCode.arrive(await byCode.browser.submit(form, { otp }, 'verify'));
  assert.ok(byCode.code, `${byCode}`);
});

test('CA-007 within a sign-in too a policy for security info is answered before anything is registered, and nobody is asked for what can wait', async () => {
  const { demo } = at;
  const holder = await somebody();
  const pass = await issue(holder);
  const other = await somebody();
  const policy = await demo.policy({
    displayName: 'MFA before security info is registered', state: 'enabled',
    conditions: { users: { includeUsers: [demo.user(holder).id, demo.user(other).id] }, applications: { includeUserActions: ['urn:user:registersecurityinfo'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  try {
    const flow = await SignIn.begin(demo, { who: holder, from: 'home' });
    await flow.answer(['password']);
    assert.equal(flow.screen, 'UX-20', `an app could be registered by the password alone: ${flow}`);
    await flow.press('verify', { otp: pass, method: 'temporaryAccessPass' });
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    const later = await SignIn.begin(demo, { who: other, from: 'home' });
    await later.answer(['password']);
    assert.ok(later.code, `the period has not ended: ${later}`);
    await demo.advance('P15D');
    const due = await SignIn.begin(demo, { who: other, from: 'home' });
    await due.answer(['password']);
    assert.equal(due.errorCode, '53010', `${due}`);
  } finally {
    await demo.admin('policy', 'disable', policy.id);
  }
});

// ---- the methods policy

test('CRED-001 whoever is excluded can neither use the method nor register it; its registration comes back with the policy', async () => {
  const { demo } = at;
  const [has, none] = [await somebody({ app: true }), await somebody()];
  const target = (who) => ({ targetType: 'user', id: demo.user(who).id });
  const keys = { fido2: { excludeTargets: [target(has), target(none)] } };
  await settings({ methods: { softwareOath: { excludeTargets: [target(has), target(none)] }, ...keys } });
  const refused = await SignIn.begin(demo, { who: has, from: 'tor' });
  await refused.answer(['password', 'otp']);
  assert.equal(refused.errorCode, '53004', `${refused}`);
  const plain = await SignIn.begin(demo, { who: none, from: 'home' });
  await plain.answer(['password']);
  assert.ok(plain.code, `nothing can be registered, so nothing is offered: ${plain}`);
  const page = await SignIn.complete(demo, { who: none, from: 'home', answer: ['password'] });
  const info = await page.browser.open(demo.at('myaccount/security-info'));
  assert.equal(info.page.screen, 'UX-83', `${info.page}`);
  assert.equal(info.page.links().some((href) => href.endsWith('security-info/app') || href.endsWith('security-info/passkey')), false, `${info.page.links()}`);

  await settings({ methods: { softwareOath: { excludeTargets: [target(none)] }, fido2: { excludeTargets: [] } } });
  const back = await SignIn.begin(demo, { who: has, from: 'tor' });
  await back.answer(['password', 'otp']);
  assert.ok(back.code, `${back}`);
  const offered = await SignIn.begin(demo, { who: none, from: 'home' });
  await offered.answer(['password']);
  assert.equal(offered.screen, 'UX-10', `${offered}`);
  assert.equal(offered.page.form(['method'], 'register').data().method, 'passkey');
  await offered.press('register', { method: 'softwareOath' });
  assert.ok(!offered.page.totpSecret(), 'a form of their own making registers an app');
  await settings({ methods: { softwareOath: { excludeTargets: [] } } });
});

test('CRED-001 a pass that the policy does not allow its owner does not work, though it can be made', async () => {
  const who = await somebody({ app: true });
  await settings({ methods: { temporaryAccessPass: { excludeTargets: [{ targetType: 'user', id: at.demo.user(who).id }] } } });
  const pass = await issue(who);
  assert.equal((await givesPass(who, pass)).errorCode, '50126');
  await settings({ methods: { temporaryAccessPass: { state: 'disabled', excludeTargets: [] } } });
  const flow = await SignIn.begin(at.demo, { who, from: 'home' });
  await flow.press('next', { username: at.demo.user(who).upn });
  assert.equal(flow.page.body.includes('temporaryAccessPass'), false, 'offered where nobody may use it');
  await settings({ methods: { temporaryAccessPass: { state: 'enabled' } } });
  assert.ok((await givesPass(who, pass)).code);
});

// ---- what must stay shut

test('attack: the pass of one person opens nobody else\'s account', async () => {
  const [hers, his] = [await somebody({ app: true }), await somebody({ app: true })];
  const pass = await issue(hers);
  await issue(his);
  assert.equal((await givesPass(his, pass)).errorCode, '50126');
  assert.ok((await givesPass(hers, pass)).code);
});

test('attack: five wrong passes pause the pass, the right one too, in every sign-in', async () => {
  const who = await somebody({ app: true });
  const pass = await issue(who);
  for (let i = 0; i < 5; i++) assert.equal((await givesPass(who, 'bcdfghjk')).errorCode, '50126');
  assert.equal((await givesPass(who, pass)).errorCode, '50126', 'the right one is looked at');
  await at.demo.advance('PT16M');
  assert.ok((await givesPass(who, pass)).code);
  const parallel = await Promise.all(Array.from({ length: 12 }, () => atPass(who)));
  await Promise.all(parallel.map((flow) => flow.press('next', { otp: 'bcdfghjk' })));
  assert.equal((await givesPass(who, pass)).errorCode, '50126', 'parallel guesses outran the budget');
  const fresh = await issue(who);
  assert.ok((await givesPass(who, fresh)).code, 'a new pass begins with a budget of its own');
});

test('PROTO-523 attack: strangers who guess elsewhere do not pause a pass where its bearer is, and have a budget for all networks', async () => {
  // Somebody new, to whom no place is familiar yet, and somebody who is known at home.
  for (const app of [false, true]) {
    const who = await somebody({ app });
    const pass = await issue(who);
    for (let i = 0; i < 6; i++) await givesPass(who, 'bcdfghjk', { from: '198.19.60.1' });
    assert.equal((await givesPass(who, pass, { from: '198.19.60.1' })).errorCode, '50126', 'where it was guessed the right one is not looked at');
    const flow = await givesPass(who, pass);
    assert.ok(flow.code || flow.screen === 'UX-10', `${flow}`);
  }
  const who = await somebody({ app: true });
  const pass = await issue(who);
  for (let network = 0; network < 15; network++) {
    for (let i = 0; i < 4; i++) await givesPass(who, 'bcdfghjk', { from: `198.19.${70 + network}.1` });
  }
  assert.equal((await givesPass(who, pass, { from: '198.19.99.1' })).errorCode, '50126', 'the 61st of an hour, from a network that tried nothing yet');
  assert.ok((await givesPass(who, pass)).code, 'home is another matter');
  await at.demo.advance('PT61M');
  const fresh = await issue(who);
  assert.notEqual((await givesPass(who, fresh, { from: '198.19.99.1' })).errorCode, '50126');
});

test('attack: a pass does not change the password', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const pass = await issue(who);
  const flow = await givesPass(who, pass);
  assert.ok(flow.code, `${flow}`);
  const { page } = await flow.browser.open(demo.at('myaccount/password'));
  const wanted = freshPassword();
  const answer = await flow.browser.submit(page.form(['newPassword'], 'change'), { currentPassword: pass, newPassword: wanted, confirmPassword: wanted }, 'change');
  assert.equal(answer.page.screen, 'UX-114', `${answer.page}`);
  const old = await SignIn.begin(demo, { who, from: 'home' });
  await old.answer(['password', 'otp']);
  assert.ok(old.code, `${old}`);
});

test('attack: nothing tells who has a pass: names nobody has, people without one and people with one get the same pages', async () => {
  const { demo } = at;
  const [bearer, without] = [await somebody(), await somebody()];
  await issue(bearer);
  const seen = [];
  for (const upn of [demo.user(bearer).upn, demo.user(without).upn, 'pnobody-at-all@contoso.example']) {
    const flow = await SignIn.begin(demo, { who: bearer, from: 'home' });
    await flow.press('next', { username: upn });
    const pages = [flow.page];
    await flow.press('next', { method: 'temporaryAccessPass' });
    pages.push(flow.page);
    await flow.press('next', { otp: 'bcdfghjk' });
    pages.push(flow.page);
    seen.push(pages.map((page) => `${page.status} ${page.withoutIds().replaceAll(upn, 'NAME')}`));
  }
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[0], seen[2]);
});

// ---- what administrators do

test('CRED-071 the run book is one act: sessions and tokens void, methods gone, a temporary password, and a pass for the owner', async () => {
  const { demo } = at;
  const who = await somebody({ app: true });
  const { upn, password } = demo.user(who);
  const signedIn = await SignIn.complete(demo, { who, from: 'home' });
  assert.ok(signedIn.tokens?.refresh_token, `${signedIn}`);
  const planted = await issue(who);
  await demo.advance('PT2S');
  const done = await demo.admin('user', 'respond-to-compromise', upn, '--pass');
  assert.deepEqual(done.removedMethods, ['softwareOath']);
  isOAuthError(await signedIn.refresh(), 400, 'invalid_grant');
  assert.equal((await SignIn.begin(demo, { browser: signedIn.browser, params: { prompt: 'none' } })).error, 'login_required');
  assert.equal((await givesPass(who, planted)).errorCode, '50126', 'the pass from before still works');
  const old = await SignIn.begin(demo, { who, from: 'home', password });
  await old.answer(['password']);
  assert.equal(old.errorCode, '50126');
  assert.equal((await givesPass(who, done.temporaryAccessPass)).screen, 'UX-10', 'the owner sets up something new');
  const first = await SignIn.begin(demo, { who, from: 'home', password: done.password });
  await first.answer(['password', 'skip']);
  assert.equal(first.screen, 'UX-70', `${first}`);

  const known = await demo.adminList('user', 'device', 'list', upn);
  assert.ok(known.length > 0 && known.every((device) => device.accountEnabled), 'nobody asked for it');
  const blocked = await demo.admin('user', 'respond-to-compromise', upn, '--block', '--pass', '--disable-devices');
  assert.equal(blocked.disabledDevices, known.length);
  const devices = await demo.adminList('user', 'device', 'list', upn);
  assert.ok(devices.every((device) => !device.accountEnabled && device.disabledBecause === 'the account was compromised'), 'CRED-070 in the same act');
  const story = (await demo.adminList('audit', 'list', '--user', upn)).filter((act) => JSON.stringify(act).includes('DeviceDisabled'));
  assert.ok(story.length > 0 && story.every((act) => /RespondToCompromise/.test(JSON.stringify(act))), 'one story');
  assert.equal(blocked.user.accountEnabled, false);
  assert.equal((await givesPass(who, 'bcdfghjk')).errorCode, '50126');
  assert.equal((await givesPass(who, blocked.temporaryAccessPass)).errorCode, '50057', 'only who has the pass hears of the block');
});

test('the registration report counts who is registered and capable, and tells how long the others have; a pass registers nobody (CRED-013)', async () => {
  const { demo } = at;
  const [has, none] = [await somebody({ app: true }), await somebody()];
  await issue(none);
  await (await SignIn.begin(demo, { who: none, from: 'home' })).answer(['password']);
  const report = await demo.admin('user', 'registration-report');
  const line = (who) => report.value.find((row) => row.userPrincipalName === demo.user(who).upn);
  assert.equal(line(has).isMfaRegistered, true);
  assert.equal(line(has).isMfaCapable, true);
  assert.equal(line(none).isMfaRegistered, false);
  assert.equal(line(none).isMfaCapable, false);
  assert.equal(line(none).daysLeft, 14);
  assert.equal(report.registered, report.value.filter((row) => row.isMfaRegistered).length);
});
