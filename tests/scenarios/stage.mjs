// The verbs of the stories: what each does, and what it demands of the product.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { match } from '../support_js/match.mjs';
import { Reset } from '../support_js/reset.mjs';
import { Browser, SignIn, freshPassword } from '../support_js/sign_in.mjs';

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export class Stage {
  #browsers = new Map();
  #signIns = new Map();
  #saved = new Map();

  constructor(demo) { this.demo = demo; }

  async play(story) {
    for (const [index, step] of story.entries()) {
      const word = ['given', 'when', 'then', 'and'].find((w) => typeof step[w] === 'string');
      const verb = VERBS[step[word]];
      assert.ok(verb, `step ${index + 1}: no verb \`${step[word] ?? JSON.stringify(step)}\``);
      const stray = Object.keys(step).filter((key) => key !== word && !verb.members.includes(key));
      assert.deepEqual(stray, [], `step ${index + 1} \`${step[word]}\`: unknown members`);
      try { await verb.act(this, this.#filled(step)); }
      catch (error) {
        error.message = `step ${index + 1}, ${word} ${step[word]}: ${error.message}\n  stands: ${this.last ?? 'no sign-in yet'}`;
        throw error;
      }
    }
  }

  /** `@alice` is her UPN, `@alice.id` another member of hers, `$name` what a step saved. */
  #filled(value) {
    if (typeof value === 'string') {
      return value
        .replace(/(?<![\w.])@(\w+)(?:\.(\w+))?/g, (_, who, member) => this.demo.user(who)[member ?? 'upn'] ?? assert.fail(`${who} has no ${member}`))
        .replace(/\$(\w+)/g, (_, name) => this.#saved.get(name) ?? assert.fail(`nothing saved as ${name}`));
    }
    if (Array.isArray(value)) return value.map((one) => this.#filled(one));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#filled(one)]));
  }

  browser(name, from) {
    if (!name) return undefined;
    if (!this.#browsers.has(name)) this.#browsers.set(name, new Browser(this.demo, { from }));
    return this.#browsers.get(name);
  }
  keep(signIn, name) { this.last = signIn; if (name) this.#signIns.set(name, signIn); }
  signIn(name) { return name ? this.#signIns.get(name) ?? assert.fail(`no sign-in \`${name}\``) : this.last ?? assert.fail('no sign-in yet'); }
  save(name, value) { if (name) { assert.ok(value !== undefined, `nothing to save as ${name}`); this.#saved.set(name, value); } }
  upn(who) { return who.includes('@') ? who : this.demo.user(who).upn; }
}

function rows(demanded, given, what) {
  for (const wanted of list(demanded.some)) {
    assert.ok(given.some((row) => match(row, wanted) === undefined), `no ${what} is ${JSON.stringify(wanted)} among ${JSON.stringify(given)}`);
  }
  if (demanded.every) for (const row of given) assert.equal(match(row, demanded.every), undefined, JSON.stringify(row));
  if (demanded.none === true) assert.deepEqual(given, []);
  else if (demanded.none) assert.ok(!given.some((row) => match(row, demanded.none) === undefined), `a ${what} is ${JSON.stringify(demanded.none)}: ${JSON.stringify(given)}`);
}
const has = (value, wanted) => { if (wanted) assert.equal(match(value, wanted), undefined, JSON.stringify(value).slice(0, 2000)); };

async function ended(signIn) {
  if (signIn.code && !signIn.tokenAnswer) await signIn.redeem();
}

const VERBS = {
  'sign in': {
    members: ['who', 'from', 'answer', 'client', 'params', 'in', 'as', 'password', 'newPassword', 'userAgent'],
    async act(stage, step) {
      const signIn = await SignIn.begin(stage.demo, { ...step, browser: stage.browser(step.in, step.from) });
      stage.keep(signIn, step.as);
      await signIn.answer(list(step.answer));
      await ended(signIn);
    },
  },
  'go on': {
    members: ['answer', 'as', 'newPassword'],
    async act(stage, step) {
      const signIn = stage.signIn(step.as);
      stage.last = signIn;
      if (step.newPassword) signIn.newPassword = step.newPassword;
      await signIn.answer(list(step.answer));
      await ended(signIn);
    },
  },
  reset: {
    members: ['who', 'from', 'prove', 'newPassword', 'wish', 'screen'],
    async act(stage, step) {
      const reset = await Reset.begin(stage.demo, { who: step.who, from: step.from });
      if (step.wish) await reset.choose(step.wish);
      for (const proof of list(step.prove)) await (proof === 'app' ? reset.proveApp() : reset.proveMail());
      if (step.newPassword) await reset.change(step.newPassword);
      assert.equal(reset.screen, step.screen, `${reset}`);
      stage.last = reset;
    },
  },
  'signed in': {
    members: ['sign in', 'has'],
    async act(stage, step) {
      const signIn = stage.signIn(step['sign in']);
      assert.ok(signIn.code, 'no code reached the application');
      assert.ok(signIn.tokens?.id_token, `no tokens: ${signIn.tokenAnswer?.body}`);
      has(await signIn.claims(), step.has);
    },
  },
  asked: {
    members: ['for', 'screen', 'not', 'offers', 'sign in', 'code'],
    act(stage, step) {
      const signIn = stage.signIn(step['sign in']);
      assert.ok(signIn.page, 'no page is shown');
      for (const field of list(step.for)) assert.ok(signIn.page.asksFor(field), `it does not ask for ${field}`);
      if (step.screen) assert.ok(list(step.screen).includes(signIn.screen), `screen ${signIn.screen}, not ${list(step.screen).join(' or ')}`);
      if (step.code) assert.ok(list(step.code).includes(signIn.errorCode), `code ${signIn.errorCode}, not ${list(step.code).join(' or ')}`);
      for (const action of list(step.offers)) assert.ok(signIn.page.offers(action), `it does not offer ${action}`);
      for (const action of list(step.not)) assert.ok(!signIn.page.offers(action) && !signIn.page.asksFor(action), `it offers ${action}`);
    },
  },
  refused: {
    members: ['code', 'screen', 'text', 'without', 'sign in'],
    act(stage, step) {
      const signIn = stage.signIn(step['sign in']);
      assert.equal(signIn.code, undefined, 'a code was given');
      assert.equal(signIn.tokens, undefined);
      if (step.code) assert.ok(list(step.code).includes(String(signIn.errorCode)), `code ${signIn.errorCode}, not ${list(step.code).join(' or ')}`);
      if (step.screen) assert.ok(list(step.screen).includes(signIn.screen), `screen ${signIn.screen}, not ${list(step.screen).join(' or ')}`);
      for (const text of list(step.text)) assert.match(signIn.page?.text ?? '', new RegExp(text, 'i'));
      for (const text of list(step.without)) assert.doesNotMatch(signIn.page?.text ?? '', new RegExp(text, 'i'));
    },
  },
  clock: { members: ['advance'], async act(stage, step) { await stage.demo.advance(step.advance); } },
  cli: {
    members: ['run', 'stdin', 'exit', 'has', 'save', 'adds'],
    async act(stage, step) {
      const result = await stage.demo.cli(step.run, { stdin: step.stdin });
      assert.equal(result.code, step.exit ?? 0, `portcullis ${step.run.join(' ')}: ${result.stdout}${result.stderr}`);
      has(result.json, step.has);
      for (const [name, member] of Object.entries(step.save ?? {})) stage.save(name, member.split('.').reduce((value, key) => value?.[key], result.json));
      if (step.adds) {
        const { name, password } = step.adds;
        const made = result.json?.user ?? result.json;
        stage.demo.addUser(name, { ...stage.demo.users[name], upn: made?.userPrincipalName ?? stage.demo.users[name]?.upn, id: made?.id,
          password: password ?? result.json?.password ?? result.json?.passwordProfile?.password });
      }
    },
  },
  'policies off': { members: [], async act(stage) { await stage.demo.policiesOff(); } },
  policy: { members: ['is', 'save'], async act(stage, step) { stage.save(step.save, (await stage.demo.policy(step.is)).id); } },
  'user risk': {
    members: ['of', 'has'],
    async act(stage, step) { has(await stage.demo.admin('risk', 'user', stage.upn(step.of)), step.has); },
  },
  detections: {
    members: ['of', 'some', 'every', 'none'],
    async act(stage, step) { rows(step, await stage.demo.adminList('risk', 'detections', '--user', stage.upn(step.of)), 'detection'); },
  },
  'sign-in record': {
    members: ['of', 'has', 'nth', 'save'],
    async act(stage, step) {
      const found = await stage.demo.adminList('signins', 'list', '--user', stage.upn(step.of));
      const row = found[step.nth ?? 0] ?? assert.fail(`only ${found.length} sign-ins`);
      const record = await stage.demo.admin('signins', 'show', row.id);
      has(record, step.has);
      stage.save(step.save, record.id);
    },
  },
  refresh: {
    members: ['sign in', 'works', 'code', 'suberror'],
    async act(stage, step) {
      const answer = await stage.signIn(step['sign in']).refresh();
      assert.equal(answer.status, step.works ? 200 : 400, answer.body);
      if (step.code) assert.ok(answer.json().error_codes?.some((code) => list(step.code).includes(String(code))), answer.body);
      if (step.suberror) assert.equal(answer.json().suberror, step.suberror);
    },
  },
  'same page': {
    members: ['as', 'than'],
    act(stage, step) { assert.equal(stage.signIn(step.as).page?.withoutIds(), stage.signIn(step.than).page?.withoutIds()); },
  },
  mail: {
    members: ['to', 'text'],
    async act(stage, step) {
      const mails = await stage.demo.outbox();
      const to = stage.upn(step.to);
      assert.ok(mails.some((m) => m.to.includes(to) && new RegExp(step.text ?? '', 'i').test(`${m.subject} ${m.text}`)), `no mail to ${to}: ${JSON.stringify(mails)}`);
    },
  },
  'wrong passwords': {
    members: ['who', 'from', 'times'],
    async act(stage, step) {
      for (let i = 0; i < step.times; i++) {
        const signIn = await SignIn.begin(stage.demo, { who: step.who, from: step.from, password: `guess ${i} ${freshPassword()}` });
        await signIn.answer(['password']);
        assert.equal(signIn.code, undefined, 'a wrong password was accepted');
        stage.keep(signIn);
      }
    },
  },
};

export const verbs = Object.keys(VERBS);
/** Every story file of a folder, parsed. */
export const stories = (folder) => fs.readdirSync(folder).filter((n) => n.endsWith('.json')).flatMap((n) => JSON.parse(fs.readFileSync(path.join(folder, n), 'utf8')).stories);
