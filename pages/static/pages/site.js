// Everything here is a comfort: without this file every link, form and list works by itself.

// Fields that depend on an answer: <div data-when="NAME" data-is="VALUE|VALUE"> shows only while that answer is given.
const depend = root => {
  const rows = [...root.querySelectorAll('[data-when]')];
  if (!rows.length) return;
  const show = () => rows.forEach(row => {
    const form = row.closest('form');
    const given = new FormData(form).getAll(row.dataset.when);
    row.hidden = !row.dataset.is.split('|').some(value => given.includes(value));
    row.classList.add('set');
    row.querySelectorAll('[data-when-hint]').forEach(hint => { hint.hidden = true; });
  });
  root.addEventListener('change', show);
  show();
};
depend(document);

// Slide-over: any <a data-slide href="/page/"> opens that page's [data-slide-body] in a <dialog>.
// If anything fails, the link simply goes to the page.
(() => {
  if (!('HTMLDialogElement' in window && 'fetch' in window)) return;
  let dialog, box, opener, busy, untouched;
  const make = () => {
    dialog = document.createElement('dialog');
    dialog.className = 'slide';
    const bar = document.createElement('div');
    const close = document.createElement('button');
    box = document.createElement('div');
    bar.className = 'bar';
    box.className = 'pad';
    close.className = 'btn btn-quiet x';
    close.type = 'button';
    close.textContent = document.body.dataset.close;
    close.onclick = () => dialog.close();
    bar.append(close);
    dialog.append(bar, box);
    dialog.onclick = event => { if (event.target === dialog && !dirty()) dialog.close(); };
    dialog.oncancel = event => { if (dirty() && !confirm(document.body.dataset.leave)) event.preventDefault(); };
    dialog.onclose = () => opener && opener.isConnected && opener.focus({ preventScroll: true });
    dialog.addEventListener('submit', send);
    document.body.append(dialog);
  };
  // A half-filled form is never thrown away by a stray tap on the backdrop or an Escape.
  const typed = () => {
    const form = box.querySelector('form');
    return form ? [...new FormData(form)].map(([name, value]) => `${name}=${value.name ?? value}`).join() : '';
  };
  const dirty = () => typed() !== untouched;
  const fill = html => {
    const part = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-slide-body]');
    if (!part) return null;
    box.replaceChildren(document.adoptNode(part));
    const heading = box.querySelector('h1');
    heading.tabIndex = -1;
    heading.id ||= 'slide-title';
    dialog.setAttribute('aria-labelledby', heading.id);
    depend(box);
    // a script that the body needs besides this one
    const more = box.querySelector('[data-script]')?.dataset.script;
    if (more && !document.querySelector(`script[src="${more}"]`)) {
      document.head.append(Object.assign(document.createElement('script'), { src: more }));
    }
    dialog.scrollTop = 0;
    const errors = box.querySelector('.errs');
    untouched = errors ? null : typed();
    return errors || heading;
  };
  const get = (url, options) => fetch(url, { credentials: 'same-origin', headers: { 'X-Slide': '1' }, ...options });
  const open = async link => {
    if (busy) return;
    busy = true;
    try {
      // what was typed before closing is still there
      if (!(dialog && opener?.href === link.href && dirty())) {
        const reply = await get(link.href);
        if (!reply.ok) throw reply.status;
        if (!dialog) make();
        if (!fill(await reply.text())) throw 0;
      }
      opener = link;
      dialog.showModal();
      box.querySelector('h1').focus();
    } catch {
      location.href = link.href;
    } finally {
      busy = false;
    }
  };
  const send = async event => {
    const form = event.target;
    if (form.method !== 'post') return;
    event.preventDefault();
    const button = event.submitter || form.querySelector('[type=submit]');
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    try {
      const reply = await get(form.getAttribute('action') || opener.href, { method: 'POST', body: new FormData(form, event.submitter) });
      if (reply.status >= 500) throw reply.status;
      const focus = fill(await reply.text());
      if (focus) focus.focus();
      else if (reply.redirected) location.href = reply.url;
      else throw 0;
    } catch {
      // the form carries an idempotency token, so that a second sending is never a second request
      if (!form.getAttribute('action')) form.action = opener.href;
      form.submit();
    }
  };
  addEventListener('click', event => {
    const link = event.target.closest?.('a[data-slide]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
      || link.pathname === location.pathname) return;
    event.preventDefault();
    open(link);
  });
})();

// A page's own forms: a second click while the first is under way sends nothing.
addEventListener('submit', event => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target.method !== 'post' || !button) return;
  if (button.getAttribute('aria-busy')) event.preventDefault();
  button.setAttribute('aria-busy', 'true');
});
addEventListener('pageshow', () => document.querySelectorAll('[aria-busy]').forEach(button => button.removeAttribute('aria-busy')));

// Copying: what bears data-copy gets a button of that name where the browser lets pages copy.
document.querySelectorAll('[data-copy]').forEach(source => {
  if (!navigator.clipboard) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-quiet';
  button.textContent = source.dataset.copy;
  button.ariaLive = 'polite';
  button.onclick = () => navigator.clipboard.writeText(source.innerText.trim()).then(
    () => { button.textContent = source.dataset.copied; }, () => button.remove());
  source.after(button);
});

// "On this page": marks the section being read.
(() => {
  const links = new Map([...document.querySelectorAll('.toc a')].map(link => [link.hash.slice(1), link]));
  if (!links.size || !('IntersectionObserver' in window)) return;
  const watch = new IntersectionObserver(seen => seen.forEach(entry => {
    if (!entry.isIntersecting) return;
    links.forEach(link => link.removeAttribute('aria-current'));
    links.get(entry.target.id)?.setAttribute('aria-current', 'true');
  }), { rootMargin: '-15% 0px -75% 0px' });
  links.forEach((_, id) => { const section = document.getElementById(id); if (section) watch.observe(section); });
})();
