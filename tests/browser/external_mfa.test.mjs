// MFA by a provider outside, in a real browser: its rules for cookies across sites and for where forms may lead are what the flow rests on.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { launchChromium, startApplication } from '../support_js/chromium.mjs';
import { ExternalProvider } from '../support_js/external_provider.mjs';

const provider = new ExternalProvider();
let demo, browser, application;
before(async () => {
  await provider.start();
  application = await startApplication();
  demo = await Demo.start({ name: 'browser-external', args: ['--redirect-uri', application.redirect_uri, '--provider-ca', provider.ca, '--provider-network', '127.0.0.0/8'] });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  application?.server.close();
  await provider.stop();
});

test('IDP-138 a browser goes to the provider by our form, and comes back by the provider’s, with the cookie that its own sign-in set', async (t) => {
  const method = await demo.admin('policy', 'external-method', 'save', '-', { stdin: JSON.stringify({
    displayName: 'Contoso Verify', state: 'enabled', appId: randomUUID(), openIdConnectSetting: { clientId: provider.clientId, discoveryUrl: provider.discoveryUrl },
    includeTargets: [{ targetType: 'user', id: demo.user('bob').id }], federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' }) });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 360, height: 740 }, extraHTTPHeaders: {} });
  const refused = [];
  const page = await context.newPage();
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) refused.push(message.text()); });
  await context.route(`${demo.base}/**`, (route) => route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': demo.place('tor') } }));
  // The provider's page: it confirms, and posts a form of its own.
  let asked;
  await context.route(`${provider.authorize}**`, async (route) => {
    asked = Object.fromEntries(new URLSearchParams(route.request().postData()));
    const hint = (await demo.verify(asked.id_token_hint)).claims;
    const id_token = await provider.sign(provider.claims(asked, hint, await demo.now()));
    await route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Provider</title><form method="post" action="${asked.redirect_uri}">
      <input type="hidden" name="state" value="${asked.state}"><input type="hidden" name="id_token" value="${id_token}"><button>Yes, it is me</button></form>` });
  });

  const shot = async (name) => { if (process.env.PORTCULLIS_SHOTS) await page.screenshot({ path: `${process.env.PORTCULLIS_SHOTS}/${name}.png`, fullPage: true }); };
  const request = new URLSearchParams({ client_id: demo.client('web').client_id, response_type: 'code', redirect_uri: application.redirect_uri, scope: 'openid', state: 's', nonce: 'n',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  await page.goto(`${demo.at('oauth2/v2.0/authorize')}?${request}`);
  await page.fill('input[name=username]', demo.user('bob').upn);
  await page.click('button[value=next]');
  await page.fill('input[name=password]', demo.user('bob').password);
  await page.click('button.primary');
  assert.equal(await page.getAttribute('body', 'data-screen'), 'UX-20', await page.textContent('body'));
  await shot('mfa_external');
  await page.click('text=Confirm with Contoso Verify');
  assert.equal(await page.getAttribute('body', 'data-screen'), 'UX-176');
  await shot('external_leave');
  await page.click('text=Continue to Contoso Verify');
  await page.waitForSelector('text=Yes, it is me');
  assert.equal(asked.client_id, provider.clientId);
  await page.click('text=Yes, it is me');
  await page.waitForURL(`${application.redirect_uri}**`);
  assert.ok(new URL(page.url()).searchParams.get('code'), page.url());
  assert.deepEqual(refused, []);
  await context.close();
  t.diagnostic(method.id);
});
