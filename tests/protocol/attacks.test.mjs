// Attacks by name: each test is one way in that must stay shut. protocols.md §9, §17, §21, §23.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BINARY, ROOT, run } from '../support_js/demo.mjs';
import { form } from '../support_js/http.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { allowDevice, demoFor, isOAuthError } from './support.mjs';

const at = demoFor('attacks', { args: ['--post-logout-redirect-uri', 'http://localhost:9/bye'] });
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const MFA = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) };
const signedIn = (options = {}) => SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], ...options });
const silent = (browser, options = {}) => SignIn.begin(at.demo, { browser, params: { prompt: 'none' }, ...options });
const userinfo = (demo, token) => demo.fetch(demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${token}` } });
const introspect = async (demo, token, as = 'web') => (await demo.post('oauth2/v2.0/introspect', { token }, { as })).json();
const has = (browser, name) => browser.jar.find(name) !== undefined && browser.jar.get(browser.jar.find(name)) !== '';
/** A sign-in whose password is proven and that waits for a code. */
async function atCode(who, options = {}) {
  const flow = await SignIn.begin(at.demo, { who, from: 'tor', ...options });
  await flow.answer(['password']);
  assert.ok(flow.asksFor('otp'), `${flow}`);
  return flow;
}
/** No code, no session, whatever was pressed. */
async function gotNothing(flow, what) {
  assert.equal(flow.code, undefined, `${what}: ${flow}`);
  assert.equal((await silent(flow.browser)).error, 'login_required', `${what}: a session was left behind`);
}

// ---- what was revoked stays revoked

for (const [what, act] of [
  ['revoked sessions', async (demo, upn) => { await demo.admin('user', 'revoke-sessions', upn); }],
  ['a changed password', async (demo, upn) => { demo.user('henry').password = (await demo.admin('user', 'temporary-password', upn)).password; }],
  ['a blocked account', async (demo, upn) => { await demo.admin('user', 'block', upn); return () => demo.admin('user', 'unblock', upn); }],
  ['a confirmed compromise', async (demo, upn) => { await demo.admin('risk', 'confirm-compromised', upn); return () => demo.admin('risk', 'dismiss', upn); }],
]) {
  test(`attack: a sign-in under way does not survive ${what}`, async () => {
    const { demo } = at;
    const { upn } = demo.user('henry');
    const known = demo.user('henry').password;
    const flow = await atCode('henry');
    await demo.advance('PT2S');
    const undo = await act(demo, upn);
    await flow.answer(['otp']);
    await gotNothing(flow, what);
    await undo?.();
    await flow.answer(['otp']);
    await gotNothing(flow, `${what}, and undone`);
    if (demo.user('henry').password !== known) {
      const change = await SignIn.begin(demo, { who: 'henry', from: 'home' });
      await change.answer(['password', 'otp', 'change']);
      assert.ok(change.code, `${change}`);
    }
    await demo.admin('risk', 'dismiss', upn);
  });
}

test('attack: a code that was issued before the sessions were revoked buys nothing after', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'erin', from: 'home' });
  await flow.answer(['password']);
  assert.ok(flow.code, `${flow}`);
  await at.demo.advance('PT2S');
  await at.demo.admin('user', 'revoke-sessions', at.demo.user('erin').upn);
  isOAuthError(await flow.redeem(), 400, 'invalid_grant');
});

test('attack: a step-up that began before sign-out does not bring the session back', async () => {
  const first = await signedIn();
  const stepUp = await SignIn.begin(at.demo, { who: 'alice', browser: first.browser, params: MFA });
  assert.ok(stepUp.asksFor('otp'), `${stepUp}`);
  const tab = new Browser(at.demo, { from: 'home' });
  tab.jar = first.browser.jar.clone();
  await tab.open(`${at.demo.at('oauth2/v2.0/logout')}?${form({ id_token_hint: first.tokens.id_token })}`);
  await stepUp.answer(['otp']);
  await gotNothing(stepUp, 'a session that was signed out');
});

test('attack: an ended session is of no use to refresh or userinfo', async () => {
  const { demo } = at;
  const flow = await signedIn({ client: 'spa', params: { scope: 'openid profile' } });
  const kept = { access: flow.tokens.access_token, refresh: flow.tokens.refresh_token };
  assert.equal((await userinfo(demo, kept.access)).status, 200);
  assert.ok(kept.refresh, 'an SPA refreshes within its session');
  await flow.browser.open(`${demo.at('oauth2/v2.0/logout')}?${form({ id_token_hint: flow.tokens.id_token })}`);
  assert.equal((await silent(flow.browser)).error, 'login_required');
  assert.equal((await userinfo(demo, kept.access)).status, 401);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
});

test('attack: revoking a refresh token that was rotated already still revokes its family', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const first = flow.tokens.refresh_token;
  assert.equal((await flow.refresh()).status, 200);
  assert.notEqual(flow.tokens.refresh_token, first);
  assert.equal((await demo.post('oauth2/v2.0/revoke', { token: first }, { as: 'web' })).status, 200);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  assert.deepEqual(await introspect(demo, flow.tokens.access_token), { active: false });
});

// ---- risk is not closed by what proves nothing

test('attack: enrolling a method closes no risk; registration is not remediation', async () => {
  const { demo } = at;
  const { upn } = demo.user('bob');
  await demo.admin('risk', 'leaked-credentials', upn, '--level', 'low');
  const flow = await SignIn.begin(demo, { who: 'bob', from: 'home', params: MFA });
  await flow.answer(['password', 'register']);
  const risk = await demo.admin('risk', 'user', upn);
  assert.equal(risk.riskState, 'atRisk', JSON.stringify(risk));
  assert.equal(risk.riskLevel, 'low');
  assert.ok((await demo.adminList('risk', 'detections', '--user', upn)).every((d) => d.riskState === 'atRisk'));
  assert.ok(flow.code, `with low risk he may enrol: ${flow}`);
});

test('attack: a freshly enrolled method does not make a password change a remediation', async () => {
  const { demo } = at;
  const made = await demo.admin('user', 'create', 'mallory@contoso.example', '--name', 'Mallory');
  demo.addUser('mallory', { upn: 'mallory@contoso.example', password: made.passwordProfile.password });
  await demo.admin('risk', 'leaked-credentials', 'mallory@contoso.example', '--level', 'low');
  const flow = await SignIn.begin(demo, { who: 'mallory', from: 'home', params: MFA });
  await flow.answer(['password', 'register', 'change']);
  const risk = await demo.admin('risk', 'user', 'mallory@contoso.example');
  assert.equal(risk.riskState, 'atRisk', `${flow} ${JSON.stringify(risk)}`);
});

// ---- demands for a new first factor hold

for (const [what, params] of [['prompt=login', { prompt: 'login select_account' }], ['max_age=0', { prompt: 'select_account', max_age: '0' }], ['max_age', { prompt: 'select_account', max_age: '60' }]]) {
  test(`attack: ${what} is not got round by picking the account in the account picker`, async () => {
    const first = await signedIn();
    await at.demo.advance('PT2M');
    const flow = await SignIn.begin(at.demo, { who: 'alice', browser: first.browser, params });
    const picks = flow.page?.forms.find((f) => f.choices('username').length > 0 || f.fields.includes('username'));
    if (picks && !flow.asksFor('password')) await flow.press('next', { username: at.demo.user('alice').upn });
    assert.equal(flow.code, undefined, `${flow}`);
    assert.ok(flow.asksFor('password'), `${flow}`);
    await flow.answer(['password']);
    await flow.redeem();
    const now = Math.floor((await at.demo.now()).getTime() / 1000);
    assert.ok(now - (await flow.claims()).auth_time < 60, 'auth_time is of the new password');
  });
}

test('attack: prompt=login is not got round by going on with another account and coming back', async () => {
  const first = await signedIn();
  await at.demo.advance('PT2M');
  const flow = await SignIn.begin(at.demo, { who: 'alice', browser: first.browser, params: { prompt: 'login' } });
  if (flow.page.offers('other')) await flow.press('other');
  if (flow.asksFor('username') && !flow.asksFor('password')) await flow.press('next', { username: at.demo.user('alice').upn });
  assert.equal(flow.code, undefined);
  assert.ok(flow.asksFor('password'), `${flow}`);
});

// ---- the device grant

const pollAs = (client, device) => at.demo.token({ grant_type: DEVICE, device_code: device.device_code }, { as: client });
async function deviceCodeOf(client) {
  const answer = await at.demo.post('oauth2/v2.0/devicecode', { scope: 'openid profile' }, { as: client });
  assert.equal(answer.status, 200, answer.body);
  return answer.json();
}
const approve = (device, who) => allowDevice(at.demo, device, who);

test('attack: the device grant is no way round application assignment', async () => {
  const { demo } = at;
  const made = await demo.admin('app', 'create', '--name', 'Assigned tool', '--type', 'native', '--redirect-uri', 'http://localhost', '--assignment-required');
  demo.tenant.clients.tool = { client_id: made.appId };
  const device = await deviceCodeOf('tool');
  await approve(device, 'alice');
  const answer = await pollAs('tool', device);
  assert.equal(answer.status, 400, answer.body);
  assert.ok(!('access_token' in answer.json()), answer.body);
  assert.ok(['invalid_grant', 'access_denied', 'authorization_pending'].includes(answer.json().error), answer.body);
});

test('attack: the device grant is no way round a policy that blocks it', async () => {
  const { demo } = at;
  const document = JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/policies/block-device-code-flow.json'), 'utf8'));
  const policy = await demo.policy({ ...document, state: 'enabled', conditions: { ...document.conditions, users: { includeUsers: ['All'] }, locations: undefined } });
  try {
    const device = await deviceCodeOf('native');
    const flow = await approve(device, 'alice');
    assert.equal(flow.page?.errorCode, '53003', `${flow}`);
    isOAuthError(await pollAs('native', device), 400, ['authorization_pending', 'access_denied']);
  } finally { await demo.admin('policy', 'delete', policy.id); }
});

test('attack: who became risky between approval and polling gets no tokens at the device', async () => {
  const { demo } = at;
  const device = await deviceCodeOf('native');
  await approve(device, 'alice');
  await demo.admin('risk', 'leaked-credentials', demo.user('alice').upn);
  const answer = await pollAs('native', device);
  assert.equal(answer.status, 400, answer.body);
  assert.ok(!('access_token' in answer.json()));
  await demo.admin('risk', 'dismiss', demo.user('alice').upn);
});

test('attack: a device code that somebody else\'s client polls gives it nothing', async () => {
  const device = await deviceCodeOf('native');
  await approve(device, 'alice');
  const answer = await at.demo.token({ grant_type: DEVICE, device_code: device.device_code }, { as: 'spa' });
  assert.ok(answer.status >= 400 && !('access_token' in answer.json()), answer.body);
  assert.equal((await pollAs('native', device)).status, 200, 'the right client still may');
});

// ---- codes and interactions belong to one browser, one flow

test('attack: code swap: a code that was smuggled into another sign-in fails on its verifier and is spent', async () => {
  const [attacker, victim] = [await SignIn.begin(at.demo, { who: 'henry', from: 'home' }), await SignIn.begin(at.demo, { who: 'alice', from: 'home' })];
  await attacker.answer(['password']);
  await victim.answer(['password']);
  assert.ok(attacker.code && victim.code, `${attacker} ${victim}`);
  isOAuthError(await victim.redeem({ code: attacker.code }), 400, 'invalid_grant', { number: 501481 });
  isOAuthError(await attacker.redeem(), 400, 'invalid_grant');
  assert.equal((await victim.redeem()).status, 200, 'the victim\'s own code is untouched');
});

test('attack: login CSRF: an attacker\'s interaction cannot sign a victim\'s browser in', async () => {
  const { demo } = at;
  const attacker = await SignIn.begin(demo, { who: 'henry', from: 'home' });
  await attacker.press('next', { username: demo.user('henry').upn });
  const prepared = attacker.page.form(['password']);
  const fields = prepared.data({ password: demo.user('henry').password }, prepared.actions[0]);
  const victim = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  for (const headers of [{}, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }]) {
    const { redirect, page } = await victim.browser.open(prepared.action, { method: 'POST', fields, headers });
    assert.ok(!redirect, `led to ${redirect}`);
    assert.ok(page.status >= 400, `${page}`);
    assert.ok(!has(victim.browser, 'idsid'), 'the victim was signed in as the attacker');
  }
  await attacker.answer(['password']);
  assert.ok(attacker.code, 'in its own browser it goes on');
  const url = new URL(attacker.redirect);
  assert.notEqual(url.searchParams.get('state'), victim.request.state, 'the code comes with the attacker\'s state, so the application refuses it');
});

test('attack: parallel redemption of one code: one answer, and what it gave is dead', async () => {
  const { demo } = at;
  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  await flow.answer(['password']);
  const fields = { grant_type: 'authorization_code', code: flow.code, redirect_uri: flow.request.redirect_uri, code_verifier: flow.verifier };
  const answers = await Promise.all(Array.from({ length: 16 }, () => demo.token(fields, { as: 'web' })));
  const won = answers.filter((answer) => answer.status === 200);
  assert.equal(won.length, 1, answers.map((answer) => answer.status).join(' '));
  const { access_token, refresh_token } = won[0].json();
  assert.deepEqual(await introspect(demo, access_token), { active: false });
  isOAuthError(await demo.token({ grant_type: 'refresh_token', refresh_token }, { as: 'web' }), 400, 'invalid_grant');
});

test('attack: a TOTP code that was seen is not replayed in a parallel sign-in', async () => {
  const [owner, thief] = [await atCode('alice'), await atCode('alice')];
  const code = await at.demo.otp('alice');
  await owner.press('verify', { otp: code });
  assert.ok(owner.code, `${owner}`);
  await thief.press('verify', { otp: code });
  assert.equal(String(thief.errorCode), '500121');
  await gotNothing(thief, 'a replayed code');
});

// ---- tenants are apart

async function otherTenant() {
  const { demo } = at;
  const cli = async (args, stdin = '') => {
    const result = await run(BINARY, [...args, '--data', path.join(demo.folder, 'data'), ...(demo.database ? ['--database', demo.database] : []), '--json'], stdin);
    assert.equal(result.code, 0, result.stdout + result.stderr);
    return result.json;
  };
  const tenant = await cli(['tenant', 'create', 'fabrikam.example', '--name', 'Fabrikam']);
  const here = ['--tenant', 'fabrikam.example'];
  const web = await cli(['app', 'create', '--name', 'Fabrikam web', '--type', 'web', '--redirect-uri', 'http://localhost:9/cb', ...here]);
  await cli(['user', 'create', 'alice@fabrikam.example', '--name', 'Alice', '--password-stdin', ...here], 'orchid tramway velvet 91');
  return Object.assign(Object.create(demo), {
    tenant: { ...tenant, domain: 'fabrikam.example', clients: { web: { client_id: web.appId, client_secret: web.client_secret, redirect_uris: ['http://localhost:9/cb'] } } },
    issuer: `${demo.base}/${tenant.id}/v2.0`, users: { alice: { upn: 'alice@fabrikam.example', password: 'orchid tramway velvet 91' } }, cachedMetadata: undefined,
  });
}

test('attack: nothing of one tenant works in another: codes, tokens, cookies, interactions, hints, devices, clients', async () => {
  const { demo } = at;
  const other = await otherTenant();
  const code = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  await code.answer(['password']);
  const inOther = (fields) => other.token(fields, { as: 'web' });
  isOAuthError(await inOther({ grant_type: 'authorization_code', code: code.code, redirect_uri: code.request.redirect_uri, code_verifier: code.verifier }), 400, 'invalid_grant');
  assert.equal((await code.redeem()).status, 200, 'there the code was not even spent');

  assert.equal((await userinfo(other, code.tokens.access_token)).status, 401);
  for (const token of [code.tokens.access_token, code.tokens.refresh_token, code.tokens.id_token]) assert.deepEqual(await introspect(other, token), { active: false });
  isOAuthError(await inOther({ grant_type: 'refresh_token', refresh_token: code.tokens.refresh_token }), 400, 'invalid_grant');
  assert.equal((await other.post('oauth2/v2.0/revoke', { token: code.tokens.refresh_token }, { as: 'web' })).status, 200);
  assert.equal((await code.refresh()).status, 200, 'another tenant revoked it');

  const silentThere = await SignIn.begin(other, { browser: code.browser, params: { prompt: 'none' } });
  assert.equal(silentThere.error, 'login_required', 'a session counted in another tenant');
  const hinted = await SignIn.begin(other, { browser: code.browser, params: { prompt: 'none', id_token_hint: code.tokens.id_token } });
  assert.ok(['login_required', 'invalid_request'].includes(hinted.error), `${hinted}`);
  const page = (await code.browser.open(`${other.at('oauth2/v2.0/logout')}?${form({ id_token_hint: code.tokens.id_token, post_logout_redirect_uri: 'http://localhost:9/bye' })}`));
  assert.ok(!page.redirect, 'a foreign hint led off');
  assert.ok((await silent(code.browser, { who: 'alice' })).code, 'another tenant\'s logout ended the session');

  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  const target = flow.page.form(['username'], 'next');
  const moved = await flow.browser.open(target.action.replace(demo.tenant.id, other.tenant.id).replace(demo.tenant.domain, other.tenant.id),
    { method: 'POST', fields: target.data({ username: other.user('alice').upn }, 'next') });
  assert.ok(!moved.page?.asksFor('password'), 'an interaction went on in another tenant');

  const device = (await demo.post('oauth2/v2.0/devicecode', { scope: 'openid' }, { as: 'native' })).json();
  isOAuthError(await inOther({ grant_type: DEVICE, device_code: device.device_code }), 400, ['invalid_grant', 'expired_token', 'unauthorized_client']);
  isOAuthError(await other.fetch(other.at('oauth2/v2.0/token'), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form({ grant_type: 'client_credentials', client_id: demo.client('service').client_id, client_secret: demo.client('service').client_secret }) }), 401, 'invalid_client');
  const foreign = await SignIn.begin(other, { params: { client_id: demo.client('web').client_id, redirect_uri: demo.client('web').redirect_uris[0] } });
  assert.equal(foreign.page?.status, 400, 'a client of one tenant was taken for one of another');

  // The tenant is alive: its own person signs in there.
  const own = await SignIn.begin(other, { who: 'alice', from: 'home' });
  await own.answer(['password', 'skip']);
  assert.ok(own.code, `${own}`);
});

// ---- where redirects and links lead

test('attack: open redirect: no variation of a registered address is followed', async () => {
  const { demo } = at;
  const [registered] = demo.client('web').redirect_uris;
  const bye = 'http://localhost:9/bye';
  const twisted = (uri) => [`${uri}.evil.example`, `${uri}@evil.example`, uri.replace('://', '://evil.example@'), uri.replace('localhost', 'localhost.evil.example'), `${uri}/..//evil.example`, `${uri}%2f..%2fevil`, `${uri}\\@evil.example`,
    `https:evil.example`, `//evil.example/${uri}`, `${uri}\t`, ` ${uri}`, `${uri}#@evil.example`, uri.toUpperCase(), uri.replace('http', 'https')];
  for (const evil of twisted(registered)) {
    const flow = await SignIn.begin(demo, { params: { redirect_uri: evil, prompt: 'none' } });
    assert.equal(flow.redirect, undefined, `${evil} → ${flow.redirect}`);
    assert.equal(flow.page.status, 400, evil);
  }
  const flow = await signedIn();
  for (const evil of twisted(bye)) {
    const { redirect } = await new Browser(demo, { from: 'home' }).open(`${demo.at('oauth2/v2.0/logout')}?${form({ id_token_hint: flow.tokens.id_token, post_logout_redirect_uri: evil })}`);
    assert.equal(redirect, undefined, `${evil} → ${redirect}`);
  }
});

