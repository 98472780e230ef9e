// Proof of work (ALTCHA's PBKDF2 challenge): while somebody fills in <form data-proof="URL of a challenge">, their
// browser computes a small riddle, and the form waits for it when it is sent sooner. Without this file, or when
// anything fails, the form is sent all the same and a person looks whether it is spam.
(() => {
  if (!window.crypto?.subtle) return;
  const AT_ONCE = 8, MOST = 1e5, PATIENCE = 15000, MARGIN = 60000; // tries side by side, and in all; milliseconds
  const unhex = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
  const hex = buffer => [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, '0')).join('');

  const solve = async url => {
    const challenge = await (await fetch(url, { cache: 'no-store' })).json();
    const { nonce, salt, cost, keyLength, keyPrefix, expiresAt } = challenge.parameters;
    const start = unhex(nonce), salted = unhex(salt);
    const derive = async counter => {
      const word = new Uint8Array(start.length + 4);
      word.set(start);
      new DataView(word.buffer).setUint32(start.length, counter);
      const key = await crypto.subtle.importKey('raw', word, 'PBKDF2', false, ['deriveBits']);
      const how = { name: 'PBKDF2', hash: 'SHA-256', salt: salted, iterations: cost };
      return hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    };
    for (let first = 0; first < MOST; first += AT_ONCE) {
      const keys = await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => derive(first + place)));
      const place = keys.findIndex(key => key.startsWith(keyPrefix));
      if (place < 0) continue;
      const solution = { counter: first + place, derivedKey: keys[place] };
      return { until: expiresAt * 1000 - MARGIN, text: btoa(JSON.stringify({ challenge, solution })) };
    }
    throw new Error('no solution');
  };

  const work = new WeakMap(), ready = new WeakSet();
  const begin = form => {
    if (!work.has(form)) work.set(form, solve(form.dataset.proof));
    return work.get(form);
  };
  const finish = async form => {
    let proof = await begin(form);
    if (proof.until < Date.now()) {
      work.delete(form);
      proof = await begin(form);
    }
    const field = form.elements['form-proof'] || form.appendChild(document.createElement('input'));
    Object.assign(field, { type: 'hidden', name: 'form-proof', value: proof.text });
  };

  addEventListener('focusin', event => {
    const form = event.target.closest?.('form[data-proof]');
    if (form) begin(form).catch(() => work.delete(form));
  });
  document.querySelectorAll('form[data-proof-now]').forEach(form => begin(form).catch(() => work.delete(form)));
  // Before anything else hears of the sending: it goes on, the same way, when the proof is there.
  addEventListener('submit', async event => {
    const form = event.target, button = event.submitter;
    if (!form.matches('form[data-proof]') || ready.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button?.getAttribute('aria-busy')) return;
    button?.setAttribute('aria-busy', 'true');
    await Promise.race([finish(form).catch(() => work.delete(form)), new Promise(done => setTimeout(done, PATIENCE))]);
    await new Promise(done => setTimeout(done)); // a form that is still firing its event cannot be sent again
    button?.removeAttribute('aria-busy');
    ready.add(form);
    form.requestSubmit(button);
    ready.delete(form);
  }, true);
  // A page that comes back from the browser's memory has spent its proof.
  addEventListener('pageshow', event => event.persisted && document.querySelectorAll('form[data-proof]').forEach(form => {
    work.delete(form);
    form.elements['form-proof']?.remove();
  }));
})();
