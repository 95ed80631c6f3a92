// When something breaks: fail closed, lose nothing that was acknowledged. protocols.md §11, PROTO-213; kill -9 and restart.
import assert from 'node:assert/strict';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { Postgres } from '../support_js/postgres.mjs';
import { SignIn } from '../support_js/sign_in.mjs';

test('PROTO-213 with the store gone every decision is a refusal, and the service comes back with it', async () => {
  const cluster = await Postgres.start();
  const demo = await Demo.start({ name: 'fault-postgres', args: ['--database', cluster.create()] });
  try {
    const kept = await SignIn.complete(demo, { who: 'alice', from: 'home', answer: ['password'] });
    assert.ok(kept.tokens, `${kept}`);
    const open = await SignIn.begin(demo, { who: 'henry', from: 'home' });
    const control = (...words) => spawnSync(path.join('/usr/lib/postgresql/15/bin/pg_ctl'), ['-D', path.join(cluster.folder, 'data'), '-w', ...words], { ...cluster.as, cwd: '/', stdio: 'ignore' });
    control('-m', 'immediate', 'stop');
    await open.answer(['password']);
    assert.equal(open.code, undefined);
    assert.ok([503, 500].includes(open.last.status), `${open.last.status}`);
    const refused = await kept.refresh();
    assert.equal(refused.status, 503, refused.body);
    assert.ok(Number(refused.header('retry-after')) > 0);
    const introspected = await demo.post('oauth2/v2.0/introspect', { token: kept.tokens.access_token }, { as: 'web' });
    assert.ok(introspected.status === 503 || introspected.json().active === false);
    assert.notEqual((await demo.fetch('/readyz')).status, 200);
    assert.equal((await demo.fetch('/healthz')).status, 200, 'alive, not ready');
    control('-l', path.join(cluster.folder, 'log'), '-o', `-p ${cluster.port} -k ${cluster.folder} -c listen_addresses=127.0.0.1 -c fsync=off`, 'start');
    for (let i = 0; i < 100 && (await demo.fetch('/readyz')).status !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok((await SignIn.complete(demo, { who: 'henry', from: 'home', answer: ['password'] })).code, 'back');
  } finally {
    await demo.stop();
    cluster.stop();
  }
});

test('PROTO-123 PROTO-120 kill -9 under load loses no acknowledged change and revives no used-up code or token', { timeout: 180000 }, async () => {
  const rounds = Number(process.env.KILL_ROUNDS ?? 5);
  const demo = await Demo.start({ name: 'fault-kill' });
  try {
    const users = ['alice', 'henry', 'erin'];
    for (let round = 0; round < rounds; round++) {
      const acknowledged = [];
      let running = true;
      const work = users.map(async (who) => {
        while (running) {
          try {
            const flow = await SignIn.begin(demo, { who, from: 'home' });
            await flow.answer(['password']);
            if (!flow.code || (await flow.redeem()).status !== 200) continue;
            const mine = { who, flow, code: flow.code, refresh: flow.tokens.refresh_token, used: [] };
            acknowledged.push(mine);
            const used = flow.tokens.refresh_token;
            if ((await flow.refresh()).status === 200) Object.assign(mine, { refresh: flow.tokens.refresh_token, used: [used] });
          } catch (error) { if (running) throw error; }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 700));
      running = false;
      await demo.down('SIGKILL');
      await Promise.allSettled(work);
      await demo.up();
      assert.ok(acknowledged.length > 0, 'nothing was acknowledged');
      await demo.advance('PT15S');
      // The last of each person may have been half way when the process died: its answer never arrived.
      const halfway = new Set(users.map((who) => acknowledged.findLast((one) => one.who === who)));
      const whole = acknowledged.filter((one) => !halfway.has(one));
      for (const one of whole) {
        const head = await demo.token({ grant_type: 'refresh_token', refresh_token: one.refresh }, { as: 'web' });
        assert.equal(head.status, 200, `an acknowledged refresh token is gone: ${head.body}`);
      }
      for (const one of whole) {
        const again = await demo.token({ grant_type: 'authorization_code', code: one.code, redirect_uri: one.flow.request.redirect_uri, code_verifier: one.flow.verifier }, { as: 'web' });
        assert.equal(again.status, 400, 'a used code was accepted');
        for (const used of one.used) assert.equal((await demo.token({ grant_type: 'refresh_token', refresh_token: used }, { as: 'web' })).status, 400, 'a used refresh token was accepted');
      }
      // Reuse after the grace is theft: the risk it raised is cleared before the next round.
      for (const who of users) await demo.cli(['risk', 'dismiss', demo.user(who).upn]);
    }
  } finally { await demo.stop(); }
});
