// Loads the functions that a page needs only once a person uses it: what a person does waits for them.
const DEFERRED = ((address) => {
  const root = document.documentElement;
  const WHOLE = 'heddle.1.whole';
  // Nobody has asked for anything yet, but pages that stay open are likely to be used.
  const IDLE_MS = 60_000;
  const RETRY_MS = 2_000;
  // What tells that a person is here.
  const SIGNS = ['pointermove', 'pointerdown', 'touchstart', 'dragenter', 'focusin', 'keydown'];
  let program;
  let loading;
  const waiting = [];

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const fetched = async () => {
    for (;;) {
      try {
        return await WebAssembly.instantiateStreaming(fetch(address), { primary: program });
      } catch (error) {
        console.warn('a part of the program did not arrive', error);
        await pause(RETRY_MS);
      }
    }
  };
  const copy = ({ event, files }) => {
    // The fields of an event are what its constructor reads.
    if (!files) return new event.constructor(event.type, event);
    const data = new DataTransfer();
    for (const file of files) data.items.add(file);
    const fields = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
    return new event.constructor(event.type, fields);
  };
  const replay = (held) => {
    const { event, target } = held;
    if (!target.isConnected) return;
    if (event.type === 'submit') return target.requestSubmit(event.submitter);
    const isFree = target.dispatchEvent(copy(held));
    // A copied key does nothing by itself.
    if (isFree && event.key === 'Enter' && target.tagName === 'INPUT') target.form?.requestSubmit();
  };
  const hydrated = () =>
    new Promise((done) => {
      const look = () => root.hasAttribute('data-hydrated') && done();
      new MutationObserver(look).observe(root, { attributes: true, attributeFilter: ['data-hydrated'] });
      look();
    });
  const release = () => {
    for (const name of ACTS) removeEventListener(name, hold, true);
    for (const name of SIGNS) removeEventListener(name, load, true);
    root.removeAttribute('data-loading');
    root.removeAttribute('data-partial');
    waiting.splice(0).forEach(replay);
  };
  const load = () => {
    loading ??= fetched().then(hydrated).then(release);
    return loading;
  };
  const isTick = ({ type, target }) => type === 'click' && /^(checkbox|radio)$/.test(target.type);
  // What the browser does by itself stays: typing, ticking, scrolling, moving the focus, its shortcuts.
  const isKept = (event) => {
    const { type, target, key, ctrlKey, metaKey } = event;
    if (type !== 'keydown') return isTick(event) || /^(input|change|paste)$/.test(type);
    if (key === 'Enter') return target.tagName !== 'INPUT';
    return key.toLowerCase() !== 'k' || !(ctrlKey || metaKey);
  };
  const hold = (event) => {
    if (isEarly(event)) return;
    const { type, target, key, ctrlKey, metaKey } = event;
    event.stopImmediatePropagation();
    if (!isKept(event)) event.preventDefault();
    root.setAttribute('data-loading', '');
    load();
    // Letters in a field are no shortcuts, and a tick is told by the change that follows.
    const isLetter = type === 'keydown' && key.length === 1 && !ctrlKey && !metaKey;
    if ((isLetter && 'defaultValue' in target) || isTick(event)) return;
    // What was pasted or dropped is gone once its event is over.
    const data = event.clipboardData ?? event.dataTransfer;
    if (type === 'paste' && data.getData('text/plain')) return;
    waiting.push({ event, target, files: data?.files && [...data.files] });
  };
  const hasMissed = () => {
    try {
      return sessionStorage.getItem(WHOLE);
    } catch {}
  };

  return {
    /** Answers when the program may begin: at once, but in a tab that missed a function before. */
    async start(exports) {
      program = exports;
      if (hasMissed()) return fetched();
      root.setAttribute('data-partial', '');
      for (const name of ACTS) addEventListener(name, hold, true);
      for (const name of SIGNS) addEventListener(name, load, { capture: true, passive: true });
      pause(IDLE_MS).then(load);
    },
  };
})(new URL('./ADDRESS', import.meta.url));
