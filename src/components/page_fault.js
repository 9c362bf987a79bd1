(() => {
  const root = document.documentElement;
  const base = root.dataset.base || '';
  const TYPED = 'heddle.1.typed';
  const WHOLE = 'heddle.1.whole';
  const WAIT_MS = 30000;
  // The sign that asked the console once more when a person came from another site.
  const asked = /[?&]$/.exec(location.href.split('#')[0]);
  if (asked) history.replaceState(history.state, '', location.href.split('#')[0].slice(0, -1) + location.hash);
  const TEXTS = {
    ended: 'This page stopped working. What the console does goes on, but this page no longer shows it.',
    load: 'This page can be read, but not used: its program could not start. Load it again, or try another browser.',
    no_wasm: 'This browser runs no WebAssembly, so this page can be read, but not used.',
    slow: 'This page can be read, but not used yet: its program is still loading.',
  };
  let shown = '';
  let isLeft = false;

  const isReady = () => root.hasAttribute('data-hydrated');
  const whenDrawn = (then) =>
    document.readyState === 'loading' ? addEventListener('DOMContentLoaded', then, { once: true }) : then();
  const make = (name, of, text) => {
    const element = Object.assign(document.createElement(name), of);
    if (text) element.textContent = text;
    return element;
  };
  const typed = () =>
    [...document.querySelectorAll('textarea, input')].filter(
      (field) => !/^(hidden|checkbox|radio|file|submit|button)$/.test(field.type) && field.value !== field.defaultValue,
    );

  const keep = () => {
    try {
      const fields = typed().map((field, at) => [field.id || `field ${at + 1}`, field.value]);
      if (fields.length) sessionStorage.setItem(TYPED, JSON.stringify([location.pathname, fields]));
    } catch {}
  };
  const restore = () => {
    let saved;
    try {
      saved = JSON.parse(sessionStorage.getItem(TYPED));
      sessionStorage.removeItem(TYPED);
    } catch {}
    if (!saved) return;
    const lost = [];
    for (const [id, text] of saved[1]) {
      const field = saved[0] === location.pathname && document.getElementById(id);
      const isField = field && 'defaultValue' in field;
      if (isField && text.startsWith(field.value)) {
        field.value = text;
        // The program may have taken the fields over by now.
        field.dispatchEvent(new Event('input', { bubbles: true }));
      } else if (!isField || field.value !== text) lost.push(text);
    }
    if (lost.length) show('typed', 'You typed this before the page was loaded again:', lost.join('\n\n'));
  };

  const hide = (cause) => document.querySelector(`.page-fault[data-cause=${cause}]`)?.remove();
  const show = (cause, text, more) =>
    whenDrawn(() => {
      const notice = make('div', { className: 'page-fault' });
      notice.dataset.cause = cause;
      notice.setAttribute('role', 'alert');
      notice.append(make('p', {}, text));
      if (more) notice.append(make('textarea', { readOnly: true, defaultValue: more, ariaLabel: 'What you typed' }));
      const act = make('button', { type: 'button' }, more ? 'Close' : 'Reload');
      act.dataset.tone = 'main';
      act.onclick = more ? () => notice.remove() : () => location.reload();
      notice.append(act);
      // Below an open dialog nothing can be used.
      (document.querySelector('dialog[open]') ?? document.body).append(notice);
    });
  const say = (cause) => {
    if (shown) hide(shown);
    shown = cause;
    show(cause, TEXTS[cause]);
  };
  const report = (cause) => {
    const session = /\/agents\/([0-9a-f-]{36})/.exec(location.pathname)?.[1];
    const body = JSON.stringify({ session, incident: { kind: 'ended', cause } });
    navigator.sendBeacon?.(`${base}/api/client/report`, new Blob([body], { type: 'application/json' }));
  };
  const fail = (cause) => {
    if (shown && shown !== 'slow') return;
    say(cause);
    if (!root.hasAttribute('data-ended')) report(cause);
    root.setAttribute('data-ended', cause);
  };

  // Functions that few pages need come late; a page that called one too early begins again with all.
  const beginAgain = () => {
    try {
      sessionStorage.setItem(WHOLE, '1');
    } catch {
      return false;
    }
    report('early');
    keep();
    location.reload();
    return true;
  };

  const isOurs = (text) => String(text).includes(`${location.origin}${base}/pkg/`);
  const look = (error, place) => {
    const isTrap = typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError;
    // Firefox has a name of its own for a stack that is too deep.
    const isOver = /^(RangeError|InternalError)$/.test(error?.name);
    const isOfPage = isOurs(error?.stack) || isOurs(error) || isOurs(place);
    // Every browser has words of its own for a call of a function that is not there.
    const isEarly = isTrap && /null/.test(error.message) && root.hasAttribute('data-partial');
    if (isEarly && (isLeft || beginAgain())) return;
    if (!isReady()) return isOfPage && fail('load');
    if ((isTrap || isOver) && (isOfPage || !error.stack)) fail('ended');
  };
  addEventListener(
    'error',
    (event) => {
      const { target } = event;
      if (target === window) look(event.error, event.filename);
      else if (target?.tagName === 'SCRIPT' && !isReady() && isOurs(target.src)) fail('load');
    },
    true,
  );
  addEventListener('unhandledrejection', (event) => look(event.reason));
  addEventListener('pageshow', () => (isLeft = false));
  addEventListener('pagehide', () => {
    isLeft = true;
    if (!isReady() || root.hasAttribute('data-ended')) keep();
  });
  // The program can no longer end the login: the form does.
  addEventListener(
    'submit',
    (event) => {
      if (!event.target.action?.endsWith('/logout') || (isReady() && !root.hasAttribute('data-ended'))) return;
      event.stopImmediatePropagation();
      for (const storage of [localStorage, sessionStorage])
        for (const name of Object.keys(storage)) if (name.startsWith('heddle.')) storage.removeItem(name);
    },
    true,
  );
  if (typeof WebAssembly !== 'object') fail('no_wasm');
  whenDrawn(restore);
  setTimeout(() => {
    if (isReady() || shown) return;
    say('slow');
    new MutationObserver((_, observer) => {
      if (!isReady()) return;
      observer.disconnect();
      hide('slow');
      if (shown === 'slow') shown = '';
    }).observe(root, { attributes: true, attributeFilter: ['data-hydrated'] });
  }, WAIT_MS);
})();
