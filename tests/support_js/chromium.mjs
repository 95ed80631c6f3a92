// A real browser that reaches this machine only, and an application for it to come back to.
import http from 'node:http';
import { chromium } from 'playwright-core';

export const launchChromium = () => chromium.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
});

/** A page at the end of a sign-in: `{ server, redirect_uri }`. */
export async function startApplication() {
  const server = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>The application</title>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, redirect_uri: `http://localhost:${server.address().port}/cb` };
}
