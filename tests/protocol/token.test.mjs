// The token endpoint and its grants, and what the tokens say: protocols.md §5, §6.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { GUID, demoFor, isOAuthError, part } from './support.mjs';

const at = demoFor('token');
const API = 'api://demo';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const signedIn = (options = {}) => SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], ...options });
async function withCode(options = {}) {
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', ...options });
  await flow.answer(['password']);
  assert.ok(flow.code, `${flow}`);
  return flow;
}
const introspect = async (token, as = 'web') => (await at.demo.post('oauth2/v2.0/introspect', { token }, { as })).json();

test('PROTO-120 of parallel redemptions of one code exactly one wins', async () => {
  const flow = await withCode();
  const answers = await Promise.all(Array.from({ length: 12 }, () => at.demo.token({ grant_type: 'authorization_code', code: flow.code, redirect_uri: flow.request.redirect_uri, code_verifier: flow.verifier }, { as: 'web' })));
  const won = answers.filter((answer) => answer.status === 200);
  assert.equal(won.length, 1, answers.map((a) => a.status).join(' '));
  for (const lost of answers.filter((answer) => answer.status !== 200)) isOAuthError(lost, 400, 'invalid_grant');
});

test('PROTO-120 a second use of a code is refused and revokes what it gave', async () => {
  const flow = await withCode();
  await flow.redeem();
  const { tokens } = flow;
  assert.equal((await introspect(tokens.access_token)).active, true);
  isOAuthError(await flow.redeem(), 400, 'invalid_grant', { number: 54005 });
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }, { as: 'web' }), 400, 'invalid_grant');
  assert.deepEqual(await introspect(tokens.access_token), { active: false });
  assert.equal((await at.demo.fetch(at.demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401);
});

test('PROTO-120 failing client authentication does not consume the code, a wrong verifier does', async () => {
  const kept = await withCode();
  const fields = (flow) => ({ grant_type: 'authorization_code', code: flow.code, redirect_uri: flow.request.redirect_uri, code_verifier: flow.verifier });
  isOAuthError(await at.demo.post('oauth2/v2.0/token', fields(kept), { headers: { authorization: `Basic ${Buffer.from(`${kept.client.client_id}:wrong`).toString('base64')}` } }), 401, 'invalid_client');
  assert.equal((await kept.redeem()).status, 200);
  const spent = await withCode();
  isOAuthError(await spent.redeem({ code_verifier: 'w'.repeat(43) }), 400, 'invalid_grant', { number: 501481 });
  isOAuthError(await spent.redeem(), 400, 'invalid_grant');
});

test('PROTO-121 redemption checks code, client, redirect URI and verifier', async () => {
  isOAuthError(await (await withCode()).redeem({ code: 'nonsense' }), 400, 'invalid_grant');
  isOAuthError(await (await withCode()).redeem({ code: undefined }), 400, 'invalid_request');
  isOAuthError(await (await withCode()).redeem({ redirect_uri: 'http://localhost:1/other' }), 400, 'invalid_grant');
  isOAuthError(await (await withCode()).redeem({ redirect_uri: undefined }), 400, ['invalid_grant', 'invalid_request']);
  for (const code_verifier of [undefined, 'short', 'a'.repeat(129), `${'a'.repeat(43)}!`]) isOAuthError(await (await withCode()).redeem({ code_verifier }), 400, ['invalid_grant', 'invalid_request']);
  const flow = await withCode();
  isOAuthError(await at.demo.token({ grant_type: 'authorization_code', code: flow.code, redirect_uri: flow.request.redirect_uri, code_verifier: flow.verifier }, { as: 'web2' }), 400, 'invalid_grant');
});

test('PROTO-122 policy is evaluated again at every refresh: a user who became risky is refused with a number and a hint', async () => {
  const flow = await signedIn({ who: 'henry' });
  assert.equal((await flow.refresh()).status, 200);
  await at.demo.admin('risk', 'leaked-credentials', at.demo.user('henry').upn);
  const refused = await flow.refresh();
  assert.equal(refused.status, 400);
  const body = refused.json();
  assert.ok(['invalid_grant', 'interaction_required'].includes(body.error), refused.body);
  assert.ok(body.error_codes.length > 0 && body.suberror, refused.body);
  await at.demo.admin('risk', 'dismiss', at.demo.user('henry').upn);
});

