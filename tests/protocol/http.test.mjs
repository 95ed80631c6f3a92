// HTTP security: protocols.md §21; framing, limits, anti-forgery, encoding, throttling.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Demo, LOGS, ROOT } from '../support_js/demo.mjs';
import { form, raw } from '../support_js/http.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const at = demoFor('http');
const host = () => new URL(at.demo.base).host;
const get = (more = '', target = '/healthz') => raw(at.demo.base, `GET ${target} HTTP/1.1\r\nHost: ${host()}\r\n${more}Connection: close\r\n\r\n`);
const login = async (who = 'alice', options = {}) => SignIn.begin(at.demo, { who, from: 'home', ...options });

test('PROTO-801 a form without its token, with another\'s token, or from another site changes nothing', async () => {
  const flow = await login();
  const theirs = await login('henry');
  const target = flow.page.form(['username'], 'next');
  const data = target.data({ username: 'alice@contoso.example' }, 'next');
  const csrf = Object.keys(data).find((name) => /csrf/i.test(name));
  assert.ok(csrf, `no anti-forgery field among ${Object.keys(data)}`);
  const moved = async (fields, headers = {}) => {
    const answer = await flow.browser.send(target.action, { method: 'POST', fields, headers });
    return answer.status < 400 && /name="password"/.test(answer.body);
  };
  assert.ok(!await moved({ ...data, [csrf]: undefined }), 'no token');
  assert.ok(!await moved({ ...data, [csrf]: theirs.page.form(['username']).data()[csrf] }), 'the token of another interaction');
  assert.ok(!await moved({ ...data, [csrf]: 'x' }), 'a made-up token');
  assert.ok(!await moved(data, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }), 'from another site');
  assert.ok(!await moved(data, { 'sec-fetch-site': 'same-site' }), 'from a sibling');
  const old = await at.demo.fetch(target.action, { method: 'POST', body: form(data), headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: flow.browser.jar.header(target.action), origin: 'https://evil.example' } });
  assert.ok(old.status >= 400 || !/name="password"/.test(old.body), 'an old browser, another origin');
  assert.equal((await flow.browser.send(`${target.action}${target.action.includes('?') ? '&' : '?'}${form(data)}`)).body.includes('name="password"'), false, 'GET changes state');
});

test('PROTO-803 one message for unknown, disabled, locked and wrong: same status, headers, cookies and page', async () => {
  const { demo } = at;
  await demo.admin('user', 'block', demo.user('reader').upn);
  const attempt = async (upn) => {
    demo.addUser('probe', { upn, password: 'x' });
    const flow = await SignIn.begin(demo, { who: 'probe', from: 'abroad', password: freshPassword() });
    await flow.answer(['password']);
    return { flow, status: flow.last.status, names: flow.last.rawHeaders.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase()).sort().join(' '),
      cookies: flow.browser.jar.names.sort().join(' '), body: flow.page.withoutIds().replaceAll(upn, 'UPN').replaceAll(/<b[^>]*>[A-Z]<\/b>/g, '') };
  };
  const wrong = await attempt('henry@contoso.example');
  const unknown = await attempt('henrx@contoso.example');
  const disabled = await attempt('reader@contoso.example');
  for (let i = 0; i < 12; i++) await attempt('helpdesk@contoso.example');
  const locked = await attempt('helpdesk@contoso.example');
  for (const [name, one] of Object.entries({ unknown, disabled, locked })) {
    for (const member of ['status', 'names', 'cookies', 'body']) assert.equal(one[member], wrong[member], `${name}: ${member}`);
  }
  assert.equal(wrong.flow.errorCode, '50126');
  await demo.admin('user', 'unblock', demo.user('reader').upn);
});

