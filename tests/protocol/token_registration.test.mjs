// A hardware token that waits for its owner is activated within the sign-in that asks them to register (credentials.md §1.1, §3.3,
// §6.2; CRED-020, IDP-024), and the ways around it that stay shut.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { base32, stepOf, totp } from '../support_js/totp.mjs';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('token-registration', {}, (demo) => demo.policiesOff());
const HEADER = 'upn,serial number,secret key,time interval,manufacturer,model\r\n';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const ALL = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } };
let serials = 48270000;
const newSerial = () => String(++serials);

/** What a token shows, `ahead` steps from now: the test's own arithmetic. */
async function shown(ahead = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((await at.demo.now()).getTime() / 30000) + ahead));
  const mac = createHmac('sha1', base32(SECRET)).update(counter).digest();
  const offset = mac.at(-1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}
async function wrong() {
  const near = await Promise.all([-4, -3, -2, -1, 0, 1, 2, 3, 4].map((ahead) => shown(ahead)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code));
}
const nextStep = () => at.demo.advance('PT30S');
const cli = (...args) => at.demo.admin('user', 'token', ...args);
const settings = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
const upnOf = (who) => at.demo.user(who).upn;
const tokenOf = async (serial) => (await at.demo.adminList('user', 'token', 'list')).find((t) => t.serialNumber === serial);
const standing = async (serial) => (await tokenOf(serial))?.status;
const methodsOf = async (who) => (await at.demo.admin('user', 'show', upnOf(who))).authenticationMethods.map((m) => m.method);
const choices = (flow) => flow.page.forms.flatMap((f) => f.choices('method').length ? f.choices('method') : f.fields.includes('method') ? [f.data().method] : []);

/** Somebody new, with a token that is assigned to them. */
async function holder() {
  const who = await newcomer(at.demo, 'wearer');
  const serial = newSerial();
  await cli('import', '-', { stdin: `${HEADER}${upnOf(who)},${serial},${SECRET},30,Feitian,c200\r\n` });
  return { who, serial };
}
async function signsIn(who, answers = ['password'], options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', ...options });
  return flow.answer(answers);
}
/** At the page that asks for the token's code. */
async function atCode({ who }) {
  const flow = await signsIn(who);
  await flow.press('register', { method: 'hardwareOath' });
  assert.equal(flow.screen, 'UX-178', `${flow}`);
  return flow;
}
/** Posts a form of the flow by hand, as whoever knows its fields could. */
async function force(flow, fields, action) {
  const form = flow.page.forms.find((f) => f.method === 'POST' && f.data().flow);
  return flow.arrive(await flow.browser.open(form.action, { method: 'POST', fields: { ...form.data(), ...fields, action } }));
}
async function withPolicy(grantControls, body) {
  const policy = await at.demo.policy({ displayName: 'Asks for it', state: 'enabled', conditions: ALL, grantControls: { operator: 'AND', ...grantControls } });
  try { await body(); } finally { await at.demo.admin('policy', 'delete', policy.id); }
}
const withMfa = (body) => withPolicy({ builtInControls: ['mfa'] }, body);
async function withTokensAlone(body) {
  await settings({ methods: { softwareOath: { state: 'disabled' }, fido2: { state: 'disabled' } } });
  try { await body(); } finally { await settings({ methods: { softwareOath: { state: 'enabled' }, fido2: { state: 'enabled' } } }); }
}
/** The token is somebody's method now, and nobody else's. */
async function isActivated({ who, serial }) {
  assert.equal(await standing(serial), 'activated');
  assert.deepEqual(await methodsOf(who), ['hardwareOath']);
}
async function isWaiting({ who, serial }) {
  assert.equal(await standing(serial), 'assigned');
  assert.deepEqual(await methodsOf(who), []);
}

