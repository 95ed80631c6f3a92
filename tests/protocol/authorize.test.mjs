// The authorization endpoint: protocols.md §4.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { form } from '../support_js/http.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const at = demoFor('authorize');
const begin = (params, options = {}) => SignIn.begin(at.demo, { who: 'alice', from: 'home', ...options, params });
const url = (fields) => `${at.demo.at('oauth2/v2.0/authorize')}?${typeof fields === 'string' ? fields : form(fields)}`;
/** The error reaches the application, with state and iss, and nothing else of use. */
function toldTheApplication(flow, error) {
  assert.ok(flow.redirect, `not redirected: ${flow}`);
  assert.equal(flow.redirect.href.split('?')[0], flow.request.redirect_uri);
  assert.ok([error].flat().includes(flow.error), `error ${flow.error}, not ${error}`);
  assert.equal(flow.result.state, flow.request.state);
  assert.equal(flow.result.iss, at.demo.issuer);
  assert.equal(flow.code, undefined);
}
async function signedInBrowser(who = 'alice') {
  const flow = await SignIn.complete(at.demo, { who, from: 'home', answer: ['password'] });
  assert.ok(flow.code, `${flow}`);
  return flow;
}

test('PROTO-100 too large, too many, repeated and malformed parameters are refused; unknown ones ignored', async () => {
  const { demo } = at;
  const good = (await begin()).request;
  assert.ok((await begin({ 'x-unknown': 'a' })).asksFor('username'));
  const query = form(good);
  const refused = async (text, what) => {
    const browser = new Browser(demo, { from: 'home' });
    const { page, redirect } = await browser.open(url(text));
    assert.ok(page ? page.status === 400 || page.status === 414 || page.status === 431 : redirect.searchParams.get('error') === 'invalid_request', `${what}: ${page ?? redirect}`);
    assert.ok(!page?.asksFor('username'), what);
  };
  await refused(`${query}&scope=openid`, 'a repeated parameter');
  await refused(`${query}&client_id=${good.client_id}`, 'a repeated client_id');
  await refused(`${query}&login_hint=${'a'.repeat(17 * 1024)}`, 'more than 16 KiB');
  await refused(`${query}&${Array.from({ length: 65 }, (_, i) => `p${i}=1`).join('&')}`, 'more than 64 parameters');
  await refused(`${query.replace(/state=[^&]*/, 'state=a%0d%0ab')}`, 'CR LF in state');
  await refused(`${query.replace(/nonce=[^&]*/, 'nonce=a%00b')}`, 'NUL in nonce');
  await refused(`${query.replace(/state=[^&]*/, 'state=%ff%fe')}`, 'no UTF-8');
});

test('PROTO-100 POST takes a form, and the query is then not read', async () => {
  assert.ok((await begin({}, { method: 'POST' })).asksFor('username'));
  const browser = new Browser(at.demo, { from: 'home' });
  const { request } = await begin();
  const { page } = await browser.open(url(request), { method: 'POST', fields: {} });
  assert.equal(page.status, 400);
  const json = await at.demo.fetch(at.demo.at('oauth2/v2.0/authorize'), { method: 'POST', body: JSON.stringify(request), headers: { 'content-type': 'application/json' } });
  assert.ok([400, 415].includes(json.status));
});

test('PROTO-101 a bad client or redirect URI never redirects, and the page does not say which was wrong', async () => {
  const [client, redirect, both] = [await begin({ client_id: '00000000-0000-4000-8000-000000000000' }), await begin({ redirect_uri: 'https://evil.example/cb' }), await begin({ client_id: undefined, redirect_uri: undefined })];
  for (const flow of [client, redirect, both]) {
    assert.equal(flow.redirect, undefined);
    assert.equal(flow.page.status, 400);
    assert.ok(!flow.page.body.includes('evil.example'));
    assert.ok(!flow.page.links().some((link) => /evil/.test(link)));
  }
  assert.equal(client.page.root && client.page.text.replace(/[0-9a-f-]{36}|\d{4}-\S+Z|\b\d{5,7}\b/g, ''), redirect.page.text.replace(/[0-9a-f-]{36}|\d{4}-\S+Z|\b\d{5,7}\b/g, ''));
});

