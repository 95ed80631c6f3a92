// A person's own account over HTTP: home, sessions, sign-ins, alerts, language. id-protection.md §4.6 (UX-80…84), CRED-091.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('account');
const HOME = 'myaccount';

/** A page of the account, with the sign-in and MFA that come first. */
async function open(browser, who, below = HOME) {
  const user = at.demo.user(who);
  let { page } = await browser.open(at.demo.at(below));
  for (let turn = 0; turn < 5; turn++) {
    if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: user.upn }, 'next'));
    else if (page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password: user.password }, 'next'));
    else if (page.screen === 'UX-10') ({ page } = await browser.submit(page.form([], 'skip'), {}, 'skip'));
    else if (['UX-20', 'UX-23'].includes(page.screen) && page.asksFor('otp')) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp(who) }, 'verify'));
    else break;
  }
  return page;
}
async function signedIn(who, { from = 'home', userAgent } = {}) {
  const browser = new Browser(at.demo, { from, userAgent });
  return { browser, page: await open(browser, who) };
}
const absolute = (page, part) => { const href = page.links().find((l) => l.includes(part)); return href && new URL(href, page.url).href; };
const settle = (who) => at.demo.admin('risk', 'dismiss', at.demo.user(who).upn);
const detections = (who) => at.demo.adminList('risk', 'detections', '--user', at.demo.user(who).upn);
/** Somebody was in from Tor, at no risk any more; the owner, at home since, looks at their sign-ins. */
async function afterOddSignIn(who) {
  await settle(who);
  const odd = await SignIn.complete(at.demo, { who, from: 'tor' });
  assert.ok(odd.code, `${odd}`);
  await settle(who);
  const { browser } = await signedIn(who);
  return { browser, page: (await browser.open(at.demo.at('myaccount/sign-ins'))).page };
}
/** Another password on the page that asks for one; the page after it. */
async function choosePassword(browser, form, who) {
  const next = freshPassword();
  const { page } = await browser.submit(form.form(['newPassword']), { currentPassword: at.demo.user(who).password, newPassword: next, confirmPassword: next }, 'change');
  assert.equal(page.screen, 'UX-33', `${page}`);
  at.demo.user(who).password = next;
  return page;
}
/** What its owner reported is closed by the change of the password, and by nothing else. */
async function isSettledByChange(who) {
  const ended = (await detections(who)).filter((one) => one.riskEventType === 'userReportedSuspiciousActivity');
  assert.deepEqual(ended.map((one) => [one.riskState, one.riskDetail]), [['remediated', 'userPerformedSecuredPasswordChange']]);
}

test('UX-82 UX-84 the account has its pages, asks for a sign-in, and says what is pending', async () => {
  const { browser, page } = await signedIn('erin');
  assert.equal(page.screen, 'UX-140', `${page}`);
  assert.match(page.text, /nothing you need to do/);
  for (const below of ['security-info', 'sessions', 'sign-ins', 'alerts', 'password']) assert.ok(absolute(page, `/myaccount/${below}`), below);
  for (const [below, screen] of [['sessions', 'UX-141'], ['sign-ins', 'UX-80'], ['alerts', 'UX-144'], ['secure', 'UX-80a'], ['security-info', 'UX-83'], ['password', 'UX-114']]) {
    const { page: there } = await browser.open(at.demo.at(`myaccount/${below}`));
    assert.equal(there.screen, screen, `${there}`);
    assert.match(there.answer.headers['content-security-policy'], /default-src 'none'/);
  }
});

test('UX-82 IDP-013 who has no second way is told until when, and the link leads there', async () => {
  const { browser, page } = await signedIn('bob');
  assert.equal(page.screen, 'UX-140', `${page}`);
  assert.match(page.text, /Set up a second way to sign in.*days left/);
  const { page: there } = await browser.open(absolute(page, 'security-info'));
  assert.equal(there.screen, 'UX-83');
});

test('nobody who is not signed in sees or changes anything', async () => {
  for (const below of ['myaccount', 'myaccount/sessions', 'myaccount/sign-ins', 'myaccount/alerts', 'myaccount/secure', 'myaccount/password', 'myaccount/confirm',
    'myaccount/sessions/end?id=0193ab00-7c1e-7000-8000-00000000000f', 'myaccount/sign-ins/report?id=0193ab00-7c1e-7000-8000-00000000000f']) {
    const { page } = await new Browser(at.demo, { from: 'home' }).open(at.demo.at(below));
    assert.equal(page.screen, 'UX-101', `${below}: ${page}`);
    const posted = await new Browser(at.demo, { from: 'home' }).send(at.demo.at(below), { method: 'POST', fields: { action: 'report', language: 'de' } });
    assert.ok(posted.status === 405 || /data-screen="UX-101"/.test(posted.body), `${below}: ${posted.status}`);
  }
});

