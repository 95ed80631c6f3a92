// Password protection as a person and an administrator meet it: credentials.md §11.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SignIn } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

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
