// Start, memory and rendering of the release, measured on a console of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { clear, login, prepare, start, stop, until } from '../bench/console.mjs';

const place = prepare(process.argv[2]);
const { folder, repo } = place;
/** How many idle sessions, renderings and entries are measured. */
const IDLE = 10;
const RENDERS = 50;
const ENTRIES = 200;
const MANY = 10_000;

/** A PATH with nothing but git on it. */
function bareFolder() {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
  return bin;
}

/** A session whose thread has at least the wanted entries: text, output and changed files. */
async function longSession(api) {
  const step = (n) =>
    n % 4 === 0
      ? `\`\`\`file path=src/part-${n}.txt\n${`line of part ${n}\n`.repeat(12)}\`\`\`\n`
      : `\`\`\`sh\nfor i in 1 2 3 4 5 6; do echo "step ${n}: thread $i of the warp is set"; done\n\`\`\`\n`;
  const steps = Array.from({ length: ENTRIES / 2 }, (_, n) => step(n + 1));
  const { id } = await api.create(steps.join('\n'), 'A long one');
  await api.allowAlways(id);
  await api.reaches(id, 'idle');
  const { thread } = await api.get('agent/get_session_with_metadata', { id });
  if (thread.entries.length < ENTRIES) throw new Error(`only ${thread.entries.length} entries`);
  return id;
}

/** A finished session with many entries, its thread written into the database as another program would. */
async function hugeSession(api) {
  const { id } = await api.create('What can you do?', 'A huge one');
  await api.reaches(id, 'idle');
  const words = `substr(hex(randomblob(300)), 1, 400) || ' thread ' || x`;
  const sql = `WITH RECURSIVE n(x) AS (SELECT (SELECT max(seq) + 1 FROM entries WHERE session_id = '${id}')
      UNION ALL SELECT x + 1 FROM n WHERE x < ${MANY})
    INSERT INTO entries (session_id, seq, key, kind, turn, at, revision, body)
    SELECT '${id}', x, 'k' || x, 'agent', 1, 1700000000000 + x, 1000000,
      json_object('kind', 'agent', 'text', ${words}, 'open', json('false')) FROM n;
    UPDATE sessions SET entry_count = ${MANY}, revision = 1000000 WHERE id = '${id}';`;
  execFileSync('sqlite3', ['-cmd', '.timeout 10000', join(folder, 'd', 'heddle.db')], { input: sql });
  await until('the huge thread', async () => {
    const { thread } = await api.get('agent/get_session_with_metadata', { id });
    return thread.total === MANY;
  });
  return id;
}

/** Milliseconds to the first byte of a page, for the wanted number of requests. */
async function firstBytes(api, path) {
  const times = [];
  for (let n = 0; n < RENDERS + 5; n += 1) {
    const ms = await api.firstByte(path);
    if (n >= 5) times.push(ms);
  }
  return times;
}

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
}

async function measure() {
  const rows = [];
  const row = (what, value, unit, limit) => rows.push({ what, value, unit, limit });
  let made = [];
  let api;

  await stop(await start(place, bareFolder()));
  const starts = [];
  for (let n = 0; n < 5; n += 1) {
    const run = await start(place);
    starts.push(run.ms);
    await stop(run);
  }
  row('start to login link, warm database, median of 5', median(starts), 'ms', 1000);

  const run = await start(place);
  try {
    api = await login(run, repo);
    const before = residentMb(run.child.pid);
    row('resident memory, no session', before, 'MB', 60);
    for (let n = 0; n < IDLE; n += 1) {
      const { id } = await api.create('What can you do?', `Idle ${n}`);
      made.push(id);
      await api.reaches(id, 'idle');
    }
    row('resident memory, each idle session', (residentMb(run.child.pid) - before) / IDLE, 'MB', 3);

    const id = await longSession(api);
    made.push(id);
    const times = [];
    let html = '';
    for (let n = 0; n < RENDERS + 5; n += 1) {
      const began = performance.now();
      html = await api.page(`/agents/${id}`);
      if (n >= 5) times.push(performance.now() - began);
    }
    row(`session page of ${ENTRIES} entries, median of ${RENDERS}`, median(times), 'ms', 50);
    row('the same page', html.length / 1024, 'kB');
    const drawn = html.split('data-testid="thread-entry"').length - 1;
    if (drawn < ENTRIES) throw new Error(`the page shows ${drawn} entries, not ${ENTRIES}`);

    const huge = await hugeSession(api);
    made.push(huge);
    const bare = await firstBytes(api, '/healthz');
    const page = await firstBytes(api, `/agents/${huge}`);
    row(`first byte of a bare page, median of ${RENDERS}`, median(bare), 'ms');
    row('the same, 95 % of them', quantile(bare, 0.95), 'ms');
    row(`first byte of a page of ${MANY} entries, median`, median(page), 'ms', 200);
    row('the same, 95 % of them', quantile(page, 0.95), 'ms', 200);
  } finally {
    // Agents outlive the server; deleting their sessions ends them.
    for (const id of made) {
      await api.remove(id).catch(() => undefined);
    }
    await stop(run);
  }
  return rows;
}

function print(rows) {
  const line = (what, value, limit, verdict) =>
    console.log(`${what.padEnd(52)} ${value.padStart(10)} ${limit.padStart(10)}  ${verdict}`);
  line('measured', 'value', 'limit', '');
  for (const { what, value, unit, limit } of rows) {
    const verdict = limit === undefined ? '' : value < limit ? 'ok' : 'OVER';
    line(what, `${value.toFixed(1)} ${unit}`, limit === undefined ? '' : `${limit} ${unit}`, verdict);
  }
  console.log('The first start had nothing but git on its PATH.');
}

try {
  const rows = await measure();
  print(rows);
  if (rows.some(({ value, limit }) => limit !== undefined && value >= limit)) process.exitCode = 1;
} finally {
  clear(place);
}