test('PROTO-122 policy is evaluated again at redemption: who became risky since the code was issued gets no tokens', async () => {
  const flow = await withCode({ who: 'erin' });
  await at.demo.admin('risk', 'leaked-credentials', at.demo.user('erin').upn);
  const refused = await flow.redeem();
  assert.equal(refused.status, 400, refused.body);
  assert.ok(!('access_token' in refused.json()) && refused.json().error_codes.length > 0 && refused.json().suberror, refused.body);
  assert.ok(refused.json().claims, 'a new interaction would help');
  await at.demo.admin('risk', 'dismiss', at.demo.user('erin').upn);
});

test('PROTO-122 a new policy blocks at the very next refresh', async () => {
  const flow = await signedIn({ who: 'erin' });
  const policy = await at.demo.policy({ displayName: 'closed', state: 'enabled', conditions: { users: { includeUsers: [at.demo.user('erin').id] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', builtInControls: ['block'] } });
  isOAuthError(await flow.refresh(), 400, 'invalid_grant', { number: 53003, suberror: 'message_only' });
  await at.demo.admin('policy', 'delete', policy.id);
  assert.equal((await flow.refresh()).status, 200, 'the block did not end the family');
});

test('CA-066 a refresh is a line of the second stream only, an application of the third, and a refused refresh says why', async () => {
  const henry = await signedIn({ who: 'henry' });
  const upn = at.demo.user('henry').upn;
  const interactive = await at.demo.adminList('signins', 'list', '--user', upn);
  const refreshed = await at.demo.token({ grant_type: 'refresh_token', refresh_token: henry.tokens.refresh_token }, { as: 'web' });
  assert.equal(refreshed.status, 200);
  const lines = () => at.demo.adminList('signins', 'list', '--user', upn, '--events', 'nonInteractiveUser');
  const [line] = await lines();
  assert.equal(line.isInteractive, false);
  assert.deepEqual(line.signInEventTypes, ['nonInteractiveUser']);
  assert.equal(line.incomingTokenType, 'refreshToken');
  assert.equal(line.status.errorCode, 0);
  assert.deepEqual((await at.demo.adminList('signins', 'list', '--user', upn)).map((one) => one.id), interactive.map((one) => one.id));

  await at.demo.admin('user', 'revoke-sessions', upn);
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: refreshed.json().refresh_token }, { as: 'web' }), 400, 'invalid_grant');
  const [refused] = await lines();
  assert.notEqual(refused.id, line.id);
  assert.equal(refused.status.errorCode, 50173);
  assert.ok(refused.status.failureReason.length > 10);

  await at.demo.token({ grant_type: 'client_credentials' }, { as: 'service' });
  const [application] = await at.demo.adminList('signins', 'list', '--events', 'servicePrincipal');
  assert.equal(application.servicePrincipalId, at.demo.client('service').client_id);
  assert.deepEqual(application.signInEventTypes, ['servicePrincipal']);
});

test('PROTO-123 refresh tokens come with offline_access, are opaque, rotate, and scope only shrinks the access token', async () => {
  const without = await signedIn({ params: { scope: 'openid profile' } });
  assert.ok(!('refresh_token' in without.tokens));
  const flow = await signedIn();
  const first = flow.tokens.refresh_token;
  assert.match(first, /^[\w.-]{43,}$/);
  const narrow = await flow.refresh({ scope: 'openid' });
  assert.equal(narrow.status, 200, narrow.body);
  assert.equal(narrow.json().scope, 'openid');
  assert.notEqual(flow.tokens.refresh_token, first);
  const wide = await flow.refresh();
  assert.ok(wide.json().scope.split(' ').includes('profile'), 'the family keeps its scope');
  isOAuthError(await flow.refresh({ scope: 'openid address phone custom' }), 400, 'invalid_scope');
});

test('PROTO-124 a used refresh token within the grace gives the same successor; after it the family dies', async () => {
  const flow = await signedIn();
  const first = flow.tokens.refresh_token;
  const answers = await Promise.all(Array.from({ length: 4 }, () => at.demo.token({ grant_type: 'refresh_token', refresh_token: first }, { as: 'web' })));
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 200]);
  const heads = new Set(answers.map((answer) => answer.json().refresh_token));
  assert.equal(heads.size, 1, 'one family head');
  const [head] = heads;
  await at.demo.advance('PT11S');
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: first }, { as: 'web' }), 400, 'invalid_grant', { suberror: 'bad_token' });
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: head }, { as: 'web' }), 400, 'invalid_grant', { suberror: 'bad_token' });
  const found = await at.demo.adminList('risk', 'detections', '--user', at.demo.user('alice').upn);
  assert.ok(found.some((detection) => detection.riskEventType === 'anomalousToken'), JSON.stringify(found));
  await at.demo.admin('risk', 'dismiss', at.demo.user('alice').upn);
});