test('CRED-020 IDP-024 whoever is asked to register activates the token they were given, and the sign-in goes on as MFA', async () => {
  const { demo } = at;
  const person = await holder();
  const flow = await signsIn(person.who);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  assert.deepEqual(choices(flow), ['hardwareOath', 'softwareOath', 'passkey']);
  assert.match(flow.page.text, new RegExp(`The hardware token you were given Feitian c200 •••${person.serial.slice(-4)}`));
  assert.equal(flow.page.body.includes(person.serial), false, 'the whole number is for whoever holds it');
  await flow.press('register');  // it is what is chosen already
  assert.equal(flow.screen, 'UX-178', `${flow}`);
  assert.equal(flow.page.body.includes(person.serial), false);

  await flow.press('verify', { otp: await wrong() });
  assert.equal(flow.screen, 'UX-178', `${flow}`);
  assert.equal(String(flow.errorCode), '500121');
  assert.match(flow.page.text, /That code didn’t match\. Wait until the token shows another one/, 'the words of the account page');
  for (const otp of ['', 'abcdef', '1234567']) {
    await force(flow, { otp }, 'verify');
    assert.equal(flow.screen, 'UX-178', `${otp}: ${flow}`);
  }
  await isWaiting(person);
  const code = await shown();
  await flow.press('verify', { otp: code });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  assert.match(flow.page.text, /the digits of your token prove it’s you/);
  await isActivated(person);
  await flow.press('next');
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, 'mfa');
  for (const value of ['pwd', 'otp', 'hwk', 'mfa']) assert.ok(claims.amr.includes(value), `amr ${claims.amr}`);

  const listed = (await demo.adminList('signins', 'list', '--user', upnOf(person.who)))[0];
  const { authenticationDetails } = await demo.admin('signins', 'show', listed.id);
  assert.ok(authenticationDetails.some((step) => step.authenticationMethod === 'MFA registration' && step.succeeded && step.authenticationStepResultDetail === 'Hardware token activated'), JSON.stringify(authenticationDetails));
  await demo.advance('PT1S');
  assert.equal((await demo.outbox()).filter((m) => m.to === upnOf(person.who) && /hardware token/.test(m.text)).length, 1, 'the owner is told, once');

  // The code of the activation is spent (PROTO-520).
  await withMfa(async () => {
    const next = await signsIn(person.who);
    assert.ok(next.asksFor('otp'), `${next}`);
    await next.press('verify', { otp: code });
    assert.equal(next.code, undefined, `${next}`);
    await nextStep();
    await next.press('verify', { otp: await shown() });
    assert.ok(next.code, `${next}`);
  });
});

test('CRED-020 a clock that is two steps off is learned, further off it is refused', async () => {
  const far = await holder(), near = await holder();
  const refused = await atCode(far);
  await refused.press('verify', { otp: await shown(4) });
  assert.equal(refused.screen, 'UX-178', `${refused}`);
  await isWaiting(far);
  const flow = await atCode(near);
  await flow.press('verify', { otp: await shown(2) });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  await nextStep();
  await withMfa(async () => {
    const next = await signsIn(near.who);
    await next.press('verify', { otp: await shown(2) });
    assert.ok(next.code, `two steps ahead is its own time: ${next}`);
  });
});

test('CRED-020 one goes back to the choice, takes another way or none, and the token goes on waiting', async () => {
  const person = await holder();
  const flow = await atCode(person);
  await flow.press('cancel');
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('skip');
  assert.ok(flow.code, `${flow}`);
  await isWaiting(person);
  const other = await atCode(person);
  await other.press('cancel');
  await other.press('register', { method: 'softwareOath' });
  assert.equal(other.screen, 'UX-12', `${other}`);
  await other.answer(['register']);
  assert.ok(other.code, `${other}`);
  assert.equal(await standing(person.serial), 'assigned');
  assert.deepEqual(await methodsOf(person.who), ['softwareOath']);
  const later = await signsIn(person.who, ['password', 'otp']);
  assert.ok(later.code, `who has a second factor is not asked: ${later}`);
});

