// npm @azure/msal-node: it speaks to https authorities only, so this demo has TLS and the process trusts its CA (PROTO-220 to 226).
// MSAL reads NODE_EXTRA_CA_CERTS at start: the test runs itself again with it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';

let demo;
before(async () => { demo = await Demo.start({ tls: true, name: 'clients-msal' }); });
after(async () => { await demo?.stop(); });

/** Runs one part of msal_child.mjs against the demo; its JSON. */
function child(part) {
  const input = JSON.stringify({ base: demo.base, tenant: demo.tenant, places: demo.ready.places, users: demo.users, ca: demo.ready.ca });
  const result = spawnSync(process.execPath, [fileURLToPath(new URL('./msal_child.mjs', import.meta.url)), part], {
    input, encoding: 'utf8', timeout: 60000, env: { ...process.env, NODE_EXTRA_CA_CERTS: demo.ready.ca, NODE_OPTIONS: '' } });
  assert.equal(result.status, 0, result.stderr + result.stdout);
  return JSON.parse(result.stdout.trim().split('\n').at(-1));
}

test('PROTO-220 PROTO-222 MSAL: authorization code; the account is the person, silent tokens come from the cache and by refresh', () => {
  const { account, cached, refreshed, scopes } = child('code');
  assert.equal(account.username, 'alice@contoso.example');
  assert.equal(account.homeAccountId, `${demo.user('alice').id}.${demo.tenant.id}`);
  assert.equal(account.tenantId, demo.tenant.id);
  assert.equal(cached, true);
  assert.equal(refreshed, true);
  assert.ok(scopes.includes('openid'));
});

test('PROTO-221 PROTO-132 MSAL: the device code flow, polled until it is approved', () => {
  const { account, message } = child('device');
  assert.equal(account.username, 'alice@contoso.example');
  assert.match(message, /[A-Z]{4}-[A-Z]{4}/);
});

test('PROTO-224 MSAL: a dead refresh token is InteractionRequired', () => {
  assert.equal(child('dead').error, 'InteractionRequiredAuthError');
});

test('PROTO-226 MSAL: a daemon with a certificate gets a token for itself', async () => {
  const { claims } = child('certificate');
  assert.equal(claims.azpacr, '2');
  assert.equal(claims.idtyp, 'app');
  assert.equal(claims.aud, 'api://demo');
});
