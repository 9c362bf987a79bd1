// Sessions to look at, and what one page of them does in a minute.
import { loadavg } from 'node:os';
import { chromium } from '../end2end/node_modules/@playwright/test/index.mjs';
import { clear, login, prepare, start, stop, until } from './console.mjs';
import { measure, rememberMemory } from './instruments.mjs';
import { PEERS } from './peer.mjs';

export const SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
export const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 10_000);
export const WORKING = ['slow', 'active', 'long'];

/** Steps of the built-in agent: each makes a new entry, after a wait of so many seconds. */
const steps = (n, command) => Array.from({ length: n }, (_, at) => `\`\`\`sh\n${command(at)}\n\`\`\`\n`).join('\n');
const said = (at) => `echo "pick ${at} of the weft is in"`;
/** Thirty lines of a log, as programs write them: about 1.6 kB that differ each time. */
const logged = (at) =>
  `awk 'BEGIN{srand(${at});for(i=0;i<30;i++)printf "%02d info weaver::shed thread=%d pick=%d took %d us\\n",i,rand()*1e6,rand()*1e6,rand()*1e5}'`;
/** A step makes two entries: words, and a call that ends in a revision of its own. */
const slowly = (line, seconds) => steps(Math.ceil((SECONDS + 25) / seconds), (at) => `sleep ${seconds}; ${line(at)}`);

export async function setArm(api, arm) {
  if (arm in PEERS) return;
  const { flags } = await api.get('settings/flags');
  const chosen = arm === 'legacy' ? { arm: 'deduped', percent: 0 } : { arm, percent: 100 };
  await api.post('settings/flags', { ...flags[0], ...chosen, allow: [] });
}

async function work(api, id, line, seconds = 1) {
  await api.post('agent/send_message', { id, text: slowly(line, seconds) });
  await api.reaches(id, 'working');
}

async function working(api, title, seconds) {
  const { id } = await api.create(steps(100, said), title);
  await api.allowAlways(id);
  await api.reaches(id, 'idle');
  await work(api, id, said, seconds);
  return id;
}

/** A session of this kind, ready to be opened. */
const KINDS = {
  /** One entry a second. */
  slow: (api) => working(api, 'Slow', 2),
  /** Two entries a second. */
  active: (api) => working(api, 'Active', 1),
  idle: async (api) => {
    const { id } = await api.create('What can you do?', 'Idle');
    await api.reaches(id, 'idle');
    return id;
  },
  finished: async (api) => {
    const { id } = await api.create('What can you do?', 'Finished');
    await api.reaches(id, 'idle');
    await api.post('agent/complete', { id });
    await until('the end of the agent', async () => !(await api.get('agent/get', { id })).agentAlive);
    return id;
  },
  long: async (api, kept) => {
    if (!kept.long) {
      const { id } = await api.create(steps(100, logged), 'Long');
      await api.allowAlways(id);
      await api.reaches(id, 'idle');
      const total = async () => (await api.get('agent/get_session_with_metadata', { id })).thread.total;
      while ((await total()) < ENTRIES) {
        await api.post('agent/send_message', { id, text: steps(1000, logged) });
        await api.reaches(id, 'idle');
      }
      kept.long = id;
    }
    await api.reaches(kept.long, 'idle');
    await work(api, kept.long, logged);
    return kept.long;
  },
};

/** A page that shows the session. */
export async function opened(context, app, id, arm, page) {
  await context.addInitScript(rememberMemory);
  page ??= await context.newPage();
  if (arm in PEERS) {
    await page.goto(`${app.peer.origin}/app/${PEERS[arm]}/index.html?id=${id}`);
    await page.locator('[data-testid="git-section"]').waitFor();
    return page;
  }
  const [name, value] = app.api.cookie.split('=');
  await context.addCookies([{ name, value, url: app.origin }]);
  await page.goto(`${app.origin}/agents/${id}`);
  await page.locator('html[data-hydrated]').waitFor();
  return page;
}

/** When the last entries of a session were committed. */
async function committed(api, id) {
  const { thread } = await api.get('agent/get_session_with_metadata', { id });
  return new Map(thread.entries.map((entry) => [entry.seq, Date.parse(entry.at)]));
}

/** Milliseconds from an entry's commit to its place in the page. */
function freshness(at, seen) {
  const waits = seen.filter(([seq]) => at.has(seq)).map(([seq, shown]) => shown - at.get(seq));
  return waits.filter((ms) => ms >= 0).toSorted((a, b) => a - b);
}

export const rank = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Effect runs by component, as the pages reported them. */
async function renders(api) {
  const found = (await api.page('/metrics')).matchAll(/^heddle_client_renders_total\{component="(\w+)"\} (\d+)/gm);
  return Object.fromEntries([...found].map(([, name, runs]) => [name, Number(runs)]));
}

/** What a page of such a session does while it is left alone. */
export async function once(browser, app, kind, arm, kept = {}) {
  const id = await KINDS[kind](app.api, kept);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await opened(context, app, id, arm);
  await page.waitForTimeout(5000);
  // Opening the page draws everything once; what is counted begins after that, when the page has
  // reported so far and is back with its stream.
  await page.evaluate(() => ['pagehide', 'pageshow'].forEach((name) => window.dispatchEvent(new PageTransitionEvent(name))));
  await page.waitForTimeout(5000);
  const before = await settled(() => renders(app.api));
  const load = loadavg()[0];
  const revision = async () => (await app.api.get('agent/get', { id })).revision;
  const first = await revision();
  const found = await measure(page, SECONDS);
  const changes = (await revision()) - first;
  await page.goto(arm in PEERS ? 'about:blank' : `${app.origin}/support`);
  const after = await settled(() => renders(app.api));
  const at = arm in PEERS ? await app.peer.end(id) : await committed(app.api, id);
  const waits = freshness(at, found.seen);
  await context.close();
  if (WORKING.includes(kind) && waits.length < SECONDS / 2) throw new Error(`only ${waits.length} entries arrived, ${kind}, ${arm}`);
  if (kind !== 'long' && WORKING.includes(kind)) await app.api.post('agent/cancel', { id });
  const runs = (name) => ((after[name] ?? 0) - (before[name] ?? 0)) * (60 / SECONDS);
  const drawn = { thread_sidebar: runs('thread_sidebar'), git_section: runs('git_section') };
  console.error(`${kind}, ${arm}: ${JSON.stringify({ ...found, seen: undefined, starts: undefined, drawn, n: waits.length, load })}`);
  return { ...found, drawn, waits, load, changes };
}

/** The value once it no longer moves. */
async function settled(ask) {
  let last = JSON.stringify(await ask());
  for (let same = 0; same < 3; ) {
    await new Promise((done) => setTimeout(done, 300));
    const now = JSON.stringify(await ask());
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return JSON.parse(last);
}

/** Starts a console and a browser, gives them to `act`, and clears both away. */
export async function withBrowser(top, act) {
  const place = prepare(top);
  const app = await start(place);
  const browser = await chromium.launch({
    executablePath: process.env.HEDDLE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    app.api = await login(app, place.repo);
    return await act(browser, app);
  } finally {
    await browser.close();
    const { rows } = (await app.api?.get('agent/list').catch(() => undefined)) ?? { rows: [] };
    await Promise.all(rows.map(({ id }) => app.api.remove(id).catch(() => undefined)));
    await stop(app);
    clear(place);
  }
}