test('PROTO-124 a refresh token is useless to another client', async () => {
  const flow = await signedIn();
  isOAuthError(await at.demo.token({ grant_type: 'refresh_token', refresh_token: flow.tokens.refresh_token }, { as: 'web2' }), 400, 'invalid_grant');
});

test('PROTO-125 refresh tokens die with revoke, block, confirmed compromise, idleness and age', async () => {
  const { demo } = at;
  const { upn } = demo.user('erin');
  const family = async () => { await demo.advance('PT2S'); return signedIn({ who: 'erin' }); };
  const dead = async (flow, number) => isOAuthError(await flow.refresh(), 400, ['invalid_grant', 'interaction_required'], { number });
  let flow = await family();
  await demo.admin('user', 'revoke-sessions', upn);
  await dead(flow, [50173, 50133]);
  flow = await family();
  await demo.admin('user', 'block', upn);
  await dead(flow);
  await demo.admin('user', 'unblock', upn);
  flow = await family();
  await demo.admin('risk', 'confirm-compromised', upn);
  await demo.admin('risk', 'dismiss', upn);
  await dead(flow);
  flow = await family();
  await demo.advance('P31D');
  await dead(flow, [70008, 700082]);
  flow = await family();
  for (let day = 0; day < 90; day += 29) { await demo.advance('P29D'); if (day < 60) assert.equal((await flow.refresh()).status, 200, `day ${day}`); }
  await dead(flow);
  flow = await signedIn({ who: 'secadmin', answer: ['password', 'otp'], params: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) } });
  assert.ok((await flow.claims()).amr.includes('mfa'), `${flow}`);
  await demo.advance('PT2S');
  await demo.admin('user', 'reset-mfa', demo.user('secadmin').upn);
  await dead(flow);
});

