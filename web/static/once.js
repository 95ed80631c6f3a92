// A second press of a button while the first is on its way would send the same step again, which can only be refused.
'use strict';
(() => {
  const WAITS_MS = 5000; // then the first is taken for lost
  const sent = new WeakSet();
  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return; // a passkey: web/static/passkey.js
    if (sent.has(event.target)) return event.preventDefault();
    sent.add(event.target);
    setTimeout(() => sent.delete(event.target), WAITS_MS);
    return undefined;
  });
  // Who comes back to the page may send it anew.
  addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });
})();
