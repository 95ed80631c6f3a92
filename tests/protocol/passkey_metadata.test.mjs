// Attestation against the FIDO metadata over HTTP: import, enforced registration, refusals in words, the report. credentials.md §6.5.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Authenticator, answerWith, optionsOf } from '../support_js/authenticator.mjs';
import { Authority, Maker, MetadataService } from '../support_js/metadata.mjs';
import { Browser, SignIn } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const HOME = 'myaccount/security-info';
const MODEL = '8446ccb9-ab1d-b374-750b-2367ff6f3a1f';
const service = new MetadataService();
const maker = new Maker(MODEL);

const at = demoFor('passkey_metadata', {}, async (demo) => {
  // The root that vouches for the service is the operator's file.
  fs.writeFileSync(path.join(demo.folder, 'data', 'metadata-root.pem'), service.authority.pem);
});

let files = 0;
function written(bytes) {
  const file = path.join(at.demo.folder, `file-${++files}`);
  fs.writeFileSync(file, bytes);
  return file;
}
const current = service.authority.crl();
/** Imports a document with revocation lists; the answer of the command. */
async function importing(document, { lists = [current], more = [] } = {}) {
  return at.demo.cli(['passkeys', 'import-metadata', written(document), ...lists.flatMap((list) => ['--crl', written(list)]), ...more]);
}
let number = 1000;
async function hold(entries) {
  const done = await importing(service.document(++number, entries));
  assert.equal(done.code, 0, JSON.stringify(done));
}
const settings = (document) => at.demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify(document) });
async function attestation(policy) {
  const done = await settings({ passkeys: { profiles: [{ name: 'Default', attestation: policy }] } });
  assert.equal(done.code, 0, JSON.stringify(done));
}
const held = () => at.demo.admin('passkeys', 'metadata').then((answer) => answer.metadata);

/** The page to add a passkey on, for who has just proven themselves. */
async function addPage(who) {
  const user = at.demo.user(who);
  await at.demo.admin('risk', 'dismiss', user.upn);
  const browser = new Browser(at.demo, { from: 'home' });
  let { page } = await browser.open(at.demo.at(`${HOME}/passkey`));
  for (let turn = 0; turn < 4 && page.screen !== 'UX-12'; turn++) {
    if (page.asksFor('username')) ({ page } = await browser.submit(page.form(['username']), { username: user.upn }, 'next'));
    else if (page.asksFor('password')) ({ page } = await browser.submit(page.form(['password']), { password: user.password }, 'next'));
    else if (page.asksFor('otp')) ({ page } = await browser.submit(page.form(['otp'], 'verify'), { otp: await at.demo.otp(who) }, 'verify'));
    else break;
  }
  assert.equal(page.screen, 'UX-12', `${page}`);
  return { browser, page };
}
async function add(who, key, name = '') {
  const { browser, page } = await addPage(who);
  const options = (await optionsOf(browser, page)).json();
  const after = await answerWith(browser, page, key.create(options), { methodName: name });
  return { options, page: after.page };
}

test('PROTO-502 nobody can demand attestation before anybody is trusted, and what is imported is what the service signed', async () => {
  const early = await settings({ passkeys: { profiles: [{ name: 'Default', attestation: 'enforce' }] } });
  assert.equal(early.code, 1);
  assert.match(JSON.stringify(early), /import-metadata/);

  const forger = new MetadataService();
  const another = new MetadataService({ host: 'evil.example', authority: service.authority });
  const good = service.document(10, [maker.entry()]);
  const refusals = [
    [forger.document(10, [maker.entry()]), /do not lead to the root/],
    [another.document(10, [maker.entry()]), /not the one of `mds.fidoalliance.org`/],
    [service.document(10, [maker.entry()], { header: { alg: 'none' } }), /neither RS256 nor ES256/],
    [good.slice(0, -8) + 'AAAAAAAA', /signature/],
    ['not a document', /three parts/],
    [service.document(10, []), /names no model/],
  ];
  for (const [document, because] of refusals) {
    const done = await importing(document);
    assert.equal(done.code, 1, JSON.stringify(done));
    assert.match(JSON.stringify(done), because);
  }
  assert.equal(await held(), null);

  const done = await importing(good);
  assert.equal(done.code, 0, JSON.stringify(done));
  assert.deepEqual([(await held()).number, (await held()).models, (await held()).isStale], [10, 1, false]);
  const older = await importing(service.document(9, [maker.entry()]));
  assert.equal(older.code, 1);
  assert.match(JSON.stringify(older), /number 9, and number 10 is held/);
  assert.equal((await held()).number, 10);
  const metrics = (await at.demo.fetch('/metrics')).body;
  assert.match(metrics, /^portcullis_passkey_metadata_number 10$/m);
  assert.match(metrics, /^portcullis_passkey_metadata_stale 0$/m);
});

