// The command line beside a running server, as the people who administer with it meet it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run, BINARY } from '../support_js/demo.mjs';
import { demoFor } from './support.mjs';

const at = demoFor('command-line');

test('help lists every command, and those of a group', async () => {
  const help = await run(BINARY, ['help']);
  assert.equal(help.code, 0);
  for (const command of ['serve', 'demo', 'tenant', 'user', 'app', 'policy', 'risk', 'signins', 'outbox', 'audit', 'keys']) assert.match(help.stdout, new RegExp(`^  ${command} `, 'm'));
  const user = await run(BINARY, ['help', 'user']);
  assert.match(user.stdout, /^Usage: portcullis user /m);
  assert.match(user.stdout, /^  issue-pass /m);
  const none = await run(BINARY, ['help', 'sing']);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /there is no command `portcullis sing`/);
});

test('what the command line mails leads to where the installation is served', async () => {
  const { demo } = at;
  const left = path.join(demo.folder, 'data', 'base-url');
  assert.equal(fs.readFileSync(left, 'utf8').trim(), demo.base);
  assert.equal(fs.statSync(left).mode & 0o777, 0o600);
  await demo.admin('user', 'temporary-password', demo.user('henry').upn);
  await demo.admin('user', 'invite', 'gwen@elsewhere.example', '--name', 'Gwen');
  await demo.advance('PT1M');
  const links = (await demo.outbox()).flatMap((mail) => mail.text.match(/https?:\/\/[^\s/]+/g) ?? []);
  assert.ok(links.length > 0, 'no mail has a link');
  for (const link of links) assert.equal(link, demo.base);
});

test('text that turns its direction is written out, for people and for programs', async () => {
  const { demo } = at;
  const because = 'seen on \u202egnp.drac-di\u2069 at the desk';
  const upn = demo.user('bob').upn;
  const blocked = await demo.cli(['user', 'mfa-block', upn, '--reason', because], { json: false });
  assert.equal(blocked.code, 0, blocked.stderr);
  assert.match(blocked.stdout, /seen on \\u202egnp\.drac-di\\u2069 at/);
  for (const json of [true, false]) {
    const listed = await demo.cli(['user', 'mfa-blocks'], { json });
    assert.doesNotMatch(listed.stdout, /[\u202a-\u202e\u2066-\u2069]/);
    if (json) assert.equal(listed.json.value[0].reason, because, 'a program reads what was typed');
  }
  const refused = await demo.cli(['user', 'show', because], { json: false });
  assert.equal(refused.code, 1);
  assert.doesNotMatch(refused.stderr, /\u202e/);
});

test('what is deleted is not deleted again, and the answer says so; what is blocked is blocked again', async () => {
  const { demo } = at;
  const upn = demo.user('frank').upn;
  for (let turn = 0; turn < 2; turn++) assert.equal((await demo.cli(['user', 'block', upn])).code, 0);
  assert.equal((await demo.cli(['user', 'delete', upn])).code, 0);
  const again = await demo.cli(['user', 'delete', upn], { json: false });
  assert.equal(again.code, 1);
  assert.match(again.stderr, /there is no user/);
});
