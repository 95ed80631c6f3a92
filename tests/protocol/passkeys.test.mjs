// Passkeys over HTTP as a browser uses them, and a person's own security-info page. protocols.md §16, credentials.md §3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator, answerWith, asksForPasskey, optionsOf, requestOf } from '../support_js/authenticator.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('passkeys');
const HOME = 'myaccount/security-info';

/** The account page, with the sign-in and MFA that come first. */
async function openAccount(browser, who, below = HOME, { password = true } = {}) {
  const user = at.demo.user(who);
  let { page } = await browser.open(at.demo.at(below));
  for (let turn = 0; turn < 4 && page.screen !== undefined; turn++) {
    if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: user.upn }, 'next'));
    else if (password && page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password: user.password }, 'next'));
    else if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
    else if (['UX-20', 'UX-23'].includes(page.screen) && page.asksFor('otp')) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp(who) }, 'verify'));
    else break;
  }
  return page;
}
/** A person with a session, MFA done a moment ago, and no risk left from another test. */
async function signedIn(who, from = 'home') {
  await at.demo.admin('risk', 'dismiss', at.demo.user(who).upn);
  const browser = new Browser(at.demo, { from });
  const page = await openAccount(browser, who);
  assert.equal(page.screen, 'UX-83', `${page}`);
  return { browser, page };
}
async function addPasskey(browser, who, { name = 'Test key', wrong } = {}) {
  const page = await openAccount(browser, who, `${HOME}/passkey`);
  assert.equal(page.screen, 'UX-12', `${page}`);
  const answer = await optionsOf(browser, page);
  assert.equal(answer.status, 200, answer.body);
  const key = new Authenticator(at.demo);
  const after = await answerWith(browser, page, key.create(answer.json(), wrong), { methodName: name });
  return { key, page: after.page, answer: after.answer };
}
/** One person with one passkey, added once for all tests of a name. */
const made = new Map();
async function keyOf(who) {
  if (!made.has(who)) {
    const { browser } = await signedIn(who);
    const { key, page } = await addPasskey(browser, who);
    assert.equal(page.screen, 'UX-83', `${page}`);
    assert.match(page.text, /Test key/);
    made.set(who, key);
  }
  return made.get(who);
}
/** Frank's registration period is over: the passkey he adds within the sign-in is all he has. */
async function franksKey() {
  if (made.has('frank')) return made.get('frank');
  const flow = await SignIn.begin(at.demo, { who: 'frank', from: 'home' });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-11', `${flow}`);
  assert.deepEqual(flow.page.form([], 'register').choices('method'), ['softwareOath', 'passkey']);
  await flow.press('register', { method: 'passkey' });
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  const key = new Authenticator(at.demo);
  const options = (await optionsOf(flow.browser, flow.page)).json();
  flow.arrive(await answerWith(flow.browser, flow.page, key.create(options, { origin: 'https://evil.example' })));
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  assert.match(flow.page.text, /can’t be added/);
  const again = (await optionsOf(flow.browser, flow.page)).json();
  assert.notEqual(again.challenge, options.challenge);
  flow.arrive(await answerWith(flow.browser, flow.page, key.create(again), { methodName: 'Phone' }));
  assert.equal(flow.screen, 'UX-104', `${flow}`);
  await flow.press('next');
  assert.ok(flow.code, `${flow}`);
  made.set('frank', key);
  return key;
}
const methodLinks = (page) => page.links().filter((href) => href.includes('/method?id=')).map((href) => new URL(href, page.url).href);
/** Answers the page's passkey question. */
async function touch(flow, key, wrong = {}) {
  const options = await optionsOf(flow.browser, flow.page);
  assert.equal(options.status, 200, options.body);
  return flow.arrive(await answerWith(flow.browser, flow.page, key.get(options.json(), wrong)));
}

test('CRED-004 within a sign-in the registration offer has app and passkey, one may go back, and it can still be put off', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'bob', from: 'home' });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('register', { method: 'passkey' });
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  await flow.press('cancel');
  assert.equal(flow.screen, 'UX-10', `${flow}`);
  await flow.press('register', { method: 'softwareOath' });
  assert.ok(flow.page.totpSecret(), `${flow}`);
  await flow.press('cancel');
  await flow.press('skip');
  assert.ok(flow.code, `${flow}`);
});

