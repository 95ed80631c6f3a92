// npm openid-client, by discovery alone (PROTO-230): the whole sign-in as an application would write it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { Demo } from '../support_js/demo.mjs';
import { SignIn } from '../support_js/sign_in.mjs';

let demo, config;
before(async () => {
  demo = await Demo.start({ name: 'clients-openid-client' });
  const { client_id, client_secret } = demo.client('web');
  config = await client.discovery(new URL(demo.issuer), client_id, client_secret, client.ClientSecretBasic(client_secret), { execute: [client.allowInsecureRequests] });
});
after(async () => { await demo?.stop(); });

/** The library builds the request and reads the answer; the person between is ours. */
async function signIn(extra = {}, answers = ['password']) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const redirect_uri = demo.client('web').redirect_uris[0];
  const url = client.buildAuthorizationUrl(config, { redirect_uri, scope: 'openid profile email offline_access', code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', state, nonce, ...extra });
  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home', params: Object.fromEntries(url.searchParams) });
  await flow.answer(answers);
  assert.ok(flow.redirect, `${flow}`);
  return client.authorizationCodeGrant(config, flow.redirect, { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
}

test('PROTO-230 openid-client: code with PKCE, state, nonce and iss; userinfo; refresh; introspection; revocation', async () => {
  const tokens = await signIn();
  const claims = tokens.claims();
  assert.equal(claims.preferred_username, 'alice@contoso.example');
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(userinfo.email, 'alice@contoso.example');
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.ok(refreshed.access_token && refreshed.refresh_token !== tokens.refresh_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, true);
  await client.tokenRevocation(config, refreshed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
});

test('PROTO-230 openid-client: max_age is honoured and checked', async () => {
  assert.ok((await signIn({ max_age: '600' })).claims().auth_time);
});

test('PROTO-230 openid-client: client credentials and the device grant', async () => {
  const service = demo.client('service');
  const machine = await client.discovery(new URL(demo.issuer), service.client_id, service.client_secret, client.ClientSecretBasic(service.client_secret), { execute: [client.allowInsecureRequests] });
  assert.ok((await client.clientCredentialsGrant(machine)).access_token);
  const native = await client.discovery(new URL(demo.issuer), demo.client('native').client_id, undefined, client.None(), { execute: [client.allowInsecureRequests] });
  const device = await client.initiateDeviceAuthorization(native, { scope: 'openid profile' });
  assert.ok(device.user_code && device.verification_uri);
});
