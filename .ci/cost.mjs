// Start, memory and rendering of the release, measured on a console of its own.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const top = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'hc-'));
const repo = join(folder, 'repo');
const PATH = process.env.PATH;
/** How many idle sessions, renderings and entries are measured. */
const IDLE = 10;
const RENDERS = 50;
const ENTRIES = 200;
const MANY = 10_000;

function prepare() {
  mkdirSync(repo);
  const git = (...args) => execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], { cwd: repo });
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '-m', 'Start');
  const config = readFileSync(join(top, 'Leptos.toml'), 'utf8');
  writeFileSync(join(folder, 'Leptos.toml'), config.replace(/^max_live_agents = .*$/m, 'max_live_agents = 32'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(folder, 'bin', 'git'));
}

/** Starts the console; answers its process, its two lines and how long they took. */
async function start(path = PATH) {
  const began = performance.now();
  const args = ['serve', '--addr', '127.0.0.1:0', '--data-dir', join(folder, 'd'), '--repo', repo];
  const child = spawn(join(top, 'dist', 'heddle'), [...args, '--config', join(folder, 'Leptos.toml')], {
    cwd: folder,
    env: { PATH: path, HOME: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (complaints += data));
  await until('the login link', () => {
    if (child.exitCode !== null) throw new Error(`the console ended: ${complaints}`);
    return said.split('\n').length > 2;
  });
  const [listening, login] = said.split('\n');
  const origin = listening.replace('listening on ', '');
  return { child, origin, link: login.replace('login ', ''), ms: performance.now() - began };
}

async function stop({ child }) {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function until(what, ask) {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    if (await ask()) return;
    await pause(2);
  }
  throw new Error(`waited too long for ${what}`);
}

async function login({ origin, link }) {
  const body = new URLSearchParams({ t: new URL(link).searchParams.get('t') });
  const answer = await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', headers: { Origin: origin }, body });
  const Cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!Cookie) throw new Error(`the login link answers ${answer.status}`);
  const read = async (path, answer) => {
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    firstByte: async (path) => {
      const began = performance.now();
      const answer = await fetch(origin + path, { headers: { Cookie, 'Accept-Encoding': 'br' } });
      const reader = answer.body.getReader();
      await reader.read();
      const ms = performance.now() - began;
      await reader.cancel();
      if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
      return ms;
    },
    page: async (path) => (await fetch(origin + path, { headers: { Cookie } })).text(),
    get: async (path, query) =>
      read(path, await fetch(`${origin}/api/${path}?${new URLSearchParams(query)}`, { headers: { Cookie } })),
    post: async (path, args) => {
      const headers = { Cookie, Origin: origin, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ clientId: randomUUID(), ...args });
      return read(path, await fetch(`${origin}/api/${path}`, { method: 'POST', headers, body }));
    },
  };
}

function create(api, prompt, title) {
  return api.post('agent/create_session', { repo, agent: 'runbook', prompt, title });
}

function reaches(api, id, wanted) {
  return until(`status ${wanted}`, async () => (await api.get('agent/get', { id })).status === wanted);
}

/** A session whose thread has at least the wanted entries: text, output and changed files. */
async function longSession(api) {
  const step = (n) =>
    n % 4 === 0
      ? `\`\`\`file path=src/part-${n}.txt\n${`line of part ${n}\n`.repeat(12)}\`\`\`\n`
      : `\`\`\`sh\nfor i in 1 2 3 4 5 6; do echo "step ${n}: thread $i of the warp is set"; done\n\`\`\`\n`;
  const steps = Array.from({ length: ENTRIES / 2 }, (_, n) => step(n + 1));
  const { id } = await create(api, steps.join('\n'), 'A long one');
  await reaches(api, id, 'waiting_approval');
  const [open] = (await api.get('agent/get', { id })).pendingApprovals;
  const { options, argsHash } = await api.get('agent/get_entry', { id, seq: open.seq });
  const { optionId } = options.find((option) => option.kind === 'allow_always');
  await api.post('agent/approve', { id, requestId: open.requestId, optionId, argsHash });
  await reaches(api, id, 'idle');
  const { thread } = await api.get('agent/get_session_with_metadata', { id });
  if (thread.entries.length < ENTRIES) throw new Error(`only ${thread.entries.length} entries`);
  return id;
}

/** A finished session with many entries, its thread written into the database as another program would. */
async function hugeSession(api) {
  const { id } = await create(api, 'What can you do?', 'A huge one');
  await reaches(api, id, 'idle');
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

  await stop(await start(join(folder, 'bin')));
  const starts = [];
  for (let n = 0; n < 5; n += 1) {
    const run = await start();
    starts.push(run.ms);
    await stop(run);
  }
  row('start to login link, warm database, median of 5', median(starts), 'ms', 1000);

  const run = await start();
  try {
    api = await login(run);
    const before = residentMb(run.child.pid);
    row('resident memory, no session', before, 'MB', 60);
    for (let n = 0; n < IDLE; n += 1) {
      const { id } = await create(api, 'What can you do?', `Idle ${n}`);
      made.push(id);
      await reaches(api, id, 'idle');
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
      await api.post('agent/delete_session', { id, discardWork: true }).catch(() => undefined);
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
  prepare();
  const rows = await measure();
  print(rows);
  if (rows.some(({ value, limit }) => limit !== undefined && value >= limit)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