test('PROTO-102 response_type must be one the client may use', async () => {
  toldTheApplication(await begin({ response_type: undefined }), 'invalid_request');
  for (const type of ['token', 'code token', 'id_token token', 'none', 'code code']) toldTheApplication(await begin({ response_type: type }), ['unsupported_response_type', 'unauthorized_client']);
});

test('PROTO-103 form_post answers with an auto-submitting page under a nonce, errors use the same mode, unknown modes are refused', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', params: { response_mode: 'form_post' } });
  await flow.answer(['password']);
  assert.ok(flow.formPost, `${flow}`);
  assert.equal(flow.result.state, flow.request.state);
  assert.equal(flow.result.iss, at.demo.issuer);
  assert.match(flow.last.header('cache-control'), /no-store/);
  const nonce = flow.last.header('content-security-policy').match(/script-src[^;]*'nonce-([^']+)'/)?.[1];
  assert.ok(nonce && flow.formPost.tags('script').some((script) => script.nonce === nonce));
  assert.ok(flow.formPost.tags('button').length > 0, 'a button for browsers without script');
  assert.match(flow.last.header('content-security-policy'), new RegExp(`form-action[^;]*${new URL(flow.request.redirect_uri).origin}`));
  assert.ok((await flow.redeem()).status === 200);
  const error = await begin({ response_mode: 'form_post', prompt: 'none' });
  assert.equal(error.formPost?.forms[0].method, 'POST');
  assert.equal(error.error, 'login_required');
  for (const response_mode of ['telepathy', 'fragment']) toldTheApplication(await begin({ response_mode }), 'invalid_request');
});

test('PROTO-104 PKCE with S256 is required of every client', async () => {
  for (const client of ['web', 'spa', 'native']) {
    for (const params of [{ code_challenge: undefined, code_challenge_method: undefined }, { code_challenge_method: undefined }, { code_challenge_method: 'plain' }, { code_challenge: 'short' }, { code_challenge: `${'a'.repeat(42)}=` }, { code_challenge: 'a'.repeat(44) }]) {
      const flow = await begin(params, { client });
      assert.equal(flow.error, 'invalid_request', `${client} ${JSON.stringify(params)}: ${flow}`);
      assert.equal(flow.result.iss, at.demo.issuer);
    }
  }
});

test('PROTO-105 state and nonce come back unchanged up to their bounds; none is invented', async () => {
  const state = `${"ünï &=+%'<>\"".repeat(10)}${'s'.repeat(3800)}`;
  const nonce = 'n'.repeat(1024);
  const flow = await SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], params: { state, nonce } });
  assert.equal(flow.result.state, state);
  assert.equal((await flow.claims()).nonce, nonce);
  const bare = await SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], params: { state: undefined, nonce: undefined } });
  assert.ok(!('state' in bare.result));
  assert.ok(!('nonce' in await bare.claims()));
  const long = await begin({ state: 's'.repeat(4097) });
  assert.equal(long.error ?? long.page.status, long.error ? 'invalid_request' : 400, `${long}`);
  assert.ok(!long.page?.asksFor('username'), 'a state too long went on');
  assert.equal((await begin({ nonce: 'n'.repeat(1025) })).error, 'invalid_request');
});

test('PROTO-106 codes are 256 random bits, live 60 s and are bound to their client', async () => {
  const { demo } = at;
  const [a, b] = [await SignIn.begin(demo, { who: 'alice', from: 'home' }), await SignIn.begin(demo, { who: 'alice', from: 'home' })];
  await a.answer(['password']);
  await b.answer(['password']);
  assert.match(a.code, /^[\w.-]{43,}$/);
  assert.notEqual(a.code, b.code);
  const other = await demo.token({ grant_type: 'authorization_code', code: a.code, redirect_uri: a.request.redirect_uri, code_verifier: a.verifier }, { as: 'web2' });
  assert.equal(other.status, 400);
  assert.equal(other.json().error, 'invalid_grant');
  await demo.advance('PT61S');
  assert.equal((await b.redeem()).json().error, 'invalid_grant');
});

