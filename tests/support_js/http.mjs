// One HTTP exchange, and a cookie jar. Nothing is followed, decoded or corrected behind the test's back.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/** @returns {{status, headers, rawHeaders, setCookies, body, json(), header(name)}} */
export function request(url, { method = 'GET', headers = {}, body, ca, timeout = 15000, agent = false } = {}) {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const call = (secure ? https : http).request(
      {
        // `localhost` may mean ::1 first; the product listens on 127.0.0.1.
        host: target.hostname === 'localhost' ? '127.0.0.1' : target.hostname.replace(/^\[|\]$/g, ''),
        servername: net.isIP(target.hostname) ? undefined : target.hostname,
        port: target.port || (secure ? 443 : 80),
        path: target.pathname + target.search,
        method, ca, agent, timeout,
        headers: { host: target.host, ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({
            url: target.href, status: answer.statusCode, headers: answer.headers, rawHeaders: answer.rawHeaders,
            setCookies: answer.headers['set-cookie'] ?? [], body: text,
            header: (name) => answer.headers[name.toLowerCase()],
            json() {
              try { return JSON.parse(text); }
              catch { throw new Error(`${method} ${url} answered ${answer.statusCode}, not JSON: ${text.slice(0, 300)}`); }
            },
          });
        });
      });
    call.on('timeout', () => call.destroy(new Error(`${method} ${url}: no answer in ${timeout} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}

/** `{a: 'b', c: ['d', 'e']}` as a form body; undefined members are left out. */
export function form(fields) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) pairs.append(name, one);
  }
  return pairs.toString();
}

/** Bytes to the port as they are, and everything that comes back until the peer closes or falls silent. */
export function raw(base, bytes, { wait = 2000 } = {}) {
  const { port } = new URL(base);
  return new Promise((resolve, reject) => {
    const parts = [];
    let closed = false;
    const socket = net.connect({ host: '127.0.0.1', port: Number(port) }, () => socket.write(bytes));
    const end = () => { socket.destroy(); resolve(answerOf(Buffer.concat(parts).toString('latin1'), closed)); };
    const timer = setTimeout(end, wait);
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => { closed = true; clearTimeout(timer); end(); });
    socket.on('error', (error) => {
      clearTimeout(timer);
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') { closed = true; end(); } else reject(error);
    });
  });
}

function answerOf(text, closed) {
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map((m) => Number(m[1]));
  return { text, closed, status: statuses[0], statuses };
}

export class CookieJar {
  #cookies = new Map();

  /** Keeps what a browser would keep of one answer's Set-Cookie fields. */
  take(setCookies, url) {
    const secure = new URL(url).protocol === 'https:';
    for (const line of setCookies) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const has = (word) => attributes.find((a) => a.toLowerCase().split('=')[0] === word);
      if (has('secure') && !secure) continue;
      const age = has('max-age')?.split('=')[1];
      const expires = has('expires')?.slice(8);
      if ((age !== undefined && Number(age) <= 0) || (age === undefined && expires && Date.parse(expires) <= Date.now())) this.#cookies.delete(name);
      else this.#cookies.set(name, { value: pair.slice(pair.indexOf('=') + 1), path: has('path')?.split('=')[1] ?? '/', line });
    }
  }

  header(url) {
    const { pathname } = new URL(url);
    return [...this.#cookies].filter(([, c]) => pathname.startsWith(c.path)).map(([name, c]) => `${name}=${c.value}`).join('; ');
  }

  get names() { return [...this.#cookies.keys()]; }
  get(name) { return this.#cookies.get(name)?.value; }
  /** The cookie whose name ends so, with or without the `__Host-` prefix. */
  find(suffix) { return this.names.find((name) => name.replace(/^__Host-/, '') === suffix); }
  set(name, value) { this.#cookies.set(name, { value, path: '/', line: '' }); }
  delete(name) { this.#cookies.delete(name); }
  clear() { this.#cookies.clear(); }
  clone() { const copy = new CookieJar(); for (const [name, c] of this.#cookies) copy.#cookies.set(name, c); return copy; }
}