test('PROTO-804 attack: user enumeration by time: an unknown account answers in the time of a known one', { timeout: 180000 }, async () => {
  // Passwords cost what they cost in the product, so that a hash left out would show; no answer is held against a clock, only
  // against the other kind: whichever of the two is asked, the faster answer is as often one as the other.
  const demo = await Demo.start({ name: 'protocol-time', fastHash: false });
  try {
    let asked = 0;
    const time = async (upn) => {
      demo.addUser('probe', { upn, password: 'x' });
      // From a network of its own each time: one that fails at many accounts is stopped (PROTO-806).
      const flow = await SignIn.begin(demo, { who: 'probe', from: `198.51.${100 + asked++}.7` });
      await flow.press('next', { username: upn });
      const page = flow.page;
      const start = process.hrtime.bigint();
      await flow.press(page.form(['password']).actions[0], { password: freshPassword() });
      return Number(process.hrtime.bigint() - start) / 1e6;
    };
    const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'henry', 'secop', 'reader', 'helpdesk'].map((who) => demo.user(who).upn);
    const [known, unknown] = [[], []];
    for (let i = 0; i < 50; i++) {
      const pair = [async () => known.push(await time(names[i % names.length])), async () => unknown.push(await time(`nobody${i}@contoso.example`))];
      for (const one of i % 2 ? pair : pair.reverse()) await one();
    }
    let faster = 0;
    for (const k of known) for (const u of unknown) faster += k < u ? 1 : k === u ? 0.5 : 0;
    const share = faster / (known.length * unknown.length);
    assert.ok(share > 0.2 && share < 0.8, `the known one is faster in ${(100 * share).toFixed(0)} % of all pairs`);
  } finally { await demo.stop(); }
});

test('PROTO-805 passwords are compared as received: no trimming, folding or truncation; NUL and over-long input refused', async () => {
  const { demo } = at;
  const password = ' Ünïcode  påss–wörd with spaces ';
  await demo.admin('user', 'create', 'uma@contoso.example', '--name', 'Uma', '--password-stdin', { stdin: password });
  const attempt = async (given) => {
    demo.addUser('uma', { upn: 'uma@contoso.example', password: given });
    const flow = await SignIn.begin(demo, { who: 'uma', from: 'home' });
    await flow.answer(['password', 'skip']);
    return flow;
  };
  assert.ok((await attempt(password)).code, 'as it was set');
  assert.ok((await attempt(password.normalize('NFD'))).code, 'another normalisation of the same text');
  for (const given of [password.trim(), password.toLowerCase(), `${password}x`, password.slice(0, -1), `${password}\0`, 'x'.repeat(300), 'x'.repeat(20000)]) {
    const flow = await attempt(given);
    assert.equal(flow.code, undefined);
    assert.ok(flow.last.status < 500, `${flow.last.status}`);
  }
});

test('PROTO-806 ten failures from elsewhere lock that door for a minute and not the owner\'s; the same wrong password counts once', async () => {
  const { demo } = at;
  const guess = async (password, from) => {
    const flow = await SignIn.begin(demo, { who: 'secop', from, password });
    await flow.answer(['password']);
    return flow;
  };
  for (let i = 0; i < 15; i++) await guess('the same wrong one', 'abroad');
  const notLocked = await guess(demo.user('secop').password, 'abroad');
  assert.ok(notLocked.asksFor('otp') || notLocked.code, `the same wrong password counted more than once: ${notLocked}`);
  for (let i = 0; i < 11; i++) await guess(`guess ${i} ${freshPassword()}`, 'abroad');
  const locked = await guess(demo.user('secop').password, 'abroad');
  assert.ok(!locked.code && !locked.asksFor('otp'), `not locked: ${locked}`);
  await demo.advance('PT2M');
  const later = await guess(demo.user('secop').password, 'abroad');
  assert.ok(later.asksFor('otp') || later.code, `still locked: ${later}`);
});

