// Risk remediation and authentication strengths over HTTP, and the ways around them that must stay shut.
// conditional-access.md §3.5, §6.4; credentials.md §7; id-protection.md §3.5, §3.11.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, answerWith, asksForPasskey, optionsOf } from '../support_js/authenticator.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const PHISHING_RESISTANT = '00000000-0000-0000-0000-000000000004';
const ALL = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } };
const RISKY = { ...ALL, userRiskLevels: ['low', 'medium', 'high'] };
let remediation;
const at = demoFor('remediation', {}, async (demo) => {
  await demo.policiesOff();
  remediation = await demo.policy({ displayName: 'Remediate', state: 'enabled', conditions: RISKY, grantControls: { operator: 'AND', builtInControls: ['riskRemediation'] } });
});
const riskOf = async (who) => (await at.demo.admin('risk', 'user', at.demo.user(who).upn));
const methodsOf = async (who) => (await at.demo.admin('user', 'show', at.demo.user(who).upn)).authenticationMethods;
const passwordOf = (who) => at.demo.user(who).password;
/** The user is at risk and no password is known to anybody else: a sign-in from a Tor exit was left at the code. */
async function atRisk(who) {
  await at.demo.admin('risk', 'dismiss', at.demo.user(who).upn);
  const left = await SignIn.begin(at.demo, { who, from: 'tor' });
  await left.answer(['password']);
  assert.equal((await riskOf(who)).riskState, 'atRisk', `${left}`);
}
/** Somewhere between the two sign-ins. */
async function between(who, options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', ...options });
  await flow.answer(['password', 'otp']);
  assert.equal(flow.screen, 'UX-35', `${flow}`);
  return flow;
}
async function stillAtRisk(who, what) { assert.equal((await riskOf(who)).riskState, 'atRisk', what); }
const silent = (browser) => SignIn.begin(at.demo, { browser, params: { prompt: 'none' } });
/** Posts a form of the flow by hand, as whoever knows its fields could. */
async function force(flow, fields, action) {
  const form = flow.page.forms.find((f) => f.method === 'POST' && f.data().flow);
  return flow.browser.open(form.action, { method: 'POST', fields: { ...form.data(), ...fields, action } });
}

test('attack: no step of the remediation can be left out', async () => {
  await atRisk('alice');
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home' });
  await flow.answer(['password']);
  for (const [fields, action] of [[{}, 'next'], [{ newPassword: 'x', confirmPassword: 'x', currentPassword: passwordOf('alice') }, 'change'], [{ method: 'softwareOath' }, 'register'], [{}, 'skip']]) {
    const { page, redirect } = await force(flow, fields, action);
    assert.equal(redirect, undefined, action);
    assert.equal(page.screen, 'UX-20', `${action}: ${page}`);
  }
  await flow.answer(['otp']);
  assert.equal(flow.screen, 'UX-35', `${flow}`);
  for (const [fields, action] of [[{ otp: await at.demo.otp('alice') }, 'verify'], [{ newPassword: 'x', confirmPassword: 'x' }, 'change'], [{}, 'skip']]) {
    const { page, redirect } = await force(flow, fields, action);
    assert.equal(redirect, undefined, action);
    assert.equal(page.screen, 'UX-35', `${action}: ${page}`);
  }
  await flow.press('next');
  assert.ok(flow.asksFor('password'), `${flow}`);
  const { page } = await force(flow, { otp: await at.demo.otp('alice') }, 'verify');
  assert.ok(page.asksFor('password'), 'a code stands for no password');
  await stillAtRisk('alice', 'nothing was proven a second time');
  await flow.answer(['password', 'otp']);
  assert.ok(flow.code, `${flow}`);
  assert.equal((await riskOf('alice')).riskDetail, 'microsoftRevokedSessions');
});

test('attack: a wrong password or code in the second sign-in closes nothing', async () => {
  await atRisk('alice');
  const flow = await between('alice');
  await flow.answer(['read', 'wrong password']);
  assert.equal(flow.errorCode, '50126', `${flow}`);
  await flow.answer(['password', 'wrong otp']);
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  await stillAtRisk('alice');
  await flow.answer(['otp']);
  assert.ok(flow.code, `${flow}`);
});

