// When something breaks: fail closed, lose nothing that was acknowledged. protocols.md §11, PROTO-213; kill -9 and restart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { Postgres } from '../support_js/postgres.mjs';
import { SignIn } from '../support_js/sign_in.mjs';

async function ready(demo) {
  for (let i = 0; i < 300; i++) {
    if ((await demo.fetch('/readyz')).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not ready in 30 s');
}

test('PROTO-213 with the store gone every decision is a refusal, and the service comes back with it', async () => {
  const cluster = await Postgres.start();
  const demo = await Demo.start({ name: 'fault-postgres', args: ['--database', cluster.create()] });
  try {
    const kept = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    assert.ok(kept.tokens, `${kept}`);
    const open = await SignIn.begin(demo, { who: 'henry', from: 'home' });
    cluster.down();
    await open.answer(['password']);
    assert.equal(open.code, undefined);
    assert.equal(open.last.status, 503);
    assert.ok(Number(open.last.header('retry-after')) > 0);
    const refused = await kept.refresh();
    assert.equal(refused.status, 503, refused.body);
    assert.ok(Number(refused.header('retry-after')) > 0);
    const introspected = await demo.post('oauth2/v2.0/introspect', { token: kept.tokens.access_token }, { as: 'web' });
    assert.ok(introspected.status === 503 || introspected.json().active === false);
    assert.notEqual((await demo.fetch('/readyz')).status, 200);
    assert.equal((await demo.fetch('/healthz')).status, 200, 'alive, not ready');
    cluster.up();
    await ready(demo);
    assert.ok((await SignIn.complete(demo, { who: 'henry', from: 'home', answer: ['password'] })).code, 'back');
  } finally {
    await demo.stop();
    cluster.stop();
  }
});

/** One sign-in after the other, each refreshed and every third revoked, until `goesOn` says no; `acknowledged` gets what was answered, in order. */
async function load(demo, who, { goesOn, acknowledged }) {
  for (let turn = 0; goesOn(); turn++) {
    try {
      const flow = await SignIn.begin(demo, { who, from: 'home' });
      await flow.answer(['password']);
      if (!flow.code || (await flow.redeem()).status !== 200) continue;
      const mine = { who, flow, code: flow.code, refresh: flow.tokens.refresh_token, used: [] };
      acknowledged.push(mine);
      if ((await flow.refresh()).status === 200) Object.assign(mine, { refresh: flow.tokens.refresh_token, used: [mine.refresh] });
      if (turn % 3 === 2 && (await demo.post('oauth2/v2.0/revoke', { token: mine.refresh }, { as: 'web' })).status === 200) mine.isRevoked = true;
    } catch (error) { if (goesOn()) throw error; }
  }
}

/** Everything that was acknowledged stands, and nothing that was used up or revoked is taken. */
async function check(demo, acknowledged, users) {
  assert.ok(acknowledged.length > 0, 'nothing was acknowledged');
  await demo.advance('PT15S');
  // The last of each person may have been half way when the process died: its answer never arrived.
  const halfway = new Set(users.map((who) => acknowledged.findLast((one) => one.who === who)));
  const whole = acknowledged.filter((one) => !halfway.has(one));
  const token = (fields) => demo.token(fields, { as: 'web' });
  for (const one of whole) {
    const head = await token({ grant_type: 'refresh_token', refresh_token: one.refresh });
    if (one.isRevoked) assert.equal(head.status, 400, 'a revoked refresh token was accepted');
    else assert.equal(head.status, 200, `an acknowledged refresh token is gone: ${head.body}`);
  }
  for (const one of whole) {
    const again = await token({ grant_type: 'authorization_code', code: one.code, redirect_uri: one.flow.request.redirect_uri, code_verifier: one.flow.verifier });
    assert.equal(again.status, 400, 'a used code was accepted');
    for (const used of one.used) assert.equal((await token({ grant_type: 'refresh_token', refresh_token: used })).status, 400, 'a used refresh token was accepted');
  }
  // Reuse after the grace is theft: the risk it raised is cleared before the next round.
  for (const who of users) await demo.cli(['risk', 'dismiss', demo.user(who).upn]);
  return whole.length;
}

/** The demo is killed in every round, or, in turn, it and the database under it. `KILL_ROUNDS=50` is the long drill. */
async function drill(t, { demo, cluster }) {
  const rounds = Number(process.env.KILL_ROUNDS ?? 5);
  const users = ['alice', 'henry', 'erin'];
  const killed = { server: 0, immediate: 0, postmaster: 0 };
  let checked = 0;
  for (let round = 0; round < rounds; round++) {
    const victim = cluster ? ['server', 'immediate', 'postmaster'][round % 3] : 'server';
    const acknowledged = [];
    let running = true;
    const work = users.map((who) => load(demo, who, { goesOn: () => running, acknowledged }));
    // On a busy machine a sign-in takes long: whatever it takes until everybody has a few, so that there is something to lose.
    const enough = () => users.every((who) => acknowledged.filter((one) => one.who === who).length >= 3);
    for (const [least, most] = [Date.now() + 700, Date.now() + 60000]; Date.now() < least || (!enough() && Date.now() < most);) await new Promise((resolve) => setTimeout(resolve, 50));
    running = false;
    killed[victim] += 1;
    if (victim === 'server') await demo.down('SIGKILL');
    else cluster.down(victim);
    await Promise.all(work);
    if (victim === 'server') await demo.up();
    else { cluster.up(); await ready(demo); }
    checked += await check(demo, acknowledged, users);
  }
  t.diagnostic(`${rounds} rounds, killed ${JSON.stringify(killed)}, ${checked} whole sign-ins checked`);
}

test('PROTO-123 PROTO-120 kill -9 under load loses no acknowledged change and revives no used-up code or token', { timeout: 1800000 }, async (t) => {
  const demo = await Demo.start({ name: 'fault-kill' });
  try { await drill(t, { demo }); }
  finally { await demo.stop(); }
});

test('PROTO-123 PROTO-120 kill -9 of the server or of PostgreSQL under it loses nothing either', { timeout: 1800000 }, async (t) => {
  const cluster = await Postgres.start();
  const demo = await Demo.start({ name: 'fault-kill-postgres', args: ['--database', cluster.create()] });
  try { await drill(t, { demo, cluster }); }
  finally {
    await demo.stop();
    cluster.stop();
  }
});