test('PROTO-502 attack: a document whose signer was revoked is refused, and so is one of which nobody says that it was not; what is held stays', async () => {
  await hold([maker.entry()]);
  const before = await held();
  const next = service.document(++number, [maker.entry()]);
  const { authority, leaf } = service;
  const accepting = ['--accept-unknown-revocation'];
  const rows = [
    ['revoked', [authority.crl({ revoked: [leaf] })], [], /CN=metadata`: certificate revoked/],
    ['revoked, and everything accepted', [authority.crl({ revoked: [leaf] })], accepting, /certificate revoked/],
    ['no list', [], [], /nobody says whether the certificate `CN=metadata` is revoked: its revocation list is missing/],
    ['another authority’s', [new Authority('Another root').crl()], [], /is missing/],
    ['another key’s under its name', [new Authority('Metadata root').crl()], accepting, /CRL signature failure/],
    ['one that is over', [authority.crl({ from: new Date('2024-01-01'), until: new Date('2024-02-01') })], [], /is over/],
    ['no list at all', ['nothing'], [], /neither DER nor PEM/],
    ['a large one', [Buffer.alloc(8 * 1024 * 1024 + 1, '0')], [], /larger than 8 MiB/],
  ];
  for (const [what, lists, more, because] of rows) {
    const done = await importing(next, { lists, more });
    assert.equal(done.code, 1, `${what}: ${JSON.stringify(done)}`);
    assert.match(JSON.stringify(done), because, what);
    assert.deepEqual(await held(), before, what);
  }
  assert.equal((await at.demo.cli(['passkeys', 'import-metadata', written(next), '--crl', path.join(at.demo.folder, 'nowhere')])).code, 1);
  // Somebody decides that it is better than nothing.
  const accepted = await importing(next, { lists: [], more: accepting });
  assert.equal(accepted.code, 0, JSON.stringify(accepted));
  assert.equal(accepted.json.isRevocationChecked, false);
  assert.equal((await held()).number, number);
  const checked = await importing(next, { lists: [authority.crl({ revoked: [{ serial: 4711 }] })] });
  assert.deepEqual([checked.code, checked.json.isRevocationChecked], [0, true], JSON.stringify(checked));
});

test('PROTO-502 CRED-023 where attestation is enforced, a certified model is taken and called by its name; signing in with it goes on', async () => {
  await hold([maker.entry()]);
  await attestation('enforce');
  const key = new Authenticator(at.demo, maker.attester);
  const { options, page } = await add('alice', key);
  assert.equal(options.attestation, 'direct');
  assert.equal(page.screen, 'UX-83', `${page}`);
  assert.match(page.text, /Example key 5/);

  // CRED-024: what is asked at registration is not asked again.
  await hold([maker.entry({ statuses: ['FIDO_CERTIFIED_L1', 'USER_KEY_PHYSICAL_COMPROMISE'] })]);
  const flow = await SignIn.begin(at.demo, { from: 'home' });
  const asked = (await optionsOf(flow.browser, flow.page)).json();
  flow.arrive(await answerWith(flow.browser, flow.page, key.get(asked)));
  assert.ok(flow.code, `${flow}`);
  const report = await at.demo.adminList('passkeys', 'compromised');
  assert.deepEqual(report.map(({ user, passkey, status, isAttested }) => [user, passkey, status, isAttested]),
    [[at.demo.user('alice').upn, 'Example key 5', 'USER_KEY_PHYSICAL_COMPROMISE', true]]);
  // CRED-025: a list of models is.
  await settings({ passkeys: { profiles: [{ name: 'Default', attestation: 'enforce', models: 'notListed', aaguids: [MODEL] }] } });
  const listed = await SignIn.begin(at.demo, { from: 'home' });
  const again = (await optionsOf(listed.browser, listed.page)).json();
  listed.arrive(await answerWith(listed.browser, listed.page, key.get(again)));
  assert.equal(listed.code, undefined, `${listed}`);
});

test('PROTO-502 attack: a key of no certified model is refused in words a person can act on, and the administrator sees model and reason', async () => {
  const stranger = new Maker('11111111-2222-3333-4444-555555555555');
  const impostor = { ...stranger.attester, aaguid: maker.attester.aaguid };
  const rows = [
    ['no entry', [maker.entry()], stranger.attester, 'modelUnlisted', /isn’t on your organisation’s list/],
    ['revoked', [maker.entry({ statuses: ['FIDO_CERTIFIED_L2', 'REVOKED'] })], maker.attester, 'modelCompromised', /isn’t on your organisation’s list/],
    ['not certified', [maker.entry({ statuses: ['NOT_FIDO_CERTIFIED'] })], maker.attester, 'modelUncertified', /isn’t on your organisation’s list/],
    ['verifies nobody', [maker.entry({ statement: { userVerificationDetails: [[{ userVerificationMethod: 'presence_internal' }]], authenticatorGetInfo: { options: { rk: true } } } })],
      maker.attester, 'modelUnsuited', /isn’t on your organisation’s list/],
    ['another maker’s roots', [{ ...stranger.entry(), aaguid: MODEL }], maker.attester, 'attestationUntrusted', /isn’t on your organisation’s list/],
    ['a certificate for another model', [maker.entry()], impostor, undefined, /can’t be added/],
    ['nothing said', [maker.entry()], undefined, 'attestationMissing', /didn’t show it/],
  ];
  for (const [what, entries, attester, reason, words] of rows) {
    await hold(entries);
    await attestation('enforce');
    const { page } = await add('henry', new Authenticator(at.demo, attester));
    assert.equal(page.screen, 'UX-12', `${what}: ${page}`);
    assert.match(page.text, words, what);
    if (!reason) continue;
    const acts = JSON.stringify(await at.demo.adminList('audit', 'list'));
    assert.ok(acts.includes(`"failureReason":"${reason}"`) || acts.includes(`\\"failureReason\\":\\"${reason}\\"`), `${what}: ${acts.slice(0, 600)}`);
  }
  // Where it is only looked at, people add what they have.
  await attestation('audit');
  const { page } = await add('henry', new Authenticator(at.demo));
  assert.equal(page.screen, 'UX-83', `${page}`);
});

test('PROTO-502 within a sign-in the same words are said', async () => {
  await hold([maker.entry()]);
  await attestation('enforce');
  const flow = await SignIn.begin(at.demo, { who: 'frank', from: 'home' });
  await flow.answer(['password']);
  await flow.press('register', { method: 'passkey' });
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  const options = (await optionsOf(flow.browser, flow.page)).json();
  assert.equal(options.attestation, 'direct');
  flow.arrive(await answerWith(flow.browser, flow.page, new Authenticator(at.demo).create(options)));
  assert.equal(flow.screen, 'UX-12', `${flow}`);
  assert.match(flow.page.text, /didn’t show it/);
  const again = (await optionsOf(flow.browser, flow.page)).json();
  flow.arrive(await answerWith(flow.browser, flow.page, new Authenticator(at.demo, maker.attester).create(again)));
  assert.equal(flow.screen, 'UX-104', `${flow}`);
});
