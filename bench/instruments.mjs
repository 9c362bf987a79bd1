// What is measured in the page and at its wire while it is left alone.
import { constants, deflateRawSync } from 'node:zlib';

/** Runs in the page: counts changes of both panels, and notes when entries appear. */
function watch() {
  const counts = { thread_sidebar: 0, git_section: 0 };
  const seen = [];
  const panels = { thread_sidebar: 'thread-sidebar', git_section: 'git-section' };
  const isLive = (node) => Boolean((node.nodeType === 1 ? node : node.parentElement)?.closest('time[data-live]'));
  const panelOf = (record) => {
    const element = record.target.nodeType === 1 ? record.target : record.target.parentElement;
    for (const [name, id] of Object.entries(panels)) {
      if (element?.closest(`[data-testid="${id}"]`)) return name;
      const isPanel = (node) => node.nodeType === 1 && node.matches?.(`[data-testid="${id}"]`);
      if ([...record.addedNodes, ...record.removedNodes].some(isPanel)) return name;
    }
    return undefined;
  };
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver((records) => {
    for (const record of records) {
      const name = isLive(record.target) ? undefined : panelOf(record);
      if (name) counts[name] += 1;
    }
  }).observe(document.querySelector('[data-testid="thread-sidebar"]').parentElement, all);
  new MutationObserver((records) => {
    const now = Date.now();
    // Entries come alone or in a new chunk.
    for (const node of records.flatMap((record) => [...record.addedNodes])) {
      if (node.nodeType !== 1) continue;
      const entries = node.matches('[data-seq]') ? [node] : node.querySelectorAll('[data-seq]');
      for (const { dataset } of entries) seen.push([Number(dataset.seq), now]);
    }
  }).observe(document.querySelector('[data-testid="thread"]'), { childList: true, subtree: true });
  window.bench = { counts, seen };
}

/** Counts what goes over the wire of a page from now on. */
async function onWire(cdp) {
  const wire = { calls: {}, bytes: 0, events: 0, starts: [] };
  const paths = new Map();
  await cdp.send('Network.enable');
  cdp.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    const { pathname } = new URL(request.url);
    paths.set(requestId, pathname);
    wire.calls[pathname] = (wire.calls[pathname] ?? 0) + 1;
    wire.starts.push([pathname, timestamp]);
  });
  // A stream that is open does not finish, and the browser does not say what it travels at: what it
  // brings is compressed here as the console does it, each event by itself.
  cdp.on('Network.eventSourceMessageReceived', ({ eventName, eventId, data }) => {
    wire.events += 1;
    const text = `id: ${eventId}\nevent: ${eventName}\ndata: ${data}\n\n`;
    wire.bytes += deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).length;
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (paths.has(requestId)) wire.bytes += encodedDataLength;
  });
  return wire;
}

async function metrics(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Has a page remember the memory of its WebAssembly program; runs in the page before anything else. */
export function rememberMemory() {
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...args) => {
    const made = await instantiate(...args);
    window.programMemory ??= made.instance.exports.memory;
    return made;
  };
}

/** Leaves an open page alone for a while and answers what it did meanwhile. */
export async function measure(page, seconds) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  await page.evaluate(watch);
  const before = await metrics(cdp);
  const wire = await onWire(cdp);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const after = await metrics(cdp);
  const inPage = await page.evaluate(() => window.bench);
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await cdp.send('Runtime.getHeapUsage');
  // The engine does not count the memory of a WebAssembly program.
  const program = await page.evaluate(() => window.programMemory?.buffer.byteLength ?? 0);
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await cdp.detach();
  const minute = 60 / seconds;
  return {
    calls: Object.fromEntries(Object.entries(wire.calls).map(([path, n]) => [path, n * minute])),
    bytes: wire.bytes * minute,
    events: wire.events * minute,
    taskMs: (after.TaskDuration - before.TaskDuration) * 1000 * minute,
    scriptMs: (after.ScriptDuration - before.ScriptDuration) * 1000 * minute,
    heapBytes: usedSize + backingStorageSize + program,
    elements,
    layouts: (after.LayoutCount - before.LayoutCount) * minute,
    mutations: Object.fromEntries(Object.entries(inPage.counts).map(([name, n]) => [name, n * minute])),
    seen: inPage.seen,
    starts: wire.starts,
  };
}
