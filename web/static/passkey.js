// Passkeys on the pages of sign-in, registration and the account (WebAuthn Level 3). Pages work without this file: what needs a
// passkey is hidden until it runs, and only the browser's own answer is posted, with the form it stands in.
'use strict';
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const part of document.querySelectorAll('[data-with-passkeys]')) part.hidden = false;
  for (const part of document.querySelectorAll('[data-without-passkeys]')) part.hidden = true;
  for (const fold of document.querySelectorAll('details[data-fold]')) fold.open = false;

  const form = document.querySelector('form[data-passkey]');
  if (!form) return;
  const isNew = form.dataset.passkey === 'create';
  const button = form.querySelector('button');
  const RENEW_MS = 4 * 60 * 1000; // a challenge lives five minutes
  const FRESH_MS = 60 * 1000; // whoever begins with an older one may need longer than is left of it

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const base64url = (buffer) => {
    let text = '';
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };
  const named = (list) => (list || []).map((credential) => ({ ...credential, id: bytes(credential.id) }));

  const shownAt = Date.now();
  let settled = Promise.resolve(); // the latest question to the server: its newest challenge is the one that counts
  function options() {
    // The page brought the first challenge along.
    if (form.dataset.request && Date.now() - shownAt < FRESH_MS) return Promise.resolve(asked(JSON.parse(form.dataset.request)));
    return (settled = settled.catch(() => undefined).then(fetchOptions));
  }
  /** What the server asks for; nothing when it sent us elsewhere. */
  async function fetchOptions() {
    const answer = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const json = await answer.json();
    if (json.location) {
      location.assign(json.location);
      return undefined;
    }
    if (!answer.ok) throw new Error(json.error);
    return asked(json);
  }
  function asked(json) {
    const common = { ...json, challenge: bytes(json.challenge) };
    if (isNew) return { ...common, user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: named(json.excludeCredentials) };
    return { ...common, allowCredentials: named(json.allowCredentials) };
  }

  function response(made) {
    const given = made.response;
    const client = { clientDataJSON: base64url(given.clientDataJSON) };
    if (isNew) {
      return { ...client, attestationObject: base64url(given.attestationObject), transports: given.getTransports ? given.getTransports() : [] };
    }
    return {
      ...client,
      authenticatorData: base64url(given.authenticatorData),
      signature: base64url(given.signature),
      userHandle: given.userHandle ? base64url(given.userHandle) : null,
    };
  }

  function send(made) {
    const answer = { id: made.id, rawId: base64url(made.rawId), type: made.type, response: response(made), clientExtensionResults: {} };
    form.elements.passkey.value = JSON.stringify(answer);
    form.submit();
  }

  function say(what) {
    for (const part of document.querySelectorAll('[data-passkey-says]')) part.hidden = part.dataset.passkeySays !== what;
  }

  let waiting; // the request that is under way; one at a time
  async function ask(more) {
    if (waiting) waiting.abort();
    const mine = waiting = new AbortController();
    const publicKey = await options();
    if (!publicKey || mine.signal.aborted) return undefined;
    const wish = { publicKey, signal: mine.signal, ...more };
    return isNew ? navigator.credentials.create(wish) : navigator.credentials.get(wish);
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    say('');
    try {
      const made = await ask({});
      if (made) return send(made);
    } catch (error) {
      say(error.name === 'InvalidStateError' ? 'there' : 'stopped');
    }
    button.disabled = false;
    return undefined;
  });

  /** Passkeys among the browser's suggestions in the user-name field. */
  async function suggest() {
    if (document.visibilityState === 'hidden' || button.disabled) return;
    try {
      const made = await ask({ mediation: 'conditional' });
      if (made) send(made);
    } catch { /* renewed, stopped for the button, or not possible here: the button stays */ }
  }
  async function start() {
    const available = PublicKeyCredential.isConditionalMediationAvailable;
    if (!('suggest' in form.dataset) || !available || !(await available.call(PublicKeyCredential))) return;
    suggest();
    setInterval(suggest, RENEW_MS);
  }
  start();
})();
