// MFA by a provider outside, as an external authentication method (id-protection.md §3.6, IDP-138; credentials.md §5).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { ExternalProvider } from '../support_js/external_provider.mjs';
import { form } from '../support_js/http.mjs';
import { Page } from '../support_js/page.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { totp, stepOf } from '../support_js/totp.mjs';
import { demoFor, isOAuthError, newcomer } from './support.mjs';

const provider = new ExternalProvider();
before(() => provider.start());
after(() => provider.stop());
const at = demoFor('external-mfa', { args: ['--provider-ca', provider.ca, '--provider-network', '127.0.0.0/8'] });
afterEach(async () => {
  provider.isDown = false;
  for (const method of await at.demo.adminList('policy', 'external-method', 'list')) await at.demo.admin('policy', 'external-method', 'delete', method.id);
});

const documentOf = (change = {}) => ({
  displayName: 'Contoso Verify', state: 'enabled', appId: randomUUID(), federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp',
  openIdConnectSetting: { clientId: provider.clientId, discoveryUrl: provider.discoveryUrl }, ...change,
});
const save = (change, ...args) => at.demo.admin('policy', 'external-method', 'save', '-', ...args, { stdin: JSON.stringify(documentOf(change)) });
const trusts = (behavior, change = {}) => save({ federatedIdpMfaBehavior: `${behavior}MfaByFederatedIdp`.replace('acceptMfaBy', 'acceptIfMfaDoneBy'), ...change });
const forOne = (name) => ({ includeTargets: [{ targetType: 'user', id: at.demo.user(name).id }] });

/** A sign-in from where it is risky, as far as MFA is asked for. */
async function asks(who, options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'tor', ...options });
  await flow.answer(['password']);
  return flow;
}
const buttonOf = (page, id) => page.forms.find((f) => f.fields.includes('method') && f.data().method === id);
/** To the page before the provider's: what the browser would post to it. */
async function leave(flow, method) {
  const button = buttonOf(flow.page, method.id);
  assert.ok(button, `the method is not on ${flow.page}`);
  flow.arrive(await flow.browser.submit(button, {}, 'verify'));
  assert.equal(flow.screen, 'UX-176', `${flow.page}`);
  return askedBy(flow);
}
function askedBy(flow) {
  const away = flow.page.forms.find((f) => f.action.startsWith(provider.origin));
  assert.ok(away, `no form to the provider on ${flow.page}`);
  return { action: away.action, ...away.data() };
}
const hintOf = async (asked) => (await at.demo.verify(asked.id_token_hint)).claims;
/** The provider's form, posted by the browser from the provider's page: another site, so without a cookie. */
const post = (asked, fields) => at.demo.fetch(asked.redirect_uri, {
  method: 'POST', body: form({ state: asked.state, ...fields }),
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: provider.origin, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
});
/** The answer, and the browser's way on. */
async function comeBack(flow, asked, fields, browser = flow.browser) {
  const answer = await post(asked, fields);
  assert.equal(answer.status, 303, answer.body);
  assert.equal(answer.setCookies.length, 0);
  return flow.arrive(await browser.open(answer.headers.location));
}
async function tokenFor(asked, change, options) {
  return provider.sign(provider.claims(asked, await hintOf(asked), await at.demo.now(), change), options);
}
async function confirm(flow, method) {
  const asked = await leave(flow, method);
  return comeBack(flow, asked, { id_token: await tokenFor(asked) });
}
const newestOf = async (who) => at.demo.admin('signins', 'show', (await at.demo.adminList('signins', 'list', '--user', at.demo.user(who).upn))[0].id);