test('PROTO-801 no form of the account is taken without its anti-forgery value, or from another site', async () => {
  const { browser } = await signedIn('erin');
  const list = (await browser.open(at.demo.at('myaccount/sign-ins'))).page;
  const report = absolute(list, 'sign-ins/report');
  const sessions = (await browser.open(at.demo.at('myaccount/sessions'))).page;
  const csrf = list.body.match(/name="csrf" value="([^"]+)"/)?.[1] ?? sessions.body.match(/name="csrf" value="([^"]+)"/)[1];
  for (const [url, fields] of [[at.demo.at('myaccount'), { action: 'change', language: 'de' }], [report, { action: 'report' }], [absolute(sessions, 'sessions/end'), { action: 'signout' }],
    [at.demo.at('myaccount/sign-ins'), { action: 'next', signIn: new URL(report).searchParams.get('id') }]]) {
    const without = await browser.send(url, { method: 'POST', fields });
    assert.equal(without.status, 403, url);
    const foreign = await browser.send(url, { method: 'POST', fields: { ...fields, csrf }, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } });
    assert.equal(foreign.status, 403, url);
  }
  const { page } = await browser.open(at.demo.at(HOME));
  assert.equal(page.screen, 'UX-140', 'the session still stands');
});

test('UX-83 CRED-091 sessions are listed with place and program; ending one stops its cookie and its refresh token, and asks for MFA of the last five minutes', async () => {
  const there = await SignIn.complete(at.demo, { who: 'secop', from: 'home', client: 'spa', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' });
  assert.ok(there.tokens?.refresh_token, `${there}`);
  const { browser } = await signedIn('secop');
  let page = await open(browser, 'secop', 'myaccount/sessions');
  assert.equal(page.screen, 'UX-141', `${page}`);
  assert.match(page.text, /Firefox, Linux/);
  assert.match(page.text, /this one/);
  const ends = page.links().filter((l) => l.includes('sessions/end')).map((l) => new URL(l, page.url).href);
  assert.equal(ends.length, 2);

  await at.demo.advance('PT6M');
  page = (await browser.open(ends[1])).page;
  assert.equal(page.screen, 'UX-20', 'a stale session is asked for MFA first');
  ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp('secop') }, 'verify'));
  assert.equal(page.screen, 'UX-142', `${page}`);
  const form = page.form([], 'signout');
  await at.demo.advance('PT6M');
  const stale = await browser.submit(form, {}, 'signout');
  assert.equal(stale.page.screen, 'UX-20', 'the form alone is no proof');
  ({ page } = await browser.submit(stale.page.form(['otp'], 'verify'), { otp: await at.demo.otp('secop') }, 'verify'));
  ({ page } = await browser.submit(page.form([], 'signout'), {}, 'signout'));
  assert.equal(page.screen, 'UX-141', `${page}`);
  assert.match(page.text, /It’s over/);
  assert.doesNotMatch(page.text, /Firefox, Linux/);
  const refused = await there.refresh();
  assert.equal(refused.status, 400, 'its refresh token is dead');
  assert.equal((await there.browser.open(at.demo.at('myaccount/sessions'))).page.screen, 'UX-101', 'its cookie is dead');
});

test('UX-80 IDP-144 my sign-ins are mine alone, and another person’s id opens nothing', async () => {
  const { browser } = await signedIn('erin');
  const { browser: other } = await signedIn('reader');
  const hers = absolute((await browser.open(at.demo.at('myaccount/sign-ins'))).page, 'sign-ins/report');
  const theirs = (await other.open(at.demo.at('myaccount/sign-ins'))).page;
  assert.equal(theirs.screen, 'UX-80', `${theirs}`);
  assert.ok(!theirs.body.includes(new URL(hers).searchParams.get('id')));
  assert.match(theirs.text, /signed in/);
  const stolen = await other.open(hers);
  assert.equal(stolen.page.status, 404);
  const own = (await other.open(absolute(theirs, 'sign-ins/report'))).page;
  const answer = await other.send(hers, { method: 'POST', fields: { ...own.form([], 'report').data({}, 'report') } });
  assert.equal(answer.status, 404);
  const confirm = await other.send(at.demo.at('myaccount/sign-ins'), { method: 'POST', fields: { ...own.form([], 'report').data({}, 'next'), signIn: new URL(hers).searchParams.get('id') } });
  assert.equal(confirm.status, 404);
});