test('PROTO-125 an SPA refreshes for 24 hours and no longer, however often it does', async () => {
  const flow = await signedIn({ client: 'spa' });
  for (let hour = 0; hour < 23; hour += 7) { await at.demo.advance('PT7H'); if (hour < 21) assert.equal((await flow.refresh()).status, 200, `hour ${hour + 7}`); }
  isOAuthError(await flow.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
});

test('PROTO-126 client_credentials: for daemons only, no refresh token, no ID token', async () => {
  const { demo } = at;
  const answer = await demo.token({ grant_type: 'client_credentials' }, { as: 'service' });
  const scoped = answer.status === 200 ? answer : await demo.token({ grant_type: 'client_credentials', scope: `${demo.client('service').resource ?? 'api://demo'}/.default` }, { as: 'service' });
  assert.equal(scoped.status, 200, scoped.body);
  const body = scoped.json();
  assert.ok(!('refresh_token' in body) && !('id_token' in body));
  const { header, claims } = await demo.verify(body.access_token);
  assert.equal(header.typ, 'at+jwt');
  assert.equal(claims.client_id, demo.client('service').client_id);
  assert.equal(claims.idtyp, 'app');
  assert.equal(typeof claims.aud, 'string');
  assert.ok(!('scp' in claims) || claims.scp === '');
  isOAuthError(await demo.token({ grant_type: 'client_credentials' }, { as: 'web' }), 400, 'unauthorized_client');
  isOAuthError(await demo.token({ grant_type: 'client_credentials' }, { as: 'spa' }), [400, 401], ['unauthorized_client', 'invalid_client']);
});

async function deviceFlow(fields = {}) {
  const answer = await at.demo.post('oauth2/v2.0/devicecode', { scope: 'openid profile offline_access', ...fields }, { as: 'native' });
  assert.equal(answer.status, 200, answer.body);
  return answer.json();
}
const poll = (device, fields = {}) => at.demo.token({ grant_type: DEVICE, device_code: device.device_code, ...fields }, { as: 'native' });
/** Signs in at the verification page and enters the code. */
async function approve(device, { who = 'alice', code = device.user_code, action } = {}) {
  const flow = Object.assign(new SignIn(), { demo: at.demo, who, client: {}, pages: [], browser: new Browser(at.demo, { from: 'home' }) });
  const opened = await flow.browser.open(device.verification_uri);
  flow.page = opened.page;
  const order = [];
  for (let turn = 0; turn < 8 && flow.page; turn++) {
    const field = [...flow.page.fields].find((name) => ['user_code', 'otp', 'code'].includes(name) && !flow.page.asksFor('password'));
    if (flow.page.asksFor('username') || flow.page.asksFor('password')) { order.push('sign-in'); await flow.answer(['password']); if (order.filter((o) => o === 'sign-in').length > 2) break; }
    else if (field) { order.push('code'); await flow.press(flow.page.form([field]).actions[0], { [field]: code }); if (flow.page?.errorCode) break; }
    else if (flow.page.offers(action ?? 'next')) { order.push('confirm'); flow.confirmation = flow.page; await flow.press(action ?? 'next'); }
    else break;
  }
  return { flow, order };
}

test('PROTO-127 the device grant: codes, pending, approval, single use', async () => {
  const device = await deviceFlow();
  assert.match(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  assert.equal(device.expires_in, 900);
  assert.equal(device.interval, 5);
  assert.match(device.verification_uri, /\/device$/);
  assert.ok(device.verification_uri_complete.includes(device.user_code));
  assert.ok(device.message.includes(device.user_code) && device.message.includes(device.verification_uri));
  isOAuthError(await poll(device), 400, 'authorization_pending', { number: 70016 });
  isOAuthError(await poll(device), 400, 'slow_down');
  await at.demo.advance('PT12S');
  const { flow } = await approve(device, { code: device.user_code.toLowerCase().replace('-', '') });
  await at.demo.advance('PT12S');
  const answer = await poll(device);
  assert.equal(answer.status, 200, `${answer.body} ${flow}`);
  assert.equal((await at.demo.verify(answer.json().id_token, { audience: at.demo.client('native').client_id })).claims.preferred_username, 'alice@contoso.example');
  await at.demo.advance('PT12S');
  isOAuthError(await poll(device), 400, ['invalid_grant', 'expired_token']);
});

test('PROTO-127 a device code expires after 15 minutes, and a refused one says so', async () => {
  const late = await deviceFlow();
  await at.demo.advance('PT15M1S');
  isOAuthError(await poll(late), 400, 'expired_token');
  const refused = await deviceFlow();
  await approve(refused, { action: 'cancel' });
  await at.demo.advance('PT6S');
  isOAuthError(await poll(refused), 400, 'access_denied');
  isOAuthError(await poll({ device_code: 'nonsense' }), 400, ['invalid_grant', 'expired_token']);
});

test('PROTO-128 sign-in comes before the code; the confirmation names client and address and warns; guessing is stopped', async () => {
  const device = await deviceFlow();
  const { flow, order } = await approve(device);
  assert.equal(order[0], 'sign-in');
  assert.ok(order.includes('code'), order.join(' '));
  assert.ok(flow.confirmation, `no confirmation: ${order.join(' ')} ${flow}`);
  assert.match(flow.confirmation.text, /\b(?:\d{1,3}\.){3}\d{1,3}\b/);
  const { displayName } = await at.demo.admin('app', 'show', at.demo.client('native').client_id);
  assert.ok(displayName && flow.confirmation.text.includes(displayName), `${displayName}: ${flow.confirmation.text}`);
  assert.ok(flow.confirmation.text.includes(device.user_code));
  assert.match(flow.confirmation.text, /nobody should send you such a code/i);
  const guesser = await approve(device, { code: 'BBBB-BBBB' });
  let { page } = guesser.flow;
  for (let i = 0; i < 6 && page && page.status !== 429; i++) {
    const field = [...page.fields].find((name) => ['user_code', 'otp', 'code'].includes(name));
    if (!field) break;
    page = (await guesser.flow.browser.submit(page.form([field]), { [field]: `BBBB-BBB${'CDFGHJ'[i]}` }, page.form([field]).actions[0])).page;
  }
  assert.equal(page.status, 429, `${page}`);
});

test('PROTO-130 the token answer: JSON, no-store, its members', async () => {
  const flow = await signedIn();
  const answer = flow.tokenAnswer;
  assert.match(answer.header('content-type'), /^application\/json/);
  assert.match(answer.header('cache-control'), /no-store/);
  const { access_token, token_type, expires_in, scope, refresh_token, id_token } = flow.tokens;
  assert.ok(access_token && refresh_token && id_token);
  assert.equal(token_type, 'Bearer');
  assert.ok(Number.isInteger(expires_in) && expires_in >= 3600 && expires_in <= 4500);
  assert.deepEqual(new Set(scope.split(' ')), new Set(['openid', 'profile', 'email', 'offline_access']));
});

test('PROTO-131 the body is a form: JSON, multipart, encodings and 64 KiB are refused', async () => {
  const { demo } = at;
  const send = (headers, body) => demo.fetch(demo.at('oauth2/v2.0/token'), { method: 'POST', headers, body });
  assert.ok([400, 415].includes((await send({ 'content-type': 'application/json' }, '{"grant_type":"client_credentials"}')).status));
  assert.ok([400, 415].includes((await send({ 'content-type': 'multipart/form-data; boundary=x' }, '--x--')).status));
  assert.ok([400, 415].includes((await send({}, 'grant_type=client_credentials')).status));
  assert.ok([400, 415].includes((await send({ 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }, 'x')).status));
  assert.ok([400, 413].includes((await send({ 'content-type': 'application/x-www-form-urlencoded' }, `a=${'b'.repeat(66000)}`)).status));
  isOAuthError(await demo.token({}, { as: 'web' }), 400, 'invalid_request');
  isOAuthError(await demo.token({ grant_type: 'telepathy' }, { as: 'web' }), 400, 'unsupported_grant_type');
  isOAuthError(await demo.fetch(demo.at('oauth2/v2.0/token'), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `grant_type=refresh_token&grant_type=refresh_token&client_id=${demo.client('spa').client_id}` }), 400, 'invalid_request');
});

test('PROTO-132 device_code is a second name of the grant, and its client never sees slow_down', async () => {
  const device = await deviceFlow();
  for (let i = 0; i < 3; i++) isOAuthError(await poll(device, { grant_type: 'device_code' }), 400, 'authorization_pending');
});

test('PROTO-140 the ID token header has RS256, a kid of the JWKS and typ JWT', async () => {
  const flow = await signedIn();
  const header = part(flow.tokens.id_token, 0);
  assert.equal(header.alg, 'RS256');
  assert.equal(header.typ, 'JWT');
  assert.ok((await at.demo.jwks()).keys.some((key) => key.kid === header.kid));
  await assert.rejects(at.demo.verify(`${flow.tokens.id_token.slice(0, -8)}AAAAAAAA`), /signature/);
});

test('PROTO-141 sub is pairwise: stable for a client, different for another, printable and bounded', async () => {
  const [a, b, other, henry] = [await signedIn(), await signedIn(), await signedIn({ client: 'web2' }), await signedIn({ who: 'henry' })];
  const subs = await Promise.all([a, b, other, henry].map(async (flow) => (await flow.claims()).sub));
  assert.equal(subs[0], subs[1]);
  assert.notEqual(subs[0], subs[2]);
  assert.notEqual(subs[0], subs[3]);
  for (const sub of subs) assert.match(sub, /^[\x21-\x7e]{1,255}$/);
  assert.match(subs[0], /^[\w-]{43}$/);
});

test('PROTO-142 the ID token says who signed in here, for whom, when and how', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const claims = await flow.claims();
  const now = Math.floor((await demo.now()).getTime() / 1000);
  assert.equal(claims.iss, demo.issuer);
  assert.equal(claims.aud, flow.client.client_id);
  assert.equal(claims.nonce, flow.request.nonce);
  assert.equal(claims.tid, demo.tenant.id);
  assert.equal(claims.oid, demo.user('alice').id);
  assert.equal(claims.ver, '2.0');
  assert.equal(claims.exp - claims.iat, 3600);
  assert.ok(Math.abs(claims.iat - now) <= 5 && claims.nbf <= claims.iat && Math.abs(claims.auth_time - now) <= 30);
  assert.ok(claims.sid && claims.acr && Array.isArray(claims.amr));
  const app = (await demo.token({ grant_type: 'client_credentials' }, { as: 'service' })).json();
  assert.ok(!('id_token' in app), 'no ID token without a person');
});

