// Apache mod_auth_openidc (PROTO-230): protected pages behind a provider it knows from discovery alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { CookieJar, request } from '../support_js/http.mjs';
import { freePort } from '../support_js/ports.mjs';
import { SignIn } from '../support_js/sign_in.mjs';
import { Apache } from './apache.mjs';

let demo, apache;
before(async () => {
  const port = await freePort();
  demo = await Demo.start({ name: 'clients-apache', args: ['--redirect-uri', `http://localhost:${port}/protected/redirect_uri`] });
  apache = Apache.start({ port, issuer: demo.issuer, client: demo.client('web') });
});
after(async () => { apache?.stop(); await demo?.stop(); });

test('PROTO-230 mod_auth_openidc: a protected page after a whole sign-in, with the claims of the person', async () => {
  const jar = new CookieJar();
  const visit = async (url) => {
    const answer = await request(url, { headers: { cookie: jar.header(url), accept: 'text/html' } });
    jar.take(answer.setCookies, url);
    return answer;
  };
  let first;
  for (let i = 0; i < 50 && !first; i++) first = await visit(apache.url).catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
  assert.equal(first?.status, 302, `${first?.body} ${apache.log}`);
  const asked = new URL(first.headers.location);
  assert.equal(asked.origin + asked.pathname, demo.at('oauth2/v2.0/authorize'));
  assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');

  const flow = await SignIn.begin(demo, { who: 'alice', from: 'home', params: { ...Object.fromEntries(['scope', 'state', 'nonce'].map((name) => [name, undefined])), ...Object.fromEntries(asked.searchParams) } });
  await flow.answer(['password']);
  assert.ok(flow.code, `${flow}`);
  const back = await visit(flow.redirect.href);
  assert.equal(back.status, 302, `${back.body} ${apache.log}`);
  const page = await visit(new URL(back.headers.location, apache.url).href);
  assert.equal(page.status, 200, apache.log);
  assert.match(page.body, /REMOTE_USER=alice@contoso\.example/);
  assert.match(page.body, /OIDC_CLAIM_email=alice@contoso\.example/);
  assert.match(page.body, new RegExp(`OIDC_CLAIM_iss=${demo.issuer.replace(/[.?]/g, '\\$&')}`));
});