test('PROTO-807 limits of line, headers, fields and body', async () => {
  const status = async (text) => (await raw(at.demo.base, text)).status;
  const head = `Host: ${host()}\r\nConnection: close\r\n`;
  assert.ok([400, 414, 431].includes(await status(`GET /${'a'.repeat(9000)} HTTP/1.1\r\n${head}\r\n`)), 'request line');
  assert.ok([400, 431].includes(await status(`GET /healthz HTTP/1.1\r\n${head}X-Big: ${'a'.repeat(33000)}\r\n\r\n`)), 'headers');
  assert.ok([400, 431].includes(await status(`GET /healthz HTTP/1.1\r\n${head}${Array.from({ length: 101 }, (_, i) => `X-${i}: 1\r\n`).join('')}\r\n`)), 'fields');
  const post = (length, body = '') => `POST /${at.demo.tenant.id}/oauth2/v2.0/token HTTP/1.1\r\n${head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n${body}`;
  assert.equal(await status(post(65537)), 413, 'a body announced too large is refused before it is sent');
  const many = Array.from({ length: 201 }, (_, i) => `a${i}=`).join('&');
  assert.ok([400, 413].includes(await status(post(many.length, many))), 'parameters');
  assert.equal((await get()).status, 200, 'the server is well');
});

test('PROTO-807 a client that dawdles over its headers is cut off and holds no worker', { timeout: 40000 }, async () => {
  const slow = raw(at.demo.base, `GET /healthz HTTP/1.1\r\nHost: ${host()}\r\nX-Slow: `, { wait: 15000 });
  for (let i = 0; i < 5; i++) assert.equal((await get()).status, 200);
  const answer = await slow;
  assert.ok(answer.closed, 'still open after 15 s');
});

test('PROTO-808 ambiguous or malformed framing is 400 and the connection is closed', async () => {
  const target = `/${at.demo.tenant.id}/oauth2/v2.0/token`;
  const smuggled = `GET /demo HTTP/1.1\r\nHost: ${host()}\r\n\r\n`;
  const cases = {
    'length and chunked': `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'two lengths': `Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b`,
    'list of lengths': `Content-Length: 3, 4\r\n\r\na=b`,
    'negative length': `Content-Length: -1\r\n\r\n`,
    'signed length': `Content-Length: +3\r\n\r\na=b`,
    'hex length': `Content-Length: 0x3\r\n\r\na=b`,
    'empty length': `Content-Length: \r\n\r\n`,
    'huge length': `Content-Length: 99999999999999999999999\r\n\r\n`,
    'unknown coding': `Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    'coding that is not chunked': `Transfer-Encoding: identity\r\n\r\na=b`,
    'chunked twice': `Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
    'two transfer codings': `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    'obscured coding': `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'vertical tab coding': `Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n`,
    'bad chunk size': `Transfer-Encoding: chunked\r\n\r\nxyz\r\na=b\r\n0\r\n\r\n`,
    'negative chunk size': `Transfer-Encoding: chunked\r\n\r\n-3\r\na=b\r\n0\r\n\r\n`,
    'huge chunk size': `Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na=b\r\n0\r\n\r\n`,
    'chunk without end': `Transfer-Encoding: chunked\r\n\r\n3\r\na=bXX0\r\n\r\n`,
    'space before colon': `X-A : b\r\nContent-Length: 3\r\n\r\na=b`,
    'obs-fold': `X-A: b\r\n c\r\nContent-Length: 3\r\n\r\na=b`,
    'bare CR': `X-A: b\rX-B: c\r\nContent-Length: 3\r\n\r\na=b`,
    'bare LF': `X-A: b\nContent-Length: 3\r\n\r\na=b`,
    'NUL in value': `X-A: b\0c\r\nContent-Length: 3\r\n\r\na=b`,
    'no field name': `: x\r\nContent-Length: 3\r\n\r\na=b`,
    'no colon': `X-A\r\nContent-Length: 3\r\n\r\na=b`,
  };
  for (const [what, rest] of Object.entries(cases)) {
    const answer = await raw(at.demo.base, `POST ${target} HTTP/1.1\r\nHost: ${host()}\r\nContent-Type: application/x-www-form-urlencoded\r\n${rest}${smuggled}`);
    // A size that is well formed but beyond every limit may also be called too large (PROTO-807).
    const allowed = what === 'huge chunk size' ? [400, 413] : [400];
    assert.ok(allowed.includes(answer.status ?? 400), `${what}: ${answer.status}`);
    assert.ok(answer.closed, `${what}: left open`);
    assert.ok(answer.statuses.length <= 1, `${what}: the second request was answered too`);
  }
  for (const line of ['GET  / HTTP/1.1', 'GET / HTTP/1.1 x', 'GET / HTTP/9.9', 'G\0T / HTTP/1.1', 'GET /\x01 HTTP/1.1', '/ HTTP/1.1', 'GET /%zz HTTP/1.1']) {
    const answer = await raw(at.demo.base, `${line}\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    assert.ok(answer.status === undefined || [400, 404, 505].includes(answer.status), `${JSON.stringify(line)}: ${answer.status}`);
  }
});

