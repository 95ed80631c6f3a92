// A person at a browser without scripts: starts a sign-in, answers the pages it is told to answer, and stops where it is asked more.
import { createHash, randomBytes } from 'node:crypto';
import { form } from './http.mjs';
import { CookieJar } from './http.mjs';
import { Page } from './page.mjs';
import { totp, stepOf } from './totp.mjs';

export const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const secret = (bytes = 24) => randomBytes(bytes).toString('base64url');
export const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');
let passwords = 0;
/** A password that nothing bans, new at every call. */
export const freshPassword = () => `orchid-tramway ${++passwords} velvet ${secret(6)}`;

export class Browser {
  constructor(demo, { from, userAgent } = {}) {
    this.demo = demo;
    this.from = from;
    this.userAgent = userAgent ?? demo.ready.places?.[from ?? 'home']?.user_agent ?? CHROME;
    this.jar = new CookieJar();
  }

  /** One exchange, cookies kept; nothing followed. */
  async send(url, { method = 'GET', fields, headers = {} } = {}) {
    const target = new URL(url, this.demo.base).href;
    const cookies = this.jar.header(target);
    const posted = method === 'POST'
      ? { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(this.demo.base).origin, 'sec-fetch-site': 'same-origin' } : { 'sec-fetch-site': 'none' };
    const answer = await this.demo.fetch(target, {
      method, from: this.from, body: fields === undefined ? undefined : form(fields),
      headers: {
        accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'accept-language': 'en', 'user-agent': this.userAgent,
        'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', ...posted, ...(cookies ? { cookie: cookies } : {}), ...headers,
      },
    });
    this.jar.take(answer.setCookies, target);
    return answer;
  }

  /** As a browser: redirects within the provider are followed; one that leads off it is returned as `{redirect}`. */
  async open(url, options) {
    let answer = await this.send(url, options);
    for (let hops = 0; [301, 302, 303, 307].includes(answer.status); hops++) {
      const next = new URL(answer.headers.location, answer.url);
      if (next.origin !== new URL(this.demo.base).origin || this.demo.redirectsHere?.(next)) return { redirect: next, answer };
      if (hops === 10) throw new Error(`more than 10 redirects, last to ${next}`);
      answer = await this.send(next.href);
    }
    return { page: new Page(answer), answer };
  }

  submit(form, fields = {}, action = undefined) {
    const data = form.data(fields, action);
    return form.method === 'GET' ? this.open(`${form.action.split('?')[0]}?${new URLSearchParams(data)}`) : this.open(form.action, { method: 'POST', fields: data });
  }
}