test('CRED-020 CRED-001 whose only possible method is their token is offered it; without one they are not asked, or told so', async () => {
  const person = await holder(), forced = await holder(), nobody = await newcomer(at.demo, 'wearer');
  await withTokensAlone(async () => {
    const free = await signsIn(nobody);
    assert.ok(free.code, `nothing can be registered: ${free}`);
    const flow = await signsIn(person.who);
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    assert.deepEqual(choices(flow), ['hardwareOath']);
    await force(flow, { method: 'softwareOath' }, 'register');
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    await withMfa(async () => {
      const stopped = await signsIn(nobody);
      assert.equal(stopped.page?.offers('register'), false, `${stopped}`);
      assert.equal(stopped.code, undefined);
      const due = await signsIn(forced.who);
      assert.equal(due.screen, 'UX-11', `${due}`);
      assert.equal(due.page.offers('skip'), false);
      await due.press('register');
      await due.press('verify', { otp: await shown() });
      await due.press('next');
      assert.ok(due.code, `${due}`);
      await isActivated(forced);
    });
    await at.demo.advance('P15D');
    const late = await signsIn(person.who);
    assert.equal(late.screen, 'UX-11', `the period is over: ${late}`);
    await late.press('register');
    await late.press('verify', { otp: await shown() });
    await late.press('next');
    assert.ok(late.code, `${late}`);
  });
  // Where tokens are not allowed, none is offered.
  const unwanted = await holder();
  await settings({ methods: { hardwareOath: { state: 'disabled' } } });
  try {
    const flow = await signsIn(unwanted.who);
    assert.deepEqual(choices(flow), ['softwareOath', 'passkey'], `${flow}`);
    await force(flow, { method: 'hardwareOath' }, 'register');
    assert.equal(flow.screen, 'UX-10', `${flow}`);
  } finally { await settings({ methods: { hardwareOath: { state: 'enabled' } } }); }
});

test('CRED-020 CRED-035 a strength that takes tokens alone has one activated, after the app that somebody has', async () => {
  const { demo } = at;
  const person = await holder(), both = await holder(), nobody = await newcomer(demo, 'wearer');
  const withApp = await signsIn(both.who);
  await withApp.press('register', { method: 'softwareOath' });
  await withApp.answer(['register']);
  assert.ok(withApp.code, `${withApp}`);
  await nextStep();
  const strength = await demo.admin('policy', 'create-strength', '-', { stdin: JSON.stringify({ displayName: 'Tokens', allowedCombinations: ['password,hardwareOath'] }) });
  await withPolicy({ builtInControls: [], authenticationStrength: { id: strength.id } }, async () => {
    const flow = await signsIn(person.who);
    assert.equal(flow.screen, 'UX-11', `${flow}`);
    assert.deepEqual(choices(flow), ['hardwareOath'], 'nothing else meets it');
    for (const method of ['softwareOath', 'passkey', '']) {
      await force(flow, { method }, 'register');
      assert.equal(flow.screen, 'UX-11', `${method}: ${flow}`);
    }
    await flow.press('register');
    await flow.press('verify', { otp: await shown() });
    await flow.press('next');
    assert.ok(flow.code, `${flow}`);
    await flow.redeem();
    assert.equal((await flow.refresh()).status, 200, 'what meets it renews tokens');

    const second = await signsIn(both.who);
    assert.ok(second.asksFor('otp'), `nobody adds a method by a password alone: ${second}`);
    await force(second, { method: 'hardwareOath' }, 'register');
    assert.ok(second.asksFor('otp'), `${second}`);
    await second.answer(['otp']);
    assert.equal(second.screen, 'UX-11', `${second}`);
    assert.deepEqual(choices(second), ['hardwareOath']);
    await second.press('register');
    await second.press('verify', { otp: await shown() });
    await second.press('next');
    assert.ok(second.code, `${second}`);
    assert.deepEqual((await methodsOf(both.who)).sort(), ['hardwareOath', 'softwareOath']);

    // Whoever has both is asked for the token: the app's code is no proof of it, and moves nothing.
    await nextStep();
    const third = await signsIn(both.who, ['password', 'otp']);
    assert.equal(String(third.errorCode), '500121', `an app's code where a token is asked for: ${third}`);
    const [line] = await demo.adminList('signins', 'list', '--user', upnOf(both.who), '--top', '1');
    assert.equal(line.status.errorCode, 500121);
    await third.press('verify', { otp: await shown() });
    assert.ok(third.code, `${third}`);

    const stopped = await signsIn(nobody);
    assert.equal(stopped.page?.offers('register'), false, `${stopped}`);
  });
  await demo.admin('policy', 'delete-strength', strength.id);
});

