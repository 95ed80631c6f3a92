// private_key_jwt and certificate assertions: protocols.md §3 PROTO-022, §12 PROTO-226, and the rules of §2 for what others sign.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { assertionOf, makeCertificate } from '../support_js/certificates.mjs';
import { demoFor, isOAuthError, part } from './support.mjs';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const RESOURCE = 'api://demo';
const rsa = makeCertificate({ days: 10 }), second = makeCertificate({ days: 400 }), ec = makeCertificate({ kind: 'ec', days: 400 }), stranger = makeCertificate();
let daemon, other;

async function register(name, ...more) {
  const made = await at.demo.admin('app', 'create', '--name', name, '--type', 'daemon', ...more);
  await at.demo.admin('app', 'grant', made.appId, '--resource', RESOURCE, '--role', 'Notes.Read.All');
  return made;
}
const at = demoFor('client-assertion', {}, async () => {
  daemon = (await register('Certificate daemon', '--certificate', rsa.certificate, '--certificate', ec.certificate)).appId;
  other = (await register('Another daemon', '--certificate', second.certificate)).appId;
});

const endpoint = () => at.demo.at('oauth2/v2.0/token');
const made = async (more = {}) => assertionOf({ clientId: daemon, audience: endpoint(), key: rsa, now: await at.demo.now(), ...more });
let caller = 0;
/** One request; each from an address of its own, so that failures slow nobody down (PROTO-024). */
const present = (assertion, fields = {}, path = 'oauth2/v2.0/token') => at.demo.post(path,
  { grant_type: 'client_credentials', scope: `${RESOURCE}/.default`, client_assertion_type: TYPE, client_assertion: assertion, ...fields },
  { headers: { 'x-forwarded-for': `198.51.100.${++caller % 250}` } });
const passes = async (assertion, fields) => {
  const answer = await present(assertion, fields);
  assert.equal(answer.status, 200, answer.body);
  return answer.json();
};
const fails = async (assertion, number, fields) => isOAuthError(await present(assertion, fields), 401, 'invalid_client', { number });

test('PROTO-226 certificate assertions as MSAL makes them: x5t#S256 with PS256, x5t with RS256, x5c along; azpacr is 2', async () => {
  const token = await passes(await made({ header: { typ: 'JWT', x5c: [rsa.der.toString('base64')] } }), { client_id: daemon });
  const { claims } = await at.demo.verify(token.access_token, { audience: RESOURCE });
  assert.equal(claims.client_id, daemon);
  assert.equal(claims.azpacr, '2');
  assert.equal(claims.idtyp, 'app');
  await passes(await made({ header: { alg: 'RS256', 'x5t#S256': undefined, x5t: rsa.x5t, x5c: undefined } }), { client_id: daemon });
});

test('PROTO-022 private_key_jwt: for the issuer or the token endpoint, by key id too, with or without client_id', async () => {
  const jwk = await exportJWK(createPublicKey(ec.pem));
  await passes(await made({ audience: at.demo.issuer }));
  await passes(await made({ audience: `${at.demo.base}/contoso.example/oauth2/v2.0/token` }));
  await passes(await made({ key: ec, header: { alg: 'ES256' } }));
  await passes(await made({ key: ec, header: { alg: 'ES256', 'x5t#S256': undefined, kid: await calculateJwkThumbprint(jwk) } }));
  await passes(await made({ header: { typ: 'client-authentication+jwt' } }));
});

test('PROTO-022 a bare public key signs assertions too, by the kid it was registered under', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = (await register('Key daemon', '--certificate', rsa.certificate)).appId;
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'spring', alg: 'ES256' };
  const { code, json } = await at.demo.cli(['app', 'add-key', id, '-'], { stdin: JSON.stringify(jwk) });
  assert.equal(code, 0);
  assert.deepEqual(json.keyCredentials.map((key) => key.kid).includes('spring'), true);
  const token = await passes(await made({ clientId: id, key: { privateKey }, header: { alg: 'ES256', kid: 'spring' } }));
  assert.equal(part(token.access_token, 1).client_id, id);
  const secretJwk = { ...privateKey.export({ format: 'jwk' }), kid: 'autumn' };
  assert.equal((await at.demo.cli(['app', 'add-key', id, '-'], { stdin: JSON.stringify(secretJwk) })).code, 1, 'a private key is not taken');
});

test('PROTO-022 an assertion is used once', async () => {
  const once = await made();
  await passes(once);
  await fails(once, 700024);
  const jti = randomUUID();
  const twins = await Promise.all([made({ claims: { jti } }), made({ claims: { jti, iat: 1 } })]);
  const answers = await Promise.all(twins.map((twin) => present(twin)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 401], 'of two with one jti one is taken');
  await passes(await assertionOf({ clientId: other, audience: endpoint(), key: second, now: await at.demo.now(), claims: { jti } }), {});
});

