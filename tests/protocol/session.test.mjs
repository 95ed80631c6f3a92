// Sessions, cookies, logout, acr and amr, errors: protocols.md §9 to §12.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { form, raw } from '../support_js/http.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { GUID, demoFor, isOAuthError, part } from './support.mjs';

const at = demoFor('session', { args: ['--post-logout-redirect-uri', 'http://localhost:9/bye'] });
const signedIn = (options = {}) => SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], ...options });
const silent = (browser, options = {}) => SignIn.begin(at.demo, { who: 'alice', browser, params: { prompt: 'none' }, ...options });
const sessionCookie = (browser) => browser.jar.get(browser.jar.find('idsid'));

test('PROTO-180 a new session reference at every authentication and step-up; the old one is dead', async () => {
  const flow = await signedIn();
  const first = sessionCookie(flow.browser);
  assert.match(first, /^[0-9a-f-]{36}_[\w-]{43}$/);
  const stepUp = await SignIn.begin(at.demo, { who: 'alice', browser: flow.browser, params: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  await stepUp.answer(['otp']);
  assert.ok(stepUp.code, `${stepUp}`);
  const second = sessionCookie(flow.browser);
  assert.notEqual(second, first);
  const thief = new Browser(at.demo, { from: 'home' });
  thief.jar.set(flow.browser.jar.find('idsid'), first);
  assert.equal((await silent(thief)).error, 'login_required');
  assert.ok((await silent(flow.browser)).code);
});

test('PROTO-180 PROTO-802 what was in the browser before sign-in is never accepted as signed in', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home' });
  const before = flow.browser.jar.clone();
  const fixed = 'A'.repeat(43);
  flow.browser.jar.set(flow.browser.jar.find('idsid') ?? 'idsid', fixed);
  await flow.answer(['password']);
  assert.ok(flow.code, `${flow}`);
  assert.notEqual(sessionCookie(flow.browser), fixed);
  const attacker = new Browser(at.demo, { from: 'home' });
  attacker.jar = before;
  assert.equal((await silent(attacker)).error, 'login_required');
  attacker.jar.set(flow.browser.jar.find('idsid'), fixed);
  assert.equal((await silent(attacker)).error, 'login_required');
});

test('PROTO-181 a session ends after 8 idle hours and 24 hours in all', async () => {
  const idle = await signedIn();
  await at.demo.advance('PT7H');
  assert.ok((await silent(idle.browser)).code);
  await at.demo.advance('PT8H1M');
  assert.equal((await silent(idle.browser)).error, 'login_required');
  const busy = await signedIn();
  for (let hours = 7; hours <= 21; hours += 7) { await at.demo.advance('PT7H'); assert.ok((await silent(busy.browser)).code, `after ${hours} h`); }
  await at.demo.advance('PT4H');
  assert.equal((await silent(busy.browser)).error, 'login_required', 'after 25 h');
});

test('PROTO-182 the sign-in record keeps the facts of the session', async () => {
  const flow = await signedIn({ who: 'henry' });
  const [row] = await at.demo.adminList('signins', 'list', '--user', at.demo.user('henry').upn);
  const record = await at.demo.admin('signins', 'show', row.id);
  assert.equal(record.userPrincipalName, 'henry@contoso.example');
  assert.equal(record.ipAddress, at.demo.place('home'));
  assert.match(record.correlationId, GUID);
  assert.equal(record.isInteractive, true);
  assert.equal(record.status.errorCode, 0);
  assert.ok(record.location?.countryOrRegion && record.appDisplayName && record.userAgent);
  assert.ok(Array.isArray(record.authenticationDetails) && record.authenticationDetails.length > 0);
  assert.ok(flow.code);
  const answer = await at.demo.fetch(`${at.demo.at('oauth2/v2.0/authorize')}?${form({ ...flow.request, prompt: 'none' })}`, { headers: { cookie: flow.browser.jar.header(at.demo.base + '/'), 'client-request-id': '7b3c1a52-1111-4222-8333-944455566688' }, from: 'home' });
  const [latest] = await at.demo.adminList('signins', 'list', '--user', at.demo.user('henry').upn, '--events', 'nonInteractiveUser');
  const silentOne = await at.demo.admin('signins', 'show', latest.id);
  assert.equal(silentOne.requestId, answer.header('x-request-id'), 'PROTO-212: the record bears the id of the request');
  assert.equal(silentOne.correlationId, '7b3c1a52-1111-4222-8333-944455566688');
  assert.equal(silentOne.isInteractive, false, 'nothing was supplied in this request');
});

test('PROTO-183 a user\'s own password change ends every other session and refresh token, and this session goes on under a new reference', async () => {
  const { demo } = at;
  const [here, there] = [await signedIn({ who: 'secop', answer: ['password', 'otp'] }), await signedIn({ who: 'secop', answer: ['password', 'otp'] })];
  assert.ok(here.code && there.code, `${here} ${there}`);
  await demo.advance('PT2S');
  const { page } = await here.browser.open(demo.at('myaccount/password'));
  const before = sessionCookie(here.browser);
  const next = freshPassword();
  await here.browser.submit(page.form(['newPassword']), { currentPassword: demo.user('secop').password, newPassword: next, confirmPassword: next }, 'change');
  demo.user('secop').password = next;
  assert.notEqual(sessionCookie(here.browser), before);
  assert.ok((await silent(here.browser, { who: 'secop' })).code, 'this session goes on');
  assert.equal((await silent(there.browser, { who: 'secop' })).error, 'login_required');
  isOAuthError(await there.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
});

test('PROTO-183 all sessions end on block, revocation, confirmed compromise and a new password', async () => {
  const { demo } = at;
  const { upn } = demo.user('erin');
  for (const [what, act, undo] of [
    ['block', () => demo.admin('user', 'block', upn), () => demo.admin('user', 'unblock', upn)],
    ['revoke', () => demo.admin('user', 'revoke-sessions', upn), () => {}],
    ['compromise', () => demo.admin('risk', 'confirm-compromised', upn), () => demo.admin('risk', 'dismiss', upn)],
    ['temporary password', async () => { demo.user('erin').password = (await demo.admin('user', 'temporary-password', upn)).password; }, () => {}],
    ['reset of MFA', () => demo.admin('user', 'reset-mfa', upn), () => {}],
  ]) {
    await demo.advance('PT2S');
    const flow = await signedIn({ who: 'erin', answer: ['password', 'otp', 'change'] });
    assert.ok(flow.code, `${what}: ${flow}`);
    await demo.advance('PT2S');
    await act();
    await undo();
    assert.equal((await silent(flow.browser, { who: 'erin' })).error, 'login_required', what);
  }
});

test('PROTO-184 cookies are small and few; malformed and oversized ones are ignored, never a 500', async () => {
  const { demo } = at;
  const flow = await signedIn();
  assert.ok(flow.browser.jar.names.length <= 8, flow.browser.jar.names.join(' '));
  for (const name of flow.browser.jar.names) assert.ok(name.length + flow.browser.jar.get(name).length <= 4096);
  const url = `${demo.at('oauth2/v2.0/authorize')}?${form(flow.request)}`;
  for (const cookie of ['idsid', 'idsid=', '=x', ';;;', 'idsid=a; idsid=b', `idsid=${'x'.repeat(6000)}`, 'idsid="; tx=\u0001', 'a=b; '.repeat(60), 'idsid=%00%ff', '__Host-idsid=\\']) {
    const answer = await demo.fetch(url, { headers: { cookie } }).catch((error) => assert.ok(error.code === 'ERR_INVALID_CHAR', error));
    if (answer) assert.ok(answer.status < 500, `${cookie.slice(0, 30)}: ${answer.status}`);
  }
  const control = await raw(demo.base, `GET ${new URL(url).pathname}?x=1 HTTP/1.1\r\nHost: ${new URL(demo.base).host}\r\nCookie: idsid=\u00ff\u0080\r\nConnection: close\r\n\r\n`);
  assert.ok(control.status < 500);
});

const logout = (browser, fields) => browser.open(`${at.demo.at('oauth2/v2.0/logout')}?${form(fields)}`);

test('PROTO-190 sign-out with a fitting hint is silent and returns to the registered place with state', async () => {
  const flow = await signedIn();
  const { redirect } = await logout(flow.browser, { id_token_hint: flow.tokens.id_token, post_logout_redirect_uri: 'http://localhost:9/bye', state: 's&1' });
  assert.equal(redirect?.href, 'http://localhost:9/bye?state=s%261');
  assert.equal((await silent(flow.browser)).error, 'login_required');
  const expired = await signedIn();
  await at.demo.advance('PT61M');
  assert.ok((await logout(expired.browser, { id_token_hint: expired.tokens.id_token, post_logout_redirect_uri: 'http://localhost:9/bye' })).redirect, 'an expired hint is fine');
});

test('PROTO-190 no hint, a foreign or forged one: a confirmation page, no redirect to the unregistered', async () => {
  const [flow, henry] = [await signedIn(), await signedIn({ who: 'henry' })];
  const [header, payload] = flow.tokens.id_token.split('.');
  const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
  for (const fields of [{}, { id_token_hint: henry.tokens.id_token }, { id_token_hint: `${header}.${payload}.AAAA` }, { id_token_hint: none }, { id_token_hint: 'x' }]) {
    const { page } = await logout(flow.browser, { ...fields, post_logout_redirect_uri: 'http://localhost:9/bye' });
    assert.ok(page?.offers('signout'), `${JSON.stringify(fields).slice(0, 60)}: ${page}`);
    assert.ok((await silent(flow.browser)).code, 'still signed in');
  }
  const evil = await logout(flow.browser, { id_token_hint: flow.tokens.id_token, post_logout_redirect_uri: 'https://evil.example/' });
  assert.ok(!evil.redirect, 'redirected to the unregistered');
});

test('PROTO-191 a bare link never signs anybody out; the confirmed form does', async () => {
  const flow = await signedIn();
  const { page } = await logout(flow.browser, {});
  assert.ok((await silent(flow.browser)).code, 'a link signed out');
  const forged = new Browser(at.demo, { from: 'home' });
  forged.jar = flow.browser.jar.clone();
  await forged.open(page.form([], 'signout').action, { method: 'POST', fields: { action: 'signout' } });
  assert.ok((await silent(flow.browser)).code, 'a POST without the anti-forgery field signed out');
  await flow.browser.submit(page.form([], 'signout'), {}, 'signout');
  assert.equal((await silent(flow.browser)).error, 'login_required');
});

test('PROTO-200 acr and amr tell what happened: a password is 1fa, a code makes it mfa, and a silent answer keeps both', async () => {
  const flow = await signedIn();
  let claims = await flow.claims();
  assert.equal(claims.acr, '1fa');
  assert.ok(claims.amr.includes('pwd') && !claims.amr.includes('mfa'));
  const stepUp = await SignIn.begin(at.demo, { who: 'alice', browser: flow.browser, params: { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'mfa' } } }) } });
  await stepUp.answer(['otp']);
  await stepUp.redeem();
  claims = await stepUp.claims();
  assert.equal(claims.acr, 'mfa');
  assert.ok(['pwd', 'otp', 'mfa'].every((method) => claims.amr.includes(method)), claims.amr.join(' '));
  const later = await silent(flow.browser);
  await later.redeem();
  assert.equal((await later.claims()).acr, 'mfa');
});

