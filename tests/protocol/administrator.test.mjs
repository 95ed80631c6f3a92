// What administrators do to an account, as its owner meets it: credentials.md §14.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignIn, freshPassword } from '../support_js/sign_in.mjs';
import { demoFor } from './support.mjs';

const at = demoFor('administrator');
const attempt = async (who, password, options = {}) => {
  const flow = await SignIn.begin(at.demo, { who, from: 'home', password, ...options });
  await flow.answer(['password']);
  return flow;
};
const latest = async (upn) => (await at.demo.adminList('signins', 'list', '--user', upn, '--top', '1'))[0];

test('CRED-067 a temporary password signs in to its own replacement alone, cannot be kept, and ends after a day', async () => {
  const { demo } = at;
  const { upn } = demo.user('reader');
  const given = (await demo.admin('user', 'temporary-password', upn)).password;
  assert.ok(given.length >= 12, 'nobody chose it');
  const first = await attempt('reader', given);
  assert.equal(first.page?.screen, 'UX-70', `${first}`);
  assert.ok(!first.code);
  await first.press('change', { currentPassword: given, newPassword: given, confirmPassword: given });
  assert.equal(first.page?.screen, 'UX-32', 'it became the permanent one');
  const chosen = freshPassword();
  await first.press('change', { currentPassword: given, newPassword: chosen, confirmPassword: chosen });
  if (first.page?.offers('next')) await first.press('next');
  assert.ok(first.code, `${first}`);
  assert.equal((await attempt('reader', given)).page.errorCode, '50126', 'it was used');

  const second = (await demo.admin('user', 'temporary-password', upn)).password;
  await demo.advance('P1DT1M');
  assert.equal((await attempt('reader', second)).page.errorCode, '50126', 'after a day');
  assert.equal((await attempt('reader', chosen)).page.errorCode, '50126', 'what was there before is gone as well');
});

test('IDP-062 whoever is at risk is not any more when an administrator gives a temporary password, and must replace it at once', async () => {
  const { demo } = at;
  const { upn } = demo.user('secop');
  await demo.admin('risk', 'confirm-compromised', upn);
  const before = await demo.admin('risk', 'user', upn);
  assert.equal(before.riskState, 'confirmedCompromised', JSON.stringify(before));
  const given = (await demo.admin('user', 'temporary-password', upn)).password;
  const after = await demo.admin('risk', 'user', upn);
  assert.deepEqual([after.riskLevel, after.riskState, after.riskDetail], ['none', 'remediated', 'adminGeneratedTemporaryPassword']);
  const flow = await attempt('secop', given);
  assert.equal(flow.page?.screen, 'UX-70', `${flow}`);
});

test('CRED-068 a blocked account is told so only after the right password', async () => {
  const { demo } = at;
  const { upn, password } = demo.user('dave');
  await demo.admin('user', 'block', upn);
  assert.equal((await attempt('dave', freshPassword())).page.errorCode, '50126');
  assert.equal((await latest(upn)).status.errorCode, 50126);
  const right = await attempt('dave', password);
  assert.equal(right.page.errorCode, '50057', `${right}`);
  assert.ok(!right.code);
  await demo.admin('user', 'unblock', upn);
  assert.notEqual((await attempt('dave', password)).page?.errorCode, '50057');
});