export class SignIn {
  /**
   * Opens the authorization endpoint. `client` is a name of the ready file, `params` override the request (undefined leaves out).
   * `browser` continues an earlier browser's session.
   */
  static async begin(demo, { client = 'web', who, from, browser, params = {}, userAgent, password, newPassword, method = 'GET' } = {}) {
    const flow = new SignIn();
    flow.demo = demo;
    flow.who = who;
    flow.clientName = client;
    flow.client = demo.client(client);
    flow.browser = browser ?? new Browser(demo, { from, userAgent });
    if (browser && from) browser.from = from;
    flow.password = password;
    flow.newPassword = newPassword;
    flow.verifier = secret(32);
    flow.request = {
      client_id: flow.client.client_id, response_type: 'code', redirect_uri: flow.client.redirect_uris?.[0], scope: 'openid profile email offline_access',
      state: secret(), nonce: secret(), code_challenge: challengeOf(flow.verifier), code_challenge_method: 'S256', ...params,
    };
    flow.pages = [];
    const url = demo.at('oauth2/v2.0/authorize');
    flow.#arrive(method === 'POST' ? await flow.browser.open(url, { method: 'POST', fields: flow.request })
      : await flow.browser.open(`${url}?${form(flow.request)}`));
    return flow;
  }

  /** Begins, answers, and redeems the code when there is one. */
  static async complete(demo, options = {}) {
    const flow = await SignIn.begin(demo, options);
    await flow.answer(options.answer ?? ['password', 'otp']);
    if (flow.code) await flow.redeem();
    return flow;
  }

  #arrive({ page, redirect, answer }) {
    this.last = answer;
    this.page = page;
    this.redirect = redirect;
    this.result = redirect && Object.fromEntries(new URLSearchParams(redirect.hash ? redirect.hash.slice(1) : redirect.search));
    // response_mode=form_post: a page whose form leads to the application.
    const leaving = page?.forms.find((f) => f.method === 'POST' && (this.client.redirect_uris ?? []).includes(f.action));
    if (leaving) { this.result = leaving.data(); this.redirect = new URL(leaving.action); this.formPost = page; this.page = undefined; }
    if (this.page) this.pages.push(this.page.screen);
  }

  get code() { return this.result?.code; }
  get error() { return this.result?.error; }
  /** The number of a refusal, from the page or from what the application was told. */
  get errorCode() {
    return this.page?.errorCode ?? this.result?.error_description?.match(/(?:AADSTS|^|\b)(\d{5,7})\b/)?.[1] ?? this.result?.error_codes;
  }
  get screen() { return this.page?.screen; }
  /** Goes on from an answer that was sent by hand. */
  arrive(answer) { this.#arrive(answer); return this; }
  asksFor(field) { return Boolean(this.page?.asksFor(field)); }

  /** Fills fields by name and presses a button. */
  async press(action, fields = {}) {
    this.#arrive(await this.browser.submit(this.page.form(Object.keys(fields), action), fields, action));
    return this;
  }

  /** Answers pages while `answers` names what they ask; each answer is given once. See tests/scenarios/README.md. */
  async answer(answers) {
    const left = [...answers];
    for (let turn = 0; this.page && turn < 20; turn++) {
      const step = this.#next(left);
      if (!step) break;
      const before = this.page;
      await step();
      if (this.page && this.page.body === before.body) break;
    }
    return this;
  }

  #next(left) {
    const page = this.page;
    const take = (...names) => { const i = left.findIndex((name) => names.includes(name)); return i < 0 ? undefined : left.splice(i, 1)[0]; };
    const user = this.who && this.demo.user(this.who);

    // Pages that only tell something (UX-21, UX-30, UX-35, UX-36).
    if (['UX-21', 'UX-30', 'UX-35', 'UX-36'].includes(page.screen)) return take('read') && (() => this.press(page.screen === 'UX-21' ? 'verify' : 'next'));

    if (left[0] === 'cancel' && page.offers('cancel') && !page.asksFor('username')) { take('cancel'); return () => this.press('cancel'); }
    if (page.asksFor('newPassword')) {
      const kind = take('change', 'weak change', 'wrong current');
      return kind && (() => this.#change(kind));
    }
    if (page.asksFor('otp') && left.includes('register') && page.totpSecret()) { take('register'); return () => this.#register(); }
    if (page.asksFor('otp')) {
      const kind = take('otp', 'wrong otp');
      return kind && (async () => this.press('verify', { otp: kind === 'otp' ? await this.demo.otp(this.who) : await this.demo.wrongOtp(this.who) }));
    }
    if (page.asksFor('password')) {
      const kind = take('password', 'wrong password');
      const password = kind === 'wrong password' ? `not ${freshPassword()}` : this.password ?? user?.password;
      const fields = { password, ...(page.asksFor('username') ? { username: user.upn } : {}) };
      return kind && (() => this.press(page.form(['password']).actions[0], fields));
    }
    if (page.asksFor('username')) return user && left.length > 0 ? () => this.press('next', { username: user.upn }) : undefined;
    if (page.offers('skip') && take('skip')) return () => this.press('skip');
    // One method on offer is a hidden field; several are buttons or choices.
    if (page.forms.some((f) => f.choices('method').length > 0)) {
      const chooser = page.forms.find((f) => f.choices('method').length > 0);
      const method = chooser.choices('method').find((value) => /totp|otp|app|oath/i.test(value));
      return (left.includes('register') || left.includes('otp')) && method ? async () => {
        this.#arrive(await this.browser.submit(chooser, { method }, ['register', 'next', 'verify'].find((a) => chooser.actions.includes(a))));
      } : undefined;
    }
    // Interrupts and notices that only wait to be read: go on as long as something is still to be answered.
    if (page.offers('next') && !page.errorCode && (left.includes('register') || this.justDone)) { this.justDone = false; return () => this.press('next'); }
    if (['UX-10', 'UX-11'].includes(page.screen) && page.offers('next') && left.includes('register')) return () => this.press('next');
    if (page.offers('register') && left.includes('register')) return () => this.press('register');
    return undefined;
  }

  async #change(kind) {
    const user = this.demo.user(this.who);
    const next = kind === 'weak change' ? (this.newPassword ?? 'Passw0rd123') : (this.newPassword ?? freshPassword());
    const current = kind === 'wrong current' ? `not ${freshPassword()}` : this.password ?? user.password;
    await this.press('change', { newPassword: next, confirmPassword: next, ...(this.page.fields.has('currentPassword') ? { currentPassword: current } : {}) });
    if (!this.page?.asksFor('newPassword')) { user.password = next; this.password = undefined; this.justDone = true; }
  }

  async #register() {
    const user = this.demo.user(this.who);
    user.totp_secret = this.page.totpSecret();
    this.seedPage = this.page;
    const action = ['verify', 'register', 'next'].find((a) => this.page.form(['otp']).actions.includes(a));
    await this.press(action, { otp: await this.demo.otp(this.who) });
    this.justDone = true;
  }

  /** Exchanges the code as this client does. */
  async redeem(fields = {}, options = {}) {
    const public_ = !this.client.client_secret;
    this.tokenAnswer = await this.demo.token({ grant_type: 'authorization_code', code: this.code, redirect_uri: this.request.redirect_uri, code_verifier: this.verifier, ...fields },
      { as: this.clientName, from: public_ ? this.browser.from : undefined, ...options });
    this.tokens = this.tokenAnswer.status === 200 ? this.tokenAnswer.json() : undefined;
    return this.tokenAnswer;
  }

  async refresh(fields = {}, options = {}) {
    const answer = await this.demo.token({ grant_type: 'refresh_token', refresh_token: this.tokens?.refresh_token, ...fields },
      { as: this.clientName, from: this.client.client_secret ? undefined : this.browser.from, ...options });
    if (answer.status === 200) this.tokens = { ...this.tokens, ...answer.json() };
    return answer;
  }

  /** Claims of the ID token, verified. */
  async claims() { return (await this.demo.verify(this.tokens.id_token, { audience: this.client.client_id })).claims; }

  /** One line that says where this sign-in stands. */
  toString() {
    if (this.page) return `${this.page}`;
    return this.redirect ? `back at the application: ${JSON.stringify(this.result)}` : 'nowhere';
  }
}

export { totp, stepOf };
