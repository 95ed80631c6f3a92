// What each event does to what was issued before it: conditional-access.md §15, one test a row of 15.3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { form } from '../support_js/http.mjs';
import { SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor, isOAuthError } from './support.mjs';

const at = demoFor('revocation');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const MFA = { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) };
let people = 0;

/** Somebody new with a password, and what they were given: a session, a public client's tokens, a confidential client's tokens. */
async function somebody() {
  const { demo } = at;
  const name = `person${++people}`;
  const upn = `${name}@contoso.example`, password = freshPassword();
  const { id } = await demo.admin('user', 'create', upn, '--name', `Person ${people}`, '--password-stdin', { stdin: password });
  demo.addUser(name, { upn, id, password });
  const confidential = await SignIn.complete(demo, { who: name, from: 'home', answer: ['password', 'skip'] });
  assert.ok(confidential.tokens?.refresh_token, `${confidential}`);
  const open = await SignIn.complete(demo, { client: 'native', who: name, from: 'home', answer: ['password', 'skip'] });
  assert.ok(open.tokens?.refresh_token, `${open}`);
  await demo.advance('PT2S');
  return { name, upn, confidential, open };
}
const silent = (browser) => SignIn.begin(at.demo, { browser, params: { prompt: 'none' } });
const userinfo = (token) => at.demo.fetch(at.demo.at('oidc/userinfo'), { headers: { authorization: `Bearer ${token}` } });
async function stands(who) {
  return { cookie: Boolean((await silent(who.confidential.browser)).code), 'public token': (await who.open.refresh()).status === 200, 'confidential token': (await who.confidential.refresh()).status === 200 };
}
async function allRevoked(who) {
  const access = who.open.tokens.access_token;
  assert.deepEqual(await stands(who), { cookie: false, 'public token': false, 'confidential token': false });
  assert.equal((await userinfo(access)).status, 401, 'its access token at userinfo');
}

test('CA-062 nothing happened: cookie and tokens stay', async () => {
  assert.deepEqual(await stands(await somebody()), { cookie: true, 'public token': true, 'confidential token': true });
});

test('CA-062 the person changes their own password: other cookies and every token from before are void', async () => {
  const who = await somebody();
  const { page } = await who.open.browser.open(at.demo.at('myaccount/password'));
  const next = freshPassword();
  await who.open.browser.submit(page.form(['newPassword']), { currentPassword: at.demo.user(who.name).password, newPassword: next, confirmPassword: next }, 'change');
  assert.ok((await silent(who.open.browser)).code, 'where it was changed the session goes on');
  await allRevoked(who);
});

for (const [what, ...words] of [
  ['an administrator resets the password', 'user', 'temporary-password'],
  ['an administrator revokes all tokens', 'user', 'revoke-sessions'],
  ['the account is disabled', 'user', 'block'],
  ['the account is deleted', 'user', 'delete'],
  ['an administrator confirms compromise', 'risk', 'confirm-compromised'],
]) {
  test(`CA-062 ${what}: cookie and tokens are void`, async () => {
    const who = await somebody();
    await at.demo.admin(...words, who.upn);
    await allRevoked(who);
  });
}

test('CA-061 tokens from before a revocation answer 50173, and new ones work', async () => {
  const who = await somebody();
  await at.demo.admin('user', 'revoke-sessions', who.upn);
  for (const flow of [who.open, who.confidential]) isOAuthError(await flow.refresh(), 400, 'invalid_grant', { number: 50173, suberror: 'bad_token' });
  await at.demo.advance('PT2S');
  const again = await SignIn.complete(at.demo, { who: who.name, from: 'home', answer: ['password', 'skip'] });
  assert.equal((await again.refresh()).status, 200);
});

test('CA-062 single sign-out: the cookie is void, tokens for offline use stay', async () => {
  const who = await somebody();
  await who.confidential.browser.open(`${at.demo.at('oauth2/v2.0/logout')}?${form({ id_token_hint: who.confidential.tokens.id_token })}`);
  assert.deepEqual(await stands(who), { cookie: false, 'public token': true, 'confidential token': true });
});

test('CA-062 a secure password change in a risk flow: all that was issued before is void, and the flow goes on', async () => {
  const { demo } = at;
  const who = await somebody();
  const enrolment = await SignIn.complete(demo, { who: who.name, from: 'home', params: MFA, answer: ['password', 'register'] });
  assert.ok(enrolment.code, `${enrolment}`);
  await demo.advance('PT2M');
  await demo.admin('risk', 'leaked-credentials', who.upn);
  const change = await SignIn.complete(demo, { who: who.name, from: 'home', answer: ['password', 'otp', 'change'] });
  assert.ok(change.tokens, `${change}`);
  await allRevoked(who);
  assert.equal((await change.refresh()).status, 200);
});

test('CA-063 a refresh family has an absolute end that use does not move, and dies whole on reuse', async () => {
  const { demo } = at;
  const who = await somebody();
  const first = who.open.tokens.refresh_token;
  assert.equal((await who.open.refresh()).status, 200);
  await demo.advance('PT11S');
  isOAuthError(await demo.token({ grant_type: 'refresh_token', refresh_token: first }, { as: 'native' }), 400, 'invalid_grant', { suberror: 'bad_token' });
  isOAuthError(await who.open.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
  await demo.admin('risk', 'dismiss', who.upn);
  let days = 0;
  while (days < 84) { await demo.advance('P28D'); days += 28; assert.equal((await who.confidential.refresh()).status, 200, `day ${days}`); }
  await demo.advance('P7D');
  isOAuthError(await who.confidential.refresh(), 400, 'invalid_grant', { suberror: 'bad_token' });
});

test('CA-064 the life of access tokens is random within its bounds, and expires_in says the same as exp', async () => {
  const lives = [];
  for (let i = 0; i < 12; i++) {
    const body = (await at.demo.token({ grant_type: 'client_credentials' }, { as: 'service' })).json();
    const { claims } = await at.demo.verify(body.access_token);
    assert.equal(claims.exp - claims.iat, body.expires_in);
    lives.push(body.expires_in);
  }
  assert.ok(Math.min(...lives) >= 3600 && Math.max(...lives) <= 5400 && new Set(lives).size > 3, lives.join(' '));
});

test('CA-062 an unauthenticated caller revokes nothing: the revocation endpoint takes the token\'s own client only', async () => {
  const who = await somebody();
  const answer = await at.demo.fetch(at.demo.at('oauth2/v2.0/revoke'), { method: 'POST', headers: FORM, body: form({ token: who.confidential.tokens.refresh_token }) });
  assert.equal(answer.status, 401);
  assert.equal((await who.confidential.refresh()).status, 200);
});