test('PROTO-201 amr is an array of strings, acr a string', async () => {
  const claims = await (await signedIn()).claims();
  assert.equal(typeof claims.acr, 'string');
  assert.ok(Array.isArray(claims.amr) && claims.amr.every((method) => typeof method === 'string'));
});

test('PROTO-206 risk at a policy\'s level asks, blocks or demands a change; who cannot do the step is blocked', async () => {
  const asked = await SignIn.begin(at.demo, { who: 'henry', from: 'tor' });
  await asked.answer(['password']);
  assert.ok(asked.asksFor('otp'), `${asked}`);
  const change = await SignIn.begin(at.demo, { who: 'carol', from: 'home' });
  await change.answer(['password', 'otp']);
  assert.ok(change.asksFor('newPassword'), `${change}`);
  const unable = await SignIn.begin(at.demo, { who: 'dave', from: 'home' });
  await unable.answer(['password', 'skip', 'register']);
  assert.equal(unable.code, undefined);
  assert.match(String(unable.errorCode), /^5300[34]$/);
});

test('PROTO-206 a threat actor\'s address is not cleared by MFA', async () => {
  const flow = await signedIn({ who: 'henry', from: 'threatActor', answer: ['password', 'otp'] });
  const found = await at.demo.adminList('risk', 'detections', '--user', at.demo.user('henry').upn);
  assert.ok(found.some((d) => d.riskEventType === 'nationStateIP' && d.riskState === 'atRisk' && d.riskLevel === 'high'), `${flow} ${JSON.stringify(found)}`);
  await at.demo.admin('risk', 'dismiss', at.demo.user('henry').upn);
});