test('attack: the code of the first sign-in is of no use in the second', async () => {
  await atRisk('henry');
  const flow = await SignIn.begin(at.demo, { who: 'henry', from: 'home' });
  await flow.answer(['password']);
  const code = await at.demo.otp('henry');
  await flow.press('verify', { otp: code });
  assert.equal(flow.screen, 'UX-35', `${flow}`);
  await flow.answer(['read', 'password']);
  await flow.press('verify', { otp: code });
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  await stillAtRisk('henry', 'a replayed code');
  await flow.answer(['otp']);
  assert.ok(flow.code, `${flow}`);
});

test('attack: another person’s sign-in is nobody’s second one', async () => {
  await atRisk('alice');
  await atRisk('henry');
  const flow = await between('alice');
  await flow.press('next');
  await flow.press('other');
  flow.who = 'henry';
  await flow.answer(['password', 'otp']);
  assert.equal(flow.screen, 'UX-35', `henry signs in a first time: ${flow}`);
  await stillAtRisk('alice');
  await stillAtRisk('henry');
  await flow.press('next');
  flow.who = 'alice';
  await flow.press('other');
  await flow.answer(['password', 'otp']);
  assert.equal(flow.screen, 'UX-35', `and alice begins again: ${flow}`);
  await stillAtRisk('alice');
});

test('attack: neither the session of before, nor another browser, nor a sign-in begun before completes the second one', async () => {
  await atRisk('erin');
  await at.demo.admin('policy', 'disable', remediation.id);
  const before = await SignIn.complete(at.demo, { who: 'erin', from: 'home', answer: ['password'] });
  assert.ok(before.code, `${before}`);
  await at.demo.admin('policy', 'enable', remediation.id);
  const waiting = await SignIn.begin(at.demo, { who: 'erin', from: 'home' });
  await waiting.answer(['password']);
  assert.ok(waiting.asksFor('otp'), `${waiting}`);
  await at.demo.advance('PT2S');

  const flow = await between('erin');
  assert.equal((await silent(before.browser)).error, 'login_required', 'the session of before is over');
  await waiting.answer(['otp']);
  assert.equal(waiting.code, undefined, `${waiting}`);
  await stillAtRisk('erin', 'a sign-in begun before the sessions were ended');
  const elsewhere = new Browser(at.demo, { from: 'home' });
  const { page } = await elsewhere.open(flow.page.url);
  assert.notEqual(page.screen, 'UX-35', 'the flow is its browser’s');
  const again = await SignIn.begin(at.demo, { who: 'erin', from: 'home' });
  await again.answer(['password', 'otp']);
  assert.equal(again.screen, 'UX-35', `a first sign-in elsewhere is a first one: ${again}`);
  await stillAtRisk('erin');
});

test('attack: a session of a minute ago is neither of the two sign-ins', async () => {
  await at.demo.admin('risk', 'dismiss', at.demo.user('erin').upn);
  const browser = new Browser(at.demo, { from: 'home' });
  const MFA = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) };
  const signedIn = await SignIn.complete(at.demo, { who: 'erin', browser, params: MFA, answer: ['password', 'otp'] });
  assert.ok(signedIn.code, `${signedIn}`);
  await atRisk('erin');
  const resumed = await SignIn.begin(at.demo, { who: 'erin', browser });
  assert.equal(resumed.code, undefined, `${resumed}`);
  assert.ok(resumed.asksFor('otp'), `MFA of the session does not count: ${resumed}`);
  assert.equal((await silent(browser)).error, 'interaction_required');
  await stillAtRisk('erin');
});

test('attack: MFA of more than five minutes ago is asked for again before the password is changed', async () => {
  const { demo } = at;
  await demo.admin('risk', 'dismiss', demo.user('henry').upn);
  await demo.admin('risk', 'leaked-credentials', demo.user('henry').upn);
  const flow = await SignIn.begin(demo, { who: 'henry', from: 'home' });
  await flow.answer(['password', 'otp']);
  assert.equal(flow.screen, 'UX-31', `${flow}`);
  const known = passwordOf('henry');
  await demo.advance('PT5M1S');
  const next = freshPassword();
  await flow.press('change', { currentPassword: known, newPassword: next, confirmPassword: next });
  assert.equal(flow.screen, 'UX-20', `${flow}`);
  await stillAtRisk('henry');
  assert.equal(passwordOf('henry'), known);
  await flow.answer(['otp', 'change']);
  assert.ok(flow.code, `${flow}`);
  assert.equal((await riskOf('henry')).riskDetail, 'userPerformedSecuredPasswordReset');
});