test('PROTO-150 exactly one audience per access token; unknown resources and mixes are invalid_target', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const { claims, header } = await demo.verify(flow.tokens.access_token);
  assert.equal(header.typ, 'at+jwt');
  assert.equal(claims.aud, demo.at('oidc/userinfo'));
  assert.equal(claims.client_id, flow.client.client_id);
  assert.equal(claims.scope, claims.scp);
  assert.match(claims.oid, GUID);
  assert.ok(claims.jti && claims.sub && claims.azp === flow.client.client_id && claims.azpacr === '1');
  const unknown = await SignIn.begin(demo, { who: 'alice', from: 'home', params: { resource: 'https://nobody.example/api' } });
  assert.equal(unknown.error, 'invalid_target');
  const mixed = await SignIn.begin(demo, { who: 'alice', from: 'home', params: { scope: `openid ${API}/Notes.Read ${demo.base}/graph/.default` } });
  assert.ok(['invalid_target', 'invalid_scope'].includes(mixed.error), `${mixed}`);
  const one = await signedIn({ params: { scope: `openid ${API}/Notes.Read` } });
  assert.equal((await demo.verify(one.tokens.access_token)).claims.aud, API);
  assert.equal((await demo.verify(one.tokens.access_token)).claims.scp, 'Notes.Read');
});

