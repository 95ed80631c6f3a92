// A person who forgot their password, at a browser without scripts.
import { Browser, freshPassword } from './sign_in.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Reset {
  /** Opens the page; with `who` or `upn`, types the name too. */
  static async begin(demo, { who, upn = who && demo.user(who).upn, from = 'home', browser, path = 'reset' } = {}) {
    const reset = new Reset();
    reset.demo = demo;
    reset.who = who;
    reset.upn = upn;
    reset.browser = browser ?? new Browser(demo, { from });
    reset.#arrive(await reset.browser.open(demo.at(path)));
    if (upn !== undefined && reset.page.asksFor('username')) await reset.press('next', { username: upn });
    return reset;
  }

  #arrive({ page, redirect, answer }) {
    this.page = page;
    this.redirect = redirect;
    this.last = answer;
  }
  get screen() { return this.page?.screen; }
  get errorCode() { return this.page?.errorCode; }
  get methods() { return this.page.forms.flatMap((f) => (f.actions.includes('next') && f.fields.includes('method') ? [f.data().method] : [])); }

  async press(action, fields = {}) {
    this.#arrive(await this.browser.submit(this.page.form(Object.keys(fields), action), fields, action));
    return this;
  }
  async choose(method) {
    const form = this.page.forms.find((f) => f.data().method === method);
    if (!form) throw new Error(`no ${method} on ${this.page}`);
    this.#arrive(await this.browser.submit(form, {}, 'next'));
    return this;
  }

  /** The newest code sent to this address or number after `seen` messages were there. */
  static async code(demo, to, seen, digits = 8) {
    for (const deadline = Date.now() + 10000; Date.now() < deadline; await pause(50)) {
      const mails = (await demo.outbox()).filter((m) => m.to.replace(/\s/g, '') === to);
      if (mails.length <= seen) continue;
      const newest = mails.sort((a, b) => a.at.localeCompare(b.at)).at(-1);
      const found = newest.text.replace(/(?<=\d), (?=\d)/g, '').match(new RegExp(`(?<![\\w:.-])\\d{${digits}}(?![\\w-])`));
      if (found) return found[0];
    }
    throw new Error(`no code for ${to}`);
  }
  static async sent(demo, to) { return (await demo.outbox()).filter((m) => m.to.replace(/\s/g, '') === to).length; }

  /** Asks for a code by mail and waits for it. */
  async mailed() {
    const to = this.demo.user(this.who).recovery_mail;
    const seen = await Reset.sent(this.demo, to);
    await this.choose('email');
    return Reset.code(this.demo, to, seen);
  }
  async proveMail() { return this.press('verify', { otp: await this.mailed() }); }
  async proveApp() {
    await this.choose('softwareOath');
    return this.press('verify', { otp: await this.demo.otp(this.who) });
  }
  /** Both proofs of somebody with an app and an address. */
  async proveBoth() {
    await this.proveApp();
    return this.proveMail();
  }
  async change(password = freshPassword()) {
    await this.press('change', { newPassword: password, confirmPassword: password });
    if (this.screen === 'UX-63') this.demo.user(this.who).password = password;
    return this;
  }

  toString() { return `${this.page ?? this.last?.status}`; }
}
