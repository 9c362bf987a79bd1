// What opening the page of a session costs: bytes, and the time until it can be read and used.
import { opened } from './sessions.mjs';
import { PEERS } from './peer.mjs';

/** A phone of the cheaper kind, in a slow network. */
const PHONE = { slowdown: 4, throughput: (1.6 * 1024 * 1024) / 8, latency: 150 };
const MINUTE_MS = 62_000;

/** Notes when the thread and the field for a message can be seen; runs in the page. */
function watch() {
  const seen = (window.opening = {});
  const look = () => {
    if (document.querySelector('[data-testid="thread-entry"]')) seen.read ??= performance.now();
    const isUsable = document.documentElement.hasAttribute('data-hydrated');
    if (isUsable || (document.getElementById('root') && seen.read)) seen.used ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** One opening in a browser that has nothing yet. */
export async function open(browser, app, id, arm, { isPhone, isLong } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(watch);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const found = { bytes: 0, first: 0 };
  await cdp.send('Network.enable');
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (found.bytes += encodedDataLength));
  if (isPhone) {
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: PHONE.slowdown });
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: PHONE.latency,
      downloadThroughput: PHONE.throughput,
      uploadThroughput: PHONE.throughput,
    });
  }
  await opened(context, app, id, arm, page);
  found.first = found.bytes;
  const times = await page.waitForFunction(() => window.opening.used && window.opening);
  if (isLong) await page.waitForTimeout(MINUTE_MS);
  Object.assign(found, await times.jsonValue());
  if (arm in PEERS) await app.peer.end(id);
  await context.close();
  return found;
}