test('attack: a password that leaks between the two sign-ins is changed all the same', async () => {
  await atRisk('alice');
  const flow = await between('alice');
  await flow.answer(['read', 'password']);
  await at.demo.admin('risk', 'leaked-credentials', at.demo.user('alice').upn);
  await flow.answer(['otp']);
  assert.equal(flow.screen, 'UX-31', `${flow}`);
  await stillAtRisk('alice');
  await flow.answer(['change']);
  assert.ok(flow.code, `${flow}`);
  assert.equal((await riskOf('alice')).riskDetail, 'userPerformedSecuredPasswordReset');
});

test('policies that change between the two sign-ins hold at the second', async () => {
  const { demo } = at;
  await atRisk('alice');
  const flow = await between('alice');
  const block = await demo.policy({ displayName: 'Block', state: 'enabled', conditions: RISKY, grantControls: { operator: 'OR', builtInControls: ['block'] } });
  await flow.answer(['read', 'password']);
  assert.equal(flow.screen, 'UX-41', `${flow}`);
  await stillAtRisk('alice', 'a block closes nothing');
  await demo.admin('policy', 'disable', block.id);

  const second = await between('alice');
  await demo.admin('policy', 'disable', remediation.id);
  await second.answer(['read', 'password', 'otp']);
  assert.ok(second.code, `${second}`);
  await stillAtRisk('alice', 'nobody asks for remediation any more');
  await demo.admin('policy', 'enable', remediation.id);

  const third = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  await demo.admin('risk', 'leaked-credentials', demo.user('alice').upn);
  await third.answer(['password', 'otp']);
  assert.equal(third.screen, 'UX-31', `${third}`);
  await demo.admin('policy', 'enable', block.id);
  const known = passwordOf('alice'), next = freshPassword();
  await third.press('change', { currentPassword: known, newPassword: next, confirmPassword: next });
  assert.equal(third.screen, 'UX-41', `the form of before changes nothing: ${third}`);
  await stillAtRisk('alice');
  await demo.admin('policy', 'delete', block.id);
  await demo.admin('risk', 'dismiss', demo.user('alice').upn);
});

test('attack: a notice is no way around what it announces', async () => {
  const { demo } = at;
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ riskPages: { showsNotices: true } }) });
  await atRisk('alice');
  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-30', `${flow}`);
  const { page } = await force(flow, { otp: await demo.otp('alice') }, 'verify');
  assert.equal(page.screen, 'UX-30', `${page}`);
  await flow.press('cancel');
  assert.equal(flow.error, 'access_denied', `${flow}`);
  await stillAtRisk('alice');
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ riskPages: { showsNotices: false } }) });
  await demo.admin('risk', 'dismiss', demo.user('alice').upn);
});

// ---- strengths, and methods that somebody else added

