// Plays every story of this folder on every store. README.md says how a story is written.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Demo } from '../support_js/demo.mjs';
import { Postgres } from '../support_js/postgres.mjs';
import { Stage } from './stage.mjs';

const folder = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const stores = process.env.PORTCULLIS_STORE?.split(',') ?? ['sqlite', 'postgres'];
const wanted = process.env.STORY;
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort();

after(async () => { if (stores.includes('postgres')) (await Postgres.shared()).stop(); });

for (const store of stores) {
  describe(store, { concurrency: 2 }, () => {
    for (const file of files) {
      for (const { ids, title, story } of JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).stories) {
        const name = `${ids.join(' ')} ${title}`;
        if (wanted && !name.includes(wanted)) continue;
        test(name, { timeout: 120000 }, async () => {
          assert.ok(ids.length > 0 && story.length > 1, 'a story has IDs and steps');
          const demo = await Demo.start({ store, name: `${store}-${ids.join('-')}` });
          try { await new Stage(demo).play(story); }
          finally { await demo.stop(); }
        });
      }
    }
  });
}