test('PROTO-022 the audience is one string: this issuer or its token endpoint', async () => {
  const { demo } = at;
  const elsewhere = demo.issuer.replace(demo.tenant.id, randomUUID());
  for (const audience of [elsewhere, endpoint().replace(demo.tenant.id, randomUUID()), [demo.issuer], [endpoint(), 'https://evil.example'], demo.at('oauth2/v2.0/introspect'), `${endpoint()}/`, 'https://evil.example', '', undefined]) {
    await fails(await made({ audience, claims: { aud: audience } }), 700023);
  }
  const pinned = (await register('Pinned daemon', '--certificate', second.certificate)).appId;
  await demo.admin('app', 'assertion-audience', pinned, 'issuer');
  const ofPinned = (audience) => made({ clientId: pinned, key: second, audience });
  await fails(await ofPinned(endpoint()), 700023);
  await passes(await ofPinned(demo.issuer));
});

test('PROTO-022 PROTO-016 an assertion lives ten minutes at most, within 60 s of skew, and has exp and jti', async () => {
  const now = Math.floor((await at.demo.now()).getTime() / 1000);
  for (const claims of [{ exp: undefined }, { exp: now - 65 }, { exp: now + 720 }, { nbf: now + 120 }, { iat: now + 120, nbf: undefined }]) await fails(await made({ claims }), 700024);
  for (const claims of [{ jti: undefined }, { jti: '' }, { jti: 'j'.repeat(257) }, { jti: 7 }, { exp: 'soon' }, { nbf: -1 }]) await fails(await made({ claims }), 50027);
  for (const claims of [{ exp: now - 30, nbf: undefined }, { nbf: now + 30 }]) await passes(await made({ claims }));
});

test('PROTO-022 PROTO-020 iss, sub and client_id are one client', async () => {
  for (const claims of [{ iss: other }, { sub: other }, { iss: undefined }, { sub: undefined }, { iss: endpoint() }, { iss: other, sub: other }]) {
    await fails(await made({ claims }), claims.iss === other && claims.sub === other ? 700027 : 700021);
  }
  await fails(await made(), 700021, { client_id: other });
  await fails(await made(), 700021, { client_id: 'x' });
});

test('PROTO-022 PROTO-226 the key is one that this client registered: a wrong key, another client\'s certificate and an embedded one are refused', async () => {
  await fails(await made({ key: { ...rsa, privateKey: stranger.privateKey } }), 700027);
  await fails(await made({ key: stranger }), 700027);
  await fails(await made({ key: stranger, header: { x5c: [stranger.der.toString('base64')] } }), 700027);
  await fails(await made({ key: { ...rsa, privateKey: stranger.privateKey }, header: { x5c: [stranger.der.toString('base64')] } }), 700027);
  await fails(await made({ key: second }), 700027);
  await fails(await made({ key: { ...second, privateKey: rsa.privateKey } }), 700027);
  await fails(await made({ key: { privateKey: rsa.privateKey } }), 700027);
  const token = await made();
  await fails(`${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`, 700027);
});

