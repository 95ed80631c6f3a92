// What a client may ask for: the allow-lists of protocols.md §3 ("grants, response modes, scopes, audiences"), with §6.2 and §12.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignIn } from '../support_js/sign_in.mjs';
import { allowDevice, demoFor, isOAuthError, part } from './support.mjs';

const API = 'api://ledger', READ = `${API}/Ledger.Read`, WRITE = `${API}/Ledger.Write`;
let app, daemon;

const create = (name, type, ...more) => at.demo.admin('app', 'create', '--name', name, '--type', type, ...more);
const grant = (id, ...more) => at.demo.admin('app', 'grant', id, '--resource', API, ...more);
const withdraw = (id, ...more) => at.demo.admin('app', 'withdraw', id, '--resource', API, ...more);
const at = demoFor('scopes', {}, async () => {
  await create('Ledger', 'daemon', '--identifier-uri', API, '--defines-scope', 'Ledger.Read', '--defines-scope', 'Ledger.Write', '--defines-role', 'Ledger.Audit');
  const made = await create('Reader', 'web', '--redirect-uri', 'http://localhost:9/reader');
  app = { client_id: made.appId, client_secret: made.client_secret, redirect_uris: ['http://localhost:9/reader'] };
  at.demo.tenant.clients.reader = app;
  const service = await create('Auditor', 'daemon');
  daemon = at.demo.tenant.clients.auditor = { client_id: service.appId, client_secret: service.client_secret };
});
const ask = (scope, params = {}) => SignIn.begin(at.demo, { client: 'reader', who: 'alice', from: 'home', params: { scope, ...params } });
const signedIn = async (scope, params) => {
  const flow = await ask(scope, params);
  await flow.answer(['password']);
  await flow.redeem();
  assert.ok(flow.tokens?.access_token, `${flow}`);
  return flow;
};
const refused = async (scope, error, number, params) => {
  const flow = await ask(scope, params);
  assert.equal(flow.error, error, `${scope}: ${flow}`);
  assert.equal(Number(flow.errorCode), number);
  assert.equal(flow.result.state, flow.request.state);
};

test('PROTO-225 a client that was granted nothing gets OpenID scopes only; what exists and what does not look the same', async () => {
  await withdraw(app.client_id);
  const flow = await signedIn('openid profile offline_access');
  assert.equal(part(flow.tokens.access_token, 1).aud, at.demo.at('oidc/userinfo'));
  for (const scope of [`openid ${READ}`, `openid ${API}/Ledger.Nothing`, `openid ${API}/.default`, 'openid api://demo/Notes.Read']) await refused(scope, 'invalid_scope', 70011);
  await refused('openid Ledger.Read', 'invalid_scope', 70011, { resource: API });
  await refused('openid', 'invalid_target', 500011, { resource: API });
  await refused('openid', 'invalid_target', 500011, { resource: 'api://nobody' });
});

test('PROTO-225 PROTO-150 what was granted is given, and .default is exactly that', async () => {
  const shown = await grant(app.client_id, '--scope', 'Ledger.Read');
  assert.deepEqual(shown.grantedPermissions.map((entry) => entry.scopes), [['Ledger.Read']]);
  const named = await signedIn(`openid ${READ}`);
  const { claims } = await at.demo.verify(named.tokens.access_token, { audience: API });
  assert.equal(claims.scp, 'Ledger.Read');
  assert.equal(named.tokens.scope, `openid ${READ}`);
  const whole = await signedIn(`openid ${API}/.default`);
  assert.equal(part(whole.tokens.access_token, 1).scp, 'Ledger.Read');
  await refused(`openid ${READ} ${WRITE}`, 'invalid_scope', 70011);
});