test('CRED-005 nothing is shown before MFA to who has a method, and who has no session signs in first', async () => {
  const browser = new Browser(at.demo, { from: 'home' });
  const { page } = await browser.open(at.demo.at(HOME));
  assert.equal(page.screen, 'UX-101');
  const signIn = await SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'] });
  assert.ok(signIn.code);
  const gate = await signIn.browser.open(at.demo.at(HOME));
  assert.equal(gate.page.screen, 'UX-20');
  assert.doesNotMatch(gate.page.text, /Authenticator app.*Added/);
  const open = await openAccount(signIn.browser, 'alice');
  assert.equal(open.screen, 'UX-83');
  assert.match(open.text, /Authenticator app/);
});

test('CRED-003 the page shows the person’s own methods and no other’s, and another’s method is not found', async () => {
  const alice = await signedIn('alice');
  const [hers] = methodLinks(alice.page);
  const henry = await signedIn('henry');
  assert.ok(!methodLinks(henry.page).includes(hers));
  const stolen = await henry.browser.open(hers);
  assert.equal(stolen.answer.status, 404);
  const theirs = methodLinks(henry.page)[0];
  const own = await henry.browser.open(theirs);
  const removal = await henry.browser.open(hers, { method: 'POST', fields: { ...own.page.form(['methodName'], 'change').data({}, 'remove'), confirmed: 'yes' } });
  assert.equal(removal.answer.status, 404);
  assert.ok(methodLinks((await alice.browser.open(at.demo.at(HOME))).page).includes(hers));
});

test('PROTO-501 a passkey is added on the security-info page, named, shown, audited and told of by mail', async () => {
  const before = (await at.demo.outbox()).length;
  await keyOf('alice');
  const mail = (await at.demo.outbox()).slice(0).find((m) => m.to === at.demo.user('alice').upn && /added/i.test(m.subject));
  assert.ok(mail, 'no mail');
  assert.ok((await at.demo.outbox()).length > before);
});