test('PROTO-812 what a browser calls itself is text', async () => {
  const userAgent = 'Mozilla/5.0 <script>alert(1)</script> "onload="x Firefox/140.0';
  const { browser } = await signedIn('erin', { userAgent });
  for (const below of ['myaccount/sign-ins', 'myaccount/sessions', 'myaccount/alerts']) {
    const { page } = await browser.open(at.demo.at(below));
    assert.ok(!page.body.includes('<script>alert'), below);
    assert.equal(page.tags('script').filter((s) => !s.src).length, 0, below);
  }
});

test('UX-80a UX-81 IDP-012 IDP-066 an unusual sign-in stands on top; "this was not me" asks, raises, tells, leads on, and is taken once', async () => {
  const here = await afterOddSignIn('alice');
  const { browser } = here;
  let { page } = here;
  assert.match(page.text, /Was this you\?/);
  assert.ok(page.tags('svg').some((s) => s.class === 'world' && s['aria-label']), 'a map with a name');
  const report = absolute(page, 'sign-ins/report');
  ({ page } = await browser.open(report));
  assert.equal(page.screen, 'UX-143', `${page}`);
  const form = page.form([], 'report');
  ({ page } = await browser.submit(form, {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  assert.match(page.url, /\/myaccount\/secure$/);
  const mails = (await at.demo.outbox()).filter((m) => m.to === at.demo.user('alice').upn && /Someone else may be using/.test(m.subject));
  assert.ok(mails.length >= 1, 'the owner is told by mail');
  assert.ok(mails.every((m) => !/csrf|token|code=|flow=/.test(m.text)), 'no credential in a link');
  const alerts = (await browser.open(at.demo.at('myaccount/alerts'))).page;
  assert.match(alerts.text, /Someone else may be using your account/);

  const again = await browser.submit(form, {}, 'report');
  assert.equal(again.page.screen, 'UX-80', 'a replay');
  assert.match(again.page.text, /told us about that one already/);

  // The account says what to do; the link asks for MFA of this moment, and the change settles it.
  page = (await browser.open(at.demo.at(HOME))).page;
  assert.match(page.text, /Change your password/);
  page = await open(browser, 'alice', new URL(absolute(page, 'password?with=mfa')).pathname.split('/').slice(2).join('/') + '?with=mfa');
  assert.equal(page.screen, 'UX-114', `${page}`);
  page = await choosePassword(browser, page, 'alice');
  ({ page } = await browser.submit(page.form([], 'next'), {}, 'next'));
  assert.equal(page.screen, 'UX-140', `${page}`);
  assert.doesNotMatch(page.text, /Change your password/);
  assert.match(page.text, /We secured your account/);
  await isSettledByChange('alice');
});

test('CRED-053 E08 the link in the mail that somebody else may be in the account leads to a change that settles the risk', async () => {
  const here = await afterOddSignIn('henry');
  const { browser } = here;
  let { page } = here;
  ({ page } = await browser.open(absolute(page, 'sign-ins/report')));
  ({ page } = await browser.submit(page.form([], 'report'), {}, 'report'));
  assert.equal(page.screen, 'UX-80a', `${page}`);
  const mail = (await at.demo.outbox()).find((m) => m.to === at.demo.user('henry').upn && /Someone else may be using/.test(m.subject));
  await at.demo.advance('PT11M');  // a proof of back then settles nothing
  const link = mail.text.match(/https?:\S+\/myaccount\/password\S*/)[0];
  page = await open(browser, 'henry', new URL(link).pathname.split('/').slice(2).join('/') + new URL(link).search);
  assert.equal(page.screen, 'UX-114', `${page}`);
  page = await choosePassword(browser, page, 'henry');
  await isSettledByChange('henry');
});

test('E08 who has just set up the app is asked for it once more before a change that is to settle a risk', async () => {
  const who = await newcomer(at.demo, 'enroller');
  const flow = await SignIn.begin(at.demo, { who, from: 'home' });
  await flow.answer(['password', 'register']);
  assert.ok(flow.code, `${flow}`);
  const { browser } = flow;
  let { page } = await browser.open(at.demo.at('myaccount'));
  assert.equal(page.screen, 'UX-140', `${page}`);
  ({ page } = await browser.open(at.demo.at('myaccount/password?with=mfa')));
  assert.ok(page.asksFor('password') && !page.asksFor('newPassword'), `${page}`);
  ({ page } = await browser.open(at.demo.at('myaccount/password')));
  assert.equal(page.screen, 'UX-114', 'a change that moves no risk asks for nothing more');
  page = await open(browser, who, 'myaccount/password?with=mfa');
  assert.equal(page.screen, 'UX-114', `${page}`);
});

test('E10 whose methods were all switched off meanwhile changes a password that somebody may know all the same, and settles no risk by it', async () => {
  const who = await newcomer(at.demo, 'enroller');
  const flow = await SignIn.begin(at.demo, { who, from: 'home' });
  await flow.answer(['password', 'register']);
  const { browser } = flow;
  const settings = (state) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ methods: { softwareOath: { state } } }) });
  await open(browser, who);
  const odd = await SignIn.begin(at.demo, { who, from: 'tor' });
  await odd.answer(['password']);  // stopped at the code: the risk stays
  const risk = async () => (await at.demo.admin('risk', 'user', at.demo.user(who).upn)).riskState;
  assert.equal(await risk(), 'atRisk');
  await settings('disabled');
  try {
    const { page } = await browser.open(at.demo.at('myaccount/password?with=mfa'));
    assert.equal(page.screen, 'UX-114', `${page}`);
    await choosePassword(browser, page, who);
    assert.equal(await risk(), 'atRisk');
  } finally {
    await settings('enabled');
  }
});

