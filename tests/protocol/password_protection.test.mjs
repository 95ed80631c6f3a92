// Password protection as a person and an administrator meet it: credentials.md §11.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SignIn } from '../support_js/sign_in.mjs';
import { Reset } from '../support_js/reset.mjs';
import { demoFor, newcomer } from './support.mjs';

const LEAKED = 'obscure lantern gravel 88';
const at = demoFor('password-protection', {}, async (demo) => {
  await demo.down();
  const source = path.join(demo.folder, 'leaked.txt');
  fs.writeFileSync(source, `${LEAKED}\nanother one entirely\n`);
  at.built = await demo.admin('passwords', 'build-list', '--from', source, '--format', 'passwords', '--out', path.join(demo.folder, 'data/breached.list'));
  await demo.up();
});

test('CRED-059 a password of a breach is refused with that reason, and nothing is folded before it is looked up', async () => {
  const { demo } = at;
  assert.deepEqual([at.built.entries, at.built.lines], [2, 2]);
  const here = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
  const change = async (next) => {
    const { page } = await here.browser.open(demo.at('myaccount/password'));
    return (await here.browser.submit(page.form(['newPassword']), { currentPassword: demo.user('alice').password, newPassword: next, confirmPassword: next }, 'change')).page;
  };
  const refused = await change(LEAKED);
  assert.match(refused.body, /list of stolen passwords/);
  assert.ok(refused.asksFor('newPassword'));
  const accepted = await change(LEAKED.toUpperCase());
  assert.ok(!accepted?.asksFor('newPassword'), 'another password is not the one that leaked');
});

test('CRED-059 an administrator cannot give a password of a breach either', async () => {
  const result = await at.demo.cli(['user', 'create', `new.person@${at.demo.tenant.domain}`, '--password-stdin'], { stdin: `${LEAKED}\n` });
  assert.notEqual(result.code, 0);
  assert.match(result.stdout + result.stderr, /password/);
});

test('a list of breached passwords that is damaged stops the server and is named by check-list', async () => {
  const { demo } = at;
  const list = path.join(demo.folder, 'data/breached.list');
  await demo.down();
  const whole = fs.readFileSync(list);
  fs.writeFileSync(list, whole.subarray(0, whole.length - 1));
  await assert.rejects(demo.up(), /breached\.list/);
  const checked = await demo.cli(['passwords', 'check-list', list]);
  assert.equal(checked.code === 0, false);
  fs.writeFileSync(list, whole);
  assert.equal((await demo.admin('passwords', 'check-list', list)).entries, 2);
  await demo.up();
});

test('credentials.md §11 protection that only audits lets a weak password pass, writes down why it would refuse, and enforces at risk', async () => {
  const { demo } = at;
  const settings = (mode) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ passwords: { mode } }) });
  const weak = 'Passw0rd123';
  const change = async (who, from, next) => {
    const here = await SignIn.complete(demo, { who, from, answer: ['password'] });
    assert.ok(here.code, `${here}`);
    const { page } = await here.browser.open(demo.at('myaccount/password'));
    return (await here.browser.submit(page.form(['newPassword']), { currentPassword: demo.user(who).password, newPassword: next, confirmPassword: next }, 'change')).page;
  };
  assert.equal((await change('erin', 'home', weak)).errorCode, '120018', 'enforced to begin with');
  const wrong = await demo.cli(['tenant', 'change-settings', '-'], { stdin: JSON.stringify({ passwords: { mode: 'off' } }) });
  assert.match(wrong.stdout + wrong.stderr, /mode.*enforce, audit/s);
  await settings('audit');
  try {
    assert.equal((await change('erin', 'home', 'short')).errorCode, '120002', 'its form is asked for all the same');
    assert.equal((await change('erin', 'home', weak)).screen, 'UX-33');
    demo.user('erin').password = weak;
    const acts = await demo.admin('audit', 'list', '--user', demo.user('erin').upn, '--name', 'ChangePassword');
    const set = acts.value.flatMap((act) => act.changes).find((one) => one.change === 'PasswordSet');
    assert.deepEqual(set.wouldBeRefused, ['bannedByOrganisation', 'seenTooOften']);
    assert.ok(!JSON.stringify(acts).includes(weak), 'never what was chosen');

    // Carol's password leaked: what she chooses now is held against everything.
    const carol = await SignIn.complete(demo, { who: 'carol', from: 'home', newPassword: weak, answer: ['password', 'otp', 'weak change'] });
    assert.equal(carol.screen, 'UX-32', `${carol.page}`);
  } finally {
    await settings('enforce');
  }
});

