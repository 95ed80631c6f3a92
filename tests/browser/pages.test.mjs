// Every screen as a browser shows it, light and dark, 320 px wide and on a desktop: nothing of weight for axe, nothing wider than the screen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../support_js/chromium.mjs';
import { BINARY, ROOT } from '../support_js/demo.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WEIGHTY = ['serious', 'critical'];
const VIEWS = [['phone', { width: 320, height: 640 }], ['desktop', { width: 1280, height: 800 }]];
let chrome, folder;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-pages-'));
  execFileSync(path.join(path.dirname(BINARY), 'http_tests'), ['[write-pages]'], { cwd: ROOT, env: { ...process.env, PORTCULLIS_PAGES: folder }, stdio: 'ignore' });
  chrome = await launchChromium();
});
after(async () => { await chrome?.close(); fs.rmSync(folder, { recursive: true, force: true }); });

/** What axe finds, one line a finding. */
async function findings(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.filter((v) => WEIGHTY.includes(v.impact))
    .flatMap((v) => v.nodes.map((n) => `${v.impact} ${v.id}: ${n.target.join(' ')} ${n.any?.[0]?.message ?? n.all?.[0]?.message ?? ''}`));
}

test('axe finds what is wrong with a page that is wrong', async () => {
  const page = await (await chrome.newContext()).newPage();
  await page.setContent('<!doctype html><html><title>x</title><body><input><p style="color:#ccc;background:#fff">faint</p></body></html>');
  const found = await findings(page);
  for (const id of ['html-has-lang', 'label', 'color-contrast']) assert.ok(found.some((f) => f.includes(id)), `${id} in ${found}`);
});

for (const colorScheme of ['light', 'dark']) {
  for (const [view, viewport] of VIEWS) {
    test(`no serious finding on any screen: ${colorScheme}, ${view}`, { timeout: 600_000 }, async () => {
      // Without motion: a page that fades in is faint at first.
      const context = await chrome.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const files = fs.readdirSync(folder).filter((f) => f.endsWith('.en.html'));
      assert.ok(files.length > 90, `only ${files.length} screens`);
      const wrong = [];
      for (const file of files) {
        await page.goto(pathToFileURL(path.join(folder, file)).href);
        for (const finding of await findings(page)) wrong.push(`${file}: ${finding}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > viewport.width) wrong.push(`${file}: ${width} px wide`);
      }
      await context.close();
      assert.deepEqual(wrong, []);
    });
  }
}