test('PROTO-107 iss is in success and error answers', async () => {
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home' });
  await flow.answer(['password']);
  assert.equal(flow.result.iss, at.demo.issuer);
  toldTheApplication(await begin({ prompt: 'none' }), 'login_required');
});

test('PROTO-108 prompt=none never shows a page', async () => {
  toldTheApplication(await begin({ prompt: 'none' }), 'login_required');
  toldTheApplication(await begin({ prompt: 'none login' }), 'invalid_request');
  const { browser } = await signedInBrowser();
  const silent = await begin({ prompt: 'none' }, { browser });
  assert.ok(silent.code, `${silent}`);
  const demanding = await begin({ prompt: 'none', claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) }, { browser });
  toldTheApplication(demanding, ['interaction_required', 'unmet_authentication_requirements']);
});

test('PROTO-108 prompt=none answers the application also when the person has more than a session to give: policy, risk, a disabled account', async () => {
  const { demo } = at;
  const { browser } = await signedInBrowser('henry');
  const silent = () => begin({ prompt: 'none' }, { browser, who: 'henry' });
  await demo.admin('risk', 'leaked-credentials', demo.user('henry').upn);
  const risky = await silent();
  toldTheApplication(risky, 'interaction_required');
  const wanted = JSON.parse(risky.result.claims);
  assert.ok(JSON.stringify(wanted).includes('mfa'), 'what would help is in claims');
  await demo.admin('risk', 'dismiss', demo.user('henry').upn);
  await demo.admin('user', 'block', demo.user('henry').upn);
  toldTheApplication(await silent(), 'login_required');
  await demo.admin('user', 'unblock', demo.user('henry').upn);
});

test('PROTO-108 many silent requests of one risky session at once are all answered, none by a page', async () => {
  const { browser } = await signedInBrowser('erin');
  const clone = () => { const tab = new Browser(at.demo, { from: 'tor' }); tab.jar = browser.jar.clone(); return tab; };
  const answers = await Promise.all(Array.from({ length: 6 }, () => begin({ prompt: 'none' }, { browser: clone(), who: 'erin', from: 'tor' })));
  for (const answer of answers) {
    assert.ok(answer.redirect, `a page: ${answer}`);
    assert.ok(answer.code || ['interaction_required', 'login_required', 'temporarily_unavailable'].includes(answer.error), `${answer}`);
  }
  assert.ok(answers.some((answer) => answer.error === 'interaction_required'), answers.join('; '));
  await at.demo.admin('risk', 'dismiss', at.demo.user('erin').upn);
});

test('PROTO-109 prompt=login asks again with a live session and gives a new auth_time; select_account shows accounts', async () => {
  const first = await signedInBrowser();
  const before = (await first.claims()).auth_time;
  await at.demo.advance('PT5S');
  const again = await begin({ prompt: 'login' }, { browser: first.browser });
  assert.ok(again.asksFor('password') || again.asksFor('username'), `${again}`);
  await again.answer(['password']);
  await again.redeem();
  assert.ok((await again.claims()).auth_time > before);
  const picker = await begin({ prompt: 'select_account' }, { browser: first.browser });
  assert.ok(picker.page && picker.page.text.includes('alice@contoso.example'), `${picker}`);
});

test('PROTO-110 max_age asks again when the session is older; nonsense is refused', async () => {
  const first = await signedInBrowser();
  assert.ok((await begin({ max_age: '3600' }, { browser: first.browser })).code);
  await at.demo.advance('PT61M');
  assert.ok((await begin({ max_age: '3600' }, { browser: first.browser })).page, 'an older session is asked');
  assert.ok((await begin({ max_age: '0' }, { browser: first.browser })).page, 'max_age=0 is prompt=login');
  toldTheApplication(await begin({ max_age: '3600', prompt: 'none' }, { browser: first.browser }), 'login_required');
  for (const max_age of ['-1', 'x', '2147483648', '1.5']) toldTheApplication(await begin({ max_age }), 'invalid_request');
});