const keys = new Map();
/** A passkey on the person's own page, with MFA first. */
async function keyOf(who) {
  if (keys.has(who)) return keys.get(who);
  await at.demo.admin('risk', 'dismiss', at.demo.user(who).upn);
  const browser = new Browser(at.demo, { from: 'home' });
  let { page } = await browser.open(at.demo.at('myaccount/security-info'));
  const answers = { username: at.demo.user(who).upn, password: passwordOf(who) };
  for (let turn = 0; turn < 4 && page.screen !== 'UX-83'; turn++) {
    const field = ['username', 'password', 'otp'].find((name) => page.asksFor(name));
    const action = field === 'otp' ? 'verify' : 'next';
    ({ page } = await browser.submit(page.form([field], action), { [field]: field === 'otp' ? await at.demo.otp(who) : answers[field] }, action));
  }
  assert.equal(page.screen, 'UX-83', `${page}`);
  assert.match(page.body, /A passkey is quicker than a password/, 'IDP-008: the nudge');
  ({ page } = await browser.open(at.demo.at('myaccount/security-info/passkey')));
  const key = new Authenticator(at.demo);
  ({ page } = await answerWith(browser, page, key.create((await optionsOf(browser, page)).json()), { methodName: 'Key' }));
  assert.equal(page.screen, 'UX-83', `${page}`);
  assert.doesNotMatch(page.body, /A passkey is quicker than a password/);
  keys.set(who, key);
  return key;
}
async function touch(flow, key) {
  const options = await optionsOf(flow.browser, flow.page);
  assert.equal(options.status, 200, options.body);
  flow.arrive(await answerWith(flow.browser, flow.page, key.get(options.json())));
}
async function withStrength(body) {
  const policy = await at.demo.policy({ displayName: 'Phishing-resistant', state: 'enabled', conditions: ALL,
    grantControls: { operator: 'AND', builtInControls: [], authenticationStrength: { id: PHISHING_RESISTANT } } });
  try { await body(policy); } finally { await at.demo.admin('policy', 'delete', policy.id); }
}

test('IDP-008 CRED-033 a passkey satisfies the phishing-resistant strength, as first factor and as second', async () => {
  const key = await keyOf('erin');
  await withStrength(async (policy) => {
    const first = await SignIn.begin(at.demo, { who: 'erin', from: 'home' });
    await touch(first, key);
    assert.ok(first.code, `${first}`);
    await first.redeem();
    const claims = await first.claims();
    assert.equal(claims.acr, 'phr');
    assert.deepEqual(claims.amr.filter((method) => ['swk', 'user', 'fido', 'mfa'].includes(method)).sort(), ['fido', 'mfa', 'swk', 'user']);

    const second = await SignIn.begin(at.demo, { who: 'erin', from: 'home' });
    await second.answer(['password']);
    assert.equal(second.screen, 'UX-20', `${second}`);
    assert.ok(asksForPasskey(second.page) && !second.asksFor('otp'), `only what qualifies is asked for: ${second}`);
    const { page, redirect } = await force(second, { otp: await at.demo.otp('erin') }, 'verify');
    assert.equal(redirect, undefined, 'attack: a code by hand is no passkey');
    assert.equal(page.screen, 'UX-20', `${page}`);
    await touch(second, key);
    assert.ok(second.code, `${second}`);
    const record = await at.demo.admin('signins', 'show', (await at.demo.adminList('signins', 'list', '--user', at.demo.user('erin').upn))[0].id);
    assert.equal(record.authenticationRequirement, 'multiFactorAuthentication');
    assert.deepEqual(record.appliedConditionalAccessPolicies.find((p) => p.id === policy.id).enforcedGrantControls, ['AuthenticationStrength']);
  });
});

test('CRED-035 who lacks one registers a passkey, and nothing else, within the sign-in; who has an app proves that first', async () => {
  await at.demo.admin('risk', 'dismiss', at.demo.user('alice').upn);
  await withStrength(async () => {
    const bob = await SignIn.begin(at.demo, { who: 'bob', from: 'home' });
    await bob.answer(['password']);
    assert.equal(bob.screen, 'UX-11', `${bob}`);
    assert.equal(bob.page.form([], 'register').data().method, 'passkey');
    const { page } = await force(bob, { method: 'softwareOath' }, 'register');
    assert.equal(page.screen, 'UX-11', `an app is not what the strength takes: ${page}`);

    const alice = await SignIn.begin(at.demo, { who: 'alice', from: 'home' });
    await alice.answer(['password']);
    assert.ok(alice.asksFor('otp'), `nobody adds a method by a password alone: ${alice}`);
    await alice.answer(['otp']);
    assert.equal(alice.screen, 'UX-11', `${alice}`);
    assert.equal(alice.page.form([], 'register').data().method, 'passkey');
    await alice.press('register', { method: 'passkey' });
    const key = new Authenticator(at.demo);
    const options = (await optionsOf(alice.browser, alice.page)).json();
    alice.arrive(await answerWith(alice.browser, alice.page, key.create(options), { methodName: 'Key' }));
    assert.equal(alice.screen, 'UX-104', `${alice}`);
    await alice.press('next');
    assert.ok(alice.code, `${alice}`);
    keys.set('alice', key);
  });
});

