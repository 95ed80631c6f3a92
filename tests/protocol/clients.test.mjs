// Client authentication and redirect URIs: protocols.md §3.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { form } from '../support_js/http.mjs';
import { SignIn } from '../support_js/sign_in.mjs';
import { demoFor, isOAuthError } from './support.mjs';

const at = demoFor('clients');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const service = (demo) => demo.client('service');
const grant = { grant_type: 'client_credentials' };
const post = (demo, fields, headers = {}, query = '') => demo.fetch(demo.at('oauth2/v2.0/token') + query, { method: 'POST', headers: { ...FORM, ...headers }, body: form(fields) });
const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

test('PROTO-020 two ways of authentication in one request are refused', async () => {
  const { client_id, client_secret } = service(at.demo);
  isOAuthError(await post(at.demo, { ...grant, client_id, client_secret }, basic(client_id, client_secret)), 400, 'invalid_request');
});

test('PROTO-020 another client_id in the body than the one authenticated is refused', async () => {
  const { client_id, client_secret } = service(at.demo);
  isOAuthError(await post(at.demo, { ...grant, client_id: at.demo.client('web').client_id }, basic(client_id, client_secret)), 401, 'invalid_client');
});

test('PROTO-020 credentials in the query are never read', async () => {
  const { client_id, client_secret } = service(at.demo);
  const answer = await post(at.demo, grant, {}, `?${form({ client_id, client_secret })}`);
  assert.ok([400, 401].includes(answer.status), answer.body);
  assert.ok(!answer.json().access_token);
});

test('PROTO-021 Basic is form-decoded, and what fails to decode is invalid_client', async () => {
  const { demo } = at;
  const { client_id, client_secret } = service(demo);
  const encoded = [...client_id].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  const answer = await post(demo, grant, basic(encoded, encodeURIComponent(client_secret)));
  assert.notEqual(answer.json().error, 'invalid_client', answer.body);
  for (const bad of [basic('%zz', 'x'), basic(`${client_id}%`, client_secret), { authorization: 'Basic ???' }, basic(client_id, '%00%ff')]) {
    isOAuthError(await post(demo, grant, bad), 401, 'invalid_client');
  }
});

test('PROTO-024 wrong credentials are 401 invalid_client, with WWW-Authenticate when Basic was tried; unknown and wrong are the same bytes', async () => {
  const { demo } = at;
  const { client_id } = service(demo);
  const wrong = await post(demo, grant, { ...basic(client_id, 'wrong'), 'client-request-id': '00000000-0000-4000-8000-000000000001' });
  const unknown = await post(demo, grant, { ...basic(randomUUID(), 'wrong'), 'client-request-id': '00000000-0000-4000-8000-000000000001' });
  for (const answer of [wrong, unknown]) {
    isOAuthError(answer, 401, 'invalid_client');
    assert.match(answer.header('www-authenticate'), /^Basic/);
  }
  const neutral = (answer) => { const { timestamp, trace_id, ...rest } = answer.json(); return rest; };
  assert.deepEqual(neutral(wrong), neutral(unknown));
  const posted = await post(demo, { ...grant, client_id, client_secret: 'wrong' });
  isOAuthError(posted, 401, 'invalid_client');
});

test('PROTO-024 ten failures in a minute for one client and address are 429 for that pair, never a lock-out of the client', async () => {
  const { demo } = at;
  const { client_id, client_secret } = demo.client('graph');
  const attempt = (secret, from) => post(demo, grant, { ...basic(client_id, secret), 'x-forwarded-for': from });
  let last;
  for (let i = 0; i < 11; i++) last = await attempt(`wrong ${i}`, '203.0.113.77');
  assert.equal(last.status, 429);
  assert.ok(Number(last.header('retry-after')) > 0);
  assert.equal(last.json().error, 'temporarily_unavailable');
  assert.equal((await attempt(client_secret, '203.0.113.78')).status, 200, 'from elsewhere the client works');
});

test('PROTO-025 redirect URIs are compared exactly', async () => {
  const { demo } = at;
  const [registered] = demo.client('web').redirect_uris;
  const altered = [`${registered}/`, `${registered}?a=b`, `${registered}#f`, registered.toUpperCase(), registered.replace(/:(\d+)/, (_, port) => `:${Number(port) + 1}`), registered.replace('://', '://user@'),
    `${registered}/../evil`, registered.replace('localhost', 'localhost.evil.example'), registered.replace(/^http:/, 'https:'), 'javascript:alert(1)', 'data:text/html,x', '//evil.example/cb'];
  for (const redirect_uri of altered.filter((uri) => uri !== registered)) {
    const flow = await SignIn.begin(demo, { params: { redirect_uri } });
    assert.ok(flow.page, `${redirect_uri} was redirected to`);
    assert.equal(flow.page.status, 400, redirect_uri);
    assert.equal(flow.page.errorCode, '50011', redirect_uri);
  }
});

test('PROTO-025 a native client may use any loopback port, and nothing else may differ', async () => {
  const { demo } = at;
  for (const redirect_uri of ['http://localhost:49152', 'http://localhost:1024']) {
    const flow = await SignIn.begin(demo, { client: 'native', params: { redirect_uri } });
    assert.ok(flow.page?.asksFor('username'), `${redirect_uri}: ${flow}`);
  }
  for (const redirect_uri of ['http://localhost:49152/other', 'https://localhost:49152', 'http://evil.example:49152', 'http://localhost.evil.example']) {
    assert.equal((await SignIn.begin(demo, { client: 'native', params: { redirect_uri } })).page?.status, 400, redirect_uri);
  }
});

test('PROTO-027 a user not assigned to an application that demands assignment gets access_denied, 50105, after authentication', async (t) => {
  const { demo } = at;
  const made = await demo.cli(['app', 'create', '--name', 'Assigned only', '--type', 'web', '--redirect-uri', 'http://localhost:9/cb', '--assignment-required']);
  assert.equal(made.code, 0, made.stderr + made.stdout);
  demo.tenant.clients.assigned = { client_id: made.json.appId ?? made.json.client_id, client_secret: made.json.client_secret ?? made.json.passwordCredentials?.[0]?.secretText, redirect_uris: ['http://localhost:9/cb'] };
  const flow = await SignIn.begin(demo, { client: 'assigned', who: 'alice', from: 'home' });
  assert.ok(flow.asksFor('username'), 'authentication comes first');
  await flow.answer(['password']);
  assert.equal(flow.code, undefined);
  assert.equal(flow.error, 'access_denied', `${flow}`);
  assert.equal(String(flow.errorCode), '50105');
});
