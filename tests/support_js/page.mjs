// A page as a person sees it: which screen, which error, which forms, which buttons.
import { parse } from 'parse5';

// A tree as the browser builds it, and the little of the DOM that the tests ask for.
const attribute = (node, name) => node.attrs?.find((a) => a.name === name)?.value;
function* elements(node) {
  for (const child of node.childNodes ?? []) { if (child.tagName) yield child; yield* elements(child); }
  if (node.content) yield* elements(node.content);
}
const all = (node, ...tags) => [...elements(node)].filter((e) => tags.includes(e.tagName));
const textOf = (node) => (node.nodeName === '#text' ? node.value
  : ['script', 'style', 'head'].includes(node.tagName) ? '' : (node.childNodes ?? []).map(textOf).join(node.tagName ? ' ' : ''));

export class Page {
  constructor(answer) {
    this.answer = answer;
    this.url = answer.url;
    this.status = answer.status;
    this.body = answer.body;
    this.root = parse(answer.body);
    const [body] = all(this.root, 'body');
    this.screen = body && attribute(body, 'data-screen');
    this.errorCode = body && attribute(body, 'data-error-code');
    this.forms = all(this.root, 'form').map((element) => new Form(element, this.url));
  }

  get text() { return textOf(this.root).replace(/\s+/g, ' ').trim(); }

  get fields() { return new Set(this.forms.flatMap((f) => f.fields)); }
  get actions() { return new Set(this.forms.flatMap((f) => f.actions)); }
  asksFor(field) { return this.forms.some((f) => f.visibleFields.includes(field)); }
  offers(action) { return this.actions.has(action); }
  links() { return all(this.root, 'a').map((a) => attribute(a, 'href')).filter((href) => href !== undefined); }
  /** Attributes of every element of these tags. */
  tags(...names) { return all(this.root, ...names).map((e) => Object.fromEntries(e.attrs.map((a) => [a.name, a.value]))); }

  /** The form that has all these fields and, when given, this button. */
  form(fields = [], action) {
    const found = this.forms.find((f) => fields.every((name) => f.fields.includes(name)) && (action === undefined || f.actions.includes(action)));
    if (!found) throw new Error(`no form with ${[...fields, action].filter(Boolean).join(', ')} on ${this}`);
    return found;
  }

  /** The seed shown for an authenticator app: an otpauth link, or base32 in groups. */
  totpSecret() {
    const uri = [...this.tags('a', 'img', 'code', 'div', 'figure').flatMap(Object.values), this.text].map((v) => v.match(/otpauth:\/\/[^"'<\s]+/)?.[0]).find(Boolean);
    const secret = uri && new URL(uri).searchParams.get('secret');
    return secret ?? this.text.match(/\b(?:[A-Z2-7]{4}[ -]?){8}(?![A-Z2-7])/)?.[0].replace(/[ -]/g, '');
  }

  /** What two sign-ins may show alike: the page without ids, times and one-time values. */
  withoutIds() {
    return this.body
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, 'ID')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/(name="(?:csrf|flow)"\s+value=")[^"]*"/g, '$1X"').replace(/(value=")[^"]*("\s+name="(?:csrf|flow)")/g, '$1X$2')
      .replace(/([?&](?:amp;)?flow=)[^"&]+/g, '$1X').replace(/nonce="[^"]*"/g, 'nonce=X').replace(/data-request="[^"]*"/g, 'data-request=X');
  }

  toString() {
    return `page ${this.screen ?? '(no data-screen)'}${this.errorCode ? ` error ${this.errorCode}` : ''} (${this.status}, fields ${[...this.fields].join(' ') || '-'}, `
      + `actions ${[...this.actions].join(' ') || '-'}): ${this.text.slice(0, 160)}`;
  }
}

class Form {
  constructor(element, base) {
    this.element = element;
    this.base = base;
    this.method = (attribute(element, 'method') ?? 'get').toUpperCase();
    const named = all(element, 'input', 'select', 'textarea', 'button').filter((i) => attribute(i, 'name') && attribute(i, 'disabled') === undefined);
    this.buttons = named.filter((i) => i.tagName === 'button' || typeOf(i) === 'submit');
    this.inputs = named.filter((i) => i.tagName !== 'button' && !['submit', 'button', 'image', 'reset'].includes(typeOf(i)));
    this.fields = this.inputs.map((i) => attribute(i, 'name'));
    this.visibleFields = this.inputs.filter((i) => typeOf(i) !== 'hidden').map((i) => attribute(i, 'name'));
    this.actions = this.buttons.filter((b) => attribute(b, 'name') === 'action').map((b) => attribute(b, 'value'));
  }

  get action() { return new URL(attribute(this.element, 'action') || this.base, this.base).href; }

  /** Values of a radio group, a select or buttons of one name. */
  choices(name) {
    return [...this.inputs, ...this.buttons].filter((i) => attribute(i, 'name') === name && typeOf(i) !== 'hidden')
      .flatMap((i) => (i.tagName === 'select' ? all(i, 'option').map((o) => attribute(o, 'value')) : [attribute(i, 'value')])).filter(Boolean);
  }

  /** What the browser would send: defaults, then `fields`, then the button pressed. */
  data(fields = {}, action) {
    const data = {};
    for (const input of this.inputs) {
      const ticked = ['checkbox', 'radio'].includes(typeOf(input));
      if (ticked && attribute(input, 'checked') === undefined) continue;
      data[attribute(input, 'name')] = input.tagName === 'textarea' ? textOf(input) : (input.tagName === 'select' ? chosen(input) : attribute(input, 'value')) ?? (ticked ? 'on' : '');
    }
    Object.assign(data, fields);
    if (action !== undefined) data.action = action;
    return data;
  }
}

const typeOf = (input) => (input.tagName === 'input' ? attribute(input, 'type') ?? 'text' : '').toLowerCase();
function chosen(select) {
  const options = all(select, 'option');
  return attribute(options.find((o) => attribute(o, 'selected') !== undefined) ?? options[0] ?? {}, 'value');
}
