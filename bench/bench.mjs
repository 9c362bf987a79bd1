// Measures all arms of the session page's synchronisation in a real browser, in one run.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRIES, SECONDS, WORKING, once, rank, setArm, withBrowser } from './sessions.mjs';
import { open } from './opening.mjs';
import { PEERS, startPeer } from './peer.mjs';
import { ALL, inReadme, table } from './table.mjs';

const top = process.argv[2];
const GET = '/api/agent/get';
const WHOLE = '/api/agent/get_session_with_metadata';

/** No ratio is worth anything unless the old way is the old way. */
function checkLegacy(found) {
  for (const [path, wanted] of [[GET, 60], [WHOLE, 30]]) {
    const calls = found.calls[path] ?? 0;
    const slack = 2 * (60 / SECONDS);
    if (Math.abs(calls - wanted) > slack) throw new Error(`legacy makes ${calls} calls of ${path} a minute, not ${wanted}`);
  }
}

function rowsOf(kind, by) {
  const all = ({ calls }) => Object.values(calls).reduce((sum, n) => sum + n, 0);
  const session = ({ calls }) => (calls[GET] ?? 0) + (calls[WHOLE] ?? 0);
  const peers = ({ calls }) => Object.entries(calls).reduce((sum, [path, n]) => sum + (path.includes('agent.') ? n : 0), 0);
  const calls = (found) => session(found) + peers(found);
  const row = (what, unit, of, inReadme = false) => rowOf(`${what}, ${kind}`, unit, by, of, inReadme);
  const rows = [
    row('calls', '', calls, true),
    row('all requests', '', all, WORKING.includes(kind)),
    row('bytes on the wire', 'kB', ({ bytes }) => bytes / 1000, true),
    row('main thread', 'ms', ({ taskMs }) => taskMs, true),
    row('scripts', 'ms', ({ scriptMs }) => scriptMs),
    row('effect runs, sidebar and git', '', ({ drawn }, arm) => (arm in PEERS ? null : drawn.thread_sidebar + drawn.git_section), true),
    row('layouts', '', ({ layouts }) => layouts),
    row('DOM mutations, sidebar', '', ({ mutations }) => mutations.thread_sidebar),
    row('DOM mutations, git section', '', ({ mutations }) => mutations.git_section),
    row('heap at the end, with the memory of the program', 'MB', ({ heapBytes }) => heapBytes / 1e6, kind === 'active'),
    row('elements of the page', '', ({ elements }) => elements, kind === 'active'),
  ];
  if (!WORKING.includes(kind)) return rows;
  rows.push(row('main thread for a change', 'ms', ({ taskMs, changes }) => (taskMs * SECONDS) / 60 / changes, true));
  for (const [name, of] of [['p50', (w) => rank(w, 0.5)], ['p95', (w) => rank(w, 0.95)], ['max', (w) => rank(w, 1)]]) {
    rows.push(row(`commit to page, ${name}`, 'ms', ({ waits }) => of(waits), name === 'p95'));
  }
  return rows;
}

function rowOf(what, unit, by, of, inReadme = false) {
  const value = (arm) => {
    const found = by[arm] && of(by[arm], arm);
    return typeof found === 'number' ? Number(found.toFixed(1)) : null;
  };
  return { what, unit, ...Object.fromEntries(ALL.map((arm) => [arm, value(arm)])), inReadme };
}

/** What opening the page costs; the ways of keeping it fresh do not differ in that. */
async function openings(browser, app) {
  const { id } = await app.api.create('What can you do?', 'Opened');
  await app.api.reaches(id, 'idle');
  const [by, phones] = [{}, {}];
  for (const arm of ['push', 'React after']) {
    await setArm(app.api, arm);
    await open(browser, app, id, arm);
    by[arm] = await open(browser, app, id, arm, { isLong: true });
    phones[arm] = await open(browser, app, id, arm, { isPhone: true });
  }
  const row = (what, unit, by, of) => rowOf(what, unit, by, of, true);
  return [
    row('bytes until the page can be used', 'kB', by, ({ first }) => first / 1000),
    row('bytes of its first minute', 'kB', by, ({ bytes }) => bytes / 1000),
    row('until it can be used', 'ms', by, ({ used }) => used),
    row('until it can be read, slow phone', 'ms', phones, ({ read }) => read),
    row('until it can be used, slow phone', 'ms', phones, ({ used }) => used),
  ];
}

async function run(browser, app) {
  const [rows, loads, kept] = [[], [], {}];
  let n = 0;
  for (const kind of ['idle', 'finished', 'slow', 'active', 'long']) {
    const by = {};
    for (const arm of ALL) {
      await setArm(app.api, arm);
      by[arm] = await once(browser, app, kind, arm, kept);
      loads.push(by[arm].load);
      n += by[arm].waits.length;
      if (arm === 'legacy') checkLegacy(by[arm]);
    }
    rows.push(...rowsOf(kind, by));
  }
  rows.push(...(await openings(browser, app)));
  return { rows, loads, n };
}

const { rows, loads, n } = await withBrowser(top, async (browser, app) => {
  app.peer = await startPeer(top, app);
  try {
    return await run(browser, app);
  } finally {
    app.peer.stop();
  }
});
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
const load = `${Math.min(...loads).toFixed(2)} to ${Math.max(...loads).toFixed(2)}`;
const result = { date: new Date().toISOString().slice(0, 10), commit, load, seconds: SECONDS, n, entries: ENTRIES, rows };
console.log(table(result));
console.log(`\ncommit ${commit}, load ${load}, ${SECONDS} s for each arm and session, once, n = ${n} entries timed`);
writeFileSync(join(top, 'bench', 'latest.json'), `${JSON.stringify(result, undefined, 2)}\n`);
const readme = join(top, 'README.md');
writeFileSync(readme, inReadme(readFileSync(readme, 'utf8'), result));