test('CRED-020 of several tokens the one that is meant is activated', async () => {
  const person = await holder();
  const second = newSerial();
  await cli('import', '-', { stdin: `${HEADER}${upnOf(person.who)},${second},${SECRET},30,Feitian,c300\r\n` });
  const flow = await signsIn(person.who);
  const ids = choices(flow).slice(0, 2);
  assert.ok(ids.every((id) => /^[0-9a-f-]{36}$/.test(id)), `${ids}`);
  await force(flow, { method: 'hardwareOath' }, 'register');
  assert.equal(flow.screen, 'UX-10', `which one? ${flow}`);
  await flow.press('register', { method: ids[1] });
  assert.match(flow.page.text, new RegExp(`Feitian c300 •••${second.slice(-4)}`));
  await flow.press('verify', { otp: await shown() });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  assert.deepEqual([await standing(person.serial), await standing(second)], ['assigned', 'activated']);
});

test('CRED-020 whose password is older than five minutes gives it again, and then the token', async () => {
  const person = await holder();
  const flow = await atCode(person);
  await at.demo.advance('PT6M');
  await flow.press('verify', { otp: await shown() });
  assert.ok(flow.asksFor('password'), `${flow}`);
  await isWaiting(person);
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('register');
  await flow.press('verify', { otp: await shown() });
  await flow.press('next');
  assert.ok(flow.code, `${flow}`);
  await isActivated(person);
});

test('CRED-020 CRED-013 whoever came with an access pass, which registers nobody, activates the token', async () => {
  const person = await holder();
  const { temporaryAccessPass: pass } = await at.demo.admin('user', 'issue-pass', upnOf(person.who), '--once');
  const flow = await signsIn(person.who, []);
  await flow.press('next', { username: upnOf(person.who) });
  await flow.press('next', { method: 'temporaryAccessPass' });
  await flow.press('next', { otp: pass });
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('register');
  await at.demo.advance('PT6M');  // a pass that works once is not asked for again
  await flow.press('verify', { otp: await shown() });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  await flow.press('next');
  assert.ok(flow.code, `${flow}`);
  await isActivated(person);
});

test('attack: another person\'s token is not activated within a sign-in, whatever names it', async () => {
  const hers = await holder(), his = await holder(), none = await newcomer(at.demo, 'wearer');
  const browser = new Browser(at.demo, { from: 'home' });
  let { page } = await browser.open(at.demo.at('myaccount/security-info'));
  ({ page } = await browser.submit(page.form(['username']), { username: upnOf(hers.who) }, 'next'));
  ({ page } = await browser.submit(page.form(['password']), { password: at.demo.user(hers.who).password }, 'next'));
  if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
  const id = new URL(page.links().find((href) => href.includes('/security-info/token?id=')), page.url).searchParams.get('id');
  assert.match(id, /^[0-9a-f-]{36}$/);
  for (const who of [his.who, none]) {
    const flow = await signsIn(who);
    await force(flow, { method: id }, 'register');
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    await force(flow, { method: id, otp: await shown() }, 'verify');
    assert.equal(flow.screen, 'UX-10', `a code is not asked for: ${flow}`);
  }
  const flow = await atCode(his);
  await force(flow, { method: id, otp: await wrong() }, 'verify');
  await force(flow, { method: id, otp: await shown() }, 'verify');
  await isWaiting(hers);
  await isActivated(his);
});

