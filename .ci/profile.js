// Tells which functions ran before a person used the page for more than what cannot wait.
const DEFERRED = (() => {
  const LOOK_MS = 300;
  let program;
  let place;
  let told = '';
  let timer;

  const tell = () => {
    const size = program.__write_profile(0, 0);
    place ??= program.memory.grow(Math.ceil(size / 65_536)) * 65_536;
    program.__write_profile(place, size);
    const counts = new Uint32Array(program.memory.buffer, place + 8, (size - 8) / 4);
    const bits = new Uint8Array(Math.ceil(counts.length / 8));
    counts.forEach((count, at) => {
      if (count) bits[at >> 3] |= 1 << (at & 7);
    });
    const text = btoa(String.fromCharCode(...bits));
    if (text !== told) console.debug(`heddle profile ${text}`);
    told = text;
  };
  const end = (event) => {
    if (isEarly(event)) return;
    tell();
    clearInterval(timer);
    for (const name of ACTS) removeEventListener(name, end, true);
    removeEventListener('pagehide', tell);
  };
  // What a page does when it is left may run too late to be told: it is left and come back to once.
  const leave = () => {
    addEventListener('pagehide', tell);
    dispatchEvent(new PageTransitionEvent('pagehide'));
    dispatchEvent(new PageTransitionEvent('pageshow'));
  };

  return {
    async start(exports) {
      program = exports;
      for (const name of ACTS) addEventListener(name, end, true);
      timer = setInterval(tell, LOOK_MS);
      new MutationObserver(leave).observe(document.documentElement, { attributeFilter: ['data-hydrated'] });
    },
  };
})();