test('UX-114 Cancel leads to the account, and the page offers no other account', async () => {
  const { browser } = await signedIn('alice');
  for (const path of ['myaccount/password', 'myaccount/password?with=mfa']) {
    let page = await open(browser, 'alice', path);
    assert.equal(page.screen, 'UX-114', `${page}`);
    assert.ok(!page.offers('other'), `${page}`);
    if (path.includes('mfa')) await at.demo.advance('PT6M');
    ({ page } = await browser.submit(page.form([], 'cancel'), {}, 'cancel'));
    assert.equal(page.screen, 'UX-140', `${page}`);
  }
});

test('IDP-066 a person at risk without a second way cannot clear it by a change of the password', async () => {
  const flow = await SignIn.complete(at.demo, { who: 'dave', from: 'home', answer: ['password'] });
  assert.equal(flow.errorCode, '53004', `${flow}`);
  const { page } = await new Browser(at.demo, { from: 'home' }).open(at.demo.at('myaccount/password?with=mfa'));
  assert.ok(page.asksFor('username'), `${page}`);
});

test('UX-80b "this was me" is feedback: the risk stays', async () => {
  await settle('henry');
  const odd = await SignIn.begin(at.demo, { who: 'henry', from: 'tor' });
  await odd.answer(['password']);  // stopped at the code: nothing closes the risk
  const before = await detections('henry');
  const { browser } = await signedIn('henry');
  let page = (await browser.open(at.demo.at('myaccount/sign-ins'))).page;
  assert.match(page.text, /Was this you\?/);
  ({ page } = await browser.submit(page.form(['signIn'], 'next'), {}, 'next'));
  assert.match(page.text, /That’s noted/);
  assert.doesNotMatch(page.text, /Was this you\?/);
  assert.deepEqual(await detections('henry'), before);
});

test('a language is kept for the person and this browser, and refused when there are no texts in it', async () => {
  const { browser, page } = await signedIn('erin');
  const german = (await browser.submit(page.form(['language'], 'change'), { language: 'de' }, 'change')).page;
  assert.match(german.body, /<html lang="de">/);
  assert.match(german.text, /Ihre Sprache ist gespeichert/);
  assert.match((await new Browser(at.demo, { from: 'home' }).open(at.demo.at(HOME))).page.body, /<html lang="en">/);
  browser.jar.take?.([], at.demo.base);
  const elsewhere = await signedIn('erin');
  assert.match(elsewhere.page.body, /<html lang="de">/, 'kept with the person');
  const wrong = await browser.send(at.demo.at(HOME), { method: 'POST', fields: german.form(['language'], 'change').data({ language: '../../etc' }, 'change') });
  assert.equal(wrong.status, 400);
  await browser.submit(german.form(['language'], 'change'), { language: 'en' }, 'change');
});