test('attack: a token that was taken away or given to somebody else meanwhile is not activated', async () => {
  const gone = await holder(), moved = await holder(), next = await newcomer(at.demo, 'wearer');
  const first = await atCode(gone), second = await atCode(moved);
  await cli('unassign', gone.serial);
  await cli('unassign', moved.serial);
  await cli('assign', moved.serial, upnOf(next));
  for (const flow of [first, second]) {
    await flow.press('verify', { otp: await shown() });
    assert.equal(flow.screen, 'UX-10', `${flow}`);
    assert.deepEqual(choices(flow), ['softwareOath', 'passkey'], 'it is not offered again');
  }
  assert.deepEqual([await standing(gone.serial), await standing(moved.serial)], ['available', 'assigned']);
  assert.equal((await tokenOf(moved.serial)).assignedTo, upnOf(next));
  for (const who of [gone.who, moved.who, next]) assert.deepEqual(await methodsOf(who), []);
  // Nor is one that was taken away before it was chosen.
  const late = await holder();
  const flow = await signsIn(late.who);
  await cli('unassign', late.serial);
  await flow.press('register', { method: 'hardwareOath' });
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  assert.deepEqual(choices(flow), ['softwareOath', 'passkey']);
});

test('attack: who got a second factor meanwhile is asked for it, and activates nothing by the password alone', async () => {
  const person = await holder();
  const thief = await atCode(person), early = await signsIn(person.who);
  const owner = await signsIn(person.who);
  await owner.press('register', { method: 'softwareOath' });
  await owner.answer(['register']);
  assert.ok(owner.code, `${owner}`);
  await withMfa(async () => {
    await thief.press('verify', { otp: await shown() });
    assert.equal(thief.screen, 'UX-20', `${thief}`);
    await early.press('register', { method: 'hardwareOath' });
    assert.equal(early.screen, 'UX-20', `${early}`);
  });
  assert.equal(await standing(person.serial), 'assigned');
  assert.deepEqual(await methodsOf(person.who), ['softwareOath']);
});

test('attack: of parallel codes of one token one activates it, and each other sign-in has to prove itself', async () => {
  const person = await holder();
  await withMfa(async () => {
    const flows = [];
    for (let i = 0; i < 4; i++) flows.push(await atCode(person));
    const code = await shown();
    await Promise.all(flows.map((flow) => flow.press('verify', { otp: code })));
    const done = flows.filter((flow) => flow.screen === 'UX-104');
    assert.equal(done.length, 1, flows.map((flow) => `${flow}`).join('; '));
    await isActivated(person);
    for (const flow of flows) {
      if (flow === done[0]) continue;
      assert.equal(flow.screen, 'UX-20', `${flow}`);
      await flow.press('verify', { otp: code });
      assert.equal(flow.code, undefined, `a spent code: ${flow}`);
    }
    await done[0].press('next');
    assert.ok(done[0].code, `${done[0]}`);
  });
  // The same form twice at once.
  const twice = await holder();
  const flow = await atCode(twice);
  const form = flow.page.form(['otp'], 'verify');
  const code = await shown();
  await Promise.all([1, 2, 3].map(() => flow.browser.submit(form, { otp: code }, 'verify')));
  await isActivated(twice);
});

test('attack: guesses at a token count for its owner, over sign-ins and the account page', async () => {
  const person = await holder();
  const first = await atCode(person), second = await atCode(person);
  for (let i = 0; i < 3; i++) await first.press('verify', { otp: await wrong() });
  await Promise.all([first, second].map(async (flow) => flow.press('verify', { otp: await wrong() })));
  const third = await atCode(person);
  await third.press('verify', { otp: await shown() });
  assert.equal(third.screen, 'UX-178', `a right code after five wrong ones: ${third}`);
  assert.match(third.page.text, /That code didn’t match/, 'said in the same words');
  const browser = new Browser(at.demo, { from: 'home' });
  let { page } = await browser.open(at.demo.at('myaccount/security-info'));
  ({ page } = await browser.submit(page.form(['username']), { username: upnOf(person.who) }, 'next'));
  ({ page } = await browser.submit(page.form(['password']), { password: at.demo.user(person.who).password }, 'next'));
  if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
  ({ page } = await browser.open(new URL(page.links().find((href) => href.includes('/security-info/token?id=')), page.url).href));
  ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await shown() }, 'verify'));
  assert.equal(page.screen, 'UX-178', `${page}`);
  await isWaiting(person);
  await at.demo.advance('PT16M');
  const later = await atCode(person);
  await later.press('verify', { otp: await shown() });
  assert.equal(later.screen, 'UX-104', `${later}`);
});

