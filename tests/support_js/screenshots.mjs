// node screenshots.mjs PAGES OUT   A picture of each template: PAGES is what `http_tests [write-pages]` wrote.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from './chromium.mjs';

const TALLEST = 1600; // what is longer is cut: the picture stays small
const [pages, out] = process.argv.slice(2);
fs.mkdirSync(out, { recursive: true });
const chrome = await launchChromium();
const context = await chrome.newContext({ viewport: { width: 390, height: 640 }, colorScheme: 'light', reducedMotion: 'reduce' });
const page = await context.newPage();
for (const line of fs.readFileSync(path.join(pages, 'templates.txt'), 'utf8').trim().split('\n')) {
  const [template, file] = line.split(' ');
  await page.goto(pathToFileURL(path.join(pages, file)).href);
  const height = Math.min(TALLEST, await page.evaluate(() => document.documentElement.scrollHeight));
  await page.screenshot({ path: path.join(out, `${template}.jpg`), type: 'jpeg', quality: 60, clip: { x: 0, y: 0, width: 390, height }, fullPage: true });
}
await chrome.close();