test('PROTO-225 {resource}/{scope} and {resource}/.default come back as they were asked, and mix with OpenID scopes', async () => {
  for (const scope of [`${API}/Notes.Read`, `${API}/.default`]) {
    const flow = await signedIn({ params: { scope: `openid ${scope} offline_access` } });
    assert.ok(flow.tokens?.scope.split(' ').includes(scope), flow.tokens?.scope ?? `${flow}`);
    assert.equal((await at.demo.verify(flow.tokens.access_token)).claims.aud, API);
  }
});

test('PROTO-151 access tokens live 60 to 75 minutes, not all alike', async () => {
  const lives = new Set();
  for (let i = 0; i < 8; i++) {
    const { claims } = await at.demo.verify((await at.demo.token({ grant_type: 'client_credentials' }, { as: 'service' })).json().access_token);
    const life = claims.exp - claims.iat;
    assert.ok(life >= 3600 && life <= 4500, `${life} s`);
    lives.add(life);
  }
  assert.ok(lives.size > 1, 'refreshes are spread');
});

test('PROTO-154 types are not confused: an ID token is no access token', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const userinfo = (token) => demo.fetch(demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await userinfo(flow.tokens.access_token)).status, 200);
  for (const token of [flow.tokens.id_token, flow.tokens.refresh_token, 'x', `${flow.tokens.access_token}x`]) {
    const answer = await userinfo(token);
    assert.equal(answer.status, 401);
    assert.match(answer.header('www-authenticate'), /error="invalid_token"/);
  }
  const app = (await demo.token({ grant_type: 'client_credentials' }, { as: 'service' })).json().access_token;
  assert.ok([401, 403].includes((await userinfo(app)).status), 'a token for another audience');
});