test('IDP-138 accept: MFA at the provider remediates the sign-in risk, and tokens say how it was given', async () => {
  const who = await newcomer(at.demo, 'accept');
  const method = await trusts('accept');
  const flow = await asks(who);
  assert.equal(flow.screen, 'UX-20', `${flow.page}`);
  const asked = await leave(flow, method);
  assert.equal(asked.action, provider.authorize);
  assert.deepEqual([asked.scope, asked.response_type, asked.response_mode, asked.client_id], ['openid', 'id_token', 'form_post', provider.clientId]);
  assert.equal(asked.redirect_uri, at.demo.at('federation/externalauthprovider'));
  assert.deepEqual(JSON.parse(asked.claims).id_token.acr, { essential: true, values: ['possessionorinherence'] });
  assert.ok(JSON.parse(asked.claims).id_token.amr.values.includes('fido'));
  assert.ok(!('csrf' in asked) && !('flow' in asked), 'nothing of ours goes along');

  const hint = await hintOf(asked);
  assert.equal(hint.aud, method.appId);
  assert.equal(hint.oid, at.demo.user(who).id);
  assert.equal(hint.tid, at.demo.tenant.id);
  assert.notEqual(hint.sub, hint.oid, 'the subject is made for this provider alone');
  assert.ok(hint.exp - hint.iat <= 300);

  const csp = flow.last.header('content-security-policy');
  assert.match(csp, new RegExp(`form-action 'self' ${provider.origin};`));
  assert.equal(flow.page.tags('script').length, 0);

  await comeBack(flow, asked, { id_token: await tokenFor(asked) });
  assert.ok(flow.code, `${flow.page}`);
  await flow.redeem();
  const claims = await flow.claims();
  assert.equal(claims.acr, 'mfa');
  assert.deepEqual([...claims.amr].sort(), ['fed', 'fido', 'mfa', 'pwd']);
  const record = await newestOf(who);
  assert.equal(record.riskState, 'remediated');
  assert.equal(record.riskDetail, 'userPassedMFADrivenByRiskBasedPolicy');
  const step = record.authenticationDetails.find((d) => d.authenticationMethod === 'External authentication method');
  assert.equal(step.authenticationMethodDetail, 'Contoso Verify');
  assert.equal(step.succeeded, true);
});

test('IDP-138 accept: the method stands beside the others, before a code and after a passkey; no other page may lead there', async () => {
  const method = await trusts('accept');
  const flow = await asks('alice');
  assert.equal(flow.screen, 'UX-20');
  assert.ok(buttonOf(flow.page, method.id), `${flow.page}`);
  assert.ok(flow.asksFor('otp'), 'a code stays possible');
  assert.ok(!flow.last.header('content-security-policy').includes(provider.origin));
  await leave(flow, method);
  await flow.press('next');
  assert.equal(flow.screen, 'UX-20', `back to the other ways: ${flow.page}`);
  await flow.answer(['otp']);
  assert.ok(flow.code, `${flow.page}`);
});

test('IDP-138 enforce: MFA is asked of this provider alone, and nothing else counts', async () => {
  const { demo } = at;
  const method = await trusts('enforce', forOne('alice'));
  const flow = await asks('alice');
  assert.equal(flow.screen, 'UX-20', `${flow.page}`);
  assert.ok(!flow.asksFor('otp'), `${flow.page}`);
  assert.ok(buttonOf(flow.page, method.id));
  const { flow: id, csrf } = buttonOf(flow.page, method.id).data();
  const otp = await demo.otp('alice');
  for (const fields of [{ otp }, { otp, method: 'softwareOath' }, { method: 'push' }, { otp, method: 'temporaryAccessPass' }]) {
    flow.arrive(await flow.browser.open(demo.at('login'), { method: 'POST', fields: { flow: id, csrf, action: 'verify', ...fields } }));
    assert.ok(!flow.code, JSON.stringify(fields));
  }
  await confirm(flow, method);
  assert.ok(flow.code, `${flow.page}`);
  const erin = await asks('erin');
  assert.ok(erin.asksFor('otp'), 'who is not in scope keeps the other ways');
});