test('attack: host header injection: no header of a request decides where links, redirects and tokens point', async () => {
  const { demo } = at;
  const evil = 'evil.example';
  const attempts = [{ 'x-forwarded-host': evil }, { forwarded: `host=${evil};proto=https` }, { 'x-host': evil }, { 'x-original-host': evil }, { 'x-forwarded-server': evil }, { 'x-original-url': `//${evil}/` }, { 'x-rewrite-url': `//${evil}/` }];
  const authorize = `${demo.at('oauth2/v2.0/authorize')}?${form((await SignIn.begin(demo, {})).request)}`;
  for (const headers of attempts) {
    const device = await demo.post('oauth2/v2.0/devicecode', { scope: 'openid' }, { as: 'native', headers });
    const answers = [await demo.fetch(`${demo.issuer}/.well-known/openid-configuration`, { headers }), device, await demo.fetch(authorize, { headers }), await demo.fetch(demo.at('device'), { headers }),
      await demo.token({ grant_type: 'client_credentials' }, { as: 'service', headers }), await demo.fetch(`${demo.at('oauth2/v2.0/logout')}`, { headers })];
    for (const answer of answers) {
      assert.ok(answer.status < 400, `${answer.url}: ${answer.status} with ${JSON.stringify(headers)}`);
      assert.ok(!answer.rawHeaders.join('\n').includes(evil) && !answer.body.includes(evil), `${answer.url} with ${JSON.stringify(headers)}`);
    }
  }
  for (const url of [authorize, demo.at('device'), `${demo.issuer}/.well-known/openid-configuration`]) {
    const answer = await demo.fetch(url, { headers: { host: evil } });
    assert.ok([400, 421].includes(answer.status), `${url}: ${answer.status}`);
    assert.ok(!answer.rawHeaders.join('\n').includes(evil) && !answer.body.includes(evil));
  }
});

