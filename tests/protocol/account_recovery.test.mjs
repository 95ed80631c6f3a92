// The way back for somebody who lost everything: two administrators and an access pass (credentials.md §6.8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignIn } from '../support_js/sign_in.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('account-recovery');
const REASON = 'seen with passport at the desk in Utrecht';
/** Somebody new, with what is asked for. */
async function somebody({ app = false, role, mail } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'lost');
  const { upn } = demo.user(name);
  if (role) await demo.admin('user', 'assign-role', upn, role);
  if (mail) await demo.admin('user', 'add-email', upn, mail);
  if (app) {
    const flow = await SignIn.begin(demo, { who: name, from: 'home' });
    await flow.answer(['password', 'register']);
    assert.ok(flow.code, `${flow}`);
  }
  return name;
}
const upnOf = (who) => at.demo.user(who).upn;
const ROLE = 'Authentication Administrator';

test('CRED-032 one administrator asks, another confirms; what was there is void, and a pass lets its owner begin anew', async () => {
  const { demo } = at;
  const who = await somebody({ app: true, mail: 'lost.owner@home.example' });
  const [first, second] = [await somebody({ role: ROLE }), await somebody({ role: ROLE })];
  const { upn, password } = demo.user(who);
  const thief = await SignIn.complete(demo, { who, from: 'home' });
  assert.ok(thief.tokens?.refresh_token, `${thief}`);
  await demo.advance('PT2S');

  await demo.admin('user', 'ask-recovery', upn, '--by', upnOf(first), '--because', REASON);
  assert.equal((await demo.cli(['user', 'confirm-recovery', upn, '--by', upnOf(first)])).code, 1, 'one person twice');
  assert.equal((await thief.refresh()).status, 200, 'nothing happens before the second');
  await demo.advance('PT1S');
  const told = (await demo.outbox()).filter((m) => /recover/i.test(m.subject));
  for (const to of [upn, 'lost.owner@home.example', upnOf(second)]) assert.ok(told.some((m) => m.to.includes(to)), `${to} is not told: ${JSON.stringify(told.map((m) => m.to))}`);

  const waiting = await demo.admin('user', 'show-recovery', upn, '--by', upnOf(second));
  assert.deepEqual([waiting.askedBy, waiting.reason], [upnOf(first), REASON]);
  const done = await demo.admin('user', 'confirm-recovery', upn, '--by', upnOf(second), '--once');
  assert.deepEqual(done.removedMethods.sort(), ['email', 'softwareOath']);
  isOAuthError(await thief.refresh(), 400, 'invalid_grant');
  const acts = await demo.adminList('audit', 'list', '--user', upn);
  const [asked, confirmed] = ['AskAccountRecovery', 'RecoverAccount'].map((name) => acts.find((act) => act.activityDisplayName === name));
  assert.deepEqual([asked.initiatedBy.id, confirmed.initiatedBy.id], [first, second].map((one) => demo.user(one).id));
  assert.ok(JSON.stringify(asked.changes).includes(REASON) && JSON.stringify(confirmed.changes).includes(demo.user(first).id), 'one story with both names');
  assert.equal(JSON.stringify(acts).includes(done.temporaryAccessPass), false, 'the pass is in the audit log');
  const old = await SignIn.begin(demo, { who, from: 'home', password });
  await old.answer(['password']);
  assert.equal(old.errorCode, '50126', 'the password from before still works');

  const flow = await SignIn.begin(demo, { who, from: 'home' });
  await flow.press('next', { username: upn });
  await flow.press('next', { method: 'temporaryAccessPass' });
  await flow.press('next', { otp: done.temporaryAccessPass });
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.answer(['register']);
  assert.ok(flow.code, `${flow}`);
  const shown = await demo.admin('user', 'show', upn);
  assert.deepEqual(shown.authenticationMethods.map((m) => m.method), ['softwareOath']);
  assert.equal((await demo.cli(['user', 'confirm-recovery', upn, '--by', upnOf(second)])).code, 1, 'confirmed twice');
});

test('CRED-032 attack: no recovery by the wrong roles, by a blocked account, for oneself, or with nothing said', async () => {
  const { demo } = at;
  const who = await somebody();
  const [first, second] = [await somebody({ role: ROLE }), await somebody({ role: ROLE })];
  const helpdesk = await somebody({ role: 'Helpdesk Administrator' });
  const refused = async (what, ...args) => assert.notEqual((await demo.cli(['user', ...args])).code, 0, what);
  await refused('a help desk administrator', 'ask-recovery', upnOf(who), '--by', upnOf(helpdesk), '--because', REASON);
  await refused('no administrator', 'ask-recovery', upnOf(who), '--by', upnOf(who), '--because', REASON);
  await refused('an administrator’s account', 'ask-recovery', upnOf(second), '--by', upnOf(first), '--because', REASON);
  await refused('no reason', 'ask-recovery', upnOf(who), '--by', upnOf(first), '--because', 'lost');
  await refused('nobody named', 'ask-recovery', upnOf(who), '--because', REASON);
  await refused('nothing asked', 'show-recovery', upnOf(who), '--by', upnOf(second));
  await refused('nothing asked', 'confirm-recovery', upnOf(who), '--by', upnOf(second));
  await demo.admin('user', 'ask-recovery', upnOf(who), '--by', upnOf(first), '--because', REASON);
  await demo.admin('user', 'block', upnOf(first));
  await refused('who asked is blocked by now', 'confirm-recovery', upnOf(who), '--by', upnOf(second));
  await demo.admin('user', 'unblock', upnOf(first));
  await demo.admin('user', 'withdraw-recovery', upnOf(who), '--by', upnOf(second));
  await refused('taken back', 'confirm-recovery', upnOf(who), '--by', upnOf(second));
  const untouched = await SignIn.begin(demo, { who, from: 'home' });
  await untouched.answer(['password', 'skip']);
  assert.ok(untouched.code, `${untouched}`);
});

test('CRED-032 attack: of ten confirmations at once one recovers', async () => {
  const { demo } = at;
  const who = await somebody();
  const [first, second] = [await somebody({ role: ROLE }), await somebody({ role: ROLE })];
  await demo.admin('user', 'ask-recovery', upnOf(who), '--by', upnOf(first), '--because', REASON);
  const all = await Promise.all(Array.from({ length: 10 }, () => demo.cli(['user', 'confirm-recovery', upnOf(who), '--by', upnOf(second)])));
  assert.equal(all.filter((one) => one.code === 0).length, 1, JSON.stringify(all.map((one) => one.code)));
});