test('PROTO-013 PROTO-014 no algorithm of the token\'s own choosing, no foreign key, no malformed JOSE is accepted', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const [, payload, signature] = flow.tokens.access_token.split('.');
  const header = part(flow.tokens.access_token, 0);
  const as = (changed) => `${Buffer.from(JSON.stringify({ ...header, ...changed })).toString('base64url')}.${payload}.${signature}`;
  const forged = [as({ alg: 'none' }), `${as({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`, as({ alg: 'None' }), as({ alg: 'HS256' }), as({ alg: 'RS256' }), as({ jwk: {} }), as({ jku: 'https://evil.example/keys' }),
    as({ crit: ['x'], x: 1 }), as({ kid: 'unknown' }), `${flow.tokens.access_token}.x`, `.${payload}.${signature}`, flow.tokens.access_token.replaceAll('.', '..'), `${flow.tokens.access_token}=`, 'a'.repeat(17000)];
  for (const token of forged) {
    assert.deepEqual(await introspect(token), { active: false }, token.slice(0, 60));
    const answer = await demo.fetch(demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${token}` } });
    assert.ok([400, 401, 431].includes(answer.status), `${answer.status} ${token.slice(0, 60)}`);
  }
});

test('PROTO-016 reference tokens end to the second, without skew', async () => {
  const flow = await withCode();
  await at.demo.advance('PT60S');
  isOAuthError(await flow.redeem(), 400, 'invalid_grant');
  const access = (await signedIn()).tokens;
  await at.demo.advance(`PT${access.expires_in}S`);
  assert.deepEqual(await introspect(access.access_token), { active: false });
});

test('PROTO-170 introspection: authenticated callers, own tokens, everything else exactly inactive', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const answer = await demo.post('oauth2/v2.0/introspect', { token: flow.tokens.access_token }, { as: 'web' });
  assert.match(answer.header('cache-control'), /no-store/);
  const body = answer.json();
  assert.equal(body.active, true);
  assert.equal(body.client_id, flow.client.client_id);
  assert.equal(body.iss, demo.issuer);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.username, 'alice@contoso.example');
  for (const member of ['scope', 'exp', 'iat', 'sub', 'aud', 'jti', 'sid']) assert.ok(member in body, member);
  assert.equal((await introspect(flow.tokens.refresh_token)).active, true);
  assert.deepEqual(await introspect(flow.tokens.access_token, 'web2'), { active: false }, 'another client');
  for (const token of ['x', flow.tokens.id_token]) assert.deepEqual(await introspect(token), { active: false });
  isOAuthError(await demo.post('oauth2/v2.0/introspect', { token: flow.tokens.access_token }), 401, 'invalid_client');
  isOAuthError(await demo.post('oauth2/v2.0/introspect', { token: flow.tokens.access_token }, { as: 'spa' }), 401, 'invalid_client');
});

test('PROTO-171 introspection looks again: block, revocation and sign-out make a token inactive at once', async () => {
  const { demo } = at;
  const { upn } = demo.user('erin');
  await demo.advance('PT2S');
  let flow = await signedIn({ who: 'erin' });
  await demo.admin('user', 'block', upn);
  assert.deepEqual(await introspect(flow.tokens.access_token), { active: false });
  await demo.admin('user', 'unblock', upn);
  await demo.advance('PT2S');
  flow = await signedIn({ who: 'erin' });
  assert.equal((await introspect(flow.tokens.access_token)).active, true);
  await demo.advance('PT2S');
  await demo.admin('user', 'revoke-sessions', upn);
  assert.deepEqual(await introspect(flow.tokens.access_token), { active: false });
});

test('PROTO-171 a policy that blocks for user risk makes tokens inactive at once; the resource server\'s own address decides nothing', async () => {
  const { demo } = at;
  const everybody = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } };
  const block = { operator: 'OR', builtInControls: ['block'] };
  const flow = await signedIn({ who: 'erin' });
  const active = async (from) => (await demo.post('oauth2/v2.0/introspect', { token: flow.tokens.access_token }, { as: 'web', from })).json().active;
  const elsewhere = await demo.policy({ displayName: 'no entry from anywhere not trusted', state: 'enabled', conditions: { ...everybody, users: { includeUsers: [demo.user('henry').id] }, locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }, grantControls: block });
  const risky = await demo.policy({ displayName: 'high user risk', state: 'enabled', conditions: { ...everybody, userRiskLevels: ['high'] }, grantControls: block });
  try {
    for (const from of ['home', 'abroad', 'tor', 'threatActor']) assert.equal(await active(from), true, `asked from ${from}`);
    await demo.admin('policy', 'disable', elsewhere.id);
    const mine = await demo.policy({ displayName: 'no entry for erin', state: 'enabled', conditions: { ...everybody, users: { includeUsers: [demo.user('erin').id] }, locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }, grantControls: block });
    assert.equal(await active('abroad'), true, 'a policy for places says nothing of a token that a resource server shows');
    await demo.admin('policy', 'delete', mine.id);
    await demo.admin('risk', 'leaked-credentials', demo.user('erin').upn);
    assert.equal(await active('home'), false);
  } finally {
    await demo.admin('policy', 'delete', elsewhere.id);
    await demo.admin('policy', 'delete', risky.id);
    await demo.admin('risk', 'dismiss', demo.user('erin').upn);
  }
});

test('PROTO-170 a resource sees tokens for itself, another does not', async () => {
  const { demo } = at;
  const token = (await demo.token({ grant_type: 'client_credentials', scope: `${API}/.default` }, { as: 'service' })).json().access_token;
  assert.equal((await introspect(token, 'service')).active, true);
  for (const stranger of ['web', 'web2']) assert.deepEqual(await introspect(token, stranger), { active: false });
});

test('PROTO-172 revocation: 200 for unknown tokens, only one\'s own, and a refresh token takes its family along', async () => {
  const { demo } = at;
  const revoke = (token, as, extra = {}) => demo.post('oauth2/v2.0/revoke', { token, ...extra }, { as });
  assert.equal((await revoke('unknown', 'web')).status, 200);
  const flow = await signedIn();
  await revoke(flow.tokens.refresh_token, 'web2');
  assert.equal((await flow.refresh()).status, 200, 'another client cannot revoke');
  assert.equal((await revoke(flow.tokens.refresh_token, 'web', { token_type_hint: 'access_token' })).status, 200);
  isOAuthError(await flow.refresh(), 400, 'invalid_grant');
  assert.deepEqual(await introspect(flow.tokens.access_token), { active: false });
  isOAuthError(await demo.post('oauth2/v2.0/revoke', { token: 'x' }), 401, 'invalid_client');
  const spa = await signedIn({ client: 'spa' });
  assert.equal((await revoke(spa.tokens.access_token, 'spa')).status, 200);
  assert.equal((await demo.fetch(demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${spa.tokens.access_token}` } })).status, 401);
});

