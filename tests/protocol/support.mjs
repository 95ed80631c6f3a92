// What every protocol test starts with: a demo of its own, ended afterwards.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';

/** `const at = demoFor('metadata')`, then `at.demo` inside tests. `prepare(demo)` runs once before them. */
export function demoFor(name, options = {}, prepare = undefined) {
  const at = {};
  before(async () => { at.demo = await Demo.start({ name: `protocol-${name}`, ...options }); await prepare?.(at.demo); });
  after(async () => { await at.demo?.stop(); });
  return at;
}

let newcomers = 0;
/** Somebody new who has a password and nothing else, known to the demo by the name that is returned. */
export async function newcomer(demo, prefix) {
  const name = `${prefix}${++newcomers}`;
  const upn = `${name}@contoso.example`;
  const password = freshPassword();
  const made = await demo.admin('user', 'create', upn, '--name', 'Somebody', '--password-stdin', { stdin: password });
  demo.addUser(name, { upn, password, id: made.id });
  return name;
}

/** Does at the device page whatever it asks, as a willing person would; then the device may ask. */
export async function allowDevice(demo, device, who) {
  const flow = Object.assign(new SignIn(), { demo, who, client: {}, pages: [], browser: new Browser(demo, { from: 'home' }) });
  flow.page = (await flow.browser.open(device.verification_uri)).page;
  for (let turn = 0; turn < 8 && flow.page; turn++) {
    if (flow.asksFor('username') || flow.asksFor('password') || flow.asksFor('otp')) await flow.answer(['password', 'otp']);
    else if (flow.page.fields.has('user_code') && flow.page.asksFor('user_code')) await flow.press(flow.page.form(['user_code']).actions[0], { user_code: device.user_code });
    else if (flow.page.offers('next')) await flow.press('next');
    else break;
  }
  await demo.advance('PT6S');
  return flow;
}

/** The OAuth error JSON of section 11.1: status, code, no-store, traceable, no echo. */
export function isOAuthError(answer, status, error, { number, suberror } = {}) {
  const statuses = [status].flat();
  assert.ok(statuses.includes(answer.status), `status ${answer.status}, not ${statuses}: ${answer.body}`);
  assert.match(answer.header('content-type') ?? '', /^application\/json/);
  assert.match(answer.header('cache-control') ?? '', /no-store/);
  const body = answer.json();
  assert.ok([error].flat().includes(body.error), `error ${body.error}, not ${error}: ${answer.body}`);
  assert.match(body.error_description ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, 'error_description is printable ASCII without quote and backslash');
  if (number) assert.ok(body.error_codes?.some((code) => [number].flat().includes(code)), `error_codes ${body.error_codes}, not ${number}`);
  if (suberror) assert.equal(body.suberror, suberror);
  return body;
}

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const part = (jwt, index) => JSON.parse(Buffer.from(jwt.split('.')[index], 'base64url'));
