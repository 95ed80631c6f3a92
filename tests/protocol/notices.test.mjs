// What administrators are told of by mail (credentials.md §17, id-protection.md §5.5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoFor, newcomer } from './support.mjs';

const at = demoFor('notices');
const tls = demoFor('notices-tls', { tls: true });
const settings = (demo, notices) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ notices }) });
const mails = async (demo, subject) => (await demo.outbox()).filter((m) => subject.test(m.subject));
const to = (list) => list.map((m) => m.to).sort();
const mailOf = (name) => `${name}@contoso.example`;
const GLOBAL = ['admin', 'breakglass1', 'breakglass2'].map(mailOf);
const READERS = [...GLOBAL, mailOf('reader'), mailOf('secadmin')];
const AT_RISK = /^Users at risk$/;
const DIGEST = /^Your week: /;

/** Somebody new at high risk. */
async function compromised(demo) {
  const { upn } = demo.user(await newcomer(demo, 'risky'));
  await demo.admin('risk', 'confirm-compromised', upn);
  return upn;
}
/** To the next Monday, a minute after eight. */
async function toMonday(demo) {
  const now = await demo.now();
  const monday = new Date(now);
  monday.setUTCHours(8, 1, 0, 0);
  monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7));
  if (monday <= now) monday.setUTCDate(monday.getUTCDate() + 7);
  return demo.advance(`PT${Math.ceil((monday - now) / 1000)}S`);
}

test('IDP-125 CRED-088 those who read risk are told of users at high risk, once, in one mail; a restart tells nobody again', async () => {
  const { demo } = at;
  await demo.advance('PT10S');
  const before = (await mails(demo, AT_RISK)).length;
  const upns = [await compromised(demo), await compromised(demo)];
  await demo.advance('PT6S');
  const told = (await mails(demo, AT_RISK)).slice(0, (await mails(demo, AT_RISK)).length - before);
  assert.ok(told.length === READERS.length || told.length === 2 * READERS.length, `in one mail each, or in two when the job ran between them: ${told.length}`);
  assert.deepEqual([...new Set(to(told))], READERS);
  const counted = told.filter((m) => m.to === READERS[0]).map((m) => Number(m.text.match(/How many: (\d+)\./)[1]));
  assert.equal(counted.reduce((a, b) => a + b), 2);
  for (const mail of told) {
    assert.match(mail.text, /Listed by: portcullis risk users/);
    assert.doesNotMatch(mail.text, /[{}]|:\/\//);
    for (const upn of upns) assert.equal(mail.text.includes(upn), false, 'a mail names nobody at risk');
  }
  const all = (await mails(demo, AT_RISK)).length;
  await demo.down();
  await demo.up();
  await demo.advance('PT1M');
  assert.equal((await mails(demo, AT_RISK)).length, all);
});

test('IDP-125 the level, who is left out, other addresses, and off', async () => {
  const { demo } = at;
  const count = async () => (await mails(demo, AT_RISK)).length;
  const found = async (level) => demo.admin('risk', 'leaked-credentials', demo.user(await newcomer(demo, 'leaky')).upn, '--level', level);
  const secadmin = (await demo.admin('user', 'show', mailOf('secadmin'))).id;
  let before = await count();
  await found('medium');
  await demo.advance('PT6S');
  assert.equal(await count(), before, 'medium is not high');

  await settings(demo, { riskLevel: 'medium', addresses: ['soc@contoso.example'], excludedUsers: [secadmin] });
  await demo.advance('PT6S');
  const told = (await mails(demo, AT_RISK)).slice(0, (await count()) - before);
  assert.deepEqual(to(told), [...GLOBAL, mailOf('reader'), mailOf('soc')], 'who is at that level is told of when the level is set');
  before = await count();
  await settings(demo, { usersAtRisk: false });
  await found('high');
  await demo.advance('PT6S');
  assert.equal(await count(), before);
  await settings(demo, { usersAtRisk: true, riskLevel: 'high', addresses: [], excludedUsers: [] });
  await demo.advance('PT6S');
  assert.equal(await count(), before + READERS.length);
});

test('IDP-126 the digest comes on Monday at eight, to each in their language, once, whatever restarts', async () => {
  const { demo } = at;
  const before = (await mails(demo, DIGEST)).length;
  await toMonday(demo);
  const upn = await compromised(demo);
  const first = (await mails(demo, DIGEST)).slice(0, (await mails(demo, DIGEST)).length - before);
  assert.deepEqual(to(first), READERS);
  await demo.down();
  await demo.up();
  await demo.advance('P6D');
  assert.equal((await mails(demo, DIGEST)).length, before + READERS.length);
  await toMonday(demo);
  const [mail] = (await mails(demo, DIGEST)).filter((m) => m.to === 'admin@contoso.example');
  assert.equal(mail.subject, 'Your week: users and sign-ins at risk');
  assert.match(mail.text, /Users with new risk: 1 \(high: 1, medium: 0, low: 0\)/);
  assert.match(mail.text, /Users at risk now: [1-9]/);
  assert.match(mail.text, /portcullis signins list --risky/);
  assert.doesNotMatch(mail.text, /[{}]|:\/\//);
  assert.equal(mail.text.includes(upn), false);
  await toMonday(demo);
  const [quiet] = (await mails(demo, DIGEST)).filter((m) => m.to === 'admin@contoso.example');
  assert.equal(quiet.subject, 'Your week: nobody new at risk');
  await settings(demo, { weeklyDigest: false });
  const all = (await mails(demo, DIGEST)).length;
  await toMonday(demo);
  assert.equal((await mails(demo, DIGEST)).length, all);
});

test('attack: an address that would be more than one recipient or a header is refused', async () => {
  for (const address of ['a@contoso.example, b@evil.example', 'a@contoso.example\r\nBcc: b@evil.example', '<a@contoso.example>', 'a']) {
    const answer = await at.demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ notices: { addresses: [address] } }) });
    assert.notEqual(answer.code, 0, address);
    assert.match(answer.stdout + answer.stderr, /notices\.addresses/);
  }
});

test('CRED-089 the end of the server’s certificate and the age of the master key are told to Global Administrators', async () => {
  const { demo } = tls;
  const due = async () => mails(demo, /^Keys or certificates are due/);
  assert.deepEqual(await due(), []);
  await demo.advance('P771D');
  const told = await due();
  assert.deepEqual(to(told), GLOBAL, 'all of a kind in one mail each');
  const [mail] = told;
  assert.match(mail.text, /The certificate of the server ends on \d+ \w+ \d{4}\./);
  assert.match(mail.text, /The master key has been in use since \d+ \w+ \d{4}\./);
  assert.doesNotMatch(mail.text, /[{}]|signing key/, 'signing keys are replaced by themselves');
  await demo.advance('PT20M');
  assert.equal((await due()).length, GLOBAL.length);
});