test('PROTO-173 userinfo: header or form, never the query; the same sub; claims by scope with their JSON types', async () => {
  const { demo } = at;
  const flow = await signedIn();
  const url = demo.at('oidc/userinfo');
  const bearer = { authorization: `Bearer ${flow.tokens.access_token}` };
  const answer = await demo.fetch(url, { headers: bearer });
  assert.equal(answer.status, 200);
  assert.match(answer.header('cache-control'), /no-store/);
  const body = answer.json();
  assert.equal(body.sub, (await flow.claims()).sub);
  assert.equal(body.email, 'alice@contoso.example');
  assert.equal(typeof body.email_verified, 'boolean');
  assert.ok(body.name && body.preferred_username === 'alice@contoso.example');
  if ('updated_at' in body) assert.equal(typeof body.updated_at, 'number');
  assert.equal((await demo.fetch(url, { method: 'POST', headers: bearer })).status, 200);
  assert.equal((await demo.post('oidc/userinfo', { access_token: flow.tokens.access_token })).status, 200);
  assert.equal((await demo.fetch(`${url}?access_token=${flow.tokens.access_token}`)).status, 401);
  const bare = await demo.fetch(url);
  assert.equal(bare.status, 401);
  assert.match(bare.header('www-authenticate'), /^Bearer/);
  assert.doesNotMatch(bare.header('www-authenticate'), /error=/);
  const little = await signedIn({ params: { scope: 'openid' } });
  const few = (await demo.fetch(url, { headers: { authorization: `Bearer ${little.tokens.access_token}` } })).json();
  assert.ok(few.sub && !('email' in few) && !('name' in few));
  const bad = await demo.fetch(url, { headers: { authorization: 'Bearer nonsense' } });
  assert.equal(bad.status, 401);
  assert.match(bad.header('www-authenticate'), /error="invalid_token"/);
  const without = await signedIn({ params: { scope: 'profile' } });
  assert.ok(without.tokens?.access_token, `${without}`);
  const refused = await demo.fetch(url, { headers: { authorization: `Bearer ${without.tokens.access_token}` } });
  assert.equal(refused.status, 403, refused.body);
  assert.match(refused.header('www-authenticate'), /error="insufficient_scope"/);
});

test('PROTO-240 the password grant is off', async () => {
  const { upn, password } = at.demo.user('alice');
  isOAuthError(await at.demo.token({ grant_type: 'password', username: upn, password }, { as: 'web' }), 400, ['unsupported_grant_type', 'unauthorized_client']);
});

test('PROTO-152 PROTO-153 a revoked session takes its access tokens along at userinfo', async () => {
  await at.demo.advance('PT2S');
  const flow = await signedIn({ who: 'henry' });
  await at.demo.advance('PT2S');
  await at.demo.admin('user', 'revoke-sessions', at.demo.user('henry').upn);
  assert.equal((await at.demo.fetch(at.demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${flow.tokens.access_token}` } })).status, 401);
});
