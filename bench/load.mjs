// The targets under load and what was reached: streams and polls from the generator, pages from a browser.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { blocks, targets } from './scale.mjs';

const [top, generator] = process.argv.slice(2);
/** Long enough for a 99th percentile of entries, and for two checks of an idle page. */
process.env.BENCH_SECONDS ??= '120';
const { SECONDS, once, rank, setArm, withBrowser } = await import('./sessions.mjs');
const ALL = '/api/agent/get_session_with_metadata';

const row = (what, unit, limit, value) => ({ what, unit, limit, isMost: true, value: Number(value.toFixed(3)), isReached: value <= limit });

/** What a page of a session at work, and one of a session at rest, do with push. */
async function pages(browser, app) {
  await setArm(app.api, 'push');
  const active = await once(browser, app, 'active', 'push');
  const idle = await once(browser, app, 'idle', 'push');
  const minutes = SECONDS / 60;
  const calls = (found) => Object.entries(found.calls).reduce((sum, [path, n]) => sum + (path === ALL || path === '/api/agent/get' ? n : 0), 0);
  const rows = [
    row('freshness with push, commit to DOM, p95', 'ms', 150, rank(active.waits, 0.95)),
    row('freshness with push, commit to DOM, p99', 'ms', 300, rank(active.waits, 0.99)),
    row('calls of an active page, for each change', '', 1, (calls(active) * minutes) / active.changes),
    row('calls of an active page, in its busiest second', '', 10, busiest(active.starts)),
    row('calls of an idle page, per minute', '', 1, calls(idle)),
  ];
  const figures = {
    'entries timed on their way to the page': active.waits.length,
    'changes of the active session, per minute': active.changes / minutes,
    'calls of an active page, per minute': calls(active),
    'bytes of an active page, per minute': active.bytes,
    'bytes of an idle page, per minute': idle.bytes,
  };
  return { rows, figures };
}

/** Most requests for the session that begin within one second. */
function busiest(starts) {
  const at = starts.filter(([path]) => path === ALL).map(([, seconds]) => seconds);
  return Math.max(0, ...at.map((from) => at.filter((other) => other >= from && other < from + 1).length));
}

const begin = loadavg()[0];
const args = [join(top, 'dist', 'heddle'), join(top, 'Leptos.toml')];
const streams = JSON.parse(execFileSync(generator, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
const inBrowser = await withBrowser(top, pages);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
const result = {
  date: new Date().toISOString().slice(0, 10),
  commit,
  cores: availableParallelism(),
  load: Number(begin.toFixed(2)),
  rows: [...inBrowser.rows, ...streams.rows],
  figures: { ...inBrowser.figures, ...streams.figures },
};
writeFileSync(join(top, 'bench', 'load.json'), `${JSON.stringify(result, undefined, 2)}\n`);
const scale = join(top, 'docs', 'scale.md');
writeFileSync(scale, blocks(readFileSync(scale, 'utf8'), result));
console.log(targets(result));
const missed = result.rows.filter((found) => !found.isReached).length;
console.log(`\ncommit ${commit}, ${result.cores} cores, load ${result.load} before; ${missed} of ${result.rows.length} targets missed`);
process.exit(missed > 0 ? 1 : 0);