test('PROTO-207 the registration interrupt: skippable at first, refused with 53004 at risk', async () => {
  const bob = await SignIn.begin(at.demo, { who: 'bob', from: 'home' });
  await bob.answer(['password']);
  assert.equal(bob.screen, 'UX-10');
  assert.ok(bob.page.offers('skip'));
  const risky = await SignIn.begin(at.demo, { who: 'bob', from: 'tor' });
  await risky.answer(['password', 'skip', 'register']);
  assert.equal(String(risky.errorCode), '53004');
});

test('PROTO-210 exact codes and statuses, never 200 with an error', async () => {
  const { demo } = at;
  isOAuthError(await demo.token({ grant_type: 'refresh_token', refresh_token: 'x' }, { as: 'web' }), 400, 'invalid_grant', { suberror: 'bad_token' });
  isOAuthError(await demo.token({ grant_type: 'refresh_token' }, { as: 'web' }), 400, 'invalid_request');
  isOAuthError(await demo.token({ grant_type: 'authorization_code', client_id: 'x', code: 'y' }), 401, 'invalid_client');
  isOAuthError(await demo.token({ grant_type: 'client_credentials', scope: 'https://nobody.example/.default' }, { as: 'service' }), 400, ['invalid_target', 'invalid_scope']);
});

