// Measures all arms of the session page's synchronisation in a real browser, in one run.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRIES, SECONDS, WORKING, once, rank, setArm, withBrowser } from './sessions.mjs';
import { ARMS, inReadme, table } from './table.mjs';

const top = process.argv[2];
const GET = '/api/agent/get';
const ALL = '/api/agent/get_session_with_metadata';

/** No ratio is worth anything unless the old way is the old way. */
function checkLegacy(found) {
  for (const [path, wanted] of [[GET, 60], [ALL, 30]]) {
    const calls = found.calls[path] ?? 0;
    const slack = 2 * (60 / SECONDS);
    if (Math.abs(calls - wanted) > slack) throw new Error(`legacy makes ${calls} calls of ${path} a minute, not ${wanted}`);
  }
}

function rowsOf(kind, by) {
  const calls = ({ calls }) => (calls[GET] ?? 0) + (calls[ALL] ?? 0);
  const others = (found) => Object.values(found.calls).reduce((sum, n) => sum + n, 0) - calls(found);
  const row = (what, unit, of, inReadme = false) => {
    const arms = ARMS.map((arm) => [arm, Number(of(by[arm]).toFixed(1))]);
    return { what: `${what}, ${kind}`, unit, ...Object.fromEntries(arms), inReadme };
  };
  const rows = [
    row('calls', '', calls, true),
    row('other requests', '', others),
    row('bytes on the wire', 'kB', ({ bytes }) => bytes / 1000, true),
    row('main thread', 'ms', ({ taskMs }) => taskMs, true),
    row('scripts', 'ms', ({ scriptMs }) => scriptMs),
    row('effect runs, sidebar and git', '', ({ drawn }) => drawn.thread_sidebar + drawn.git_section, true),
    row('DOM mutations, sidebar', '', ({ mutations }) => mutations.thread_sidebar),
    row('DOM mutations, git section', '', ({ mutations }) => mutations.git_section),
    row('heap at the end', 'MB', ({ heapBytes }) => heapBytes / 1e6),
  ];
  if (!WORKING.includes(kind)) return rows;
  for (const [name, of] of [['p50', (w) => rank(w, 0.5)], ['p95', (w) => rank(w, 0.95)], ['max', (w) => rank(w, 1)]]) {
    rows.push(row(`commit to page, ${name}`, 'ms', ({ waits }) => of(waits), name === 'p95'));
  }
  return rows;
}

async function run(browser, app) {
  const [rows, loads, kept] = [[], [], {}];
  let n = 0;
  for (const kind of ['idle', 'finished', 'active', 'long']) {
    const by = {};
    for (const arm of ARMS) {
      await setArm(app.api, arm);
      by[arm] = await once(browser, app, kind, arm, kept);
      loads.push(by[arm].load);
      n += by[arm].waits.length;
      if (arm === 'legacy') checkLegacy(by[arm]);
    }
    rows.push(...rowsOf(kind, by));
  }
  return { rows, loads, n };
}

const { rows, loads, n } = await withBrowser(top, run);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
const load = `${Math.min(...loads).toFixed(2)} to ${Math.max(...loads).toFixed(2)}`;
const result = { date: new Date().toISOString().slice(0, 10), commit, load, seconds: SECONDS, n, entries: ENTRIES, rows };
console.log(table(result));
console.log(`\ncommit ${commit}, load ${load}, ${SECONDS} s for each arm and session, once, n = ${n} entries timed`);
writeFileSync(join(top, 'bench', 'latest.json'), `${JSON.stringify(result, undefined, 2)}\n`);
const readme = join(top, 'README.md');
writeFileSync(readme, inReadme(readFileSync(readme, 'utf8'), result));
