// The stories can be read: every file parses, every verb and member exists. Needs no product.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from './demo.mjs';
import { stories, verbs } from '../scenarios/stage.mjs';

test('every story has IDs, a title, and steps of known verbs', () => {
  const all = stories(path.join(ROOT, 'tests/scenarios'));
  assert.ok(all.length > 30);
  for (const { ids, title, story } of all) {
    assert.ok(title.length > 10);
    for (const id of ids) assert.match(id, /^(IDP|CRED|CA)-\d{3}$/);
    for (const step of story) {
      const word = ['given', 'when', 'then', 'and'].find((w) => w in step);
      assert.ok(verbs.includes(step[word]), `${title}: ${JSON.stringify(step)}`);
    }
  }
});