test('IDP-138 enforce: MFA of before by another method is not enough any more', async () => {
  const { demo } = at;
  const before = await asks('henry', { from: 'home', params: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  await before.answer(['otp']);
  await before.redeem();
  const method = await trusts('enforce', forOne('henry'));
  const flow = await SignIn.begin(demo, { who: 'henry', browser: before.browser, params: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  const again = await asks('henry', { browser: before.browser, from: 'tor' });
  assert.ok(!again.asksFor('otp') && buttonOf(again.page, method.id), `${again.page}`);
  assert.ok(!flow.code && buttonOf(flow.page, method.id), `the earlier code makes the tokens say mfa: ${flow}`);
  const silent = await SignIn.begin(demo, { who: 'henry', browser: before.browser, params: { prompt: 'none', claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  assert.equal(silent.code, undefined, `${silent}`);
  isOAuthError(await before.refresh(), 400, 'invalid_grant');
});

test('IDP-138 reject: the provider is not offered, and an answer under a state from before is refused', async () => {
  const who = await newcomer(at.demo, 'reject');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  const asked = await leave(flow, method);
  const token = await tokenFor(asked);
  await save({ ...forOne(who), appId: method.appId, federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' }, '--id', method.id);
  await comeBack(flow, asked, { id_token: token });
  assert.ok(!flow.code, 'an answer that does not count grants nothing');
  const record = await newestOf(who);
  assert.match(record.status.additionalDetails, /externalNotOffered/);
  assert.equal(record.status.errorCode, 500121);
  assert.equal(record.riskState, 'atRisk');

  await save({ appId: method.appId, federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' }, '--id', method.id);
  const other = await asks('alice');
  assert.ok(!buttonOf(other.page, method.id), `${other.page}`);
});

test('IDP-138 reject: what the provider proved in a session before counts for nothing there', async () => {
  const who = await newcomer(at.demo, 'withdrawn');
  const method = await trusts('accept');
  const flow = await asks(who);
  await confirm(flow, method);
  assert.ok(flow.code, `${flow.page}`);
  await flow.redeem();
  await save({ appId: method.appId, federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' }, '--id', method.id);
  const silent = await SignIn.begin(at.demo, { who, browser: flow.browser, params: { prompt: 'none' } });
  assert.ok(!silent.code, 'the risk that this MFA had closed is there again, and nothing proven answers it');
});

for (const [name, fault, make] of [
  ['an answer to another request (nonce)', 'externalNonceMismatch', (asked) => tokenFor(asked, { nonce: 'another' })],
  ['no nonce', 'externalNonceMismatch', (asked) => tokenFor(asked, { nonce: undefined })],
  ['another person', 'externalSubjectMismatch', (asked) => tokenFor(asked, { sub: 'somebody-else' })],
  ['a token for another client', 'externalAudienceMismatch', (asked) => tokenFor(asked, { aud: 'another-client' })],
  ['a token for several clients without saying for whom', 'externalAudienceMismatch', (asked) => tokenFor(asked, { aud: [provider.clientId, 'another'] })],
  ['a token whose authorized party is another', 'externalAudienceMismatch', (asked) => tokenFor(asked, { azp: 'another' })],
  ['another issuer', 'externalIssuerMismatch', (asked) => tokenFor(asked, { iss: 'https://127.0.0.1' })],
  ['a token that is over', 'externalTokenExpired', async (asked) => tokenFor(asked, { exp: Math.floor((await at.demo.now()).getTime() / 1000) - 61 })],
  ['a token without an end', 'externalTokenExpired', (asked) => tokenFor(asked, { exp: undefined })],
  ['a token from before the request', 'externalTokenStale', async (asked) => tokenFor(asked, { iat: Math.floor((await at.demo.now()).getTime() / 1000) - 120 })],
  ['a token from the future', 'externalTokenNotYetValid', async (asked) => tokenFor(asked, { nbf: Math.floor((await at.demo.now()).getTime() / 1000) + 600 })],
  ['a level that was not asked for', 'externalAcrMismatch', (asked) => tokenFor(asked, { acr: 'knowledge' })],
  ['one more thing that is known', 'externalAmrMismatch', (asked) => tokenFor(asked, { amr: ['pwd', 'kba'] })],
  ['no word of how', 'externalAmrMismatch', (asked) => tokenFor(asked, { amr: undefined })],
  ['alg none', 'externalTokenMalformed', async (asked) => provider.unsigned(provider.claims(asked, await hintOf(asked), await at.demo.now()))],
  ['HS256 under the public key', 'externalTokenMalformed', async (asked) => provider.signedWithPublicKey(provider.claims(asked, await hintOf(asked), await at.demo.now()))],
  ['a key in the header', 'externalTokenMalformed', (asked) => tokenFor(asked, {}, { header: { jwk: provider.keys.get('k1').jwk } })],
  ['another key under a known name', 'externalSignatureWrong', (asked) => tokenFor(asked, {}, { kid: 'stranger', header: { kid: 'k1' } })],
  ['a key that is not published', 'externalKeyUnknown', (asked) => tokenFor(asked, {}, { kid: 'stranger' })],
  ['a changed token', 'externalSignatureWrong', async (asked) => { const [h, p] = (await tokenFor(asked)).split('.'); const [, , s] = (await tokenFor(asked, { amr: ['otp'] })).split('.'); return [h, p, s].join('.'); }],
  ['a token of 17 KiB', 'externalTokenTooLarge', (asked) => tokenFor(asked, { padding: 'x'.repeat(17 * 1024) })],
  ['no token at all', 'externalTokenMalformed', async () => 'a.b.c'],
  ['our own hint sent back', 'externalKeyUnknown', async (asked) => asked.id_token_hint],
]) {
  test(`IDP-138 attack: ${name} proves nothing; the risk stays, and it is a failed MFA`, async () => {
    if (!provider.keys.has('stranger')) await provider.addKey('stranger', { publish: false });
    const who = await newcomer(at.demo, 'forged');
    const method = await trusts('accept', forOne(who));
    const flow = await asks(who);
    const asked = await leave(flow, method);
    await comeBack(flow, asked, { id_token: await make(asked) });
    assert.equal(flow.screen, 'UX-23', `${flow.page}`);
    const record = await newestOf(who);
    assert.match(record.status.additionalDetails, new RegExp(`^${fault}: `));
    assert.equal(record.status.errorCode, /Acr|Amr/.test(fault) ? 50161 : 500121);
    assert.equal(record.riskState, 'atRisk');
    await confirm(flow, method);
    assert.ok(flow.code, `a right answer still goes through: ${flow.page}`);
  });
}

test('IDP-138 a provider that says no is believed, and its word is logged', async () => {
  const who = await newcomer(at.demo, 'denied');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  const asked = await leave(flow, method);
  await comeBack(flow, asked, { error: 'access_denied\u0007<script>' });
  assert.equal(flow.screen, 'UX-23', `${flow.page}`);
  assert.match(flow.page.text, /wasn’t confirmed/);
  assert.ok(!flow.page.body.includes('access_denied'));
  assert.match((await newestOf(who)).status.additionalDetails, /^externalDenied: .*; access_denied<script>$/);
});

test('IDP-138 attack: one state takes one answer, and one answer serves once', async () => {
  const who = await newcomer(at.demo, 'replay');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  const asked = await leave(flow, method);
  const id_token = await tokenFor(asked);
  const answers = await Promise.all([1, 2, 3, 4].map(() => post(asked, { id_token })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [303, 400, 400, 400]);
  assert.equal(new Page(answers.find((a) => a.status === 400)).screen, 'UX-111');
  const { location } = answers.find((a) => a.status === 303).headers;
  flow.arrive(await flow.browser.open(location));
  assert.ok(flow.code, `${flow.page}`);
  assert.equal((await post(asked, { id_token })).status, 400);
  const { page } = await flow.browser.open(location);
  assert.equal(page.errorCode, '50089', `${page}`);

  const second = await asks(who);
  const next = await leave(second, method);
  await comeBack(second, next, { id_token });
  assert.equal(second.screen, 'UX-23', 'the token of the first request answers no second one');
});

test('IDP-138 attack: an answer helps no other browser, and no other flow', async () => {
  const [mallory, victim] = [await newcomer(at.demo, 'mallory'), await newcomer(at.demo, 'victim')];
  const method = await trusts('accept');
  const [hers, theirs] = [await asks(mallory), await asks(victim)];
  const [askedHers, askedTheirs] = [await leave(hers, method), await leave(theirs, method)];

  // Her own good answer, delivered into the victim's flow: its nonce and subject are not the victim's.
  await comeBack(theirs, askedTheirs, { id_token: await tokenFor(askedHers) });
  assert.equal(theirs.screen, 'UX-23', `${theirs.page}`);

  // The victim's good answer, picked up in her browser: without the victim's cookie there is no such flow.
  const again = await leave(theirs, method);
  const answer = await post(again, { id_token: await tokenFor(again) });
  const { page } = await hers.browser.open(answer.headers.location);
  assert.equal(page.errorCode, '50089', `${page}`);
  const stranger = new Browser(at.demo, { from: 'tor' });
  assert.equal((await stranger.open(answer.headers.location)).page.errorCode, '50089');
  assert.ok(!hers.code);

  // Her flow is where it was; the victim's own browser goes on.
  await hers.press('next');
  assert.equal(hers.screen, 'UX-20');
  theirs.arrive(await theirs.browser.open(answer.headers.location));
  assert.ok(theirs.code, `${theirs.page}`);
});

test('IDP-138 attack: without an answer nothing goes on, by link or by form', async () => {
  const who = await newcomer(at.demo, 'early');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  const asked = await leave(flow, method);
  const { flow: id, csrf } = flow.page.form([], 'next').data();
  flow.arrive(await flow.browser.open(at.demo.at(`login/external?flow=${id}`)));
  assert.equal(flow.screen, 'UX-176', `${flow.page}`);
  assert.match(flow.page.text, /hasn’t confirmed/);
  flow.arrive(await flow.browser.open(at.demo.at('login'), { method: 'POST', fields: { flow: id, csrf, action: 'verify', id_token: await tokenFor(asked), state: asked.state } }));
  assert.equal(flow.screen, 'UX-176', 'a token that did not come by the provider’s way is not looked at');
  for (const state of ['', 'x', `${asked.state}x`, 'y'.repeat(500)]) assert.equal((await post({ ...asked, state }, { id_token: 'a.b.c' })).status, 400);
  assert.equal((await at.demo.fetch(asked.redirect_uri)).status, 405);
  const huge = await post(asked, { id_token: 'z'.repeat(80 * 1024) });
  assert.ok([400, 413].includes(huge.status), `${huge.status}`);
  await comeBack(flow, askedBy(flow), { id_token: await tokenFor(askedBy(flow)) });
  assert.ok(flow.code, `none of this used the state up: ${flow.page}`);
});

test('IDP-138 a request is over after ten minutes', async () => {
  const who = await newcomer(at.demo, 'late');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  const asked = await leave(flow, method);
  await at.demo.advance('PT10M1S');
  assert.equal((await post(asked, { id_token: await provider.sign(provider.claims(asked, { sub: 'late' }, await at.demo.now())) })).status, 400);
});

test('IDP-138 attack: nobody is made to confirm again and again', async () => {
  const who = await newcomer(at.demo, 'bombed');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  for (let i = 0; i < 5; i++) {
    await leave(flow, method);
    await flow.press('next');
  }
  flow.arrive(await flow.browser.submit(buttonOf(flow.page, method.id), {}, 'verify'));
  assert.equal(flow.screen, 'UX-23', `${flow.page}`);
  assert.match(flow.page.text, /Too many/);
});

test('IDP-138 while the provider cannot be reached the others go on; where it is enforced nothing does', async () => {
  const { demo } = at;
  await demo.advance('PT2H');  // what was read before is read again
  provider.isDown = true;
  const beside = await trusts('accept', { ...forOne('alice'), openIdConnectSetting: { clientId: provider.clientId, discoveryUrl: `${provider.origin}/down/.well-known/openid-configuration` } });
  const flow = await asks('alice');
  flow.arrive(await flow.browser.submit(buttonOf(flow.page, beside.id), {}, 'verify'));
  assert.equal(flow.screen, 'UX-23', `${flow.page}`);
  assert.match(flow.page.text, /can’t be reached/);
  await flow.answer(['otp']);
  assert.ok(flow.code, `${flow.page}`);

  await save({ ...forOne('alice'), appId: beside.appId, federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp', openIdConnectSetting: { clientId: provider.clientId, discoveryUrl: `${provider.origin}/down/.well-known/openid-configuration` } }, '--id', beside.id);
  const enforced = await asks('alice');
  enforced.arrive(await enforced.browser.submit(buttonOf(enforced.page, beside.id), {}, 'verify'));
  assert.equal(enforced.screen, 'UX-23', `${enforced.page}`);
  assert.ok(!enforced.asksFor('otp') && !enforced.code);
  assert.match((await newestOf('alice')).status.additionalDetails, /keys cannot be had/);
});

test('IDP-138 keys are read once, again for a new one, and not again and again for an unknown one', async () => {
  const who = await newcomer(at.demo, 'rollover');
  const method = await trusts('accept', forOne(who));
  await at.demo.advance('PT2H');
  const flow = await asks(who);
  const first = await leave(flow, method);
  await provider.addKey(`next-${provider.keys.size}`);
  const kid = [...provider.keys.keys()].at(-1);
  await at.demo.advance('PT2M');
  await comeBack(flow, first, { id_token: await tokenFor(first, {}, { kid }) });
  assert.ok(flow.code, `${flow.page}`);
  const read = provider.reads.keys;
  const second = await asks(who);
  for (let i = 0; i < 3; i++) {
    const asked = await leave(second, method);
    await comeBack(second, asked, { id_token: await tokenFor(asked, {}, { header: { kid: `unknown-${i}` } }) });
  }
  assert.ok(provider.reads.keys - read <= 1, `${provider.reads.keys - read} reads for keys that do not exist`);
});

test('IDP-138 attack: who has this MFA adds no method by password alone', async () => {
  const { demo } = at;
  const who = await newcomer(demo, 'thief');
  await demo.policiesOff();
  try {
    const method = await trusts('accept', forOne(who));
    const flow = await SignIn.begin(demo, { who, from: 'home' });
    await flow.answer(['password']);
    assert.ok(flow.code, `no policy asks for MFA: ${flow.page}`);
    const { page } = await flow.browser.open(demo.at('myaccount/security-info/app'));
    assert.ok(!page.totpSecret(), `${page}`);
    assert.ok(buttonOf(page, method.id), `it is asked for first: ${page}`);
  } finally {
    for (const policy of await demo.adminList('policy', 'list')) await demo.admin('policy', 'enable', policy.id);
  }
});

test('IDP-138 a method is saved with every mistake told at once, and leaves with what it proved', async () => {
  const { demo } = at;
  const wrong = await demo.cli(['policy', 'external-method', 'save', '-'], {
    stdin: JSON.stringify({ displayName: '', state: 'on', appId: 'x', federatedIdpMfaBehavior: 'trust', openIdConnectSetting: { clientId: '', discoveryUrl: 'http://idp.example' }, excludeTargets: [{ targetType: 'group', id: 'all_users' }], extra: 1 }),
  });
  assert.notEqual(wrong.code, 0);
  for (const word of ['displayName', 'state', 'appId', 'federatedIdpMfaBehavior', 'clientId', 'discoveryUrl', 'excludeTargets', 'extra']) {
    assert.ok((wrong.stdout + wrong.stderr).includes(word), `${word} is not told: ${wrong.stdout}${wrong.stderr}`);
  }
  const ours = await demo.cli(['policy', 'external-method', 'save', '-'], { stdin: JSON.stringify(documentOf({ appId: demo.client('web').client_id })) });
  assert.notEqual(ours.code, 0, 'a hint for one of our applications would be an ID token for it');
  const made = await trusts('accept');
  assert.equal((await demo.admin('policy', 'external-method', 'show', made.id)).displayName, 'Contoso Verify');
  const twin = await demo.cli(['policy', 'external-method', 'save', '-'], { stdin: JSON.stringify(documentOf()) });
  assert.notEqual(twin.code, 0, 'two of one name cannot be told apart');
  await demo.admin('policy', 'external-method', 'delete', made.id);
  assert.deepEqual(await demo.adminList('policy', 'external-method', 'list'), []);
});

test('IDP-138 attack: an answer that another browser brought back is nobody’s, so whoever is lured to the provider proves nothing for the lure', async () => {
  const who = await newcomer(at.demo, 'lured');
  const method = await trusts('accept', forOne(who));
  const thief = await asks(who);
  const asked = await leave(thief, method);
  const brought = await post(asked, { id_token: await tokenFor(asked) });
  assert.equal(brought.status, 303);
  const lured = new Browser(at.demo, { from: 'home' });
  assert.notEqual((await lured.open(brought.headers.location)).page.screen, undefined);
  const id = thief.page.form([], 'next').data().flow;
  for (const answer of ['', '&answer=', `&answer=${asked.state}`, '&answer=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    thief.arrive(await thief.browser.open(at.demo.at(`login/external?flow=${id}${answer}`)));
    assert.equal(thief.code, undefined, answer);
    assert.equal(thief.screen, 'UX-176', `${thief.page}`);
  }
  thief.arrive(await thief.browser.open(brought.headers.location));
  assert.ok(thief.code, 'the same browser that has the ticket and the sign-in goes on');
});

test('IDP-138 attack: with the password alone nobody adds a method to who is proven outside, not at the reset’s registration either', async () => {
  const who = await newcomer(at.demo, 'outside');
  const method = await trusts('accept', forOne(who));
  const { reset } = await at.demo.admin('tenant', 'settings');
  const change = (document) => at.demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify(document) });
  await change({ reset: { ...reset, scope: 'all', requiresRegistration: true } });
  try {
    const thief = await SignIn.begin(at.demo, { who, from: 'home' });
    await thief.answer(['password']);
    assert.equal(thief.screen, 'UX-170', `${thief}`);
    const choice = thief.page.forms.find((f) => f.fields.includes('method') || f.actions.includes('register'));
    thief.arrive(await thief.browser.submit(choice, { method: 'softwareOath' }, 'register'));
    assert.equal(thief.page.totpSecret(), undefined, 'a seed is shown to whoever has the password');
    assert.equal(thief.screen, 'UX-20', `${thief.page}`);
    await confirm(thief, method);
    assert.ok(thief.page.totpSecret(), `after the provider's word it is shown: ${thief.page}`);
    await thief.press('register', { otp: totp(thief.page.totpSecret(), stepOf(await at.demo.now())) });
    assert.ok(thief.code || thief.screen, `${thief}`);
  } finally {
    await change({ reset });
  }
});

test('IDP-138 what a provider proved ends with it: refresh tokens too', async () => {
  const who = await newcomer(at.demo, 'ended');
  const method = await trusts('accept', forOne(who));
  const flow = await asks(who);
  await confirm(flow, method);
  await flow.redeem();
  assert.equal((await flow.refresh()).status, 200);
  await at.demo.admin('policy', 'external-method', 'delete', method.id);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
});

test('IDP-138 a method keeps its provider: another one is another method', async () => {
  const made = await trusts('accept');
  const moved = await at.demo.cli(['policy', 'external-method', 'save', '-', '--id', made.id], {
    stdin: JSON.stringify(documentOf({ appId: made.appId, openIdConnectSetting: { clientId: 'somebody-else', discoveryUrl: provider.discoveryUrl } })) });
  assert.notEqual(moved.code, 0);
  assert.match(moved.stdout + moved.stderr, /make a new method/);
});