test('PROTO-500 the passkey signs in without a name, and the tokens say so', async () => {
  const key = await keyOf('alice');
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home' });
  assert.ok(asksForPasskey(flow.page));
  await touch(flow, key);
  assert.ok(flow.code, `${flow}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.preferred_username, at.demo.user('alice').upn);
  assert.equal(claims.acr, 'phr');
  for (const method of ['fido', 'user', 'swk', 'mfa']) assert.ok(claims.amr.includes(method), `amr ${claims.amr}`);
});

test('PROTO-111 an essential acr of phr asks for the passkey and takes no code, in a new sign-in and in a session', async () => {
  const key = await keyOf('alice');
  const params = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['phr'] } } }) };
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', params });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-20', `${flow}`);
  assert.ok(asksForPasskey(flow.page) && !flow.asksFor('otp'), `only what reaches it is asked for: ${flow}`);
  await touch(flow, key);
  await flow.redeem();
  assert.equal((await flow.claims()).acr, 'phr');

  const weak = await SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'] });
  const stepUp = await SignIn.begin(at.demo, { who: 'alice', browser: weak.browser, from: 'home', params });
  assert.ok(asksForPasskey(stepUp.page) && !stepUp.asksFor('otp'), `${stepUp}`);
  await touch(stepUp, key);
  await stepUp.redeem();
  assert.equal((await stepUp.claims()).acr, 'phr');
});

test('PROTO-500 wrong origin, wrong RP, no verification, a spent challenge and somebody else’s signature get one neutral page', async () => {
  const key = await keyOf('alice');
  const seen = new Set();
  const refuse = async (what, answer) => {
    const flow = await SignIn.begin(at.demo, { from: 'home' });
    const options = (await optionsOf(flow.browser, flow.page)).json();
    flow.arrive(await answerWith(flow.browser, flow.page, answer(options)));
    assert.equal(flow.screen, 'UX-101', `${what}: ${flow}`);
    assert.equal(flow.code, undefined, what);
    seen.add(flow.page.withoutIds());
  };
  await refuse('origin', (options) => key.get(options, { origin: 'https://evil.example' }));
  await refuse('rp', (options) => key.get(options, { rpId: 'evil.example' }));
  await refuse('verification', (options) => key.get(options, { flags: 0x19 }));
  await refuse('challenge', (options) => key.get({ ...options, challenge: Buffer.alloc(32, 7).toString('base64url') }));
  await refuse('unknown', (options) => Object.assign(new Authenticator(at.demo), { userHandle: key.userHandle }).get(options));
  await refuse('signature', (options) => Object.assign(new Authenticator(at.demo), { id: key.id, userHandle: key.userHandle }).get(options));
  await refuse('user handle', (options) => key.get(options, { userHandle: Buffer.alloc(64, 1).toString('base64url') }));
  await refuse('nonsense', () => '{}');
  await refuse('nothing', () => '');
  assert.equal(seen.size, 1, 'the page tells what was wrong');

  const flow = await SignIn.begin(at.demo, { from: 'home' });
  const options = (await optionsOf(flow.browser, flow.page)).json();
  flow.arrive(await answerWith(flow.browser, flow.page, key.get(options, { origin: 'https://evil.example' })));
  flow.arrive(await answerWith(flow.browser, flow.page, key.get(options)));
  assert.equal(flow.code, undefined, 'a challenge was good twice');
});

test('PROTO-500 attack: the challenge that the first page brings along is good in this sign-in, and once', async () => {
  const key = await keyOf('alice');
  const flow = await SignIn.begin(at.demo, { from: 'home' });
  const { challenge, ...asked } = requestOf(flow.page);
  const { challenge: another, ...alike } = (await optionsOf(flow.browser, flow.page)).json();
  assert.deepEqual(asked, alike, 'what the page brings is what it would be told');
  assert.notEqual(challenge, another);

  const other = await SignIn.begin(at.demo, { from: 'home' });
  assert.notEqual(requestOf(other.page).challenge, challenge);
  other.arrive(await answerWith(other.browser, other.page, key.get({ challenge, ...asked })));
  assert.equal(other.code, undefined, 'a challenge was good in another sign-in');

  const { page } = flow;
  const answer = key.get({ challenge, ...asked });
  flow.arrive(await answerWith(flow.browser, page, answer));
  assert.ok(flow.code, `${flow}`);
  const replayed = await answerWith(flow.browser, page, answer);
  assert.ok(!replayed.redirect, `a challenge was good twice: ${replayed.redirect}`);
});

test('PROTO-503 options are alike for names with and without passkeys and for names nobody has', async () => {
  await keyOf('alice');
  const shape = async (username) => {
    const flow = await SignIn.begin(at.demo, { from: 'home' });
    assert.deepEqual((await optionsOf(flow.browser, flow.page)).json().allowCredentials, [], 'before a name, any passkey');
    await flow.press('next', { username });
    const answers = [];
    for (let i = 0; i < 2; i++) answers.push((await optionsOf(flow.browser, flow.page)).json());
    assert.notEqual(answers[0].challenge, answers[1].challenge);
    assert.deepEqual(answers[0].allowCredentials, answers[1].allowCredentials, 'the list is not stable');
    const [{ challenge, allowCredentials, ...rest }] = answers;
    assert.equal(Buffer.from(challenge, 'base64url').length, 32);
    assert.ok([1, 2].includes(allowCredentials.length), `${allowCredentials.length}`);
    for (const one of allowCredentials) assert.deepEqual(Object.keys(one).sort(), ['id', 'transports', 'type']);
    return { page: flow.page.withoutIds().replaceAll(username, 'NAME').replace(/(aria-hidden="true">)\w/, '$1'), rest, list: allowCredentials };
  };
  const [known, bare, nobody] = [await shape(at.demo.user('alice').upn), await shape(at.demo.user('bob').upn), await shape('nobody@contoso.example')];
  assert.deepEqual(bare.rest, known.rest);
  assert.deepEqual(nobody.rest, known.rest);
  assert.equal(nobody.page, known.page);
  assert.equal(bare.page, known.page);
  assert.notDeepEqual(bare.list, nobody.list);
});

test('CRED-015 who has a passkey is asked for it first, and for no code when it is all there is', async () => {
  const key = await franksKey();
  const flow = await SignIn.begin(at.demo, { who: 'frank', from: 'tor' });
  await flow.answer(['password']);
  assert.equal(flow.screen, 'UX-20', `${flow}`);
  assert.ok(asksForPasskey(flow.page));
  assert.equal(flow.asksFor('otp'), false, 'a code that frank cannot have');
  await touch(flow, key);
  assert.ok(flow.code, `${flow}`);

  await keyOf('alice');
  const both = await SignIn.begin(at.demo, { who: 'alice', from: 'tor' });
  await both.answer(['password']);
  assert.ok(asksForPasskey(both.page) && both.asksFor('otp'));
  assert.match(both.page.text, /Use your passkey/);
});

test('CRED-027 attack: a factor added in a stale session is refused; MFA comes first again', async () => {
  const { browser, page: list } = await signedIn('henry');
  const { page } = await browser.open(at.demo.at(`${HOME}/passkey`));
  assert.equal(page.screen, 'UX-12');
  const app = await browser.open(at.demo.at(`${HOME}/app`));
  await at.demo.advance('PT6M');
  const options = await optionsOf(browser, page);
  assert.deepEqual(Object.keys(options.json()), ['location'], options.body);
  const again = await browser.open(new URL(options.json().location, at.demo.base).href);
  assert.equal(again.page.screen, 'UX-20');
  assert.equal((await browser.open(at.demo.at(`${HOME}/app`))).page.screen, 'UX-20');
  // The forms that were open keep nothing open: the list is still what it was.
  const posted = await answerWith(browser, page, new Authenticator(at.demo).create({ challenge: 'AAAA', user: { id: 'AAAA' } }));
  assert.notEqual(posted.page?.screen, 'UX-83');
  assert.ok(app.page.totpSecret());
  const now = await openAccount(browser, 'henry');
  assert.deepEqual(methodLinks(now).length, methodLinks(list).length);
});

test('attack: adding and removing need the page’s anti-forgery value and a form of our own site', async () => {
  const { browser, page } = await signedIn('alice');
  const [method] = methodLinks(page);
  const [own, app] = [(await browser.open(method)).page, (await browser.open(at.demo.at(`${HOME}/app`))).page];
  const remove = own.form([], 'remove').data({}, 'remove');
  const tries = [
    [method, { ...remove, confirmed: 'yes', csrf: undefined }, {}],
    [method, { ...remove, confirmed: 'yes', csrf: 'x'.repeat(remove.csrf.length) }, {}],
    [method, { ...remove, confirmed: 'yes' }, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [method, { ...own.form(['methodName'], 'change').data({ methodName: 'x' }, 'change'), csrf: undefined }, {}],
    [method, { csrf: undefined, action: 'default' }, {}],
    [at.demo.at(`${HOME}/app`), { ...app.form(['otp'], 'register').data({ otp: '000000' }, 'register'), csrf: undefined }, {}],
    [at.demo.at(`${HOME}/passkey`), { action: 'passkey', passkey: '{}' }, {}],
    [at.demo.at(`${HOME}/passkey/options`), {}, {}],
    [at.demo.at(HOME), { action: 'signout' }, {}],
  ];
  for (const [url, fields, headers] of tries) {
    const answer = await browser.send(url, { method: 'POST', fields, headers });
    assert.equal(answer.status, 403, `${url} ${JSON.stringify(fields)}: ${answer.status}`);
  }
  const now = (await browser.open(at.demo.at(HOME))).page;
  assert.deepEqual(methodLinks(now), methodLinks(page));
  const flow = await SignIn.begin(at.demo, { from: 'home' });
  const forged = await flow.browser.send(at.demo.at('login/options'), { method: 'POST', fields: { flow: flow.page.forms[0].data().flow, csrf: 'no' } });
  assert.equal(forged.status, 403);
  assert.equal((await new Browser(at.demo, { from: 'home' }).send(at.demo.at('login/options'), { method: 'POST', fields: flow.page.forms[0].data() })).status, 404, 'another browser’s flow');
});

test('attack: another person’s passkey is no second factor', async () => {
  const [mine, theirs] = [await franksKey(), await keyOf('alice')];
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'tor' });
  await flow.answer(['password']);
  await touch(flow, mine);
  assert.equal(flow.screen, 'UX-23', `${flow}`);
  assert.equal(flow.errorCode, '500121');
  // Nor one whose challenge was drawn before the password named somebody.
  const early = await SignIn.begin(at.demo, { who: 'alice', from: 'tor' });
  const options = (await optionsOf(early.browser, early.page)).json();
  await early.answer(['password']);
  early.arrive(await answerWith(early.browser, early.page, mine.get(options)));
  assert.equal(early.screen, 'UX-23', `${early}`);
  assert.equal(early.code, undefined);
  await touch(early, theirs);
  assert.ok(early.code, `${early}`);
});

test('CRED-006 the sixth authenticator app is not offered and not stored', async () => {
  const { browser } = await signedIn('erin');
  for (let count = 1; count < 5; count++) { // erin has one
    const { page } = await browser.open(at.demo.at(`${HOME}/app`));
    at.demo.addUser('another', { totp_secret: page.totpSecret() });
    const wrong = await browser.submit(page.form(['otp'], 'register'), { otp: await at.demo.wrongOtp('another') }, 'register');
    assert.equal(wrong.page.screen, 'UX-12');
    assert.equal(wrong.page.totpSecret(), page.totpSecret(), 'a wrong code changes the secret');
    const done = await browser.submit(wrong.page.form(['otp'], 'register'), { otp: await at.demo.otp('another'), methodName: `App ${count}` }, 'register');
    assert.equal(done.page.screen, 'UX-83', `${done.page}`);
    assert.match(done.page.text, new RegExp(`App ${count}`));
  }
  const full = (await browser.open(at.demo.at(HOME))).page;
  assert.ok(!full.links().some((href) => href.endsWith('/app')));
  assert.equal((await browser.open(at.demo.at(`${HOME}/app`))).page.screen, 'UX-83');
});

test('PROTO-505 the last method that a policy needs stays; another may go once something else proves its owner', async () => {
  const key = await keyOf('bob');
  const byKey = new Browser(at.demo, { from: 'home' });
  let { page } = await byKey.open(at.demo.at(HOME));
  ({ page } = await answerWith(byKey, page, key.get((await optionsOf(byKey, page)).json())));
  assert.equal(page.screen, 'UX-83', `${page}`);
  const link = methodLinks(page)[0];
  const only = (await byKey.open(link)).page;
  assert.equal(only.offers('remove'), methodLinks(page).length > 1);
  if (methodLinks(page).length === 1) {
    assert.match(only.text, /this is the last/);
    const forced = await byKey.open(link, { method: 'POST', fields: { ...only.form(['methodName'], 'change').data({}, 'remove'), confirmed: 'yes' } });
    assert.equal(forced.page.screen, 'UX-121', `${forced.page}`);
    assert.match(forced.page.text, /this is the last/);
  }
  // With an app beside it the passkey may go, but not on its own word.
  const app = (await byKey.open(at.demo.at(`${HOME}/app`))).page;
  at.demo.user('bob').totp_secret = app.totpSecret();
  const added = await byKey.submit(app.form(['otp'], 'register'), { otp: await at.demo.otp('bob') }, 'register');
  assert.equal(added.page.screen, 'UX-83', `${added.page}`);
  const own = (await byKey.open(link)).page;
  const self = await byKey.submit(own.form([], 'remove'), {}, 'remove');
  assert.equal(self.page.screen, 'UX-121');
  assert.match(self.page.text, /sign in with something else/);

  const again = await byKey.submit(self.page.form([], 'verify'), {}, 'verify');
  assert.equal(again.page.screen, 'UX-102', `${again.page}`);

  const other = new Browser(at.demo, { from: 'home' });
  const list = await openAccount(other, 'bob');
  assert.equal(list.screen, 'UX-83', `${list}`);
  const asked = await other.submit((await other.open(link)).page.form([], 'remove'), {}, 'remove');
  assert.equal(asked.page.screen, 'UX-122');
  const gone = await other.submit(asked.page.form(['confirmed']), {}, 'remove');
  assert.equal(gone.page.screen, 'UX-83', `${gone.page}`);
  assert.ok(!methodLinks(gone.page).includes(link));
  assert.ok((await at.demo.outbox()).some((m) => m.to === at.demo.user('bob').upn && /removed/i.test(m.subject)), 'no mail');
  const flow = await SignIn.begin(at.demo, { who: 'bob', from: 'home' });
  await touch(flow, key);
  assert.equal(flow.code, undefined, 'a removed passkey signs in');
  assert.notEqual((await byKey.open(at.demo.at(HOME))).page.screen, 'UX-83', 'a session goes on that a removed passkey opened');
});

test('PROTO-200 attack: what a removed method proved counts for no session any more', async () => {
  const name = await newcomer(at.demo, 'remover');
  const mfa = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'mfa' } } }) };
  const flow = await SignIn.begin(at.demo, { who: name, from: 'home', params: mfa });
  await flow.answer(['password', 'register']);
  assert.ok(flow.code, `${flow}`);
  const silent = () => SignIn.begin(at.demo, { who: name, browser: flow.browser, params: { ...mfa, prompt: 'none' } });
  assert.ok((await silent()).code, 'the app counts while it is there');

  const { key } = await addPasskey(flow.browser, name);
  const owner = new Browser(at.demo, { from: 'home' });
  let { page } = await owner.open(at.demo.at(HOME));
  ({ page } = await answerWith(owner, page, key.get((await optionsOf(owner, page)).json())));
  for (const link of methodLinks(page)) {
    const own = (await owner.open(link)).page;
    if (!/Authenticator app/.test(own.text)) continue;
    const asked = await owner.submit(own.form([], 'remove'), {}, 'remove');
    ({ page } = await owner.submit(asked.page.form(['confirmed']), {}, 'remove'));
  }
  assert.equal(methodLinks(page).length, 1, `${page}`);
  const later = await silent();
  assert.equal(later.code, undefined, 'a removed app still makes a session MFA');
  assert.equal(later.error, 'interaction_required');
  assert.ok((await SignIn.begin(at.demo, { who: name, browser: flow.browser, params: { prompt: 'none' } })).code, 'the password still counts');
});

test('CRED-091 after a change every session can be ended, this one too', async () => {
  const { browser } = await signedIn('henry');
  const elsewhere = await signedIn('henry');
  const { page } = await addPasskey(browser, 'henry', { name: 'New key' });
  assert.ok(page.offers('signout'), `${page}`);
  await at.demo.advance('PT2S');
  const out = await browser.submit(page.form([], 'signout'), {}, 'signout');
  assert.equal(out.page.screen, 'UX-106', `${out.page}`);
  for (const one of [browser, elsewhere.browser]) assert.equal((await one.open(at.demo.at(HOME))).page.screen, 'UX-101');
});

test('a method is renamed, and the one to ask for first is chosen; an empty name is not taken', async () => {
  await keyOf('alice');
  const { browser, page } = await signedIn('alice');
  let app;
  for (const link of methodLinks(page)) {
    const one = (await browser.open(link)).page;
    if (/Authenticator app/.test(one.text)) app = link;
  }
  const own = (await browser.open(app)).page;
  const nameless = await browser.submit(own.form(['methodName'], 'change'), { methodName: ' \u0007 ' }, 'change');
  assert.equal(nameless.page.screen, 'UX-121');
  assert.match(nameless.page.text, /Type a name/);
  const renamed = await browser.submit(own.form(['methodName'], 'change'), { methodName: '<b>Work</b> phone' }, 'change');
  assert.equal(renamed.page.screen, 'UX-83');
  assert.match(renamed.page.text, /<b>Work<\/b> phone/);
  const first = await browser.submit((await browser.open(app)).page.form([], 'default'), {}, 'default');
  assert.match(first.page.text, /Asked for first/);
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'tor' });
  await flow.answer(['password']);
  assert.match(flow.page.text, /Enter the code/);
  assert.ok(asksForPasskey(flow.page));
});

test('CRED-012 nobody at risk changes how they sign in', async () => {
  const { browser } = await signedIn('henry');
  await at.demo.admin('risk', 'confirm-compromised', at.demo.user('henry').upn);
  const gone = await browser.open(at.demo.at(HOME));
  assert.notEqual(gone.page.screen, 'UX-12');
  const add = await browser.open(at.demo.at(`${HOME}/passkey`));
  assert.notEqual(add.page.screen, 'UX-12', `${add.page}`);
  await at.demo.admin('risk', 'dismiss', at.demo.user('henry').upn);
});

test('PROTO-504 a counter that falls signs in as risky and is shown to its owner', async () => {
  const { browser } = await signedIn('secop');
  const { key } = await addPasskey(browser, 'secop', { name: 'Counting key', wrong: { counter: 9 } });
  const flow = await SignIn.begin(at.demo, { who: 'secop', from: 'home' });
  await touch(flow, key, { counter: 5 });
  const detections = await at.demo.adminList('risk', 'detections', '--user', at.demo.user('secop').upn);
  assert.ok(JSON.stringify(detections).includes('authenticatorCloneSuspected'), JSON.stringify(detections).slice(0, 400));
  assert.ok(flow.code, `the sign-in goes on, as risky: ${flow}`);
});