// ---- who exists is nobody's business

const shape = (flow, upn) => ({
  status: flow.last.status, screen: flow.screen, code: flow.errorCode, cookies: flow.browser.jar.names.sort().join(' '),
  headers: flow.last.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()).sort().join(' '),
  body: flow.page?.withoutIds().replaceAll(upn, 'UPN').replaceAll(/<b[^>]*>[A-Za-z]<\/b>/g, ''),
});

test('attack: user enumeration: text, status, headers and cookies are the same for a name that exists and one that does not', async () => {
  const { demo } = at;
  const steps = async (upn, params) => {
    demo.addUser('probe', { upn, password: freshPassword() });
    const flow = await SignIn.begin(demo, { who: 'probe', from: 'abroad', params });
    const seen = [];
    if (flow.page) {
      seen.push(shape(flow, upn));
      await flow.press('next', { username: upn });
      seen.push(shape(flow, upn));
      await flow.press(flow.page.form(['password']).actions[0], { password: freshPassword() });
      seen.push(shape(flow, upn));
    } else seen.push(flow.error);
    return seen;
  };
  for (const params of [{}, { prompt: 'login' }, { prompt: 'none' }, { prompt: 'select_account' }, { max_age: '0' }]) {
    const hinted = (upn) => ({ ...params, login_hint: upn });
    assert.deepEqual(await steps('nobody@contoso.example', params), await steps('erin@contoso.example', params), JSON.stringify(params));
    assert.deepEqual(await steps('nobody@contoso.example', hinted('nobody@contoso.example')), await steps('erin@contoso.example', hinted('erin@contoso.example')), `hinted ${JSON.stringify(params)}`);
  }
});

test('attack: what was typed for a name is not in the log: it may be a password in the wrong field (PROTO-703)', async () => {
  const { demo } = at;
  const secret = `hunter2 ${freshPassword()}`;
  for (const typed of [secret, `${secret.replaceAll(' ', '.')}@contoso.example`]) {
    const flow = await SignIn.begin(demo, { from: 'home' });
    await flow.press('next', { username: typed });
    await flow.press(flow.page.form(['password']).actions[0], { password: 'x'.repeat(12) });
    assert.equal(flow.errorCode, '50126', `${flow}`);
    const [row] = await demo.adminList('signins', 'list');
    const record = await demo.admin('signins', 'show', row.id);
    assert.equal(record.status.errorCode, 50034);
    assert.equal(record.userPrincipalName, '');
    assert.match(record.status.additionalDetails, /digest is [0-9a-f]{32}$/, 'one name can still be told from another');
    const everything = JSON.stringify(record) + (await demo.cli(['signins', 'list'], { json: false })).stdout + (await demo.cli(['signins', 'show', row.id], { json: false })).stdout;
    assert.ok(!everything.includes('hunter2'), everything);
  }
});