test('CRED-034 a passkey of a model nobody vouches for meets no strength that lists models, and is not registered for one', async () => {
  const { demo } = at;
  const key = await keyOf('erin');
  const strength = await demo.admin('policy', 'create-strength', '-', { stdin: JSON.stringify({ displayName: 'Our keys', allowedCombinations: ['fido2'], combinationConfigurations: [
    { '@odata.type': '#microsoft.graph.fido2CombinationConfiguration', appliesToCombinations: ['fido2'], allowedAAGUIDs: ['8446ccb9-ab1d-b374-750b-2367ff6f3a1f'] }] }) });
  const policy = await demo.policy({ displayName: 'Our keys', state: 'enabled', conditions: ALL, grantControls: { operator: 'AND', builtInControls: [], authenticationStrength: { id: strength.id } } });
  const refusedDeletion = await demo.cli(['policy', 'delete-strength', strength.id]);
  assert.equal(refusedDeletion.code, 1, 'a policy names it');
  const flow = await SignIn.begin(demo, { who: 'erin', from: 'home' });
  await touch(flow, key);
  assert.equal(flow.code, undefined, `${flow}`);
  assert.equal(flow.screen, 'UX-11', `${flow}`);
  await flow.press('register', { method: 'passkey' });
  const options = await optionsOf(flow.browser, flow.page);
  assert.equal(options.json().attestation, 'direct');
  flow.arrive(await answerWith(flow.browser, flow.page, new Authenticator(demo).create(options.json()), { methodName: 'Unknown' }));
  assert.equal(flow.screen, 'UX-12', `wrong model refused: ${flow}`);
  assert.equal((await methodsOf('erin')).filter((m) => m.method.startsWith('passkey')).length, 1);
  await demo.admin('policy', 'delete', policy.id);
  await demo.admin('policy', 'delete-strength', strength.id);
  const { value } = await demo.admin('policy', 'list-strengths');
  assert.deepEqual(value.map((s) => s.policyType), ['builtIn', 'builtIn', 'builtIn']);
});

test('IDP-110 CA-040 a passkey that an attacker added is removed, sessions end, and a second sign-in closes the risk', async () => {
  const { demo } = at;
  const key = await keyOf('erin');
  const added = (await methodsOf('erin')).find((m) => m.method.startsWith('passkey'));
  const attacker = await SignIn.begin(demo, { who: 'erin', from: 'home' });
  await touch(attacker, key);
  assert.ok(attacker.code, `${attacker}`);
  await demo.advance('PT2S');
  await demo.admin('risk', 'attacker-method', demo.user('erin').upn, added.id);
  assert.equal((await demo.cli(['risk', 'attacker-method', demo.user('alice').upn, added.id])).code, 1, 'it is not hers');

  assert.ok(!(await methodsOf('erin')).some((m) => m.id === added.id), 'it is gone at once');
  assert.equal((await silent(attacker.browser)).error, 'login_required', 'and so is every session');

  const again = await SignIn.begin(demo, { who: 'erin', from: 'home' });
  await again.press('next', { username: demo.user('erin').upn });
  const options = await optionsOf(again.browser, again.page);
  again.arrive(await answerWith(again.browser, again.page, key.get(options.json())));
  assert.equal(again.code, undefined, `attack: the planted passkey signs nobody in: ${again}`);
  await stillAtRisk('erin');

  const flow = await SignIn.begin(demo, { who: 'erin', from: 'home' });
  await flow.answer(['password']);
  assert.ok(flow.asksFor('otp') && !asksForPasskey(flow.page), `the planted passkey is not asked for: ${flow}`);
  await flow.answer(['otp']);
  assert.equal(flow.screen, 'UX-35', `${flow}`);
  await flow.answer(['read', 'password', 'otp']);
  assert.ok(flow.code, `${flow}`);
  assert.equal((await riskOf('erin')).riskDetail, 'microsoftRevokedSessions');
  assert.ok((await demo.outbox()).some((m) => m.to.includes(demo.user('erin').upn) && /removed/i.test(`${m.subject} ${m.text}`)), 'its owner is told');
  keys.delete('erin');
});
