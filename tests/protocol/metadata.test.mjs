// Endpoints, discovery, keys: protocols.md §1 and §2.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { raw } from '../support_js/http.mjs';
import { SignIn } from '../support_js/sign_in.mjs';
import { demoFor, part } from './support.mjs';

const at = demoFor('metadata');
const openid = (demo) => `${demo.issuer}/.well-known/openid-configuration`;
const oauth = (demo) => demo.url(`/.well-known/oauth-authorization-server/${demo.tenant.id}/v2.0`);

test('PROTO-001 the issuer is exact: in the metadata, in tokens, and as the prefix of the metadata URL', async () => {
  const { demo } = at;
  const document = (await demo.fetch(openid(demo))).json();
  assert.equal(document.issuer, demo.issuer);
  assert.equal(document.issuer, `${demo.base}/${demo.tenant.id}/v2.0`);
  assert.doesNotMatch(document.issuer, /[?#]/);
  const flow = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  assert.equal(part(flow.tokens.id_token, 1).iss, document.issuer);
  assert.equal(part(flow.tokens.access_token, 1).iss, document.issuer);
});

test('PROTO-001 the tenant may be named by its domain, and the issuer stays the GUID form', async () => {
  const { demo } = at;
  const document = (await demo.fetch(demo.url(`/${demo.tenant.domain}/v2.0/.well-known/openid-configuration`))).json();
  assert.equal(document.issuer, demo.issuer);
});

test('PROTO-002 metadata is built from configuration, never from the request', async () => {
  const { demo } = at;
  const plain = (await demo.fetch(openid(demo))).body;
  for (const headers of [{ 'x-forwarded-host': 'evil.example' }, { forwarded: 'host=evil.example;proto=https' }, { 'x-forwarded-proto': 'https' }, { 'x-forwarded-port': '444' }]) {
    assert.equal((await demo.fetch(openid(demo), { headers })).body, plain);
  }
  const foreign = await demo.fetch(openid(demo), { headers: { host: 'evil.example' } });
  assert.ok([400, 421].includes(foreign.status), `status ${foreign.status}`);
  assert.doesNotMatch(foreign.body, /issuer|evil\.example|contoso/);
});

test('PROTO-003 metadata form: JSON, public caching, strong ETag, HEAD and conditional GET, no empty members', async () => {
  const { demo } = at;
  for (const url of [openid(demo), oauth(demo)]) {
    const answer = await demo.fetch(url);
    assert.equal(answer.status, 200);
    assert.match(answer.header('content-type'), /^application\/json/);
    assert.match(answer.header('cache-control'), /public/);
    assert.match(answer.header('cache-control'), /max-age=3600/);
    assert.match(answer.header('etag'), /^"[^"]+"$/);
    assert.equal(answer.header('access-control-allow-origin'), '*');
    for (const [name, value] of Object.entries(answer.json())) {
      assert.notEqual(value, null, name);
      if (Array.isArray(value)) assert.ok(value.length > 0, name);
    }
    const head = await demo.fetch(url, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body, '');
    assert.equal(head.header('etag'), answer.header('etag'));
    assert.equal((await demo.fetch(url, { headers: { 'if-none-match': answer.header('etag') } })).status, 304);
    assert.equal((await demo.fetch(url, { headers: { 'if-none-match': '"other"' } })).status, 200);
  }
});

test('PROTO-004 metadata has the members of table 1.2, and advertises nothing that is off', async () => {
  const { demo } = at;
  const document = (await demo.fetch(openid(demo))).json();
  assert.equal(document.authorization_endpoint, demo.at('oauth2/v2.0/authorize'));
  assert.equal(document.token_endpoint, demo.at('oauth2/v2.0/token'));
  assert.equal(document.jwks_uri, demo.at('discovery/v2.0/keys'));
  assert.equal(document.userinfo_endpoint, demo.at('oidc/userinfo'));
  assert.equal(document.end_session_endpoint, demo.at('oauth2/v2.0/logout'));
  assert.equal(document.introspection_endpoint, demo.at('oauth2/v2.0/introspect'));
  assert.equal(document.revocation_endpoint, demo.at('oauth2/v2.0/revoke'));
  assert.equal(document.device_authorization_endpoint, demo.at('oauth2/v2.0/devicecode'));
  assert.ok(document.response_types_supported.includes('code'));
  assert.ok(!document.response_types_supported.some((type) => /(^| )token( |$)/.test(type)));
  assert.ok(['query', 'form_post'].every((mode) => document.response_modes_supported.includes(mode)));
  for (const grant of ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code']) assert.ok(document.grant_types_supported.includes(grant), grant);
  assert.ok(!document.grant_types_supported.includes('password') && !document.grant_types_supported.includes('implicit'));
  assert.ok(document.id_token_signing_alg_values_supported.includes('RS256') && !document.id_token_signing_alg_values_supported.includes('none'));
  assert.ok(['client_secret_basic', 'client_secret_post', 'none'].every((method) => document.token_endpoint_auth_methods_supported.includes(method)));
  assert.deepEqual(document.code_challenge_methods_supported, ['S256']);
  for (const scope of ['openid', 'profile', 'email', 'offline_access']) assert.ok(document.scopes_supported.includes(scope), scope);
  for (const claim of 'sub iss aud exp iat nbf auth_time acr amr nonce sid name preferred_username email oid tid'.split(' ')) assert.ok(document.claims_supported.includes(claim), claim);
  assert.equal(document.claims_parameter_supported, true);
  assert.equal(document.request_parameter_supported, false);
  assert.equal(document.request_uri_parameter_supported, false);
  assert.equal(document.authorization_response_iss_parameter_supported, true);
  for (const acr of ['1fa', 'mfa']) assert.ok(document.acr_values_supported.includes(acr), acr);
  for (const prompt of ['none', 'login', 'select_account']) assert.ok(document.prompt_values_supported.includes(prompt), prompt);
  assert.ok(!('tenant_region_scope' in document) && !('cloud_instance_name' in document));
});

test('PROTO-005 both metadata documents agree in every member they share', async () => {
  const { demo } = at;
  const [a, b] = [(await demo.fetch(openid(demo))).json(), (await demo.fetch(oauth(demo))).json()];
  const shared = Object.keys(a).filter((name) => name in b);
  assert.ok(shared.length >= 10);
  for (const name of shared) assert.deepEqual(a[name], b[name], name);
});

test('PROTO-006 an unknown tenant is 404: JSON for machines, a page for browsers', async () => {
  const { demo } = at;
  for (const tenant of [randomUUID(), 'nobody.example', 'xyz']) {
    for (const [path, method] of [['v2.0/.well-known/openid-configuration', 'GET'], ['discovery/v2.0/keys', 'GET'], ['oauth2/v2.0/token', 'POST'], ['oauth2/v2.0/introspect', 'POST'], ['oidc/userinfo', 'GET']]) {
      const answer = await demo.fetch(`/${tenant}/${path}`, { method, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: method === 'POST' ? 'a=b' : undefined });
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.equal(answer.json().error, 'invalid_tenant', path);
    }
    const page = await demo.fetch(`/${tenant}/oauth2/v2.0/authorize?client_id=x`, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 404);
    assert.match(page.header('content-type'), /^text\/html/);
    assert.ok(!page.body.includes(tenant));
  }
});

test('PROTO-007 a method the endpoint does not have is 405 with Allow; TRACE and CONNECT are refused; overrides are ignored', async () => {
  const { demo } = at;
  for (const [path, method, allowed] of [['v2.0/.well-known/openid-configuration', 'POST', 'GET'], ['discovery/v2.0/keys', 'DELETE', 'GET'], ['oauth2/v2.0/token', 'GET', 'POST'],
    ['oauth2/v2.0/introspect', 'GET', 'POST'], ['oauth2/v2.0/devicecode', 'PUT', 'POST'], ['oauth2/v2.0/authorize', 'DELETE', 'GET'], ['oidc/userinfo', 'PUT', 'GET']]) {
    const answer = await demo.fetch(demo.at(path), { method, headers: { 'x-http-method-override': allowed } });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.ok(answer.header('allow')?.split(/, */).includes(allowed), `Allow: ${answer.header('allow')}`);
  }
  const host = new URL(demo.base).host;
  for (const line of ['TRACE / HTTP/1.1', `CONNECT ${host} HTTP/1.1`]) {
    const answer = await raw(demo.base, `${line}\r\nHost: ${host}\r\nX-Secret: echoed\r\nConnection: close\r\n\r\n`);
    assert.ok([400, 405, 501].includes(answer.status), `${line}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /echoed/);
  }
});

test('PROTO-008 paths are exact: no trailing slash, no other case, no encoded letters', async () => {
  const { demo } = at;
  for (const path of ['oauth2/v2.0/token/', 'oauth2/v2.0/Token', 'OAuth2/v2.0/token', 'oauth2/v2.0/%74oken', 'discovery/v2.0/keys/', 'oauth2//v2.0/token', 'oauth2/v2.0/./token']) {
    const answer = await raw(demo.base, `POST /${demo.tenant.id}/${path} HTTP/1.1\r\nHost: ${new URL(demo.base).host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b`);
    assert.equal(answer.status, 404, path);
  }
});

test('PROTO-010 signing keys: RSA of 2048 bits or more and P-256, named by thumbprint, RS256 for ID tokens and ES256 for access tokens', async () => {
  const { demo } = at;
  const { keys } = await demo.jwks();
  const rsa = keys.find((key) => key.kty === 'RSA');
  const ec = keys.find((key) => key.kty === 'EC');
  assert.ok(rsa && Buffer.from(rsa.n, 'base64url').length >= 256);
  assert.equal(ec?.crv, 'P-256');
  for (const key of keys) {
    assert.equal(key.use, 'sig');
    assert.ok(key.alg);
    assert.equal(key.kid, await calculateJwkThumbprint(key));
  }
  const flow = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  assert.equal(part(flow.tokens.id_token, 0).alg, 'RS256');
  assert.equal(part(flow.tokens.access_token, 0).alg, 'ES256');
  assert.equal((await demo.verify(flow.tokens.access_token)).header.typ, 'at+jwt');
});

test('PROTO-011 the JWKS shows public members only, with distinct kids, publicly cacheable', async () => {
  const { demo } = at;
  const answer = await demo.fetch((await demo.metadata()).jwks_uri);
  assert.match(answer.header('cache-control'), /public.*max-age=3600/);
  const { keys } = answer.json();
  assert.equal(new Set(keys.map((key) => key.kid)).size, keys.length);
  for (const key of keys) {
    assert.ok(['RSA', 'EC', 'OKP'].includes(key.kty));
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) assert.ok(!(secret in key), secret);
  }
});

test('PROTO-012 a rotated key is published before it signs, and the old one stays published', async () => {
  const { demo } = at;
  const flow = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  const before = await demo.jwks();
  await demo.admin('keys', 'rotate');
  const after = await demo.jwks();
  assert.ok(after.keys.length > before.keys.length, 'new keys are published');
  for (const key of before.keys) assert.ok(after.keys.some((one) => one.kid === key.kid), 'old keys stay');
  await demo.verify(flow.tokens.id_token);
  const kidNow = part((await demo.token({ grant_type: 'client_credentials', scope: 'https://graph.contoso.example/.default' }, { as: 'graph' })).json().access_token ?? flow.tokens.access_token, 0).kid;
  assert.ok(before.keys.some((key) => key.kid === kidNow), 'the new key does not sign yet');
  await demo.advance('PT25H');
  const later = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  assert.ok(!before.keys.some((key) => key.kid === part(later.tokens.id_token, 0).kid), 'the new key signs after a day');
  await demo.verify(later.tokens.id_token);
});