test('PROTO-013 the algorithm is the key\'s: none, symmetric ones with the public key, and another family are refused', async () => {
  const { demo } = at;
  const now = Math.floor((await demo.now()).getTime() / 1000);
  const encode = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  const forged = (header, sign) => {
    const input = `${encode(header)}.${encode({ aud: endpoint(), iss: daemon, sub: daemon, jti: randomUUID(), exp: now + 300 })}`;
    return `${input}.${sign(input)}`;
  };
  const name = { 'x5t#S256': rsa.x5tS256 };
  for (const alg of ['none', 'None', 'NONE', '']) {
    await fails(forged({ alg, ...name }, () => ''), 50027);
    await fails(forged({ alg, ...name }, () => 'AA'), 50027);
  }
  for (const secret of [rsa.pem, createPublicKey(rsa.pem).export({ type: 'spki', format: 'pem' }), rsa.der, createPublicKey(rsa.pem).export({ type: 'spki', format: 'der' })]) {
    await fails(forged({ alg: 'HS256', ...name }, (input) => createHmac('sha256', secret).update(input).digest('base64url')), 50027);
  }
  await fails(await made({ key: { ...ec, x5tS256: rsa.x5tS256 }, header: { alg: 'ES256' } }), 700027);
  await fails(await made({ header: { alg: 'RS512' } }), 50027);
  for (const header of [{ jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/cert' }, { jwk: await exportJWK(createPublicKey(rsa.pem)) }, { typ: 'at+jwt' }]) {
    await fails(await made({ header }), 50027);
  }
});

test('PROTO-014 what is no JWT is refused, and a token of our own is no assertion (PROTO-154)', async () => {
  const { demo } = at;
  const own = (await passes(await made())).access_token;
  for (const bad of ['x', 'a.b.c', '..', `${await made()}.`, own, 'a'.repeat(20000)]) await fails(bad, 50027);
  await fails(`${await made()}=`, 700027);
  isOAuthError(await present(await made(), { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }), 401, 'invalid_client');
  isOAuthError(await present(await made(), { client_assertion_type: '' }), 400, 'invalid_request');
  isOAuthError(await present('', { client_id: daemon }), 400, 'invalid_request');
  const both = await demo.post('oauth2/v2.0/token', { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: await made() }, { as: 'service' });
  isOAuthError(both, 400, 'invalid_request');
});

test('PROTO-024 an unknown client and a wrong key are the same bytes', async () => {
  const { demo } = at;
  const send = async (clientId, key) => {
    const answer = await demo.post('oauth2/v2.0/token', { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: await made({ clientId, key }) },
      { headers: { 'client-request-id': '00000000-0000-4000-8000-000000000001', 'x-forwarded-for': `198.51.100.${++caller % 250}` } });
    const { timestamp, trace_id, ...rest } = isOAuthError(answer, 401, 'invalid_client', { number: 700027 });
    return rest;
  };
  const wrong = await send(daemon, stranger);
  assert.deepEqual(await send(randomUUID(), stranger), wrong);
  assert.deepEqual(await send(randomUUID(), rsa), wrong);
});

test('PROTO-022 a client registered for secrets takes no assertion, and one registered for assertions no secret', async () => {
  const { demo } = at;
  const { appId, client_secret } = await register('Both');
  await demo.admin('app', 'add-key', appId, second.certificate);
  const signed = () => made({ clientId: appId, key: second });
  const secretly = async () => (await demo.post('oauth2/v2.0/token', { grant_type: 'client_credentials', scope: `${RESOURCE}/.default`, client_id: appId, client_secret })).status;
  await passes(await signed());
  assert.equal(await secretly(), 200, 'any credential it has');
  await demo.admin('app', 'auth-method', appId, 'private_key_jwt');
  await passes(await signed());
  assert.equal(await secretly(), 401);
  await demo.admin('app', 'auth-method', appId, 'client_secret_post');
  await fails(await signed(), 7000215);
  assert.equal(await secretly(), 200);
});

test('PROTO-022 a tenant knows its own clients only', async () => {
  const { demo } = at;
  const elsewhere = await demo.cli(['tenant', 'create', 'fabrikam.example']);
  assert.equal(elsewhere.code, 0, elsewhere.stderr + elsewhere.stdout);
  for (const audience of [endpoint(), `${demo.base}/fabrikam.example/oauth2/v2.0/token`]) {
    const answer = await demo.fetch('/fabrikam.example/oauth2/v2.0/token', {
      method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: await made({ audience }) })) });
    isOAuthError(answer, 401, 'invalid_client', { number: 700027 });
  }
});

test('PROTO-022 assertions authenticate at introspection and revocation too', async () => {
  const { access_token } = await passes(await made());
  const seen = await present(await made(), { token: access_token }, 'oauth2/v2.0/introspect');
  assert.equal(seen.status, 200, seen.body);
  assert.equal(seen.json().active, true);
  assert.equal((await present(await made(), { token: access_token }, 'oauth2/v2.0/revoke')).status, 200);
  assert.equal((await present(await made({ key: stranger }), { token: access_token }, 'oauth2/v2.0/introspect')).status, 401);
});

test('PROTO-004 metadata says how clients may sign', async () => {
  const document = await at.demo.metadata();
  for (const where of ['token', 'introspection', 'revocation']) {
    assert.ok(document[`${where}_endpoint_auth_methods_supported`].includes('private_key_jwt'), where);
    assert.deepEqual(document[`${where}_endpoint_auth_signing_alg_values_supported`], ['RS256', 'PS256', 'ES256']);
  }
});

// Last: these turn the clock past the first certificate's end.
test('PROTO-022 keys are rolled over: a removed one and a certificate whose time is over are refused, its successor passes', async () => {
  const { demo } = at;
  const added = await demo.admin('app', 'add-key', daemon, stranger.certificate);
  await passes(await made({ key: stranger }));
  await demo.admin('app', 'remove-credential', daemon, added.keyCredentials.find((key) => key['x5t#S256'] === stranger.x5tS256).keyId);
  await fails(await made({ key: stranger }), 700027);
  await passes(await made());
  await demo.advance('P11D');
  await fails(await made(), 700027);
  await passes(await made({ key: ec, header: { alg: 'ES256' } }));
  assert.equal((await demo.cli(['app', 'add-key', daemon, rsa.certificate])).code, 1, 'a certificate that is over is not registered');
});
