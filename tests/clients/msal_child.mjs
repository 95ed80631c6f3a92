// One conversation of MSAL with the demo; see msal.test.mjs. Reads the demo from standard input, prints JSON.
import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import * as msal from '@azure/msal-node';
import { makeCertificate } from '../support_js/certificates.mjs';
import { Demo } from '../support_js/demo.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';

const { base, tenant, places, users, ca } = JSON.parse(fs.readFileSync(0, 'utf8'));
const demo = Object.assign(new Demo(), { base, tenant, users, issuer: tenant.issuer, ready: { places, ca }, ca: fs.readFileSync(ca) });
demo.folder = path.dirname(path.dirname(ca));
const authority = `${base}/${tenant.id}/`;
const knownAuthorities = [new URL(base).host];
const app = (name, more = {}) => ({ auth: { clientId: demo.client(name).client_id, authority, knownAuthorities, ...more } });

/** Drives the person through the URL that MSAL made. */
async function person(url, client) {
  const flow = await SignIn.begin(demo, { client, who: 'alice', from: 'home', params: Object.fromEntries(new URL(url).searchParams) });
  await flow.answer(['password']);
  if (!flow.code) throw new Error(`no code: ${flow}`);
  return flow;
}
async function signedIn() {
  const web = demo.client('webPost');
  const pca = new msal.ConfidentialClientApplication(app('webPost', { clientSecret: web.client_secret }));
  const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
  const request = { scopes: ['openid', 'profile', 'offline_access'], redirectUri: web.redirect_uris[0] };
  const url = await pca.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: 'S256' });
  const flow = await person(url, 'webPost');
  const result = await pca.acquireTokenByCode({ ...request, code: flow.code, codeVerifier: verifier });
  return { pca, result, request };
}

const PARTS = {
  async code() {
    const { pca, result, request } = await signedIn();
    const cached = await pca.acquireTokenSilent({ ...request, account: result.account });
    const fresh = await pca.acquireTokenSilent({ ...request, account: result.account, forceRefresh: true });
    return { account: result.account, scopes: result.scopes, cached: cached.accessToken === result.accessToken, refreshed: fresh.accessToken !== result.accessToken };
  },
  async device() {
    const pca = new msal.PublicClientApplication(app('native'));
    let message, approved;
    const result = await pca.acquireTokenByDeviceCode({ scopes: ['openid', 'profile'], deviceCodeCallback(device) { message = device.message; approved = approve(device); } });
    await approved;
    return { account: result.account, message };
  },
  async dead() {
    const { pca, result, request } = await signedIn();
    const refresh = Object.values(JSON.parse(pca.getTokenCache().serialize()).RefreshToken)[0].secret;
    await demo.post('oauth2/v2.0/revoke', { token: refresh }, { as: 'webPost' });
    try { await pca.acquireTokenSilent({ ...request, account: result.account, forceRefresh: true }); } catch (error) { return { error: error.name }; }
    return { error: 'none' };
  },
  async certificate() {
    const own = makeCertificate();
    const made = await demo.admin('app', 'create', '--name', 'Certificate daemon', '--type', 'daemon', '--certificate', own.certificate);
    await demo.admin('app', 'grant', made.appId, '--resource', 'api://demo', '--role', 'Notes.Read.All');
    const daemon = new msal.ConfidentialClientApplication({ auth: { clientId: made.appId, authority, knownAuthorities,
      clientCertificate: { thumbprintSha256: createHash('sha256').update(own.der).digest('hex'), privateKey: own.privatePem, x5c: own.pem } } });
    const result = await daemon.acquireTokenByClientCredential({ scopes: ['api://demo/.default'] });
    return { claims: (await demo.verify(result.accessToken)).claims };
  },
};

async function approve(device) {
  const flow = Object.assign(new SignIn(), { demo, who: 'alice', client: {}, pages: [], browser: new Browser(demo, { from: 'home' }) });
  flow.page = (await flow.browser.open(device.verificationUri)).page;
  for (let turn = 0; turn < 8 && flow.page; turn++) {
    const field = [...flow.page.fields].find((name) => ['user_code', 'otp', 'code'].includes(name));
    if (flow.page.asksFor('username') || flow.page.asksFor('password')) await flow.answer(['password']);
    else if (field) await flow.press(flow.page.form([field]).actions[0], { [field]: device.userCode });
    else if (flow.page.offers('next')) await flow.press('next');
    else break;
  }
}

console.log(JSON.stringify(await PARTS[process.argv[2]]()));
