// The test tools themselves, against a provider of thirty lines that answers as contracts.md says.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { CookieJar, form, raw, request } from './http.mjs';
import { Page } from './page.mjs';
import { Postgres } from './postgres.mjs';
import { SignIn } from './sign_in.mjs';
import { match } from './match.mjs';
import { base32, totp } from './totp.mjs';

test('TOTP gives the vectors of RFC 6238 appendix B', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  assert.equal(base32(secret).toString(), '12345678901234567890');
  for (const [seconds, code] of [[59, '287082'], [1111111109, '081804'], [1234567890, '005924'], [20000000000, '353130']]) {
    assert.equal(totp(secret, Math.floor(seconds / 30)), code);
  }
});

test('a cookie jar keeps, replaces and drops cookies', () => {
  const jar = new CookieJar();
  jar.take(['a=1; Path=/; HttpOnly', 'b=2; Path=/x', 'c=3; Secure; Path=/'], 'http://localhost/');
  assert.equal(jar.header('http://localhost/'), 'a=1');
  assert.equal(jar.header('http://localhost/x'), 'a=1; b=2');
  jar.take(['a=; Max-Age=0; Path=/'], 'http://localhost/');
  assert.deepEqual(jar.names, ['b']);
});

test('a page tells its screen, its error, its fields and its buttons', () => {
  const page = new Page({ url: 'http://localhost/t/login', status: 200, body: `<body data-screen="UX-31" data-error-code="50135"><form method="post" action="/t/login?a=1&amp;b=2">
    <input type="hidden" name="csrf" value="x&quot;y"><input name="newPassword" type="password"><select name="language"><option value="en">English<option value="nb" selected>Norsk</select>
    <button name="action" value="change">Change</button></form></body>` });
  assert.equal(page.screen, 'UX-31');
  assert.equal(page.errorCode, '50135');
  assert.ok(page.asksFor('newPassword') && !page.asksFor('csrf') && page.offers('change'));
  const form = page.form(['newPassword'], 'change');
  assert.equal(form.action, 'http://localhost/t/login?a=1&b=2');
  assert.deepEqual(form.data({ newPassword: 'p' }, 'change'), { csrf: 'x"y', newPassword: 'p', language: 'nb', action: 'change' });
});

test('the seed of an authenticator app is found as a link and as text', () => {
  const at = (body) => new Page({ url: 'http://localhost/', status: 200, body }).totpSecret();
  assert.equal(at('<a href="otpauth://totp/Contoso:b?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&amp;issuer=Contoso">x</a>'), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
  assert.equal(at('<code>JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP</code>'), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
});

test('matchers compare member by member', () => {
  const value = { riskLevel: 'high', status: { errorCode: 0 }, types: ['a', 'b'] };
  for (const wanted of [{ riskLevel: 'high' }, { status: { errorCode: 0 } }, { types: { includes: 'b' } }, { riskLevel: { oneOf: ['low', 'high'] } }, { riskLevel: { not: 'low' } },
    { riskLevel: { matches: '^h' } }, { absent: { present: false } }]) assert.equal(match(value, wanted), undefined, JSON.stringify(wanted));
  assert.match(match(value, { status: { errorCode: 1 } }), /status.errorCode/);
});

const users = { alice: { upn: 'alice@contoso.example', password: 'right', totp_secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' } };
let server, fake;
before(async () => {
  const page = (screen, error, fields, actions) => `<body data-screen="${screen}" ${error ? `data-error-code="${error}"` : ''}><form method="post" action="/t/login"><input type="hidden" name="csrf" value="1">
    ${fields.map((f) => `<input name="${f}">`).join('')}${actions.map((a) => `<button name="action" value="${a}">${a}</button>`).join('')}</form></body>`;
  let stage = 'username', state;
  server = http.createServer((req, res) => {
    let body = '';
    req.on('data', (part) => { body += part; });
    req.on('end', () => {
      const url = new URL(req.url, 'http://localhost');
      const data = Object.fromEntries(new URLSearchParams(body));
      if (url.pathname === '/demo/clock') return res.end(JSON.stringify({ now: new Date().toISOString() }));
      if (url.pathname.endsWith('/authorize')) { state = url.searchParams.get('state'); stage = 'username'; res.writeHead(303, { location: '/t/login', 'set-cookie': 'tx=1; Path=/; HttpOnly' }); return res.end(); }
      if (req.method === 'POST') {
        assert.equal(data.csrf, '1');
        assert.equal(req.headers.cookie, 'tx=1');
        assert.equal(req.headers['x-forwarded-for'], '192.0.2.9');
        if (stage === 'username' && data.username) stage = 'password';
        else if (stage === 'password' && data.password === 'right') stage = 'otp';
        else if (stage === 'otp' && /^\d{6}$/.test(data.otp) && data.otp !== '000000') { res.writeHead(303, { location: `http://localhost:1/cb?code=abc&state=${state}` }); return res.end(); }
      }
      res.setHeader('content-type', 'text/html');
      return res.end(page(stage === 'otp' ? 'UX-20' : 'UX-100', req.method === 'POST' && stage === 'password' && data.password ? '50126' : '', [stage], [{ username: 'next', password: 'next', otp: 'verify' }[stage], 'cancel']));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://localhost:${server.address().port}`;
  fake = {
    base, ready: {}, users, user: (name) => users[name], client: () => ({ client_id: 'c', client_secret: 's', redirect_uris: ['http://localhost:1/cb'] }), at: (p) => `${base}/t/${p}`,
    fetch: (url, options = {}) => request(new URL(url, base).href, { ...options, headers: { ...(options.from ? { 'x-forwarded-for': options.from } : {}), ...options.headers } }),
    otp: async () => '123456', wrongOtp: async () => '000000',
  };
});
after(() => server.close());

test('a sign-in is driven to the application and stops at what it may not answer', async () => {
  const flow = await SignIn.begin(fake, { who: 'alice', from: '192.0.2.9' });
  await flow.answer(['password']);
  assert.ok(flow.asksFor('otp'), `${flow}`);
  assert.equal(flow.screen, 'UX-20');
  await flow.answer(['wrong otp']);
  assert.equal(flow.code, undefined);
  await flow.answer(['otp']);
  assert.equal(flow.code, 'abc');
  assert.equal(flow.result.state, flow.request.state);
});

test('a wrong password stops with its number', async () => {
  const flow = await SignIn.begin(fake, { who: 'alice', from: '192.0.2.9' });
  await flow.answer(['wrong password']);
  assert.equal(flow.errorCode, '50126');
});

test('raw bytes reach the port as they are', async () => {
  const answer = await raw(fake.base, 'GET /demo/clock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.equal(answer.status, 200);
  assert.equal(form({ a: ['1', '2'], b: undefined, c: 'x y' }), 'a=1&a=2&c=x+y');
});

test('a PostgreSQL cluster of our own starts, makes databases and goes away', async () => {
  const cluster = await Postgres.start();
  try {
    assert.match(cluster.create(), /^postgres:\/\/portcullis@127\.0\.0\.1:\d+\/portcullis_1$/);
  } finally { cluster.stop(); }
});
