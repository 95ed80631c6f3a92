// Says of a new password, while it is typed, what the server will say of it when it is sent. Nothing leaves the page: what needs
// more than the page knows (lists, history) is said after sending, as everything is where this file does not run.
'use strict';
(() => {
  const hints = document.querySelector('[data-hints]');
  const chosen = document.getElementById('newPassword');
  const again = document.getElementById('confirmPassword');
  if (!hints || !chosen || !again) return;

  // As the server looks at them: folded, and the usual substitutions undone.
  const plain = { 0: 'o', 1: 'l', $: 's', '@': 'a' };
  const fold = (text) => text.normalize('NFKC').toLowerCase();
  const undo = (text) => fold(text).replace(/[01$@]/g, (c) => plain[c]);
  const avoided = [hints.dataset.account, hints.dataset.organisation].map(undo).filter((name) => [...name].length >= 4);
  const rules = {
    length: () => [...chosen.value.normalize('NFC')].length >= Number(hints.dataset.min),
    names: () => chosen.value !== '' && !avoided.some((name) => undo(chosen.value).includes(name)),
    same: () => chosen.value !== '' && chosen.value === again.value,
  };
  function look() {
    for (const line of hints.querySelectorAll('[data-rule]')) line.classList.toggle('met', rules[line.dataset.rule]());
  }
  hints.hidden = false;
  for (const field of [chosen, again]) field.addEventListener('input', look);
  look();
})();