/** The page that changes the password of somebody here, and what comes of choosing `next` there. */
async function changeOf(demo, who) {
  const here = await SignIn.complete(demo, { who, from: 'home', answer: ['password', 'otp', 'skip'] });
  assert.ok(here.code, `${here}`);
  const { page } = await here.browser.open(demo.at('myaccount/password'));
  const choose = async (next) => (await here.browser.submit(page.form(['newPassword']), { currentPassword: demo.user(who).password, newPassword: next, confirmPassword: next }, 'change')).page;
  return { page, choose, browser: here.browser };
}
const minimumOf = (page) => Number(page.tags('ul').find((list) => list['data-min'])?.['data-min']);
const FOURTEEN = 'zq8#vkwu-ybe3m', FIFTEEN = 'zq8#vkwu-ybe3mr';

test('CRED-063 a password that signs its owner in alone needs fifteen characters, one beside a second factor eight', async () => {
  const { demo } = at;
  const alone = await newcomer(demo, 'alone');
  const hers = await changeOf(demo, alone);
  assert.equal(minimumOf(hers.page), 15);
  assert.match(hers.page.body, /At least 15 characters/);
  const refused = await hers.choose(FOURTEEN);
  assert.equal(refused.errorCode, '120002', `${refused}`);
  assert.match(refused.text, /15 characters/);
  assert.equal((await hers.choose(FIFTEEN)).screen, 'UX-33');

  const his = await changeOf(demo, 'henry');
  assert.equal(minimumOf(his.page), 8);
  assert.equal((await his.choose(FOURTEEN)).screen, 'UX-33');
  demo.user('henry').password = FOURTEEN;
});

test('CRED-063 the same holds for what an administrator chooses and after a temporary password; the compatible profile has one length', async () => {
  const { demo } = at;
  const create = (name, password) => demo.cli(['user', 'create', `${name}@${demo.tenant.domain}`, '--password-stdin'], { stdin: `${password}\n` });
  const short = await create('short.one', FOURTEEN);
  assert.notEqual(short.code, 0);
  assert.match(short.stdout + short.stderr, /too short/);
  assert.equal((await create('long.one', FIFTEEN)).code, 0);

  const who = await newcomer(demo, 'temporary');
  const given = (await demo.admin('user', 'temporary-password', demo.user(who).upn)).password;
  const first = await SignIn.begin(demo, { who, from: 'home', password: given });
  await first.answer(['password', 'skip']);
  assert.equal(first.screen, 'UX-70', `${first}`);
  assert.equal(minimumOf(first.page), 15);
  await first.press('change', { currentPassword: given, newPassword: FOURTEEN, confirmPassword: FOURTEEN });
  assert.match(first.page.text, /15 characters/);
  assert.ok(first.asksFor('newPassword'), `${first}`);

  const profile = (name) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ passwords: { profile: name } }) });
  await profile('compatible');
  try {
    const { page } = await changeOf(demo, await newcomer(demo, 'compatible'));
    assert.equal(minimumOf(page), 8);
  } finally {
    await profile('modern');
  }
});

test('CRED-063 a reset asks for the same length', async () => {
  const { demo } = at;
  const reset = (settings) => demo.admin('tenant', 'change-settings', '-', { stdin: JSON.stringify({ reset: settings }) });
  const who = await newcomer(demo, 'forgetful');
  demo.user(who).recovery_mail = `${who}@home.example`;
  await demo.admin('user', 'add-email', demo.user(who).upn, demo.user(who).recovery_mail);
  await reset({ gates: 1 });
  try {
    const mine = await Reset.begin(demo, { who });
    await mine.proveMail();
    assert.equal(mine.screen, 'UX-62', `${mine}`);
    assert.equal(minimumOf(mine.page), 15);
    await mine.change(FOURTEEN);
    assert.equal(mine.errorCode, '120002', `${mine}`);
    assert.equal(minimumOf(mine.page), 15);
    await mine.change(FIFTEEN);
    assert.equal(mine.screen, 'UX-63', `${mine}`);
  } finally {
    await reset({ gates: 2 });
  }
});