test('PROTO-211 error answers are no-store and echo nothing', async () => {
  const { demo } = at;
  const marker = 'zzmarkerzz';
  for (const answer of [
    await demo.token({ grant_type: marker }, { as: 'web' }), await demo.token({ grant_type: 'refresh_token', refresh_token: marker }, { as: 'web' }),
    await demo.fetch(`${demo.at('oauth2/v2.0/authorize')}?client_id=${marker}&redirect_uri=https://${marker}.example`), await demo.fetch(`/${marker}/oauth2/v2.0/authorize`), await demo.fetch(`/${demo.tenant.id}/${marker}`),
    await demo.post('oauth2/v2.0/introspect', { token: marker }), await demo.post('oauth2/v2.0/devicecode', { client_id: marker })]) {
    assert.ok(answer.status >= 400, `${answer.status}`);
    assert.match(answer.header('cache-control') ?? '', /no-store/, answer.url);
    assert.ok(!answer.body.includes(marker), answer.body);
  }
});

test('PROTO-212 every answer bears x-request-id, and client-request-id comes back', async () => {
  const { demo } = at;
  const id = '7b3c1a52-1111-4222-8333-944455566677';
  for (const path of ['/healthz', '/demo', '/nowhere', `/${demo.tenant.id}/discovery/v2.0/keys`]) {
    const answer = await demo.fetch(path, { headers: { 'client-request-id': id } });
    assert.match(answer.header('x-request-id') ?? '', GUID, path);
    assert.equal(answer.header('client-request-id'), id, path);
  }
  const error = (await demo.token({ grant_type: 'x' }, { as: 'web', headers: { 'client-request-id': id } })).json();
  assert.equal(error.correlation_id, id);
  assert.match(error.trace_id, GUID);
  assert.match(error.timestamp, /^\d{4}-\d\d-\d\d[T ]/);
  const junk = (await demo.token({ grant_type: 'x' }, { as: 'web', headers: { 'client-request-id': '<script>' } })).json();
  assert.match(junk.correlation_id, GUID);
});

test('PROTO-220 PROTO-221 the authority leads to metadata; paths have the tenant first and one /token, at the end', async () => {
  const { demo } = at;
  const metadata = await demo.metadata();
  for (const member of ['authorization_endpoint', 'token_endpoint', 'issuer', 'jwks_uri']) assert.ok(metadata[member].startsWith(`${demo.base}/${demo.tenant.id}/`), member);
  assert.equal(metadata.token_endpoint.indexOf('/token'), metadata.token_endpoint.length - '/token'.length);
  assert.equal(metadata.token_endpoint.replace('/token', '/devicecode'), metadata.device_authorization_endpoint);
});

