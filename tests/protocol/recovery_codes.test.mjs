// Recovery codes (credentials.md §6.8) and the MFA of sessions that an administrator revokes (§14).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('recovery-codes');
let addresses = 0;
/** Each time from somewhere else: not the budget of one address is tested here. */
const elsewhere = () => `198.18.9.${++addresses}`;

/** Somebody new with a recovery address, and with an app when asked for. */
async function somebody({ app = false } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'keeper');
  demo.user(name).recovery_mail = `${name}@home.example`;
  const { upn } = demo.user(name);
  await demo.admin('user', 'add-email', upn, `${name}@home.example`);
  const flow = await SignIn.begin(demo, { who: name, from: 'home' });
  await flow.answer(app ? ['password', 'register'] : ['password', 'skip']);
  assert.ok(flow.code, `${flow}`);
  return { name, browser: flow.browser };
}

/** The ten codes, made on the security-info page. */
async function makes({ browser }) {
  const { page } = await browser.open(at.demo.at('myaccount/security-info/recovery-codes'));
  assert.equal(page.screen, 'UX-131', `${page}`);
  const shown = await browser.submit(page.form([], 'register'), {}, 'register');
  assert.equal(shown.page.screen, 'UX-132', `${shown.page}`);
  const codes = shown.page.text.match(/(?<![\w-])\d(?:-[a-z2-7]{4}){4}(?![\w-])/g);
  assert.equal(new Set(codes).size, 10);
  assert.match(shown.answer.header('cache-control') ?? '', /no-store/);
  return codes;
}
/** A reset that stands after this code. */
async function tries(who, code) {
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  await reset.choose('recoveryCode');
  return reset.press('verify', { otp: code });
}

test('CRED-031 a recovery code proves one gate of a reset, once, and its owner is told', async () => {
  const { demo } = at;
  const person = await somebody();
  const codes = await makes(person);
  const reset = await tries(person.name, codes[3].toUpperCase().replaceAll('-', ' '));
  assert.deepEqual(reset.methods, ['email'], `${reset}`);
  await reset.proveMail();
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);
  const replay = await tries(person.name, codes[3]);
  assert.equal(replay.errorCode, '500121', `a used code proves again: ${replay}`);
  await demo.advance('PT1S');
  const mails = (await demo.outbox()).filter((m) => m.to === demo.user(person.name).recovery_mail);
  assert.ok(mails.some((m) => /recovery code was used/i.test(m.subject) && /\b9\b/.test(m.text)), JSON.stringify(mails.map((m) => m.subject)));
  assert.ok(mails.some((m) => /recovery codes were made/i.test(m.subject)));
  assert.equal(JSON.stringify(mails).includes(codes[4]), false, 'a code is in a mail');
});

test('CRED-031 a new set ends the one before, and codes never stand in for the second step of a sign-in', async () => {
  const { demo } = at;
  const person = await somebody({ app: true });
  const first = await makes(person);
  const second = await makes(person);
  assert.equal((await tries(person.name, first[0])).errorCode, '500121');
  const reset = await tries(person.name, second[0]);
  assert.deepEqual(reset.methods, ['softwareOath'], `who has an app owes it: ${reset}`);
  const flow = await SignIn.begin(demo, { who: person.name, from: 'tor' });
  await flow.answer(['password']);
  await flow.press('verify', { otp: second[1] });
  assert.equal(flow.errorCode, '500121', `${flow}`);
  const info = await person.browser.open(demo.at('myaccount/security-info'));
  assert.match(info.page.text, /Recovery codes/);
  assert.equal(info.page.body.includes(second[2]), false, 'shown twice');
});

test('attack: recovery codes of somebody else, guesses past the budget, and names nobody has get one answer', async () => {
  const [hers, his] = [await somebody(), await somebody()];
  const codes = await makes(hers);
  await makes(his);
  assert.equal((await tries(his.name, codes[0])).errorCode, '500121');
  const nobody = await Reset.begin(at.demo, { upn: 'nobody-here@contoso.example', from: elsewhere() });
  await nobody.choose('recoveryCode');
  await nobody.press('verify', { otp: codes[0] });
  assert.equal(nobody.errorCode, '500121', `${nobody}`);
  const guessed = await somebody();
  const right = await makes(guessed);
  for (let i = 0; i < 5; i++) await tries(guessed.name, '0-aaaa-bbbb-cccc-dddd');
  const stopped = await Reset.begin(at.demo, { who: guessed.name, from: elsewhere() });
  if (stopped.screen === 'UX-61') { await stopped.choose('recoveryCode'); if (stopped.page.asksFor('otp')) await stopped.press('verify', { otp: right[0] }); }
  assert.equal(stopped.screen, 'UX-64', `${stopped}`);
});

test('CRED-001 CRED-031 whom the policy does not mean makes no codes, and old ones prove nothing', async () => {
  const { demo } = at;
  const person = await somebody();
  const codes = await makes(person);
  const policy = (excludeTargets) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ methods: { recoveryCode: { excludeTargets } } }) });
  await policy([{ targetType: 'user', id: demo.user(person.name).id }]);
  assert.equal((await tries(person.name, codes[0])).errorCode, '500121');
  const { page } = await person.browser.open(demo.at('myaccount/security-info'));
  assert.equal(page.links().some((href) => href.endsWith('recovery-codes')), false);
  await policy([]);
  assert.deepEqual((await tries(person.name, codes[0])).methods, ['email']);
});

test('CRED-069 revoked MFA sessions: the next policy that wants MFA asks, and what rested on it is void', async () => {
  const { demo } = at;
  const person = await somebody({ app: true });
  const { upn } = demo.user(person.name);
  const flow = await SignIn.complete(demo, { who: person.name, from: 'tor', answer: ['password', 'otp'] });
  assert.equal((await flow.claims()).acr, 'mfa');
  await demo.advance('PT2S');
  await demo.admin('user', 'revoke-mfa-sessions', upn);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  const silent = await SignIn.begin(demo, { browser: flow.browser, from: 'tor', params: { prompt: 'none' } });
  assert.equal(silent.error, 'interaction_required', `${silent}`);
  const again = await SignIn.begin(demo, { who: person.name, browser: flow.browser, from: 'tor' });
  await again.answer(['otp']);
  assert.ok(again.code, `only the second step is asked for: ${again}`);
});