test('PROTO-808 pipelined requests are answered in order, each once', async () => {
  const one = `GET /healthz HTTP/1.1\r\nHost: ${host()}\r\n\r\n`;
  const answer = await raw(at.demo.base, one + one + one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  assert.deepEqual(answer.statuses, [200, 200, 200]);
});

test('PROTO-809 two or no Host fields are 400; absolute targets only for our own authority', async () => {
  const status = async (text) => (await raw(at.demo.base, text)).status;
  assert.equal(await status('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'), 400);
  assert.equal(await status(`GET /healthz HTTP/1.1\r\nHost: ${host()}\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`), 400);
  assert.ok([400, 421].includes(await status('GET /demo HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')));
  assert.ok([400, 421].includes(await status(`GET http://evil.example/demo HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`)));
  assert.equal(await status(`GET ${at.demo.base}/healthz HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`), 200);
});

test('PROTO-810 no way redirects to an unregistered place', async () => {
  const { demo } = at;
  for (const evil of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'data:text/html,x', `${demo.base}@evil.example`]) {
    for (const target of [`${demo.at('oauth2/v2.0/authorize')}?client_id=${demo.client('web').client_id}&response_type=code&redirect_uri=${encodeURIComponent(evil)}`,
      `${demo.at('oauth2/v2.0/logout')}?post_logout_redirect_uri=${encodeURIComponent(evil)}`, `${demo.at('login')}?returnUrl=${encodeURIComponent(evil)}&rd=${encodeURIComponent(evil)}&ReturnUrl=${encodeURIComponent(evil)}`]) {
      const answer = await demo.fetch(target);
      const location = answer.header('location');
      if (location) assert.equal(new URL(location, demo.base).origin, new URL(demo.base).origin, `${target} → ${location}`);
      assert.ok(!/href="(?:javascript|data|vbscript):/i.test(answer.body));
    }
  }
});

test('PROTO-811 the right-most untrusted hop is the client; it is what risk sees', async () => {
  const { demo } = at;
  const record = async (forwarded) => {
    const browser = new Browser(demo, {});
    const send = browser.send.bind(browser);
    browser.send = (url, options = {}) => send(url, { ...options, headers: { ...options.headers, 'x-forwarded-for': forwarded } });
    const flow = await SignIn.begin(demo, { who: 'henry', browser });
    await flow.answer(['password']);
    const [row] = await demo.adminList('signins', 'list', '--user', demo.user('henry').upn);
    return row.ipAddress;
  };
  assert.equal(await record(`203.0.113.250, ${demo.place('home')}`), demo.place('home'), 'what the client wrote before the proxy is not believed');
  assert.equal(await record(`${demo.place('abroad')}, 127.0.0.1`), demo.place('abroad'), 'trusted hops are skipped');
  assert.notEqual(await record('not-an-address'), 'not-an-address');
});

test('PROTO-812 strings from outside are text on the page, and pages bear their security headers', async () => {
  const hostile = '"><img src=x onerror=alert(1)>\'`{{7*7}}{{{x}}}<svg/onload=1>';
  const flow = await SignIn.begin(at.demo, { from: 'home', params: { login_hint: hostile, ui_locales: hostile, state: hostile } });
  assert.ok(!/<img src=x|<svg\/onload|>49</.test(flow.page.body));
  assert.ok(!flow.page.tags('img', 'svg').some((tag) => 'onerror' in tag || 'onload' in tag));
  assert.ok(!flow.page.tags('script').some((tag) => !tag.nonce && !tag.src), 'no script without nonce');
  const csp = flow.last.header('content-security-policy');
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(csp.includes(directive), csp);
  assert.ok(!/unsafe-/.test(csp));
  assert.ok(csp.includes(`form-action 'self' ${new URL(flow.request.redirect_uri).origin}`), csp);
  assert.equal(flow.last.header('x-content-type-options'), 'nosniff');
  assert.equal(flow.last.header('x-frame-options'), 'DENY');
  assert.equal(flow.last.header('referrer-policy'), 'same-origin');
  assert.equal(flow.last.header('cross-origin-opener-policy'), 'same-origin');
  assert.match(flow.last.header('permissions-policy'), /publickey-credentials-get=\(self\)/);
  assert.match(flow.last.header('cache-control'), /no-store/);
  assert.doesNotMatch(flow.last.header('server') ?? '', /\d/);
  assert.equal(flow.last.header('x-powered-by'), undefined);
  const json = await at.demo.token({}, { as: 'web' });
  assert.match(json.header('content-security-policy'), /default-src 'none'/);
  assert.equal(json.header('referrer-policy'), 'no-referrer');
});

test('PROTO-813 static files are a table: no traversal, no directory', async () => {
  const flow = await login();
  const style = flow.page.tags('link').find((tag) => tag.rel === 'stylesheet')?.href;
  const answer = await at.demo.fetch(new URL(style, at.demo.base).href);
  assert.equal(answer.status, 200);
  assert.match(answer.header('content-type'), /^text\/css/);
  const folder = new URL(style, at.demo.base).pathname.replace(/[^/]*$/, '');
  for (const target of [`${folder}../../../etc/passwd`, `${folder}..%2f..%2fetc%2fpasswd`, `${folder}%2e%2e/%2e%2e/etc/passwd`, folder, `${folder}.`, `${folder}..`, '/etc/passwd', '//etc/passwd', `${folder}....//x`, `${folder}x%00.css`]) {
    const reply = await get('', target);
    assert.ok([400, 404].includes(reply.status), `${target}: ${reply.status}`);
    assert.doesNotMatch(reply.text, /root:/);
  }
});

test('PROTO-815 noise at every endpoint is answered below 500', async () => {
  const { demo } = at;
  const paths = ['/', '/demo', '/demo/clock', '/demo/outbox.json', '/healthz', '/readyz', '/metrics', '/device', ...['oauth2/v2.0/authorize', 'oauth2/v2.0/token', 'oauth2/v2.0/introspect', 'oauth2/v2.0/revoke', 'oauth2/v2.0/devicecode',
    'oauth2/v2.0/logout', 'oidc/userinfo', 'login', 'device', 'discovery/v2.0/keys', 'v2.0/.well-known/openid-configuration'].map((p) => `/${demo.tenant.id}/${p}`)];
  const noise = () => randomBytes(1 + (randomBytes(1)[0] * 4)).toString('latin1');
  const bodies = ['', '=', '&&&', '%', '%00=%00', 'a=b&a=b', '{', '[]', 'null', '{"advance":"P99999999999D"}', '{"advance":-1}', `username=${'%F0%9F%92%A9'.repeat(500)}`, 'flow=../../etc&csrf=1&action=next', 'grant_type=refresh_token&refresh_token=%ff'];
  for (const target of paths) {
    for (let i = 0; i < bodies.length + 6; i++) {
      const body = bodies[i] ?? noise();
      for (const method of ['GET', 'POST']) {
        const answer = await demo.fetch(method === 'GET' ? `${target}?${encodeURI(body).replaceAll('#', '')}` : target, {
          method, body: method === 'POST' ? body : undefined,
          headers: { 'content-type': i % 3 === 2 ? 'application/json' : 'application/x-www-form-urlencoded', authorization: ['Basic Og==', 'Bearer \u00e9', 'Basic', 'Negotiate x'][i % 4] },
        }).catch((error) => { throw new Error(`${method} ${target} ${JSON.stringify(body.slice(0, 60))}: ${error.message}`); });
        assert.ok(answer.status < 500, `${method} ${target} ${JSON.stringify(body.slice(0, 60))}: ${answer.status}`);
      }
    }
  }
  assert.equal((await demo.fetch('/healthz')).status, 200);
});

describe('TLS', () => {
  let demo;
  before(async () => { demo = await Demo.start({ tls: true, name: 'protocol-tls' }); });
  after(async () => { await demo?.stop(); });
  const openssl = (...args) => spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${new URL(demo.base).port}`, '-servername', 'localhost', '-CAfile', demo.ready.ca, '-verify_return_error', ...args], { input: '', encoding: 'utf8', timeout: 10000 });

  test('PROTO-800 TLS 1.2 and 1.3 with forward secrecy and AEAD; nothing older; no plain HTTP on the port', async () => {
    for (const [version, name] of [['-tls1_2', 'TLSv1.2'], ['-tls1_3', 'TLSv1.3']]) {
      const result = openssl(version);
      assert.match(result.stdout, new RegExp(`${name}, Cipher is (TLS_|ECDHE)`), result.stderr);
    }
    assert.doesNotMatch(openssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0').stdout, /Cipher is (?!\(NONE\))/);
    for (const weak of ['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA']) assert.doesNotMatch(openssl('-tls1_2', '-cipher', `${weak}:@SECLEVEL=0`).stdout, /Cipher is (?!\(NONE\))/, weak);
    const plain = await raw(demo.base, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    assert.ok(plain.status === undefined || plain.status === 400, `plain HTTP: ${plain.status}`);
  });

  test('PROTO-800 over https the cookies are __Host-, Secure, HttpOnly, SameSite, and HSTS is sent', async () => {
    const flow = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    assert.ok(flow.code, `${flow}`);
    assert.match(flow.last.header('strict-transport-security') ?? '', /max-age=63072000; includeSubDomains/);
    assert.ok(flow.browser.jar.names.length > 0);
    assert.ok(flow.browser.jar.names.includes('__Host-idsid'));
    for (const name of flow.browser.jar.names) assert.match(name, /^__Host-/);
    const begun = await new Browser(demo, { from: 'home' }).send(`${demo.at('oauth2/v2.0/authorize')}?${form(flow.request)}`);
    for (const line of begun.setCookies) for (const word of [/; *Secure/i, /; *HttpOnly/i, /; *SameSite=(Lax|Strict|None)/i, /; *Path=\/(;|$)/i]) assert.match(line, word);
  });
});

describe('at rest', () => {
  const files = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));

  test('PROTO-830 PROTO-833 no seed, secret, private key, password or token lies open in the store; the master key is outside it, for its owner alone', async () => {
    const { demo } = at;
    const flow = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    const secrets = { seed: demo.user('alice').totp_secret, password: demo.user('alice').password, 'client secret': demo.client('web').client_secret, code: flow.code, 'refresh token': flow.tokens.refresh_token,
      session: flow.browser.jar.get(flow.browser.jar.find('idsid')), 'private key': 'PRIVATE KEY' };
    const store = files(path.join(demo.folder, 'data')).filter((name) => /\.(db|sqlite)3?(-wal|-shm)?$/.test(name));
    assert.ok(store.length > 0, 'a SQLite file');
    for (const name of store) {
      const bytes = fs.readFileSync(name);
      for (const [what, secret] of Object.entries(secrets)) assert.ok(!bytes.includes(secret), `${what} in ${path.basename(name)}`);
      assert.equal(fs.statSync(name).mode & 0o077, 0, `${path.basename(name)} is for its owner alone`);
    }
  });

  test('PROTO-831 the master key is a file for its owner alone, and can be rotated without losing what it seals', async () => {
    const { demo } = at;
    const keys = files(path.join(demo.folder, 'data')).filter((name) => /key/i.test(path.basename(name)) && !/\.(db|sqlite)/.test(name));
    assert.ok(keys.length > 0, 'a key file in the data folder of the demo');
    for (const name of keys) assert.equal(fs.statSync(name).mode & 0o377, 0, `${path.basename(name)} is 0400`);
    await demo.admin('keys', 'rotate-master');
    const flow = await SignIn.complete(demo, { who: 'henry', from: 'tor', answer: ['password', 'otp'] });
    assert.ok(flow.code, `${flow}`);
  });

  test('PROTO-834 PROTO-703 no password, code, token or secret in the log; no core dumps', async () => {
    const { demo } = at;
    const flow = await SignIn.complete(demo, { who: 'henry', from: 'home', answer: ['password'] });
    const log = fs.readFileSync(path.join(LOGS, 'demo/protocol-http.log'), 'utf8');
    for (const secret of [demo.user('henry').password, flow.code, flow.tokens.refresh_token, flow.tokens.access_token.split('.')[2], demo.client('web').client_secret, demo.user('henry').totp_secret]) assert.ok(!log.includes(secret));
    assert.match(fs.readFileSync(`/proc/${demo.pid}/limits`, 'utf8'), /Max core file size +0 /);
  });

  test('PROTO-835 randomness comes from the operating system: no other generator in the source', () => {
    const source = files(path.join(ROOT, 'src')).filter((name) => /\.(cpp|h)$/.test(name) && !/_test\.cpp$|test_support/.test(name));
    for (const name of source) assert.doesNotMatch(fs.readFileSync(name, 'utf8'), /\b(?:mt19937|minstd_rand|random_device|default_random_engine|s?rand\s*\(|drand48|RAND_pseudo_bytes)\b/, name);
  });

  test('PROTO-814 every parser of untrusted bytes has a fuzz target', () => {
    const targets = fs.readdirSync(path.join(ROOT, 'tests/fuzz')).filter((name) => name.endsWith('.cpp')).map((name) => name.toLowerCase()).join(' ');
    for (const parser of ['http_framing', 'http_target', 'http_cookies', 'http_form', 'forwarded_for', 'accept_language', 'user_agent', 'authorize_request', 'client_authentication', 'claims_request', 'jwt', 'json_body', 'policy_json', 'totp_input',
      'typed_text', 'encodings', 'ip_list', 'city_database', 'risk_records', 'stored_documents']) assert.ok(targets.includes(parser), `no fuzz target for ${parser} among ${targets}`);
  });

  test('PROTO-836 a backup is useless without the master key, and whole with it', async () => {
    const { demo } = at;
    const copy = path.join(demo.folder, 'copy');
    const backup = await demo.cli(['backup', copy]);
    assert.equal(backup.code, 0, backup.stdout + backup.stderr);
    const made = fs.statSync(copy).isDirectory() ? files(copy) : [copy];
    for (const name of made) {
      const bytes = fs.readFileSync(name);
      for (const secret of [demo.user('alice').totp_secret, demo.client('web').client_secret, 'PRIVATE KEY']) assert.ok(!bytes.includes(secret), path.basename(name));
    }
  });
});