test('PROTO-222 client_info=1 gives uid and utid', async () => {
  const { demo } = at;
  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home' });
  await flow.answer(['password']);
  await flow.redeem({ client_info: '1' });
  assert.deepEqual(JSON.parse(Buffer.from(flow.tokens.client_info, 'base64url')), { uid: demo.user('alice').id, utid: demo.tenant.id });
});

test('PROTO-222 client_info=1 in the authorization request is answered there', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', params: { client_info: '1' } });
  await flow.answer(['password']);
  assert.deepEqual(JSON.parse(Buffer.from(flow.result.client_info, 'base64url')), { uid: at.demo.user('alice').id, utid: at.demo.tenant.id });
});

test('PROTO-223 what MSAL adds is ignored everywhere', async () => {
  const { demo } = at;
  const extra = { 'x-client-SKU': 'msal.js.node', 'x-client-VER': '3', 'x-client-OS': 'linux', 'x-client-CPU': 'x64', 'x-app-name': '', 'x-app-ver': '', 'x-ms-lib-capability': 'retry-after, h429', 'x-client-current-telemetry': '5|863,0,,,|,',
    'x-client-last-telemetry': '5|0|||0,0', 'client-request-id': '7b3c1a52-1111-4222-8333-944455566677', 'X-AnchorMailbox': 'Oid:x', instance_aware: 'true', clidata: '1', nativebroker: '1', sso_reload: 'true', msafed: '0' };
  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home', params: extra });
  await flow.answer(['password']);
  assert.ok(flow.code, `${flow}`);
  assert.equal((await flow.redeem(extra)).status, 200);
  assert.equal((await demo.post('oauth2/v2.0/devicecode', { scope: 'openid', ...extra }, { as: 'native' })).status, 200);
});

test('PROTO-224 a dead refresh token says invalid_grant and bad_token', async () => {
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: 'dead' }, { as: 'spa' }), 400, 'invalid_grant', { suberror: 'bad_token' });
});

test('PROTO-225 the granted scopes come back in the spelling of the request', async () => {
  const flow = await signedIn({ params: { scope: 'openid offline_access profile' } });
  assert.deepEqual(new Set(flow.tokens.scope.split(' ')), new Set(['openid', 'offline_access', 'profile']));
  const unknown = await SignIn.begin(at.demo, { who: 'alice', from: 'home', params: { scope: 'openid https://nobody.example/read' } });
  assert.ok(['invalid_scope', 'invalid_target'].includes(unknown.error), `${unknown}`);
});

test('PROTO-227 ext_expires_in is twice expires_in', async () => {
  const flow = await signedIn();
  if ('ext_expires_in' in flow.tokens) assert.equal(flow.tokens.ext_expires_in, 2 * flow.tokens.expires_in);
  else assert.fail('no ext_expires_in');
});

test('PROTO-228 CORS: the token endpoint speaks to the origins of spa redirect URIs only, without credentials', async () => {
  const { demo } = at;
  const origin = new URL(demo.client('spa').redirect_uris[0]).origin;
  const flow = await SignIn.begin(demo, { client: 'spa', who: 'alice', from: 'home' });
  await flow.answer(['password']);
  const answer = await flow.redeem({}, { headers: { origin } });
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.header('access-control-allow-origin'), origin);
  assert.equal(answer.header('access-control-allow-credentials'), undefined);
  const preflight = await demo.fetch(demo.at('oauth2/v2.0/token'), { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  assert.ok([200, 204].includes(preflight.status));
  assert.equal(preflight.header('access-control-allow-origin'), origin);
  const evil = await demo.fetch(demo.at('oauth2/v2.0/token'), { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
  assert.equal(evil.header('access-control-allow-origin'), undefined);
  const page = await demo.fetch(demo.at('oauth2/v2.0/authorize'), { headers: { origin } });
  assert.equal(page.header('access-control-allow-origin'), undefined);
  assert.ok(part(flow.tokens.id_token, 1).sub);
});
