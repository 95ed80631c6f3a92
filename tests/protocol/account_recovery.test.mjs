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
/** Somebody who can show at a desk that it is them. */
const administrator = (role = ROLE) => somebody({ role, app: true });
/** What they type there. */
const proofOf = async (who) => `${at.demo.user(who).password}\n${await at.demo.otp(who)}\n`;
const ask = async (who, by, { because = REASON, stdin } = {}) =>
  at.demo.cli(['user', 'ask-recovery', upnOf(who), '--by', upnOf(by), '--because', because], { stdin: stdin ?? await proofOf(by) });
const confirm = async (who, by, { more = [], stdin } = {}) => at.demo.cli(['user', 'confirm-recovery', upnOf(who), '--by', upnOf(by), ...more], { stdin: stdin ?? await proofOf(by) });
const withdraw = async (who, by, { stdin } = {}) => at.demo.cli(['user', 'withdraw-recovery', upnOf(who), '--by', upnOf(by)], { stdin: stdin ?? await proofOf(by) });
const succeeds = async (done) => { const answer = await done; assert.equal(answer.code, 0, JSON.stringify(answer)); return answer.json; };
const isRefused = async (what, done, because) => {
  const answer = await done;
  assert.equal(answer.code, 1, `${what}: ${JSON.stringify(answer)}`);
  if (because) assert.match(JSON.stringify(answer), because, what);
};

test('CRED-032 one administrator asks, another confirms; what was there is void, and a pass lets its owner begin anew', async () => {
  const { demo } = at;
  const who = await somebody({ app: true, mail: 'lost.owner@home.example' });
  const [first, second] = [await administrator(), await administrator()];
  const { upn, password } = demo.user(who);
  const thief = await SignIn.complete(demo, { who, from: 'home' });
  assert.ok(thief.tokens?.refresh_token, `${thief}`);
  await demo.advance('PT2S');

  await succeeds(ask(who, first));
  await isRefused('one person twice', confirm(who, first), /who asked/);
  assert.equal((await thief.refresh()).status, 200, 'nothing happens before the second');
  await demo.advance('PT1S');
  const told = (await demo.outbox()).filter((m) => /recover/i.test(m.subject));
  for (const to of [upn, 'lost.owner@home.example', upnOf(second)]) assert.ok(told.some((m) => m.to.includes(to)), `${to} is not told: ${JSON.stringify(told.map((m) => m.to))}`);

  const waiting = await demo.admin('user', 'show-recovery', upn, '--by', upnOf(second));
  assert.deepEqual([waiting.askedBy, waiting.reason], [upnOf(first), REASON]);
  const done = await succeeds(confirm(who, second, { more: ['--once'] }));
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
  await isRefused('confirmed twice', confirm(who, second), /nobody has asked/);
});

test('CRED-032 attack: who has the shell does not name two administrators alone: each types their own password and a code that serves once', async () => {
  const { demo } = at;
  const who = await somebody();
  const [first, second] = [await administrator(), await administrator()];
  const [mine, theirs] = [demo.user(first), demo.user(second)];
  const wrong = /password or the code is wrong/;
  await isRefused('nothing typed', ask(who, first, { stdin: '' }), /write the password of/);
  await isRefused('no code', ask(who, first, { stdin: `${mine.password}\n` }), /write the code/);
  const proof = await proofOf(first);
  await succeeds(ask(who, first, { stdin: proof }));

  await isRefused('the first one’s password and code in the other’s name', confirm(who, second, { stdin: await proofOf(first) }), wrong);
  await isRefused('the other’s password, one’s own code', confirm(who, second, { stdin: `${theirs.password}\n${await demo.otp(first)}\n` }), wrong);
  await isRefused('the other’s code, a wrong password', confirm(who, second, { stdin: `not ${theirs.password}\n${await demo.otp(second)}\n` }), wrong);
  await isRefused('nobody', demo.cli(['user', 'confirm-recovery', upnOf(who)], { stdin: await proofOf(second) }).then((done) => ({ ...done, code: done.code === 2 ? 1 : done.code })));
  await isRefused('taken back in the other’s name', withdraw(who, second, { stdin: await proofOf(first) }), wrong);
  await isRefused('taken back with nothing typed', withdraw(who, second, { stdin: '' }), /write the password of/);
  assert.equal((await demo.admin('user', 'show-recovery', upnOf(who), '--by', upnOf(second))).askedBy, mine.upn, 'it waits still');
  await succeeds(withdraw(who, second));
  await isRefused('a code that was seen', ask(who, first, { stdin: proof }), wrong);
  assert.equal((await demo.cli(['user', 'show-recovery', upnOf(who), '--by', upnOf(second)])).code, 1, 'it was asked for with a code that was used');

  // What the shell gave or took is nobody's proof.
  await succeeds(ask(who, first));
  await demo.admin('risk', 'confirm-compromised', theirs.upn);
  await isRefused('an account at risk', confirm(who, second), /at risk/);
  const { temporaryPassword, password } = await demo.admin('user', 'temporary-password', theirs.upn);
  theirs.password = temporaryPassword ?? password;
  await isRefused('a password that the shell gave', confirm(who, second), /temporary password/);
  const bare = await somebody({ role: ROLE });
  await isRefused('an administrator without app or token', confirm(who, bare, { stdin: `${demo.user(bare).password}\n123456\n` }), /neither an authenticator app/);

  const acts = (await demo.adminList('audit', 'list', '--name', 'ProveAdministrator')).map((act) => JSON.stringify(act));
  assert.ok(acts.some((act) => act.includes('cli:') && act.includes(mine.id) && act.includes('TotpStepUsed')), 'who proved it, and at whose shell');
  for (const because of ['wrong password', 'wrong code']) {
    const tried = acts.filter((act) => act.includes(because) && act.includes(theirs.id));
    assert.ok(tried.length > 0 && tried.every((act) => act.includes('cli:')), `${because}: ${acts}`);
  }
});