test('attack: a guess at a token leaves a line in the log, and an app of the thief\'s own forgives none', async () => {
  const person = await holder();
  const flow = await atCode(person);
  for (let guess = 0; guess < 4; guess++) await flow.press('verify', { otp: await wrong() });
  const [line] = await at.demo.adminList('signins', 'list', '--user', upnOf(person.who), '--top', '1');
  assert.equal(line.status.errorCode, 500121);
  const told = await at.demo.admin('signins', 'show', line.id);
  assert.equal(told.authenticationDetails.filter((step) => step.authenticationStepResultDetail === 'Incorrect code').length, 4);

  await flow.press('cancel');
  await flow.press('register', { method: 'softwareOath' });
  await flow.press('register', { otp: totp(flow.page.totpSecret(), stepOf(await at.demo.now())) });
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  await flow.press('next');
  const browser = flow.browser;
  const token = await tokenOf(person.serial);
  let { page } = await browser.open(at.demo.at(`myaccount/security-info/token?id=${token.id}`));
  for (const otp of [await wrong(), await shown()]) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp }, 'verify'));
  assert.equal(await standing(person.serial), 'assigned', 'the fifth wrong code pauses, whatever was registered between');
});

test('attack: a choice made by one person is nothing to the next in the same browser, nor to another sign-in', async () => {
  const mallory = await holder(), alice = await holder();
  const flow = await atCode(mallory);
  const stale = flow.page.form(['otp'], 'verify');
  await flow.press('other');
  flow.who = alice.who;
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  flow.arrive(await flow.browser.submit(stale, { otp: await shown() }, 'verify'));
  assert.equal(flow.screen, 'UX-10', `the form of an earlier step: ${flow}`);
  assert.equal(flow.page.withoutIds().includes(mallory.serial.slice(-4)), false, 'nor is the token of the one shown to the other');
  await isWaiting(mallory);
  await isWaiting(alice);
  // The flow of one browser in another.
  const hers = await atCode(alice), his = await atCode(mallory);
  const swapped = await his.browser.submit(hers.page.form(['otp'], 'verify'), { otp: await shown() }, 'verify');
  assert.ok(swapped.page && swapped.page.screen !== 'UX-104', `${swapped.page}`);
  const crossSite = await hers.browser.send(hers.page.form(['otp'], 'verify').action, { method: 'POST', fields: hers.page.form(['otp'], 'verify').data({ otp: await shown() }, 'verify'), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } });
  assert.ok(crossSite.status >= 400, `${crossSite.status}`);
  await isWaiting(mallory);
  await isWaiting(alice);
});

test('attack: nobody at risk activates a token in a sign-in, not where the risk came up in between either', async () => {
  const person = await holder();
  await withMfa(async () => {
    const risky = await signsIn(person.who, ['password'], { from: 'tor' });
    assert.equal(String(risky.errorCode), '53004', `${risky}`);
    await at.demo.admin('risk', 'dismiss', upnOf(person.who));
    const flow = await atCode(person);
    const elsewhere = await signsIn(person.who, ['password'], { from: 'tor' });
    assert.equal(elsewhere.code, undefined, `${elsewhere}`);
    await flow.press('verify', { otp: await shown() });
    assert.equal(flow.code, undefined);
    assert.equal(String(flow.errorCode), '53004', `${flow}`);
  });
  await isWaiting(person);
});