test('PROTO-225 the device grant asks the same list', async () => {
  const native = await create('Handheld', 'native', '--redirect-uri', 'http://localhost');
  const start = (scope) => at.demo.post('oauth2/v2.0/devicecode', { client_id: native.appId, scope });
  isOAuthError(await start(`openid ${READ}`), 400, 'invalid_scope', { number: 70011 });
  await grant(native.appId, '--scope', 'Ledger.Read');
  assert.equal((await start(`openid ${READ}`)).status, 200);
  const given = async (meanwhile) => {
    const device = (await start(`openid ${READ}`)).json();
    await meanwhile?.();
    const flow = await allowDevice(at.demo, device, 'alice');
    return { flow, answer: await at.demo.post('oauth2/v2.0/token', { client_id: native.appId, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code }) };
  };
  const { flow, answer } = await given();
  assert.equal(answer.status, 200, `${answer.body} ${flow}`);
  assert.equal(part(answer.json().access_token, 1).scp, 'Ledger.Read');
  const late = await given(() => withdraw(native.appId));  // between the code and the person's word
  isOAuthError(late.answer, 400, 'authorization_pending');
  assert.match(late.flow.page.text, /code/i, `${late.flow}`);
});

test('PROTO-224 PROTO-122 a refresh of what was withdrawn sends the person back: 65001, consent_required', async () => {
  await grant(app.client_id, '--scope', 'Ledger.Read', '--scope', 'Ledger.Write');
  const flow = await signedIn(`openid offline_access ${READ} ${WRITE}`);
  assert.equal((await flow.refresh()).status, 200);
  await withdraw(app.client_id, '--scope', 'Ledger.Write');
  isOAuthError(await flow.refresh(), 400, 'invalid_grant', { number: 65001, suberror: 'consent_required' });
  const narrowed = await flow.refresh({ scope: `openid ${READ}` });
  assert.equal(narrowed.status, 200, 'what is left is still given');
  assert.equal(part(narrowed.json().access_token, 1).scp, 'Ledger.Read');
  await withdraw(app.client_id);
  isOAuthError(await flow.refresh({ scope: `openid ${READ}` }), 400, 'invalid_grant', { number: 65001, suberror: 'consent_required' });
  await refused(`openid ${READ}`, 'invalid_scope', 70011);
});

test('PROTO-126 a daemon gets a token for a resource where it was granted a role, and for no other', async () => {
  const token = (fields) => at.demo.token({ grant_type: 'client_credentials', ...fields }, { as: 'auditor' });
  for (const fields of [{ scope: `${API}/.default` }, { resource: API }, { scope: `${API}/Ledger.Audit` }, { scope: 'api://demo/.default' }, {}]) {
    isOAuthError(await token(fields), 400, 'invalid_scope', { number: 70011 });
  }
  await grant(daemon.client_id, '--role', 'Ledger.Audit');
  const answer = await token({ scope: `${API}/.default` });
  assert.equal(answer.status, 200, answer.body);
  const { claims } = await at.demo.verify(answer.json().access_token, { audience: API });
  assert.deepEqual(claims.roles, ['Ledger.Audit']);
  isOAuthError(await token({ scope: 'api://demo/.default' }), 400, 'invalid_scope', { number: 70011 });
  await withdraw(daemon.client_id, '--role', 'Ledger.Audit');
  isOAuthError(await token({ scope: `${API}/.default` }), 400, 'invalid_scope', { number: 70011 });
});

test('only what an API defines can be granted, to the kind of client it is for', async () => {
  const fails = async (...args) => assert.equal((await at.demo.cli(['app', ...args])).code, 1, args.join(' '));
  await fails('grant', app.client_id, '--resource', API, '--scope', 'Ledger.Nothing');
  await fails('grant', app.client_id, '--resource', 'api://nobody', '--scope', 'Ledger.Read');
  await fails('grant', app.client_id, '--resource', API);
  await fails('grant', app.client_id, '--resource', API, '--role', 'Ledger.Audit');
  await fails('grant', daemon.client_id, '--resource', API, '--scope', 'Ledger.Read');
});

test('PROTO-225 the demo\'s clients may ask for the demo API', async () => {
  for (const client of ['web', 'web2', 'webPost', 'spa', 'native']) {
    const flow = await SignIn.begin(at.demo, { client, params: { scope: 'openid api://demo/Notes.Read api://demo/Notes.ReadWrite' } });
    assert.ok(flow.asksFor('username'), `${client}: ${flow}`);
  }
});