test('CRED-032 attack: passwords guessed at the desk lock as at the door', async () => {
  const { demo } = at;
  const who = await somebody();
  const first = await administrator();
  for (let i = 0; i < 10; i++) await isRefused('a guess', ask(who, first, { stdin: `not ${i} the password\n123456\n` }));
  await isRefused('the right one', ask(who, first), /too many/);
});

test('CRED-032 attack: no recovery by the wrong roles, by a blocked account, for oneself, or with nothing said', async () => {
  const { demo } = at;
  const who = await somebody();
  const [first, second] = [await administrator(), await administrator()];
  const [helpdesk, nobody] = [await administrator('Helpdesk Administrator'), await somebody({ app: true })];
  const refused = async (what, ...args) => assert.notEqual((await demo.cli(['user', ...args])).code, 0, what);
  await isRefused('a help desk administrator', ask(who, helpdesk), /none of the administrator/);
  await isRefused('no administrator', ask(who, nobody), /none of the administrator/);
  await isRefused('an administrator’s account', ask(second, first), /only a Global Administrator/);
  await isRefused('no reason', ask(who, first, { because: 'lost' }), /how it was made sure/);
  await refused('nobody named', 'ask-recovery', upnOf(who), '--because', REASON);
  await refused('nothing asked', 'show-recovery', upnOf(who), '--by', upnOf(second));
  await isRefused('nothing asked', confirm(who, second), /nobody has asked/);
  await succeeds(ask(who, first));
  await demo.admin('user', 'block', upnOf(first));
  await isRefused('who asked is blocked by now', confirm(who, second), /disabled or deleted/);
  await demo.admin('user', 'unblock', upnOf(first));
  await succeeds(withdraw(who, second));
  await isRefused('taken back', confirm(who, second), /nobody has asked/);
  const untouched = await SignIn.begin(demo, { who, from: 'home' });
  await untouched.answer(['password', 'skip']);
  assert.ok(untouched.code, `${untouched}`);
});

test('CRED-032 attack: of ten confirmations at once one recovers', async () => {
  const { demo } = at;
  const who = await somebody();
  const [first, second] = [await administrator(), await administrator()];
  await succeeds(ask(who, first));
  const stdin = await proofOf(second);
  const all = await Promise.all(Array.from({ length: 10 }, () => confirm(who, second, { stdin })));
  assert.equal(all.filter((one) => one.code === 0).length, 1, JSON.stringify(all.map((one) => one.code)));
});

test('attack: an administrator who is blocked for MFA neither asks for a recovery nor has asked for one', async () => {
  const who = await somebody({ app: true });
  const [first, second] = [await administrator(), await administrator()];
  await succeeds(ask(who, first));
  await at.demo.admin('user', 'mfa-block', upnOf(first), '--reason', 'the telephone was stolen');
  await isRefused('confirming what a blocked one asked', confirm(who, second), /blocked for MFA/);
  const other = await somebody({ app: true });
  await isRefused('asking while blocked', ask(other, first), /blocked for MFA/);
});