test('PROTO-111 acr_values is a wish, an essential acr a demand that is met or refused, never lowered', async () => {
  const wish = await SignIn.complete(at.demo, { who: 'bob', from: 'home', answer: ['password', 'skip'], params: { acr_values: 'phrh 1fa' } });
  assert.ok(wish.code, `${wish}`);
  assert.equal((await wish.claims()).acr, '1fa', 'what was reached, not what was wished');
  const demand = await begin({ claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['mfa'] } } }) });
  await demand.answer(['password']);
  assert.ok(demand.asksFor('otp'), `${demand}`);
  await demand.answer(['otp']);
  await demand.redeem();
  assert.equal((await demand.claims()).acr, 'mfa');
  const impossible = await begin({ claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['phrh'] } } }) });
  await impossible.answer(['password', 'otp']);
  assert.equal(impossible.code, undefined);
  assert.equal(impossible.error, 'unmet_authentication_requirements');
});

test('PROTO-112 login_hint prefills after encoding, and does not tell whether the account exists', async () => {
  const known = await begin({ login_hint: 'alice@contoso.example' });
  const unknown = await begin({ login_hint: 'alicf@contoso.example' });
  assert.ok(known.page.body.includes('alice@contoso.example'));
  const neutral = (page) => page.withoutIds().replaceAll('alice@', 'X@').replaceAll('alicf@', 'X@').replaceAll(/login_hint[^"&]*/g, '');
  assert.equal(neutral(known.page), neutral(unknown.page));
  const hostile = await begin({ login_hint: '"><script>alert(1)</script>' });
  assert.ok(!hostile.page.body.includes('<script>alert'));
  assert.ok(hostile.page);
});

test('PROTO-113 id_token_hint may be expired, must be ours, and another user\'s is login_required under prompt=none', async () => {
  const alice = await signedInBrowser();
  const henry = await signedInBrowser('henry');
  await at.demo.advance('PT61M');
  assert.ok((await begin({ prompt: 'none', id_token_hint: alice.tokens.id_token }, { browser: alice.browser })).code);
  toldTheApplication(await begin({ prompt: 'none', id_token_hint: henry.tokens.id_token }, { browser: alice.browser }), 'login_required');
  const choice = await begin({ id_token_hint: henry.tokens.id_token }, { browser: alice.browser });
  assert.ok(choice.page && !choice.code, `another's hint is answered by a choice: ${choice}`);
  const [header, payload] = alice.tokens.id_token.split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  for (const bad of [`${header}.${payload}.AAAA`, none, 'x']) {
    const flow = await begin({ prompt: 'none', id_token_hint: bad }, { browser: alice.browser });
    toldTheApplication(flow, ['invalid_request', 'login_required']);
  }
});

test('PROTO-114 claims is a bounded JSON object; unknown claims are ignored; wrong types refused', async () => {
  assert.ok((await begin({ claims: JSON.stringify({ id_token: { shoe_size: null, email: { essential: true } } }) })).asksFor('username'));
  for (const claims of ['x', '[]', '"a"', '{"id_token":[]}', '{"id_token":{"acr":{"essential":"yes"}}}', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, JSON.stringify({ userinfo: { x: 'y'.repeat(8192) } }), '{"id_token":{},"id_token":{}}']) {
    toldTheApplication(await begin({ claims }, { method: 'POST' }), 'invalid_request');
  }
});

test('PROTO-114 a claim asked for in the ID token is there', async () => {
  const flow = await SignIn.complete(at.demo, { who: 'alice', from: 'home', answer: ['password'], params: { claims: JSON.stringify({ id_token: { email: { essential: true }, name: null } }) } });
  const claims = await flow.claims();
  assert.equal(claims.email, 'alice@contoso.example');
  assert.ok(claims.name);
});

test('PROTO-115 ui_locales, claims_locales and display never cause an error', async () => {
  for (const params of [{ ui_locales: 'tlh xx-YY' }, { ui_locales: '%%%' }, { claims_locales: 'nb en' }, { display: 'hologram' }]) assert.ok((await begin(params)).asksFor('username'), JSON.stringify(params));
});

test('PROTO-116 PAR: what is advertised works, what is not there is not advertised', async () => {
  const metadata = await at.demo.metadata();
  const answer = await at.demo.post('oauth2/v2.0/par', (await begin()).request, { as: 'web' });
  if (metadata.pushed_authorization_request_endpoint) {
    assert.equal(answer.status, 201);
    assert.match(answer.json().request_uri, /^urn:ietf:params:oauth:request_uri:[\w-]{22,}$/);
    assert.equal(answer.json().expires_in, 90);
  } else assert.equal(answer.status, 404);
});

test('PROTO-117 request objects and remote request URIs are refused, never ignored', async () => {
  toldTheApplication(await begin({ request: 'eyJhbGciOiJub25lIn0.e30.' }), 'request_not_supported');
  toldTheApplication(await begin({ request_uri: 'https://evil.example/r.jwt' }), 'request_uri_not_supported');
});

test('PROTO-118 an interaction is bound to its browser, and parallel tabs do not disturb each other', async () => {
  const flow = await begin();
  const stranger = new Browser(at.demo, { from: 'home' });
  const { page } = await stranger.open(flow.page.url);
  assert.ok(!page?.asksFor('password') || page.errorCode, `${page}`);
  const posted = await stranger.open(flow.page.form(['username']).action, { method: 'POST', fields: flow.page.form(['username'], 'next').data({ username: 'alice@contoso.example' }, 'next') });
  assert.ok(!posted.page?.asksFor('password'), 'a stranger moved the interaction');
  const tab = await SignIn.begin(at.demo, { who: 'henry', browser: flow.browser });
  await flow.answer(['password']);
  await tab.answer(['password']);
  await flow.redeem();
  assert.equal(flow.tokens && (await flow.claims()).preferred_username, 'alice@contoso.example', `${flow}`);
});

test('PROTO-118 an interaction ends after 15 idle minutes', async () => {
  const flow = await begin();
  await at.demo.advance('PT16M');
  await flow.answer(['password']);
  assert.equal(flow.code, undefined);
});

/** An application that others made, with what a client of the ready file has. */
const thirdParty = async (name, ...more) => {
  const made = await at.demo.admin('app', 'create', '--name', name, '--type', 'web', '--redirect-uri', 'http://localhost:9/theirs', '--third-party', '--publisher', 'Fabrikam Inc.', ...more);
  at.demo.tenant.clients[name] = { client_id: made.appId, client_secret: made.client_secret, redirect_uris: ['http://localhost:9/theirs'] };
  return made.appId;
};

test('PROTO-119 an application that others made asks the person once, and says who made it and what it wants', async () => {
  const client_id = await thirdParty('theirs');
  const first = await SignIn.begin(at.demo, { who: 'alice', from: 'home', client: 'theirs', params: { scope: 'openid email offline_access' } });
  await first.answer(['password', 'otp']);
  assert.equal(first.page?.screen, 'UX-150', `${first}`);
  for (const said of ['Fabrikam Inc.', 'See your mail address', 'Keep this access while you are away', '90 days']) assert.ok(first.page.text.includes(said), said);
  assert.ok(!first.page.text.includes('See your name'), 'what was not asked for');
  const { browser } = first;

  await first.press('next');
  assert.ok(first.code, `${first}`);
  await first.redeem();
  const again = await SignIn.begin(at.demo, { client: 'theirs', browser, params: { scope: 'openid email' } });
  assert.ok(again.code, `less than was allowed needs no question: ${again}`);
  const more = await SignIn.begin(at.demo, { client: 'theirs', browser, params: { scope: 'openid email profile' } });
  assert.equal(more.page?.screen, 'UX-150', 'more than was allowed');

  // The person takes it back: what it holds ends, and it asks again.
  const proof = await browser.open(at.demo.at('myaccount/applications'));
  const visit = await browser.submit(proof.page.form(['otp']), { otp: await at.demo.otp('alice') }, 'verify');
  assert.equal(visit.page.screen, 'UX-151', visit.page.text);
  assert.ok(visit.page.text.includes('theirs'));
  const form = visit.page.forms.find((one) => one.fields.client === client_id) ?? visit.page.forms[0];
  const after = await browser.submit(form, {}, 'remove');
  assert.ok(after.page.text.includes('Taken back'), after.page.text);
  const refused = await at.demo.token({ grant_type: 'refresh_token', refresh_token: first.tokens.refresh_token }, { as: 'theirs' });
  assert.equal(refused.json().error, 'invalid_grant');
  const asked = await SignIn.begin(at.demo, { client: 'theirs', browser, params: { scope: 'openid email' } });
  assert.equal(asked.page?.screen, 'UX-150');
  const silent = await SignIn.begin(at.demo, { client: 'theirs', browser, params: { prompt: 'none', scope: 'openid email offline_access' } });
  toldTheApplication(silent, 'consent_required');
  assert.equal(String(silent.errorCode), '65001');
});

test('PROTO-119 who does not allow it is led back, and the application is told so', async () => {
  await thirdParty('refused');
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', client: 'refused', params: { scope: 'openid' } });
  await flow.answer(['password', 'otp']);
  assert.equal(flow.page?.screen, 'UX-150', `${flow}`);
  await flow.press('cancel');
  toldTheApplication(flow, 'access_denied');
  assert.equal(String(flow.errorCode), '65004');
});

test('PROTO-119 one\'s own applications ask nobody, unless they insist; an administrator consents for everybody', async () => {
  const { browser } = await signedInBrowser();
  assert.ok((await begin({}, { browser })).code, 'first-party');
  const insists = await begin({ prompt: 'consent' }, { browser });
  assert.equal(insists.page?.screen, 'UX-150');
  await insists.press('next');
  assert.ok(insists.code);
  assert.equal((await begin({ prompt: 'consent' }, { browser })).page?.screen, 'UX-150', 'it insists again');

  const id = await thirdParty('everybody');
  assert.equal((await SignIn.begin(at.demo, { client: 'everybody', browser, params: { scope: 'openid' } })).page?.screen, 'UX-150');
  await at.demo.admin('app', 'consent', id, 'everybody');
  assert.ok((await SignIn.begin(at.demo, { client: 'everybody', browser, params: { scope: 'openid' } })).code);
  await at.demo.admin('app', 'consent', id, 'each');
  assert.equal((await SignIn.begin(at.demo, { client: 'everybody', browser, params: { scope: 'openid' } })).page?.screen, 'UX-150');
});

test('PROTO-119 attack: consent is only given by the flow that was asked, after everything else', async () => {
  await thirdParty('eager');
  const flow = await SignIn.begin(at.demo, { who: 'alice', from: 'home', client: 'eager', params: { scope: 'openid' } });
  const early = await flow.browser.send(flow.page.forms[0].action, { method: 'POST', fields: { ...flow.page.forms[0].data({}, 'next'), action: 'next' } });
  assert.ok(early.status < 500 && !early.headers.location, 'consent before the password');
  const alone = await SignIn.begin(at.demo, { who: 'alice', from: 'home', client: 'eager', params: { scope: 'openid' } });
  await alone.answer(['password', 'otp']);
  const other = new Browser(at.demo, { from: 'home' });
  const stolen = await other.send(alone.page.forms[0].action, { method: 'POST', fields: alone.page.forms[0].data({}, 'next') });
  assert.ok([400, 403].includes(stolen.status), `${stolen.status}`);
});
