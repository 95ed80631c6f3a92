// Self-service password reset (credentials.md §9), and the ways in that must stay shut.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { LOGS } from '../support_js/demo.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const at = demoFor('reset');
/** Somebody new, with an app and a recovery address, whose tries are nobody else's. */
async function somebody({ app = true, mail = true } = {}) {
  const { demo } = at;
  const name = await newcomer(demo, 'person');
  const { upn } = demo.user(name);
  if (app) {
    const flow = await SignIn.begin(demo, { who: name, from: 'home' });
    await flow.answer(['password', 'change', 'register']);
    assert.ok(flow.code, `${flow}`);
  }
  if (mail) {
    demo.user(name).recovery_mail = `${name}@home.example`;
    await demo.admin('user', 'add-email', upn, `${name}@home.example`);
  }
  return name;
}
let addresses = 0;
/** Each time from somewhere else: not the budget of one address is tested here. */
const elsewhere = () => `198.18.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
const audit = async () => (await at.demo.cli(['signins', 'list'])).json;
const signsIn = async (who, options = {}) => {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', ...options });
  await flow.answer(['password', 'otp']);
  return flow;
};

test('CRED-039 CRED-041 from "Forgot your password?" through two proofs back to the sign-in, and only the new password works', async () => {
  const { demo } = at;
  const old = demo.user('erin').password;
  const elsewhereSignedIn = await SignIn.complete(demo, { who: 'erin', from: 'home', answer: ['password'] });
  assert.ok(elsewhereSignedIn.tokens?.refresh_token, `${elsewhereSignedIn}`);
  await demo.advance('PT2S');

  const flow = await SignIn.begin(demo, { who: 'erin', from: 'home' });
  await flow.press('next', { username: demo.user('erin').upn });
  const link = flow.page.links().find((href) => href.includes('/reset'));
  assert.ok(link, `no link on ${flow.page}`);
  const reset = await Reset.begin(demo, { who: 'erin', browser: flow.browser, path: new URL(link, demo.base).href.split(`${demo.tenant.id}/`)[1] });
  assert.equal(reset.screen, 'UX-61');
  await reset.proveApp();
  assert.deepEqual(reset.methods, ['email'], `${reset}`);
  await reset.proveMail();
  assert.equal(reset.screen, 'UX-62', `${reset}`);
  await reset.change('Passw0rd123');
  assert.equal(reset.screen, 'UX-62');
  assert.equal(reset.errorCode, '120018');
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);

  const back = await flow.browser.open(reset.page.links().find((href) => href.includes('/login')));
  assert.ok(back.page.asksFor('password'), `${back.page}`);
  flow.page = back.page;
  await flow.press('next', { password: demo.user('erin').password });
  if (flow.asksFor('otp')) await flow.answer(['otp']);
  assert.ok(flow.code, `${flow}`);
  isOAuthError(await elsewhereSignedIn.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
  const silent = await SignIn.begin(demo, { browser: elsewhereSignedIn.browser, params: { prompt: 'none' } });
  assert.equal(silent.error, 'login_required');
  const again = await SignIn.begin(demo, { who: 'erin', from: 'home', password: old });
  await again.answer(['password']);
  assert.equal(again.errorCode, '50126');
});

test('UX-111 a reset that was left open too long says so and begins anew, with the sign-in it came from', async () => {
  const { demo } = at;
  const flow = await SignIn.begin(demo, { from: elsewhere() });
  const link = flow.page.links().find((href) => href.includes('/reset'));
  const mine = await Reset.begin(demo, { browser: flow.browser, path: new URL(link, demo.base).href.split(`${demo.tenant.id}/`)[1] });
  const form = mine.page.form(['username'], 'next');
  for (const headers of [{ cookie: '' }, { cookie: 'rst=another' }]) {
    const { page } = await flow.browser.open(form.action, { method: 'POST', fields: form.data({ username: demo.user('erin').upn }, 'next'), headers });
    assert.equal(page.screen, 'UX-111', `${page}`);
    assert.match(page.text, /Start the reset again/);
    assert.match(page.text, /open for a long time/);
    const again = page.links().find((href) => href.includes('/reset'));
    assert.equal(new URL(again, page.url).search, new URL(link, demo.base).search, 'the sign-in it came from');
  }
});

test('UX-111 where another window set the password, the one left over says the reset is over', async () => {
  const who = await somebody();
  const [first, second] = [await Reset.begin(at.demo, { who, from: elsewhere() }), await Reset.begin(at.demo, { who, from: elsewhere() })];
  await first.proveBoth();
  await second.proveBoth();
  assert.equal(second.screen, 'UX-62', `${second}`);
  await at.demo.advance('PT1S');
  await first.change();
  assert.equal(first.screen, 'UX-63', `${first}`);
  const password = at.demo.user(who).password;
  await second.change();
  assert.equal(second.screen, 'UX-111', `${second}`);
  assert.match(second.page.text, /Start the reset again/);
  assert.match(second.page.text, /sign in with it/);
  assert.ok(second.page.links().some((href) => href.endsWith('/reset')), `${second.page.links()}`);
  assert.ok((await signsIn(who, { password })).code, 'the first window\'s password holds');
});

test('CRED-088 the owner is told at both addresses, and nothing in the mail leads anywhere', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  await reset.proveBoth();
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);
  await at.demo.advance('PT1S');
  const mails = (await at.demo.outbox()).filter((m) => /password was reset/i.test(m.subject));
  for (const to of [at.demo.user(who).upn, at.demo.user(who).recovery_mail]) assert.ok(mails.some((m) => m.to === to), to);
});

test('CRED-038 nobody can where the organisation has it off, and every name is told the same', async () => {
  const { demo } = at;
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ reset: { scope: 'none' } }) });
  const reset = await Reset.begin(demo, { who: 'erin', from: elsewhere() });
  assert.equal(reset.screen, 'UX-64', `${reset}`);
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ reset: { scope: 'all' } }) });
  const refused = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ reset: { gates: 3 } }) });
  assert.equal(refused.code, 1, refused.stdout);
  assert.match(refused.stdout, /reset\.gates/);
});

// ---- what must stay shut

test('attack: reset without its holder: flow and anti-forgery value are of no use in another browser', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  await reset.proveBoth();
  assert.equal(reset.screen, 'UX-62', `${reset}`);
  const password = freshPassword();
  const fields = { ...reset.page.form(['newPassword']).data(), newPassword: password, confirmPassword: password, action: 'change' };
  const thief = new Browser(at.demo, { from: elsewhere() });
  for (const plant of [() => {}, () => thief.jar.set('rst', 'x'.repeat(43)), async () => { await thief.open(at.demo.at('reset')); }]) {
    await plant();
    const { answer } = await thief.open(at.demo.at('reset'), { method: 'POST', fields });
    assert.ok(answer.status >= 400, `${answer.status}`);
  }
  assert.ok((await signsIn(who)).code, 'the old password is the password');
});

test('attack: the mailed code is all somebody has: it resets nothing in a flow of their own', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  const code = await reset.mailed();
  const thief = await Reset.begin(at.demo, { who, from: elsewhere() });
  await thief.choose('email');
  await thief.press('verify', { otp: code });
  assert.equal(thief.errorCode, '500121', `${thief}`);
  await reset.press('verify', { otp: code });
  assert.equal(reset.errorCode, undefined, `${reset}`);
});

test('attack: code replay: a proof is spent, and the page before it is dead', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  const code = await reset.mailed();
  const spent = reset.page.form(['otp']).data({ otp: code }, 'verify');
  const before = reset.browser.jar.clone();
  await reset.press('verify', { otp: code });
  assert.deepEqual(reset.methods, ['softwareOath'], `${reset}`);
  for (const jar of [before, reset.browser.jar.clone()]) {
    const other = new Browser(at.demo, { from: elsewhere() });
    other.jar = jar;
    const { answer } = await other.open(at.demo.at('reset'), { method: 'POST', fields: spent });
    assert.ok(answer.status >= 400, `${answer.status}`);
  }
});

test('attack: code swap between users: the code for one account does nothing for another', async () => {
  const [mine, theirs] = [await somebody(), await somebody()];
  const ours = await Reset.begin(at.demo, { who: mine, from: elsewhere() });
  const code = await ours.mailed();
  const victim = await Reset.begin(at.demo, { who: theirs, from: elsewhere() });
  await victim.choose('email');
  await victim.press('verify', { otp: code });
  assert.equal(victim.errorCode, '500121', `${victim}`);
  await victim.press('other');
  await victim.choose('softwareOath');
  await victim.press('verify', { otp: await at.demo.otp(mine) });
  assert.equal(victim.errorCode, '500121', `${victim}`);
});

/** How long the answer is, but for the name, and for the moment: a whole second is written without milliseconds. */
const sizeOf = (body, upn) => body.replaceAll(upn, '').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').length;
const shape = (reset, upn) => ({
  status: reset.last.status, screen: reset.screen, code: reset.errorCode, cookies: reset.browser.jar.names.sort().join(' '),
  headers: reset.last.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()).sort().join(' '),
  size: sizeOf(reset.last.body, upn),
  body: reset.page.withoutIds().replaceAll(upn, 'UPN').replaceAll(/<b[^>]*>[A-Za-z]<\/b>/g, ''),
});

test('attack: enumeration: text, status, size, headers and cookies are the same for everybody until a proof was right (CRED-041, PROTO-803)', async () => {
  const who = await somebody();
  const bare = await somebody({ app: false, mail: false });
  const steps = async (upn) => {
    const from = elsewhere();
    const seen = [];
    const helpless = await Reset.begin(at.demo, { upn, from });
    await helpless.press('report');
    seen.push(shape(helpless, upn));
    const reset = await Reset.begin(at.demo, { upn, from });
    seen.push(shape(reset, upn));
    await reset.choose('email');
    seen.push(shape(reset, upn));
    await reset.press('verify', { otp: '12345678' });
    seen.push(shape(reset, upn));
    await reset.press('other');
    seen.push(shape(reset, upn));
    await reset.choose('softwareOath');
    seen.push(shape(reset, upn));
    for (let i = 0; i < 4; i++) { await reset.press('verify', { otp: `00000${i}` }); seen.push(shape(reset, upn)); }
    const stopped = await Reset.begin(at.demo, { upn, from });
    seen.push(shape(stopped, upn));
    return seen;
  };
  const first = await steps(at.demo.user(who).upn);
  assert.equal(first.at(-1).screen, 'UX-64');
  for (const upn of ['nobody@contoso.example', at.demo.user(bare).upn, at.demo.user('frank').upn, 'gina@contoso.example', 'breakglass1@contoso.example']) {
    assert.deepEqual(await steps(upn), first, upn);
  }
});

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
test('attack: enumeration by time: medians of name, mail and wrong code differ by less than 5 ms or 5 % (PROTO-804)', async () => {
  const { demo } = at;
  const known = [];
  for (let i = 0; i < 25; i++) {
    known.push(`timed${i}@contoso.example`);
    await demo.admin('user', 'create', known.at(-1), '--password-stdin', { stdin: freshPassword() });
    await demo.admin('user', 'add-email', known.at(-1), `timed${i}@home.example`);
  }
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ reset: { gates: 1 } }) });
  const times = { known: { name: [], mail: [], code: [] }, nobody: { name: [], mail: [], code: [] } };
  const timed = async (into, act) => { const from = performance.now(); await act(); into.push(performance.now() - from); };
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < known.length; i++) {
      for (const [whose, upn] of i % 2 ? [['known', known[i]], ['nobody', `nobody${i}@contoso.example`]] : [['nobody', `nobody${i}@contoso.example`], ['known', known[i]]]) {
        const reset = await Reset.begin(demo, { from: elsewhere() });
        await timed(times[whose].name, () => reset.press('next', { username: upn }));
        await timed(times[whose].mail, () => reset.choose('email'));
        await timed(times[whose].code, () => reset.press('verify', { otp: '12345678' }));
        assert.equal(reset.errorCode, '500121', `${reset}`);
      }
    }
  }
  await demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ reset: { gates: 2 } }) });
  for (const step of ['name', 'mail', 'code']) {
    const [a, b] = [median(times.known[step]), median(times.nobody[step])];
    console.log(`  ${step}: ${a.toFixed(2)} ms known, ${b.toFixed(2)} ms nobody`);
    assert.ok(Math.abs(a - b) < 5 || Math.abs(a - b) / Math.min(a, b) < 0.05, `${step}: ${a} ms and ${b} ms`);
  }
});

test('attack: host-header poisoning: no page or mail names the host a request claimed', async () => {
  const who = await somebody();
  const browser = new Browser(at.demo, { from: elsewhere() });
  const send = browser.send.bind(browser);
  browser.send = (url, options = {}) => send(url, { ...options, headers: { ...options.headers, 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-original-url': 'http://evil.example/' } });
  const reset = await Reset.begin(at.demo, { who, browser });
  await reset.proveBoth();
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);
  assert.ok(!reset.last.body.includes('evil.example'));
  const poisoned = await at.demo.fetch(at.demo.at('reset'), { headers: { host: 'evil.example' } });
  assert.ok(!poisoned.body.includes('evil.example') && !JSON.stringify(poisoned.headers).includes('evil.example'));
  await at.demo.advance('PT1S');
  const { recovery_mail: mail, upn } = at.demo.user(who);
  const mails = (await at.demo.outbox()).filter((m) => [mail, upn].includes(m.to));
  assert.ok(mails.length >= 2);
  for (const m of mails) assert.doesNotMatch(`${m.subject} ${m.text}`, /evil\.example|https?:/);
});

test('attack: CSRF: no step of a reset is taken without its anti-forgery value, its cookie, and its own site (PROTO-801)', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  const refusedHere = async (fields, action) => {
    const good = reset.page.form(Object.keys(fields), action).data(fields, action);
    const url = reset.page.form(Object.keys(fields), action).action;
    const tries = [
      [{ ...good, csrf: undefined }, {}], [{ ...good, csrf: 'x'.repeat(good.csrf.length) }, {}],
      [good, { 'sec-fetch-site': 'cross-site' }], [good, { 'sec-fetch-site': 'same-site' }], [good, { cookie: '' }],
    ];
    for (const [body, headers] of tries) {
      const answer = await reset.browser.send(url, { method: 'POST', fields: body, headers });
      assert.ok([400, 403].includes(answer.status), `${reset.screen}: ${answer.status} for ${JSON.stringify(headers)}`);
    }
  };
  const fresh = await Reset.begin(at.demo, { from: elsewhere() });
  const first = fresh.page.form(['username']).data({ username: at.demo.user(who).upn }, 'next');
  for (const [body, headers] of [[{ ...first, csrf: '' }, {}], [first, { 'sec-fetch-site': 'cross-site' }], [first, { cookie: '' }], [first, { cookie: 'rst=planted' }]]) {
    assert.equal((await fresh.browser.send(at.demo.at('reset'), { method: 'POST', fields: body, headers })).status, 403);
  }
  await refusedHere({ method: 'softwareOath' }, 'next');
  await reset.choose('softwareOath');
  const otp = await at.demo.otp(who);
  await refusedHere({ otp }, 'verify');
  await reset.press('verify', { otp });
  await reset.proveMail();
  assert.equal(reset.screen, 'UX-62', `${reset}`);
  const password = freshPassword();
  await refusedHere({ newPassword: password, confirmPassword: password }, 'change');
  assert.ok((await signsIn(who)).code, 'the old password is the password');
});

test('attack: a GET does nothing, with any parameter', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  await reset.choose('email');
  const data = reset.page.form(['otp']).data({ otp: '1' }, 'verify');
  const sent = await Reset.sent(at.demo, at.demo.user(who).recovery_mail);
  for (const query of [data, { username: at.demo.user(who).upn, action: 'next' }, { ...data, action: 'next', method: 'email' }]) {
    const { page } = await reset.browser.open(`${at.demo.at('reset')}?${new URLSearchParams(query)}`);
    assert.equal(page.screen, 'UX-60', `${page}`);
  }
  await at.demo.advance('PT1S');
  assert.equal(await Reset.sent(at.demo, at.demo.user(who).recovery_mail), sent);
});

test('attack: session fixation: the cookie changes with the name and with every right proof, and is gone at the end', async () => {
  const who = await somebody();
  const reset = new Reset();
  const browser = new Browser(at.demo, { from: elsewhere() });
  browser.jar.set('rst', 'planted-by-somebody-else');
  const cookies = ['planted-by-somebody-else'];
  const begun = await Reset.begin(at.demo, { who, browser });
  const note = () => { const now = browser.jar.get(browser.jar.find('rst')); assert.ok(!cookies.includes(now), 'the cookie stayed'); cookies.push(now); };
  note();
  await begun.proveApp();
  note();
  await begun.proveMail();
  note();
  for (const cookie of begun.last.setCookies) assert.match(cookie, /^(__Host-)?rst=.*HttpOnly/i);
  for (const cookie of begun.last.setCookies) assert.match(cookie, /SameSite=Strict/i);
  await begun.change();
  assert.equal(begun.screen, 'UX-63', `${begun}`);
  assert.equal(browser.jar.find('rst'), undefined);
  assert.deepEqual(browser.jar.names, [], 'a reset signs nobody in');
  assert.ok(reset);
});

test('attack: downgrade: no method but those offered, and no page but the one asked for (CRED-049)', async () => {
  const who = await somebody();
  const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
  const post = async (fields) => {
    const form = reset.page.forms.find((f) => f.actions.includes('next'));
    return (await reset.browser.open(form.action, { method: 'POST', fields: { flow: form.data().flow, csrf: form.data().csrf, ...fields } })).page;
  };
  const password = freshPassword();
  for (const fields of [
    { action: 'next', method: 'password' }, { action: 'next', method: 'hardwareOath' }, { action: 'next', method: 'temporaryAccessPass' }, { action: 'next', method: 'sms' },
    { action: 'change', newPassword: password, confirmPassword: password }, { action: 'verify', otp: '123456' }, { action: 'next', method: 'unlock' }, { action: 'skip' }, {},
  ]) assert.equal((await post(fields)).screen, 'UX-61', JSON.stringify(fields));
  await reset.proveMail();
  for (const fields of [{ action: 'next', method: 'email' }, { action: 'change', newPassword: password, confirmPassword: password }]) {
    assert.equal((await post(fields)).screen, 'UX-61', JSON.stringify(fields));
  }
  assert.deepEqual(reset.methods, ['softwareOath'], 'the second proof is another one');
  assert.ok((await signsIn(who)).code, 'the old password is the password');
});

test('CRED-063 PROTO-805 passwords of any script and 256 characters are set and verified as they are', async () => {
  const who = await somebody();
  const chosen = ['Ænigma 쥐새끼 пятница 🦊🦊 ñandú', `${'ß𝔘λ'.repeat(85)}x`, 'cafe\u0301 noir et trottoir 9', '  spaces at both ends stay  '];
  for (const [i, password] of chosen.entries()) {
    const reset = await Reset.begin(at.demo, { who, from: elsewhere() });
    await reset.proveBoth();
    if (i === 0) {
      const form = reset.page.form(['newPassword'], 'change');
      const nul = await reset.browser.send(form.action, { method: 'POST', fields: form.data({ newPassword: 'orchid\u0000tramway velvet', confirmPassword: 'orchid\u0000tramway velvet' }, 'change') });
      assert.equal(nul.status, 400, 'U+0000 is refused');
      await reset.change('𝔘'.repeat(257));
      assert.equal(reset.errorCode, '120002', `${reset}`);
    }
    await reset.change(password);
    assert.equal(reset.screen, 'UX-63', `${JSON.stringify(password)} ${reset}`);
    assert.ok((await signsIn(who, { password: i === 2 ? 'caf\u00e9 noir et trottoir 9' : password })).code, JSON.stringify(password));
    await at.demo.advance('PT10M');
  }
});

test('CRED-043 one address begins 20 resets in ten minutes; the next is told to wait', async () => {
  const from = elsewhere();
  for (let i = 0; i < 20; i++) assert.equal((await Reset.begin(at.demo, { upn: `crowd${i}@contoso.example`, from })).screen, 'UX-61');
  const reset = await Reset.begin(at.demo, { upn: 'crowd@contoso.example', from });
  assert.equal(reset.last.status, 429, `${reset}`);
  assert.ok(Number(reset.last.header('retry-after')) > 0);
});

test('codes, passwords and addresses of a reset are not in the log or in what administrators list (PROTO-703)', async () => {
  const { demo } = at;
  const who = await somebody();
  const reset = await Reset.begin(demo, { who, from: elsewhere() });
  const code = await reset.mailed();
  await reset.press('verify', { otp: code });
  await reset.proveApp();
  const password = freshPassword();
  await reset.change(password);
  assert.equal(reset.screen, 'UX-63', `${reset}`);
  const log = fs.readFileSync(path.join(LOGS, 'demo', 'protocol-reset.log'), 'utf8');
  const shown = JSON.stringify(await demo.admin('user', 'show', demo.user(who).upn)) + (await demo.cli(['outbox', 'list'], { json: false })).stdout + JSON.stringify(await audit());
  for (const secret of [code, password, `${who}@home.example`]) assert.ok(!(log + shown).includes(secret), secret);
  assert.match(shown, /p•••@home\.example/);
});

test('CRED-003 CRED-027 a person adds a recovery address by the code sent to it, and resets with it', async () => {
  const { demo } = at;
  const who = await somebody({ mail: false });
  const to = `${who}@mine.example`;
  const flow = await SignIn.begin(demo, { who, from: 'home', params: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  await flow.answer(['password', 'otp']);
  assert.ok(flow.code, `${flow}`);
  const home = demo.at('myaccount/security-info');
  const list = await flow.browser.open(home);
  const link = list.page.links().find((href) => href.endsWith('/email'));
  assert.ok(link, `${list.page}`);
  let { page } = await flow.browser.open(link);
  assert.equal(page.screen, 'UX-124', `${page}`);
  ({ page } = await flow.browser.submit(page.form(['email'], 'next'), { email: 'a@b, c@d' }, 'next'));
  assert.equal(page.screen, 'UX-124');
  const seen = await Reset.sent(demo, to);
  ({ page } = await flow.browser.submit(page.form(['email'], 'next'), { email: to }, 'next'));
  assert.equal(page.screen, 'UX-125', `${page}`);
  ({ page } = await flow.browser.submit(page.form(['otp'], 'verify'), { otp: '12345678' }, 'verify'));
  assert.equal(page.errorCode, '500121', `${page}`);
  const code = await Reset.code(demo, to, seen);
  const csrf = await flow.browser.send(link, { method: 'POST', fields: { ...page.form(['otp']).data({ otp: code }, 'verify'), csrf: 'x' } });
  assert.equal(csrf.status, 403);
  ({ page } = await flow.browser.submit(page.form(['otp'], 'verify'), { otp: code }, 'verify'));
  assert.match(page.text, new RegExp(`${who[0]}•••@mine\\.example`), `${page}`);
  assert.ok(!page.body.includes(to), 'the address is not shown whole');
  demo.user(who).recovery_mail = to;
  const reset = await Reset.begin(demo, { who, from: elsewhere() });
  await reset.proveBoth();
  await reset.change();
  assert.equal(reset.screen, 'UX-63', `${reset}`);
});

test('attack: a method that its owner removes proves nothing in a reset that it was proven in', async () => {
  const { demo } = at;
  const person = await somebody();
  const reset = await Reset.begin(demo, { who: person, from: elsewhere() });
  await reset.proveMail();
  assert.equal(reset.screen, 'UX-61', `${reset}`);
  const phone = (await signsIn(person)).browser;
  let { page: info } = await phone.open(demo.at('myaccount/security-info'));
  if (info.screen === 'UX-20') ({ page: info } = await phone.submit(info.form(['otp'], 'verify'), { otp: await demo.otp(person) }, 'verify'));
  let page;
  for (const way of info.links().filter((link) => link.includes('security-info/method'))) {
    ({ page } = await phone.open(new URL(way, info.url).href));
    if (page.text.includes('home.example')) break;
  }
  ({ page } = await phone.submit(page.form([], 'remove'), {}, 'remove'));
  ({ page } = await phone.submit(page.form([], 'remove'), {}, 'remove'));
  assert.equal(page.screen, 'UX-83', `${page}`);
  await demo.admin('user', 'add-email', demo.user(person).upn, 'another@home.example');
  await demo.advance('PT31S');
  await reset.proveApp().catch(() => {});
  assert.notEqual(reset.screen, 'UX-62', `${reset}`);
});
