(() => {
  const root = document.documentElement;
  const base = root.dataset.base || '';
  const TYPED = 'heddle.1.typed';
  const WAIT_MS = 30000;
  // The sign that asked the console once more when a person came from another site.
  const asked = /[?&]$/.exec(location.href.split('#')[0]);
  if (asked) history.replaceState(history.state, '', location.href.split('#')[0].slice(0, -1) + location.hash);
  const TEXTS = {
    ended: 'This page stopped working. What the console does goes on, but this page no longer shows it.',
    load: 'This page can be read, but it could not be made interactive.',
    no_wasm: 'This browser runs no WebAssembly, so this page can be read, but not used.',
    slow: 'This page is not interactive yet: its program is still on the way.',
  };
  let shown = '';

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
    if (!saved || saved[0] !== location.pathname) return;
    for (const [id, text] of saved[1]) {
      const field = document.getElementById(id);
      if (field && 'defaultValue' in field) field.value ||= text;
      else say('', 'You typed this before the page was loaded again:', text);
    }
  };

  const say = (cause, text, more) => {
    if (cause && shown === cause) return;
    whenDrawn(() => {
      document.querySelector(`.page-fault[data-cause="${shown}"]`)?.remove();
      shown = cause || shown;
      const notice = make('div', { className: 'page-fault' });
      notice.dataset.cause = cause;
      notice.setAttribute('role', 'alert');
      notice.append(make('p', {}, text));
      if (more) notice.append(make('textarea', { readOnly: true, defaultValue: more, ariaLabel: 'What you typed' }));
      const act = make('button', { type: 'button' }, more ? 'Close' : 'Reload');
      act.dataset.tone = 'main';
      act.onclick = more ? () => notice.remove() : () => location.reload();
      notice.append(act);
      document.body.append(notice);
    });
  };
  const report = (cause) => {
    const session = /\/agents\/([0-9a-f-]{36})/.exec(location.pathname)?.[1];
    const body = JSON.stringify({ session, incident: { kind: 'ended', cause } });
    navigator.sendBeacon?.(`${base}/api/client/report`, new Blob([body], { type: 'application/json' }));
  };
  const fail = (cause) => {
    if (shown && shown !== 'slow') return;
    say(cause, TEXTS[cause]);
    if (!root.hasAttribute('data-ended')) report(cause);
    root.setAttribute('data-ended', cause);
  };

  const isOurs = (text) => /\/pkg\/|wasm/.test(String(text));
  const look = (error, place) => {
    const isTrap = typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError;
    const isOver = error instanceof RangeError && isOurs(error.stack);
    if (isReady()) return (isTrap || isOver) && fail('ended');
    if (isTrap || isOver || isOurs(error?.stack) || isOurs(error) || isOurs(place)) fail('load');
  };
  addEventListener(
    'error',
    (event) => {
      const { target } = event;
      if (target === window) look(event.error, event.filename);
      else if (/^(SCRIPT|LINK)$/.test(target?.tagName) && !isReady() && /\.(js|wasm)$/.test(target.src || target.href))
        fail('load');
    },
    true,
  );
  addEventListener('unhandledrejection', (event) => look(event.reason));
  addEventListener('pagehide', () => {
    if (!isReady() || root.hasAttribute('data-ended')) keep();
  });
  if (typeof WebAssembly !== 'object') fail('no_wasm');
  whenDrawn(restore);
  setTimeout(() => {
    if (isReady() || shown) return;
    say('slow', TEXTS.slow);
    new MutationObserver((_, observer) => {
      if (!isReady()) return;
      observer.disconnect();
      document.querySelector('.page-fault[data-cause=slow]')?.remove();
      shown = '';
    }).observe(root, { attributes: true, attributeFilter: ['data-hydrated'] });
  }, WAIT_MS);
})();
